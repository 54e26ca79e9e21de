"""From parts to a finished stereo track: soundfont, room, loudness, limiter.

Sound is a float64 array of shape (frames, 2) at RATE, full scale 1.0.
"""

import hashlib
import os
import subprocess
import tempfile
import warnings

import numpy as np
from scipy.io import wavfile
from scipy.ndimage import minimum_filter1d
from scipy.signal import butter, lfilter, oaconvolve, resample_poly, sosfilt

RATE = 48000
SOUNDFONT = os.environ.get("SOUNDFONT", "/usr/share/sounds/sf2/FluidR3_GM.sf2")

FRONT = -22.0  # LUFS of a part of level 0 while it plays
LOUDNESS = -16.0  # LUFS, over a whole release
CEILING = 10 ** (-2.6 / 20)  # room for what AAC adds to the peaks: -1 dBTP must hold after it


def db(value):
    return 10 ** (value / 20)


def render(part, folder):
    """One part through fluidsynth, dry. Unchanged parts come from folder."""
    data = part.midi()
    name = hashlib.sha256(data + bytes([part.bank & 0xFF])).hexdigest()[:24]
    path = os.path.join(folder, name + ".wav")
    if not os.path.exists(path):
        with tempfile.TemporaryDirectory(dir=folder) as work:
            score, sound = os.path.join(work, "part.mid"), os.path.join(work, "part.wav")
            with open(score, "wb") as out:
                out.write(data)
            subprocess.run(["fluidsynth", "-ni", "-q", "-R", "0", "-C", "0", "-g", "0.6", "-r", str(RATE),
                            "-o", "synth.dynamic-sample-loading=1", "-O", "float", "-T", "wav",
                            "-F", sound, SOUNDFONT, score], check=True, stdout=subprocess.DEVNULL)
            os.rename(sound, path)
    with warnings.catch_warnings():  # fluidsynth adds a chunk that scipy does not know
        warnings.simplefilter("ignore", wavfile.WavFileWarning)
        rate, sound = wavfile.read(path)
    if rate != RATE:
        raise ValueError("fluidsynth wrote %d Hz" % rate)
    return sound.astype(np.float64)


def filtered(sound, low=None, high=None, order=2):
    """Cuts below low and above high, in Hz."""
    if low:
        sound = sosfilt(butter(order, low, "high", fs=RATE, output="sos"), sound, axis=0)
    if high and high < RATE / 2:
        sound = sosfilt(butter(order, high, "low", fs=RATE, output="sos"), sound, axis=0)
    return sound


def panned(sound, pan):
    """Balance for stereo sound, equal power for mono; -1 left, 1 right."""
    angle = (pan + 1) * np.pi / 4
    gains = np.array([np.cos(angle), np.sin(angle)]) * np.sqrt(2)
    if sound.ndim == 1:
        return sound[:, None] * gains
    width = 1 - 0.5 * abs(pan)
    middle = sound.mean(axis=1, keepdims=True)
    return (middle + (sound - middle) * width) * np.minimum(gains, 1.15)


def room(seconds, bright=6000.0, predelay=0.018, seed=9):
    """An impulse response: early echoes, then noise whose highs die sooner than its lows."""
    rng = np.random.default_rng(seed)
    frames = int(seconds * 1.3 * RATE)
    t = np.arange(frames) / RATE
    out = np.zeros((frames, 2))
    bands = ((60, 400, 1.0), (400, 2000, 0.9), (2000, bright, 0.62), (bright, 12000, 0.35))
    for low, high, share in bands:
        noise = sosfilt(butter(2, (low, high), "band", fs=RATE, output="sos"), rng.normal(size=(frames, 2)), axis=0)
        out += noise * (10 ** (-3 * t / (seconds * share)))[:, None] * (0.5 + 0.5 * share)
    out *= (1 - np.exp(-t / 0.012))[:, None]
    for _ in range(14):
        at = int(rng.uniform(0.004, 0.06) * RATE)
        out[at, rng.integers(2)] += rng.uniform(3, 9) * rng.choice((-1, 1)) * np.exp(-at / RATE / 0.04)
    out = np.concatenate([np.zeros((int(predelay * RATE), 2)), out])
    return out / np.sqrt((out ** 2).sum(axis=0)) * 0.9


