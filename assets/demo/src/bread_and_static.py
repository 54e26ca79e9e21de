"""Yusuf Kade: slow synthesizers, long echoes, a bakery radio between two stations."""

import numpy as np
from scipy.signal import butter, sosfilt

from mix import RATE, db, filtered, reverb, room
from score import bars, chord, near, voicing
from synth import Desk, at_level, bass, bell, ducked, echo, finished, kick, line, noise_hit, pad, pluck, reed

OFFSETS = {1: -1.0}


def static(frames, seed, level=-46.0, crackles=3.0):
    """The radio: a narrow hiss that drifts, and crackles (per second) of a few samples."""
    rng = np.random.default_rng(seed)
    hiss = sosfilt(butter(1, (500, 3800), "band", fs=RATE, output="sos"), rng.normal(size=(frames, 2)), axis=0)
    t = np.arange(frames) / RATE
    out = hiss * (0.65 + 0.35 * np.sin(2 * np.pi * t / 17.3))[:, None] * db(level)
    click = noise_hit(0.012, 900, 5200, 420, seed)
    for at in rng.integers(0, frames - len(click), int(frames / RATE * crackles)):
        out[at:at + len(click)] += click[:, None] * rng.uniform(0.1, 1, 2) * db(level + 16)
    return out


def held(desk, name, chords, beat, level, count=4, centre=60, attack=1.0, release=1.8, bright=0.6):
    """Pads for (symbol, start, length) in beats of the given frames."""
    keys = None
    for symbol, at, length in chords:
        keys = voicing(symbol, keys, count, centre)
        for i, key in enumerate(keys):
            desk.lay(name, at * beat, pad(key, length * beat / RATE, attack, release, bright, i), level)


def mixed(desk, levels):
    """The buses at the given levels, in LU."""
    return {name: at_level(sound, levels[name]) for name, sound in desk.buses.items()}


def stab(keys, seconds, bright):
    sound = sum(pluck(key, seconds, bright, 7.0, 2.0) for key in keys)
    return filtered(sound * 0.5, 180, 2400)


def bread_and_static():
    beat = 28800  # frames: 100 beats a minute
    desk = Desk(160 * beat + 6 * RATE)
    a = bars("Dm9 | Dm9 | Bbmaj9 | Bbmaj9 | Gm9 | Gm9 | Am7 | Am7", 4)
    sections = [(0, a), (32, a), (64, a), (96, a), (128, a)]
    kicks = []
    rng = np.random.default_rng(5)
    for start, chords in sections:
        held(desk, "pad", [(s, at + start, n) for s, at, n in chords[::2] for n in (8,)], beat, -7 if start else -5, bright=0.5)
        keys = None
        for i, (symbol, at, _) in enumerate(chords):
            keys = voicing(symbol, keys, 4, 62)
            now = start + at
            if now >= 8:
                bright = 0.25 + 0.35 * np.sin(np.pi * now / 160) + 0.1 * (i % 2)
                for place in ((1.5,), (1.5, 3.25), (0.5, 2.5), (1.5,))[i % 4]:
                    desk.lay("stab", (now + place) * beat, stab(tuple(keys), 0.5, round(bright, 2)), -4 + rng.normal(0, 0.8), rng.uniform(-0.3, 0.3))
            root = near(chord(symbol)[0], 34)
            if 32 <= now < 152:
                for place, n, key in ((0, 1.4, root), (1.75, 0.7, root), (2.75, 1.1, root + (7 if i % 2 else 12))):
                    desk.lay("bass", (now + place) * beat, bass(key, n * beat / RATE), -4)
            if 32 <= now < 160:
                for place in (0, 1, 2, 3) if now >= 64 and now < 144 else (0, 2):
                    kicks.append(int((now + place) * beat))
                    desk.lay("kick", kicks[-1], kick(44.0, 60.0, 8.5), -6)
            if 48 <= now < 152:
                for place in range(4):
                    desk.lay("hat", (now + place + 0.5) * beat, noise_hit(0.09, 3500, 8200, 38, 4), -26, 0.3)
                    desk.lay("hat", (now + place + 0.75) * beat, noise_hit(0.05, 3500, 8200, 70, 6), -33, -0.3)
                desk.lay("hat", (now + 3) * beat, noise_hit(0.25, 700, 3000, 16, 8), -24, -0.1)
    tune = "a5:3 f5:1 | e5:4 | d5:3 f5:1 | a5:2 c6 | bb5:3 g5:1 | d5:4 | e5:2 g5 | a4:3 r:1"
    for start in (64, 128):
        for at, n, key in line(tune):
            desk.lay("bell", (start + at) * beat, bell(key, 3.5, 1.3), -11, 0.25)
    for at, n, key in line("d5:2 f5 | a5:4 | f5:2 d5 | c5:4 | d5:2 bb4 | g4:4 | c5:2 e5 | d5:4"):
        desk.lay("bell", (96 + at) * beat, bell(key, 3.5, 1.3), -10, -0.25)
    b = mixed(desk, dict(pad=-7, stab=-2, bass=-6, kick=-9, hat=-13, bell=-2))
    stabs = b["stab"] + echo(b["stab"], int(0.75 * beat), 0.66, 1900.0)
    bells = b["bell"] + 0.6 * echo(b["bell"], int(1.5 * beat), 0.5)
    pads = ducked(filtered(b["pad"], 130, 3200), kicks, 0.35)
    dry = pads + ducked(stabs, kicks, 0.25) + b["bass"] + b["kick"] + b["hat"] + bells
    wet = reverb(filtered(0.5 * pads + 0.35 * stabs + 0.6 * bells + 0.2 * b["hat"], 200), room(3.2, 3800, 0.03, 4))
    return finished(dry + wet + static(len(dry), 7, -48), 1.2, 6.0)


