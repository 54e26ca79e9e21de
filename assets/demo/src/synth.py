"""Ninth's own synthesizer: sums of sines, so that nothing aliases and every run is the same.

Sounds are float64 arrays at RATE; a Desk collects them on stereo buses by frame.
"""

from functools import lru_cache

import numpy as np
from scipy.signal import butter, sosfilt

from mix import FRONT, RATE, db, faded, filtered, loudness, panned
from score import pitch

TAU = 2 * np.pi
BEFORE_MASTERING = -19.0  # LUFS, what mix.compressed is set for


def hertz(key):
    return 440.0 * 2 ** ((key - 69) / 12)


def ramp(frames, attack, release):
    """An envelope of ones with raised-cosine ends, in seconds."""
    out = np.ones(frames)
    for seconds, edge in ((attack, slice(None)), (release, slice(None, None, -1))):
        n = min(int(seconds * RATE), frames)
        out[edge][:n] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(n) / max(n, 1))
    return out


@lru_cache(maxsize=512)
def pluck(key, seconds, bright=1.0, decay=3.0, shine=1.0):
    """A struck tone; upper partials are weaker and die sooner. shine speeds up their end."""
    t = np.arange(int(seconds * RATE)) / RATE
    f, out = hertz(key), 0.0
    for k in range(1, 15):
        if k * f > 9000:
            break
        level = k ** (-2.2 + bright)
        out = out + level * np.sin(TAU * k * f * t + 0.7 * k) * np.exp(-t * (decay + shine * 1.3 * (k - 1)))
    return out * ramp(len(t), 0.003, 0.06) * 0.5


@lru_cache(maxsize=256)
def bell(key, seconds, decay=1.6):
    """A soft bell: a sine and three partials that are not quite harmonic."""
    t = np.arange(int(seconds * RATE)) / RATE
    f, out = hertz(key), 0.0
    for ratio, level, fast in ((1, 1.0, 1), (2.004, 0.32, 1.7), (3.01, 0.16, 2.6), (5.4, 0.06, 5)):
        if ratio * f < 11000:
            out = out + level * np.sin(TAU * ratio * f * t) * np.exp(-t * decay * fast)
    return out * ramp(len(t), 0.004, 0.1) * 0.6


@lru_cache(maxsize=24)
def pad(key, seconds, attack=1.2, release=1.6, bright=0.6, seed=1):
    """Three detuned voices across the stereo field, breathing slowly."""
    t = np.arange(int((seconds + release) * RATE)) / RATE
    rng = np.random.default_rng(seed * 1000 + key)
    out = np.zeros((len(t), 2))
    for voice, (cents, place) in enumerate(((-5, -0.7), (0, 0.0), (6, 0.7))):
        f = hertz(key) * 2 ** (cents / 1200)
        phase = TAU * f * t + 0.25 * np.sin(TAU * rng.uniform(0.09, 0.2) * t + rng.uniform(0, TAU))
        sound = 0.0
        for k in range(1, 9):
            if k * f > 6000:
                break
            breath = 1 + 0.35 * np.sin(TAU * rng.uniform(0.05, 0.18) * t + rng.uniform(0, TAU)) * (k > 1)
            sound = sound + k ** (-2.6 + bright) * np.sin(k * phase + rng.uniform(0, TAU)) * breath
        out += panned(sound, place)
    return out * ramp(len(t), attack, release)[:, None] * 0.16


@lru_cache(maxsize=128)
def bass(key, seconds, drive=1.2, decay=0.8):
    t = np.arange(int(seconds * RATE)) / RATE
    f = hertz(key)
    tone = np.sin(TAU * f * t) + 0.35 * np.sin(TAU * 2 * f * t) * np.exp(-3 * t) + 0.16 * np.sin(TAU * 3 * f * t) * np.exp(-6 * t)
    return np.tanh(drive * tone * np.exp(-decay * t)) * ramp(len(t), 0.006, 0.05) * 0.7