def reverb(sound, response):
    return np.stack([oaconvolve(sound[:, c], response[:, c])[:len(sound)] for c in (0, 1)], axis=1)


def mix(piece, folder, seconds=1.8, bright=6000.0):
    """All parts of a piece in one room, with an ending that fades into silence."""
    frames = int(piece.length * RATE)
    dry, send = np.zeros((frames, 2)), np.zeros((frames, 2))
    for part in piece.parts:
        sound = render(part, folder)[:frames]
        sound = np.pad(sound, ((0, frames - len(sound)), (0, 0)))
        sound = panned(filtered(sound, part.low, part.high), part.pan)
        sound *= db(FRONT + part.level - loudness(sound))
        dry += sound
        send += sound * part.wet
    return faded(ended(dry + reverb(filtered(send, 150), room(seconds, bright))), 0.004, 1.2)


def ended(sound):
    """Cuts off what follows the last 10 ms that anyone would hear (-62 dBFS), but for a breath."""
    block = RATE // 100
    power = (sound[:len(sound) // block * block] ** 2).reshape(-1, 2 * block).mean(axis=1)
    return sound[:(np.flatnonzero(power > db(-62) ** 2)[-1] + 30) * block]


def faded(sound, start, stop):
    """Raised-cosine ramps of the given seconds at both ends."""
    sound = sound.copy()
    for seconds, edge in ((start, slice(None)), (stop, slice(None, None, -1))):
        frames = int(seconds * RATE)
        if frames:
            sound[edge][:frames] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(frames) / frames))[:, None]
    return sound


def loudness(sound):
    """Integrated loudness in LUFS after ITU-R BS.1770-4, for two channels."""
    shelf = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1, -1.69065929318241, 0.73248077421585))
    high = ((1, -2, 1), (1, -1.99004745483398, 0.99007225036621))
    power = lfilter(*high, lfilter(*shelf, sound, axis=0), axis=0) ** 2
    total = np.concatenate([[0], np.cumsum(power.sum(axis=1))])
    starts = np.arange(0, len(sound) - int(0.4 * RATE), int(0.1 * RATE))
    blocks = (total[starts + int(0.4 * RATE)] - total[starts]) / (0.4 * RATE)
    level = lambda b: -0.691 + 10 * np.log10(np.mean(b) + 1e-20)
    blocks = blocks[blocks > 10 ** ((-70 + 0.691) / 10)]
    return level(blocks[blocks > 10 ** ((level(blocks) - 10 + 0.691) / 10)])


def limited(sound):
    """Holds the true peak (4 times oversampled) under CEILING by smooth gain changes."""
    over = np.abs(resample_poly(sound, 4, 1, axis=0)).max(axis=1)
    peak = over[:len(sound) * 4].reshape(-1, 4).max(axis=1)
    window = int(0.006 * RATE) | 1
    gain = minimum_filter1d(np.minimum(1, CEILING / np.maximum(peak, 1e-9)), 2 * window)
    kernel = np.hanning(window + 2)[1:-1]
    gain = np.convolve(np.pad(gain, window // 2, "edge"), kernel / kernel.sum(), "valid")
    return sound * gain[:, None]


def compressed(sound, threshold=-20.0, ratio=1.6, seconds=0.12):
    """A slow, gentle compressor over both channels together; threshold in dBFS RMS."""
    power = (sound ** 2).mean(axis=1)
    k = np.exp(-1 / (seconds * RATE))
    smooth = lfilter([1 - k], [1, -k], lfilter([1 - k], [1, -k], power[::-1])[::-1])
    over = np.maximum(0, 10 * np.log10(smooth + 1e-12) - threshold)
    return sound * db(-over * (1 - 1 / ratio))[:, None]


def master(tracks, offsets=None):
    """Brings the tracks of a release to LOUDNESS together and each near it.

    offsets, in dB, keep a quiet track quieter than its neighbours.
    """
    out = []
    for i, sound in enumerate(tracks):
        sound = compressed(filtered(sound, 28))
        sound = sound * db(LOUDNESS + (offsets or {}).get(i, 0.0) - loudness(sound))
        sound = limited(sound)
        out.append(limited(sound * db(LOUDNESS + (offsets or {}).get(i, 0.0) - loudness(sound))))
    return [sound - sound.mean(axis=0) for sound in out]