def first_proof():
    """Six loops of bells whose lengths share no measure, over chords that take their time."""
    seconds = 96
    desk = Desk(int(seconds * RATE))
    chords = [("Ebmaj9", 0, 16), ("Cm9", 16, 16), ("Abmaj9", 32, 16), ("Fm9", 48, 12), ("Bb7sus4", 60, 12), ("Ebmaj9", 72, 20)]
    held(desk, "pad", chords, RATE, -2, attack=4.0, release=5.0, bright=0.7)
    for symbol, at, n in chords:
        desk.lay("low", at * RATE, pad(near(chord(symbol)[0], 41), float(n), 3.0, 4.0, 0.2, 5), 0)
    rng = np.random.default_rng(31)
    loops = ((75, 7.1, 1.0), (79, 11.3, 3.7), (82, 9.7, 6.1), (70, 13.9, 8.3), (87, 17.3, 12.9), (77, 15.1, 19.2))
    for i, (key, every, first) in enumerate(loops):
        at = first
        while at < seconds - 9:
            symbol = next(s for s, start, n in chords if start <= at < start + n)
            tones = [(chord(symbol)[0] + t) % 12 for t in chord(symbol)[1]]
            tone = min((near(t, key) for t in tones), key=lambda k: abs(k - key))
            desk.lay("bell", at * RATE, bell(tone, 5.0, 0.9), -9 + rng.normal(0, 1.5), -0.7 + 0.28 * i)
            if i in (1, 3):
                desk.lay("bell", (at + 0.42) * RATE, bell(near((tone + 7) % 12 if (tone + 7) % 12 in tones else tones[0], tone + 4), 4.5, 1.0), -14, 0.7 - 0.3 * i)
            at += every
    for at, key in ((20, 67), (23, 70), (26, 72), (29, 74), (36, 75), (39, 72), (42, 70), (45, 67), (52, 68), (55, 72), (58, 70), (64, 70), (67, 68), (70, 65), (76, 67), (80, 70), (84, 75)):
        desk.lay("air", at * RATE, reed(key, 2.6), -17, 0.1 if at % 2 else -0.1)
    b = mixed(desk, dict(pad=-3, low=-9, bell=-1, air=-5))
    bells = b["bell"] + 0.55 * echo(b["bell"], int(1.27 * RATE), 0.6, 3000.0)
    air = filtered(b["air"], 200, 2600)
    pads = filtered(b["pad"], 120, 4200)
    wet = reverb(filtered(0.7 * pads + 0.8 * bells + 1.1 * air, 160), room(4.5, 4200, 0.04, 13))
    return finished(pads + filtered(b["low"], 45, 900) + bells + 0.5 * air + wet + static(desk.frames, 11, -52, 1.5), 1.5, 7.0)