@lru_cache(maxsize=8)
def kick(low=47.0, sweep=75.0, decay=7.5):
    t = np.arange(int(0.45 * RATE)) / RATE
    phase = TAU * (low * t + sweep / 34 * (1 - np.exp(-34 * t)))
    return np.sin(phase) * np.exp(-decay * t) * ramp(len(t), 0.0015, 0.08)


@lru_cache(maxsize=32)
def noise_hit(seconds, low, high, decay, seed=3):
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * RATE)) / RATE
    sound = sosfilt(butter(2, (low, high), "band", fs=RATE, output="sos"), rng.normal(size=len(t)))
    return sound / np.abs(sound).max() * np.exp(-decay * t) * ramp(len(t), 0.001, 0.02)


@lru_cache(maxsize=64)
def reed(key, seconds, seed=1):
    """A melodica: odd partials above all, vibrato that comes late."""
    t = np.arange(int((seconds + 0.1) * RATE)) / RATE
    late = np.clip((t - 0.25) / 0.5, 0, 1)
    phase = TAU * hertz(key) * t + 0.09 * late * np.sin(TAU * 5.1 * t) * 4
    sound = sum(a * np.sin(k * phase) for k, a in ((1, 1), (2, 0.28), (3, 0.36), (4, 0.1), (5, 0.14), (7, 0.05)))
    return sound * ramp(len(t), 0.04, 0.12) * (1 + 0.08 * late * np.sin(TAU * 5.1 * t)) * 0.4


def line(text, octave=0):
    """The notation of score.Part.melody as (beat, beats, key)."""
    out, at, length = [], 0.0, 1.0
    for token in text.replace("|", " ").split():
        name, _, value = token.partition(":")
        length = float(value) if value else length
        if name != "r":
            out.append((at, length, pitch(name) + 12 * octave))
        at += length
    return out


class Desk:
    """Stereo buses of equal length; sounds are laid down by frame."""

    def __init__(self, frames):
        self.frames, self.buses = frames, {}

    def bus(self, name):
        return self.buses.setdefault(name, np.zeros((self.frames, 2)))

    def lay(self, name, frame, sound, level=0.0, pan=0.0):
        """Adds a sound to a bus; level in dB. What would reach past the end is cut."""
        frame = int(frame)
        if sound.ndim == 1:
            sound = panned(sound, pan)
        stop = min(self.frames, frame + len(sound))
        if stop > frame:
            self.bus(name)[frame:stop] += sound[:stop - frame] * db(level)


def echo(sound, frames, feedback=0.5, high=2600.0, low=180.0, repeats=7):
    """Echoes that cross from side to side and grow darker."""
    out, tap = np.zeros_like(sound), sound
    for n in range(repeats):
        tap = filtered(tap, low, high, order=1)[:, ::-1] * feedback
        shift = frames * (n + 1)
        if shift >= len(sound):
            break
        out[shift:] += tap[:len(sound) - shift]
    return out


def ducked(sound, starts, depth=0.45, seconds=0.22):
    """Makes room after each start (frames), as a compressor keyed by the kick would."""
    gain = np.ones(len(sound))
    n = int(seconds * RATE)
    dip = 1 - depth * (0.5 + 0.5 * np.cos(np.pi * np.arange(n) / n)) * np.minimum(1, np.arange(n) / (0.006 * RATE))
    for start in starts:
        stop = min(len(gain), int(start) + n)
        gain[int(start):stop] = np.minimum(gain[int(start):stop], dip[:stop - int(start)])
    return sound * gain[:, None]


def at_level(sound, level):
    """Sets the loudness of a bus while it plays; 0 LU is what should be in front."""
    return sound * db(FRONT + level - loudness(sound))


def finished(sound, start, stop):
    """Fades both ends, in seconds, and sets the level that mastering expects."""
    return faded(sound * db(BEFORE_MASTERING - loudness(sound)), start, stop)
