"""Marrow: one journey of 128 bars, cut into four tracks while it runs.

A bar is 92,160 frames, so that every sixteenth falls on a whole frame (5,760);
the tempo is 125 beats a minute. The cuts lie a little before a bar
line, so that no attack is split and no length is a round number.
"""

import numpy as np

from mix import RATE, filtered, reverb, room
from score import chord, near, voicing
from synth import Desk, at_level, bass, bell, ducked, echo, finished, kick, line, noise_hit, pad, pluck

BAR, BEAT, STEP = 92160, 23040, 5760
BARS = 128
TAIL = 4 * RATE
CUTS = (32 * BAR - 311, 64 * BAR - 577, 96 * BAR - 733)

# Chords of two bars each, by the bar they begin at.
HARMONY = (
    (0, "Am9 Fmaj9 Cmaj9 G6"), (8, "Am9 Fmaj9 Cmaj9 G6"), (16, "Am9 Fmaj9 Dm9 Em7"), (24, "Am9 Fmaj9 Cmaj9 G6"),
    (32, "Fmaj9 G6 Am9 Em7"), (40, "Fmaj9 G6 Am9 Cmaj9"), (48, "Fmaj9 G6 Am9 Em7"), (56, "Dm9 Em7 Fmaj9 G6"),
    (64, "Am9 Am9 Fmaj9 Fmaj9"), (72, "Dm9 Em7 Fmaj9 Am9"), (80, "Am9 Em7 Fmaj9 Dm9"), (88, "Fmaj9 Fmaj9 Em7 Em7"),
    (96, "Am9 Fmaj9 Cmaj9 G6"), (104, "Dm9 Em7 Fmaj9 Em7"), (112, "Fmaj9 G6 Cmaj9 Am9"), (120, "Fmaj9 G6 Cmaj9 Cmaj9"),
)

# How loud each bus is while it plays, in LU.
LEVELS = dict(pad=-6, arp=-2.5, bass=-6, drums=-5, lead=0, bell=-3)

SIGNAL = "a5:.5 e5:1 a5:.5 b5:1 g5:1 | e5:3 r:1 | g5:.5 e5:1 g5:.5 a5:1 e5:1 | d5:3 r:1"
LEAD = ("e5:3 f5:1 | a5:2 g5 | g5:3 e5:1 | d5:4 | c5:3 d5:1 | e5:2 g5 | b4:3 d5:1 | e5:3 r:1")
LEAD_TWO = ("a4:2 d5 | f5:3 e5:1 | g5:2 b4 | e5:3 r:1 | a5:2 g5 | f5:1 e5 c5:2 | d5:2 g5:1 b5 | a5:3 r:1")
HOME = "e5:3 d5:1 | c5:2 e5 | a4:4 | r:4 | c5:3 d5:1 | e5:2 g5 | d5:4 | r:4"


def between(bar, start, stop):
    return start <= bar < stop


def rise(bar, start, stop, a, b):
    """A level in dB that moves evenly from a to b between two bars."""
    return a + (b - a) * min(1.0, max(0.0, (bar - start) / (stop - start)))


def chords():
    out = []
    for start, symbols in HARMONY:
        out += [(start + 2 * i, symbol) for i, symbol in enumerate(symbols.split())]
    return out


def harmony(desk):
    keys = None
    for bar, symbol in chords():
        keys = voicing(symbol, keys, 4, 60)
        level = rise(bar, 0, 8, -10, -7) if bar < 32 else (-10 if between(bar, 64, 88) else -8)
        for i, key in enumerate(keys):
            desk.lay("pad", bar * BAR, pad(key, 2 * BAR / RATE, 0.9, 1.4, 0.8 if bar < 64 else 1.0, i), level)
        desk.lay("pad", bar * BAR, pad(near(chord(symbol)[0], 45), 2 * BAR / RATE, 0.5, 1.2, 0.4, 9), level - 3)