def ovens_at_four():
    beat = 36000  # frames: 80 beats a minute
    desk = Desk(32 * 4 * beat + 5 * RATE)
    a = bars("Am7 | Dm7 | Am7 | Em7 | Fmaj7 | Dm7 | Em7 | Am7", 4)
    figures = (((0, 1, 0), (1.5, 0.5, 0), (2, 1, 7), (3, 0.9, 12)), ((0, 1.4, 0), (1.5, 0.5, 7), (2.5, 0.5, 5), (3, 0.9, 7)))
    kicks = []
    for start in (0, 32, 64, 96):
        held(desk, "pad", [(s, at + start, n) for s, at, n in a], beat, -13, attack=0.5, release=1.2, bright=0.5)
        keys = None
        for i, (symbol, at, _) in enumerate(a):
            now = start + at
            keys = voicing(symbol, keys, 3, 64)
            last = now >= 120
            for place in (1, 3) if not last else (1,):
                for late, level in ((0, -3), (0.5, -10)):
                    desk.lay("skank", (now + place + late) * beat, stab(tuple(keys), 0.32, 0.45), level, -0.25)
            root = near(chord(symbol)[0], 35)
            if now >= 8 and not last:
                for place, n, up in figures[i % 2]:
                    desk.lay("bass", (now + place) * beat, bass(root + up, n * beat / RATE * 0.93, 1.0, 0.6), -2.5)
            if now >= 16 and not last:
                kicks.append(int((now + 2) * beat))
                desk.lay("kick", kicks[-1], kick(46.0, 60.0, 8.0), -5)
                desk.lay("snare", (now + 2) * beat, noise_hit(0.22, 600, 3600, 18, 8), -17)
                if i == 7:
                    desk.lay("snare", (now + 3.5) * beat, noise_hit(0.2, 600, 3600, 20, 8), -19)
                for step in range(8):
                    desk.lay("hat", (now + step / 2 + (0.06 if step % 2 else 0)) * beat, noise_hit(0.06, 4000, 8500, 60, 4), -29 + 3 * (step % 2), 0.3)
    tune = "e5:1.5 d5:.5 c5:1 a4 | d5:2 f5:1 e5 | c5:1.5 d5:.5 e5:1 a5 | g5:3 r:1 | a5:1.5 g5:.5 e5:1 c5 | f5:2 d5:1 a4 | b4:1.5 d5:.5 g5:1 e5 | a4:3 r:1"
    answer = "r:2 a5:1 g5 | f5:1 e5 d5:2 | r:2 e5:1 g5 | b5:3 r:1 | c6:1.5 b5:.5 a5:1 e5 | f5:1 a5 d5:2 | e5:1 d5 b4 d5 | c5:1 a4:2 r:1"
    for start, text in ((32, tune), (64, answer), (96, tune)):
        for at, n, key in line(text):
            if start + at < 122:
                desk.lay("reed", (start + at) * beat, reed(key, n * beat / RATE * 0.92), -11, 0.12)
    for at, key in ((2, 76), (10, 81), (18, 79), (26, 84)):
        desk.lay("reed", at * beat, reed(key, 0.9), -16, 0.3)
    b = mixed(desk, dict(pad=-10, skank=-4, bass=-4, kick=-9, snare=-9, hat=-14, reed=0))
    skank = b["skank"] + 0.8 * echo(b["skank"], int(1.5 * beat), 0.5, 1800.0)
    air = filtered(b["reed"], 220, 3400)
    air = air + 0.45 * echo(air, int(0.75 * beat), 0.5, 2200.0)
    snare = b["snare"] + 0.6 * echo(b["snare"], int(0.75 * beat), 0.55, 2000.0)
    pads = filtered(b["pad"], 140, 2600)
    dry = pads + skank + b["bass"] + b["kick"] + snare + b["hat"] + air
    wet = reverb(filtered(0.5 * pads + 0.3 * skank + 0.3 * air + 0.35 * snare, 200), room(2.4, 4200, 0.03, 17))
    return finished(dry + wet + static(desk.frames, 19, -50, 2.0), 0.02, 5.0)


TRACKS = (bread_and_static, first_proof, ovens_at_four)
