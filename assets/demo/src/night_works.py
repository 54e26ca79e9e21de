"""Odile & Sons: piano, bass, brushes and a vibraphone, after midnight."""

import numpy as np

from score import Piece, bars, chord, near, voicing

PIANO, BASS, VIBES, NYLON, BRUSHES = 0, 32, 11, 24, 40
RIDE, PEDAL, TAP, SWIRL, KICK, RIM, SHAKER = 51, 44, 38, 40, 36, 37, 82

ROOM = dict(seconds=1.3, bright=6500.0)
OFFSETS = {1: -1.0}

SCALES = {
    "maj": (0, 2, 4, 5, 7, 9, 11), "min": (0, 2, 3, 5, 7, 9, 10), "dom": (0, 2, 4, 5, 7, 9, 10),
    "alt": (0, 1, 4, 5, 7, 8, 10), "half": (0, 1, 3, 5, 6, 8, 10),
}


def scale(symbol):
    root, intervals, _ = chord(symbol)
    if 13 in intervals:
        kind = "alt"
    elif 6 in intervals:
        kind = "half"
    elif 3 in intervals:
        kind = "min"
    else:
        kind = "dom" if 10 in intervals else "maj"
    return [(root + s) % 12 for s in SCALES[kind]]


def walk(part, chords, start, velocity=78):
    """Quarter notes that lead from root to root, the last one a step away from the next."""
    key = None
    for n, (symbol, at, length) in enumerate(chords):
        _, intervals, low = chord(symbol)
        target = near(chord(chords[(n + 1) % len(chords)][0])[2], 38)
        key = near(low, 38 if key is None else (key * 0.4 + 38 * 0.6))
        count = int(round(length))
        for i in range(count):
            if i == 0:
                tone = key
            elif i == count - 1:
                tone = target + (1 if part.rng.random() < 0.55 else -1)
            else:
                tone = near((low + intervals[(i if i < len(intervals) else 1)]) % 12, key + 2 * i * (1 if target > key else -1))
            part.note(start + at + i, 0.93, tone, velocity + (4 if i % 2 else 0))
            if i == count - 1 and part.rng.random() < 0.16:
                part.note(start + at + i + 0.5, 0.35, tone, velocity - 22)


def swing_kit(part, start, stop, beats=4, velocity=58):
    """Ride or brush time, hi-hat closed by foot on the weak beats, now and then a tap."""
    for n in range(int(stop - start)):
        at, place = start + n, n % beats
        part.note(at, 0.4, RIDE, velocity + (5 if place % 2 else 0))
        if (place % 2 if beats == 4 else place == 1):
            part.note(at + 0.5, 0.3, RIDE, velocity - 14)
            part.note(at, 0.3, PEDAL, velocity + 4)
        if beats == 3 and place == 2:
            part.note(at + 0.5, 0.3, RIDE, velocity - 14)
        part.note(at, 0.9, SWIRL if place % 2 == 0 else TAP, velocity - 12)
        if place == 0:
            part.note(at, 0.5, KICK, velocity - 14)
        if part.rng.random() < 0.17:
            part.note(at + 0.5, 0.3, TAP, velocity - 10)


def comp(part, chords, start, velocity=54, beats=4):
    """Chords behind the beat, in a rhythm that changes from bar to bar."""
    figures = ((0.5,), (0, 2.5), (1.5, 3.5), (1, 2.5), (0.5, 3)) if beats == 4 else ((0, 1.5), (1.5,), (0.5, 2), (1,))
    keys = None
    for symbol, at, length in chords:
        keys = voicing(symbol, keys, 4 if len(chord(symbol)[1]) > 3 else 3, 59, rootless=True)
        figure = figures[part.rng.integers(len(figures))]
        for place in (f for f in figure if f < length):
            held = 0.45 if part.rng.random() < 0.5 else min(1.4, length - place)
            part.block(start + at + place, held, keys, velocity + part.rng.integers(-5, 6))