def arpeggio(desk):
    keys = None
    rng = np.random.default_rng(12)
    for bar, symbol in chords():
        keys = voicing(symbol, keys, 4, 66)
        if bar < 8 or bar >= 122:
            continue
        tones = keys + [keys[0] + 12, keys[2] + 12]
        order = (0, 2, 4, 1, 3, 5, 2, 4) if (bar // 8) % 2 == 0 else (0, 4, 2, 5, 3, 1, 4, 2)
        for step in range(32):
            now = bar + step / 16
            if between(now, 8, 20) and step % 2:
                continue
            if now >= 112 and (step % 4 or step % 8 and now > 118):
                continue
            open_ = rise(now, 8, 32, 0.4, 0.9) if now < 64 else (rise(now, 64, 88, 0.7, 1.2) if now < 88 else 0.7)
            open_ = round(open_ * 10) / 10
            level = rise(now, 8, 24, -11, -4) + (2.2 if step % 4 == 0 else 0) - (2 if step % 2 else 0) + rng.normal(0, 0.7)
            if now >= 104:
                level -= rise(now, 104, 122, 0, 10)
            sound = pluck(tones[order[step % 8]], 0.7, open_, 5.5, 2.2)
            desk.lay("arp", bar * BAR + step * STEP, sound, level, 0.55 * np.sin(now * 1.7))


def bottom(desk):
    for bar, symbol in chords():
        root = near(chord(symbol)[0], 36)
        for half in range(2):
            now = bar + half
            start = now * BAR
            if between(now, 16, 32):
                figure = ((0, 5, root), (10, 3, root), (14, 2, root + 7))
            elif between(now, 32, 64):
                figure = ((0, 3, root), (3, 3, root), (6, 2, root + 12), (8, 3, root), (11, 2, root), (14, 2, root + 7))
            elif between(now, 64, 88):
                figure = tuple((2 * i, 2, root + (12 if i in (3, 6) else 0)) for i in range(8))
            elif between(now, 92, 116):
                figure = ((0, 6, root), (10, 4, root + 7), (14, 2, root + 12 if now % 2 else root))
            else:
                continue
            for place, steps, key in figure:
                desk.lay("bass", start + place * STEP, bass(key, steps * STEP / RATE * 0.92), -5 if now < 112 else -7)


def drums(desk):
    """Lays the drums and returns where the kick falls, in frames."""
    kicks = []
    soft, tick = noise_hit(0.2, 900, 4200, 22), noise_hit(0.06, 4000, 7800, 70, 4)
    tock = noise_hit(0.12, 3800, 7200, 26, 5)
    for bar in range(BARS):
        start = bar * BAR
        last = bar % 8 == 7
        if between(bar, 20, 88) or between(bar, 96, 112):
            beats = (0, 1, 2, 3) if between(bar, 24, 88) else (0, 2.5)
            for beat in beats:
                if bar in (31, 63) and beat > 2:
                    continue
                kicks.append(start + int(beat * BEAT))
                desk.lay("drums", kicks[-1], kick(), -4)
        if between(bar, 28, 88) or between(bar, 98, 112):
            for beat in (1, 3) if bar < 96 else (2,):
                desk.lay("drums", start + beat * BEAT, soft, -10, 0.08)
            if last:
                desk.lay("drums", start + 15 * STEP, soft, -16, -0.2)
        if between(bar, 12, 90) or between(bar, 96, 116):
            for step in range(16):
                if step % 4 == 2 and bar >= 24:
                    desk.lay("drums", start + step * STEP, tock, -13.5, 0.25)
                elif step % 2 == 0 or bar >= 32 and bar < 88:
                    desk.lay("drums", start + step * STEP, tick, -16.5 - 3 * (step % 2) + 2 * (step % 8 == 6), -0.3 + 0.04 * step)
    return kicks


def melodies(desk):
    for bar in (0, 8, 16, 24, 112, 120):
        for at, beats, key in line(SIGNAL):
            desk.lay("bell", bar * BAR + at * BEAT, bell(key, 3.0), -6 if bar < 32 else -7, 0.3 if int(at * 2) % 2 else -0.3)
    for bar in (4, 12, 20, 116):
        desk.lay("bell", bar * BAR + 2 * BEAT, bell(88, 2.5), -14, -0.5)
    for bar, text in ((40, LEAD), (48, LEAD), (56, LEAD_TWO), (72, LEAD_TWO), (80, LEAD), (96, HOME), (104, LEAD_TWO)):
        for at, beats, key in line(text):
            desk.lay("lead", bar * BAR + at * BEAT, pluck(key, beats * BEAT / RATE + 0.5, 0.9, 1.1, 0.7), -5, 0.1)
            if bar in (56, 80):
                desk.lay("lead", bar * BAR + at * BEAT, pluck(key - 12, beats * BEAT / RATE + 0.4, 0.7, 1.3, 0.7), -9, -0.25)


def render():
    """The whole journey as one piece of sound."""
    desk = Desk(BARS * BAR + TAIL)
    harmony(desk)
    arpeggio(desk)
    bottom(desk)
    melodies(desk)
    kicks = drums(desk)
    b = {name: at_level(sound, LEVELS[name]) for name, sound in desk.buses.items()}
    space = room(2.6, 4200.0, 0.03, 21)
    arp = b["arp"] + 0.5 * echo(b["arp"], 3 * STEP, 0.5)
    lead = b["lead"] + 0.55 * echo(b["lead"], 6 * STEP, 0.5)
    bells = b["bell"] + 0.6 * echo(b["bell"], 6 * STEP, 0.55, 3200.0)
    pads = ducked(filtered(b["pad"], 150, 5200), kicks, 0.4)
    dry = pads + ducked(arp, kicks, 0.25) + ducked(b["bass"], kicks, 0.5) + b["drums"] + lead + bells
    wet = reverb(filtered(0.4 * pads + 0.22 * arp + 0.35 * lead + 0.45 * bells + 0.05 * b["drums"], 200, 5500), space)
    return finished(filtered(dry + wet, 30, 10500, order=6), 0.01, 3.6)


def cut(sound):
    """The four tracks; put end to end they are the journey again, sample for sample."""
    edges = (0,) + CUTS + (len(sound),)
    return [sound[a:b] for a, b in zip(edges, edges[1:])]


TRACKS = render
LEVEL = -17.2  # LUFS: a machine that never pauses sounds louder than it measures