def improvise(part, chords, start, low=62, high=86, velocity=80, rest=0.3):
    """A line in eighths: chord tones on the beat, steps between, a semitone into a new chord."""
    rng, key, up, left = part.rng, (low + high) // 2, 1, 0
    total = sum(length for _, _, length in chords)
    under = lambda beat: next(s for s, at, length in chords if at <= beat % total < at + length)
    tones = lambda s: [(chord(s)[0] + i) % 12 for i in chord(s)[1][1:]]
    beat = 0.5
    while beat < total - 1.5:
        if left <= 0:
            if rng.random() < rest:
                beat += float(rng.choice((1.0, 1.5, 2.0)))
            left = int(rng.integers(5, 12))
            key = near(tones(under(beat))[rng.integers(2)], np.clip(key, low + 5, high - 5))
        symbol = under(beat)
        if key > high - 4:
            up = -1
        elif key < low + 4:
            up = 1
        elif rng.random() < 0.14:
            up = -up
        if beat == int(beat):
            options = [near(t, key + 2.5 * up) for t in tones(symbol)]
            key = min((o for o in options if o != key), key=lambda o: abs(o - key - 2 * up))
        else:
            goal = min((near(t, key + 2 * up) for t in tones(under(beat + 0.5))), key=lambda o: abs(o - key - 2 * up))
            if under(beat + 0.5) != symbol:
                key = goal - up
            else:
                steps = [near(t, key + up) for t in scale(symbol)]
                key = min((s for s in steps if s != key), key=lambda s: abs(s - (key + goal) / 2) + 0.1 * abs(s - key))
        last = left == 1
        part.note(start + beat, 1.1 if last else 0.47, key, velocity + (7 if beat != int(beat) else 0) + (5 if last else 0) + rng.integers(-6, 6))
        if rng.random() < 0.06 and not last:
            part.note(start + beat + 1 / 3, 0.2, key + 2, velocity - 14)
        left -= 1
        beat += 1.5 if last else 0.5
        beat = beat if beat * 2 == int(beat * 2) else round(beat * 2) / 2


def trio(p, piano=0.0, vibes=-1.0, drums=-9.0):
    return (p.part("piano", PIANO, level=piano, pan=-0.15, wet=0.2),
            p.part("comping", PIANO, level=-7, pan=-0.3, wet=0.2),
            p.part("bass", BASS, level=-6, pan=0.08, wet=0.08, high=4000),
            p.part("brushes", BRUSHES, bank=128, level=drums, pan=0.25, wet=0.2, low=60, loose=0.005),
            p.part("vibes", VIBES, level=vibes, pan=0.35, wet=0.35, low=120))


def second_shift():
    p = Piece("Second shift", 138, 69 * 4, rit=(66 * 4, 68.5 * 4, 0.8), swing=0.635)
    piano, back, low, kit, vibes = trio(p)
    a = "Fmaj7 | D7b9 | Gm7 | C7 | Am7 D7b9 | Gm7 C7 | Fmaj7 | C7"
    a2 = "Fmaj7 | D7b9 | Gm7 | C7 | Am7 D7b9 | Gm7 C7 | Fmaj7 | F7"
    b = "Bbmaj7 | Bbm6 | Am7 | D7 | Gm7 | G7 | Gm7 | C7"
    tune = ("r:.5 a4 c5 e5 d5:1 c5:.5 a4 | eb5:1.5 c5:.5 a4 f#4:1.5 | r:.5 g4 bb4 d5 f5:1 d5:.5 bb4 | e5:1.5 d5:.5 bb4 g4:1.5 |"
            "a4:.5 c5 e5:1 eb5 c5:.5 a4 | bb4:.5 d5 f5:1 e5 d5:.5 c5 | a4:1 c5:.5 a4:2.5 | r:4")
    bridge = ("d5:1.5 f5:.5 a5:2 | g5:1.5 f5:.5 db5:2 | c5:1.5 e5:.5 g5:2 | f#5:1 eb5:.5 c5:2.5 |"
              "bb4:1.5 d5:.5 f5:2 | f5:1 d5:.5 b4:2.5 | a5:1 g5:.5 f5 d5:1 bb4 | e5:.5 d5 c5:1 bb4:.5 g4 r:1")
    form = [(a, 0), (a2, 32), (b, 64), (a, 96), (a, 128), (a2, 160), (b, 192), (a, 224)]
    for symbols, at in form:
        walk(low, bars(symbols, 4), at, 76 if at < 128 else 82)
        comp(back, bars(symbols, 4), at, 50 if at < 128 else 56)
    swing_kit(kit, 0, 256, 4, 56)
    for at in (0, 32, 96):
        piano.melody(at, tune, 80, legato=0.85)
    vibes.melody(32, tune, 64, legato=0.85)
    vibes.melody(64, bridge, 82)
    improvise(piano, bars(a, 4), 128, 62, 84, 82)
    improvise(piano, bars(a2, 4), 160, 64, 88, 86, 0.2)
    vibes.melody(192, bridge, 84)
    piano.melody(224, tune, 84, legato=0.85)
    vibes.melody(224, tune, 70, legato=0.85)
    coda = bars("Am7 D7b9 | Gm7 C7 | Am7 D7b9 | Gm7 C7", 4)
    for chords, at in ((coda, 256),):
        walk(low, chords, at, 74)
        comp(back, chords, at, 50)
    swing_kit(kit, 256, 272, 4, 52)
    piano.melody(256, "a4:.5 c5 e5:1 eb5 c5:.5 a4 | bb4:.5 d5 f5:1 e5 d5:.5 c5 | a5:.5 g5 e5:1 eb5 c5:.5 a4 | bb4:.5 d5 f5:1 e5 c5:.5 a4", 76, 0.85)
    back.block(272, 5, [57, 64, 67, 72], 54, 0.03)
    vibes.note(272.5, 5, 81, 62)
    low.note(272, 5, 41 - 12, 76)
    kit.note(272, 2, 49, 44)
    return p


def yard_lamps():
    p = Piece("Yard lamps", 66, 27 * 4, rit=(23 * 4, 26.5 * 4, 0.7), rubato=0.02, swing=0.58, tail=5)
    piano, back, low, kit, vibes = trio(p, drums=-13)
    a = "Ebmaj7 | Cm7 | Fm7 | Bb7 | Gm7 | C7b9 | Fm7 Bb7 | Ebmaj7"
    b = "Abmaj7 | Abm6 | Gm7 | C7 | Fm7 | F7 | Fm7 | Bb7"
    tune = ("g5:2 f5:.5 eb5 bb4:1 | eb5:1.5 d5:.5 c5:2 | ab4:1 c5 eb5:1.5 g5:.5 | f5:1.5 d5:.5 ab4:2 |"
            "bb5:2 f5:1 d5 | e5:1.5 db5:.5 bb4:2 | ab4:1 c5 d5:.5 f5 ab5:1 | g5:3 r:1")
    bridge = ("c6:1.5 bb5:.5 g5:2 | b5:1.5 ab5:.5 f5:2 | bb5:1.5 g5:.5 d5:2 | c6:1 bb5 g5 e5 |"
              "ab5:1.5 f5:.5 c5:2 | a5:1.5 f5:.5 eb5:2 | c5:1 eb5 ab5 c6 | bb5:2 ab5:1 r:1")
    for symbols, at in ((a, 0), (b, 32), (a, 64)):
        keys = None
        for symbol, off, length in bars(symbols, 4):
            keys = voicing(symbol, keys, 4, 58, rootless=True)
            back.block(at + off, length * 0.98, keys, 48, 0.035)
            back.control(at + off + 0.08, 64, 127)
            back.control(at + off + length - 0.05, 64, 0)
            _, _, root = chord(symbol)
            low.note(at + off, min(2, length) * 0.96, near(root, 38), 70)
            if length > 2:
                low.note(at + off + 2, 1.9, near((root + 7) % 12, 40), 60)
    for n in range(96):
        kit.note(n, 0.95, SWIRL, 50 + 6 * (n % 2))
        if n % 4 in (1, 3):
            kit.note(n, 0.3, PEDAL, 46)
    piano.melody(0, tune, 74)
    vibes.melody(32, bridge, 78)
    vibes.melody(64, tune, 70)
    piano.melody(64, "r:2 bb5:1 g5 | r:2 eb5 | r:2 c6:1 ab5 | r:2 d5 | r:2 d6:1 bb5 | r:2 g5 | r:4 | r:2 bb5", 54)
    back.block(96, 4, [55, 60, 62, 67], 46, 0.05)
    back.block(100, 6, [55, 58, 62, 65], 42, 0.07)
    low.note(96, 3.9, 44, 60)
    low.note(100, 7, 39, 60)
    piano.melody(96, "c6:1 ab5 g5 eb5 | g5:5", 58)
    vibes.note(101, 5, 89 - 12, 44)
    return p


def canteen_waltz():
    p = Piece("Canteen waltz", 148, 69 * 3, rit=(66 * 3, 68.5 * 3, 0.78), swing=0.61)
    piano, back, low, kit, vibes = trio(p)
    a = ("Gm7 | C7 | Gm7 | C7 | Cm7 | F7 | Bbmaj7 | Bbmaj7 |"
         "Am7b5 | D7b9 | Gm7 | C7 | Am7b5 | D7b9 | Gm7 | D7b9")
    tune = ("d5:1.5 f5:.5 g5:1 | bb5:2 a5:1 | g5:1.5 f5:.5 d5:1 | e5:2.5 r:.5 | eb5:1.5 g5:.5 bb5:1 | a5:2 g5:1 | f5:1.5 d5:.5 bb4:1 | d5:2 r:1 |"
            "c5:1.5 eb5:.5 g5:1 | f#5:1.5 eb5:.5 c5:1 | bb4:1.5 d5:.5 f5:1 | e5:2 r:1 | eb5:1 c5 a4 | f#4:1 a4 c5 | bb4:1 g4:1.5 r:.5 | r:3")
    for n in range(4):
        walk(low, bars(a, 3), n * 48, 76)
        comp(back, bars(a, 3), n * 48, 52, 3)
    swing_kit(kit, 0, 192, 3, 55)
    vibes.melody(0, tune, 78)
    piano.melody(48, tune, 80)
    vibes.melody(48, "bb4:3 | c5 | bb4 | g4 | g4 | eb5 | d5 | f5:2 r:1 | eb5:3 | c5 | d5 | c5:2 r:1 | c5:3 | c5 | bb4:2 r:1 | r:3", 56)
    improvise(piano, bars(a, 3), 96, 62, 86, 84, 0.25)
    vibes.melody(144, tune, 80)
    piano.melody(144, tune, 66, octave=-1)
    coda = bars("Gm7 | C7 | Gm7 | C7", 3)
    walk(low, coda, 192, 72)
    comp(back, coda, 192, 50, 3)
    swing_kit(kit, 192, 204, 3, 50)
    vibes.melody(192, "d5:1.5 f5:.5 g5:1 | bb5:2 g5:1 | d5:1.5 f5:.5 g5:1 | e5:3 | d5:5", 68)
    back.block(204, 5, [53, 58, 62, 69], 50, 0.04)
    low.note(204, 5, 31, 74)
    return p


def last_tram():
    p = Piece("Last tram", 126, 53 * 4, rit=(50 * 4, 52.5 * 4, 0.82), tail=4)
    piano, _, low, kit, vibes = trio(p, drums=-11)
    p.parts = [q for q in p.parts if q.name != "comping"]
    guitar = p.part("guitar", NYLON, level=-4, pan=-0.35, wet=0.22, low=100)
    a = "Dm9 | Dm9 | Gm7 | C9 | Fmaj7 | Bbmaj7 | Em7b5 | A7b9"
    b = "Gm7 | C9 | Fmaj7 | Fmaj7 | Em7b5 | A7b9 | Dm9 | A7b9"
    tune = ("r:1 a5:1.5 f5:.5 e5:1 | d5:1.5 e5:.5 f5:1 a5 | bb5:1.5 a5:.5 g5:1 d5 | e5:2.5 r:1.5 |"
            "r:1 g5:1.5 e5:.5 c5:1 | a4:1.5 d5:.5 f5:1 a5 | g5:1.5 e5:.5 bb4:1 d5 | c#5:2.5 r:1.5")
    bridge = ("d5:1 g5:1.5 f5:.5 d5:1 | e5:1.5 g5:.5 bb5:1 d6 | c6:1.5 a5:.5 e5:2 | g5:1 f5:.5 e5 c5:1 r:1 |"
              "bb5:1.5 g5:.5 e5:2 | g5:1 e5:.5 c#5 bb4:2 | a4:1 d5 f5:1.5 e5:.5 | c#5:2 r:2")
    plan = [(a, 0), (a, 32), (b, 64), (a, 96), (b, 128), (a, 160)]
    for symbols, at in plan + [("Dm9 | Gm7 | Dm9 | A7b9", 192)]:
        keys = None
        for n, (symbol, off, _) in enumerate(bars(symbols, 4)):
            keys = voicing(symbol, keys, 4, 60, rootless=True)
            for place, held in (((0, 1), (1.5, 0.8), (3, 0.8)) if n % 2 == 0 else ((0.5, 0.8), (2, 0.8), (3.5, 0.4))):
                guitar.block(at + off + place, held, keys, 58, 0.012)
            root = chord(symbol)[2]
            for place, held, tone in ((0, 1.4, root), (1.5, 0.45, (root + 7) % 12), (2, 1.4, (root + 7) % 12), (3.5, 0.45, root)):
                if 6 in chord(symbol)[1] and tone != root:
                    tone = (root + 6) % 12
                low.note(at + off + place, held, near(tone, 39), 76 if place in (0, 2) else 62)
            for i in range(8):
                kit.note(at + off + i * 0.5, 0.3, SHAKER, 50 + 10 * (i % 2 == 0) + 4 * (i == 4))
            for place in ((0, 1.5, 3) if n % 2 == 0 else (1, 2.5)):
                kit.note(at + off + place, 0.3, RIM, 52)
            kit.note(at + off, 0.5, KICK, 42)
            kit.note(at + off + 2, 0.5, KICK, 46)
    piano.melody(0, tune, 76)
    vibes.melody(32, tune, 76)
    piano.melody(64, bridge, 82)
    improvise(piano, bars(a, 4), 96, 64, 86, 80, 0.35)
    vibes.melody(128, bridge, 80)
    piano.melody(160, tune, 80)
    vibes.melody(160, "a4:4 | d5 | d5 | bb4:3 r:1 | c5:4 | d5 | d5 | c#5:3 r:1", 54)
    vibes.melody(192, "r:1 a5:1.5 f5:.5 e5:1 | d5:2 bb4 | r:1 a5:1.5 f5:.5 e5:1 | c#5:2 e5 | a5:5", 66)
    guitar.block(208, 5, [53, 57, 60, 64], 56, 0.05)
    low.note(208, 5, 38, 72)
    return p


TRACKS = (second_shift, yard_lamps, canteen_waltz, last_tram)
