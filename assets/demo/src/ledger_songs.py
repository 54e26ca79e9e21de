"""The Quiet Commons: an upright piano and whoever of the neighbours is at home."""

from low_water_marks import bass, pad, sung
from score import Piece, bars, chord, near, voicing

PIANO, STRINGS, VIOLIN, VIOLA, CELLO, PIZZICATO, CLARINET, FLUTE, HARP = 0, 49, 40, 41, 42, 45, 71, 73, 46

ROOM = dict(seconds=2.2, bright=5500.0)
OFFSETS = {1: 0.4, 3: -1.0}


def pedal(part, chords, start):
    """Lifts the dampers anew for every chord."""
    for _, at, length in chords:
        part.control(start + at + 0.06, 64, 127)
        part.control(start + at + length - 0.04, 64, 0)


def broken(part, chords, start, shape, velocity=56, step=0.5, centre=52):
    """A left hand: shape lists 0 for the bass, 1 to 4 for the tones above, - for none."""
    keys = None
    for symbol, at, length in chords:
        _, _, low = chord(symbol)
        keys = voicing(symbol, keys, 4, centre)
        tones = [near(low, 38)] + keys
        for i in range(int(round(length / step))):
            sign = shape[i % len(shape)]
            if sign != "-":
                n = int(sign)
                part.note(start + at + i * step, step * 1.6, tones[n], velocity + (6 if n == 0 else 0) - (3 if i % 2 else 0))
    pedal(part, chords, start)


def chorale(parts, chords, start, velocity=62, centres=(48, 58, 65, 72)):
    """One voice of each chord for each part, from the lowest up."""
    keys = None
    for symbol, at, length in chords:
        _, _, low = chord(symbol)
        keys = voicing(symbol, keys, 3, 65)
        tones = [near(low, centres[0])] + keys
        for part, key in zip(parts, tones):
            part.note(start + at, length * 0.99, key, velocity)
            part.swell(start + at, start + at + length / 2, 78, 104)
            part.swell(start + at + length / 2, start + at + length, 104, 78)


def paper_boats():
    p = Piece("Paper boats", 76, 37 * 4, rit=(33 * 4, 36.5 * 4, 0.68), rubato=0.025, tail=5)
    right = p.part("right", PIANO, level=0, pan=0.12, wet=0.3)
    left = p.part("left", PIANO, level=-5, pan=-0.15, wet=0.28)
    strings = p.part("strings", STRINGS, level=-9, wet=0.5, low=150, high=7000)
    cello = p.part("cello", CELLO, level=-4, pan=-0.25, wet=0.4, low=60, high=8000)
    a = "F | C/E | Dm7 | Bbmaj7 | F/A | Gm7 | Bb | C"
    a2 = "F | C/E | Dm7 | Bbmaj7 | Gm7 | C7 | F | F"
    b = "Dm | Am7 | Bbmaj7 | F | Gm7 | Dm | Bb | C"
    head = "c5:1 f5 a5:1.5 g5:.5 | g5:1.5 e5:.5 c5:2 | f5:1 d5 a4:1.5 c5:.5 | d5:3 r:1 |"
    first = head + "c5:1 f5 c6:1.5 a5:.5 | bb5:1.5 a5:.5 g5:2 | f5:1 g5 d5:1.5 f5:.5 | e5:3 r:1"
    second = head + "d5:1 g5 bb5:1.5 a5:.5 | g5:1 e5 c5 e5 | f5:3 r:1 | r:4"
    bridge = ("a5:1.5 f5:.5 d5:2 | c6:1.5 a5:.5 e5:2 | bb5:1 a5 f5 d5 | a5:3 r:1 |"
              "bb5:1.5 g5:.5 d5:2 | a5:1.5 f5:.5 d5:2 | f5:1 d5 f5 bb5 | g5:3 r:1")
    for symbols, at, loud in (("F | Bb/F | F | C/F", 0, 52), (a, 16, 56), (a2, 48, 60), (b, 80, 64), (a2, 112, 58)):
        broken(left, bars(symbols, 4), at, "02343232", loud)
    right.melody(0, "r:4 | r:2 f5:.5 g5 a5:1 | a5:3 g5:1 | c5:3 r:1", 58)
    right.melody(16, first, 76)
    right.melody(48, second, 80)
    right.melody(80, bridge, 88)
    right.melody(112, second, 78)
    for at in (112, 116, 120):
        right.melody(at, "a4:2 c5", 52)
    sung(cello, 48, "f3:4 | g3 | a3 | f3 | g3 | bb3:2 g3 | a3:4 | c4:3 r:1", 70)
    sung(cello, 80, "d4:4 | c4 | d4 | c4 | bb3 | a3 | bb3 | g3:3 r:1", 76)
    sung(cello, 112, "a3:4 | g3 | f3 | d3 | bb3 | g3 | a3:4 | f3:4", 64)
    for symbols, at in ((b, 80), (a2, 112)):
        pad(strings, bars(symbols, 4), at, 60)
    end = bars("F", 4)
    broken(left, end, 144, "0234----", 46)
    right.note(146, 4, 77, 50)
    right.note(147, 4, 84, 44)
    return p


def small_figures():
    p = Piece("Small figures", 112, 45 * 4, rit=(42 * 4, 44.5 * 4, 0.8), tail=4)
    right = p.part("right", PIANO, level=-3, pan=0.15, wet=0.22)
    left = p.part("left", PIANO, level=-6, pan=-0.15, wet=0.22)
    pluck = p.part("pizzicato", PIZZICATO, level=-4, pan=0.35, wet=0.4, low=90)
    wind = p.part("clarinet", CLARINET, level=0, pan=-0.1, wet=0.4, low=120)
    air = p.part("flute", FLUTE, level=-3, pan=0.25, wet=0.45, low=200)
    strings = p.part("strings", STRINGS, level=-10, wet=0.5, low=160, high=7000)
    a = "Eb | Eb | Cm7 | Cm7 | Abmaj7 | Abmaj7 | Bb | Bb"
    b = "Cm | Gm7 | Ab | Eb | Fm7 | Cm7 | Ab | Bb"
    figure = "g4:.5 bb4 eb5 bb4 g4 bb4 f5 bb4"
    tune = ("bb4:1.5 eb5:.5 g5:1 f5 | eb5:2 bb4 | c5:1.5 eb5:.5 g5:1 bb5 | g5:3 r:1 |"
            "ab5:1.5 g5:.5 eb5:1 c5 | g5:1.5 eb5:.5 c5:2 | d5:1 f5 bb5 ab5 | f5:3 r:1")
    bridge = ("g5:2 eb5 | d5:1 f5 bb4:2 | c5:1.5 d5:.5 eb5:2 | g5:3 r:1 |"
              "ab5:2 f5 | eb5:1 g5 c5:2 | eb5:1 d5 c5 eb5 | d5:3 r:1")
    plan = [(a, 0, 54), (a, 32, 58), (b, 64, 62), (a, 96, 60), (b, 128, 64), ("Eb | Cm7 | Abmaj7 | Bb", 160, 54)]
    for symbols, at, loud in plan:
        keys = None
        for symbol, off, length in bars(symbols, 4):
            keys = voicing(symbol, keys, 4, 67)
            order = (0, 1, 2, 1, 3, 1, 2, 1) if (off // 4) % 2 == 0 else (0, 2, 1, 2, 3, 2, 1, 3)
            for i in range(8):
                right.note(at + off + i * 0.5, 0.42, keys[order[i]], loud + (8 if i in (0, 4) else 0) + (3 if i == 3 else 0))
            _, _, low = chord(symbol)
            left.note(at + off, 1.8, near(low, 41), loud + 4)
            left.note(at + off + 2.5, 1.2, near(low, 53), loud - 4)
            if at >= 32:
                pluck.note(at + off, 0.5, near(low, 48), 74)
                pluck.note(at + off + 1.5, 0.5, keys[0], 60)
                pluck.note(at + off + 3, 0.5, keys[1], 64)
    sung(wind, 32, tune, 80)
    sung(wind, 64, bridge, 84)
    sung(air, 96, tune, 78, 0)
    sung(wind, 96, "g4:4 | bb4 | eb5:4 | d5:3 r:1 | c5:4 | eb5 | d5:4 | bb4:3 r:1", 62)
    sung(air, 128, bridge, 84, 0)
    sung(wind, 128, "eb5:2 c5 | bb4:4 | ab4:2 c5 | bb4:3 r:1 | c5:4 | g4 | ab4 | bb4:3 r:1", 68)
    sung(wind, 160, "bb4:1.5 eb5:.5 g5:2 | f5:1 eb5 c5:2 | eb5:4 | d5:4 | eb5:6", 66)
    for symbols, at in ((b, 64), (a, 96), (b, 128)):
        pad(strings, bars(symbols, 4), at, 54)
    left.note(176, 6, 39, 56)
    right.block(176, 6, [67, 70, 75, 79], 50, 0.05)
    right.control(176.1, 64, 127)
    left.control(176.1, 64, 127)
    return p


def carried_forward():
    p = Piece("Carried forward", 66, 25 * 4, rit=(21 * 4, 24.5 * 4, 0.75), rubato=0.02, tail=5)
    quartet = [p.part(name, program, level=level, pan=pan, wet=0.45, low=low, high=9000, loose=0.014)
               for name, program, level, pan, low in (("cello", CELLO, -3, 0.4, 55), ("viola", VIOLA, -5, 0.15, 100),
                                                      ("second", STRINGS, -5, -0.2, 150), ("first", STRINGS, -3, -0.42, 150))]
    piano = p.part("piano", PIANO, level=-1, pan=0.0, wet=0.35)
    solo = p.part("solo", CELLO, level=0, pan=0.1, wet=0.4, low=60, high=9000)
    a = "D | A/C# | Bm7 | F#m | G | D/F# | Em7 | A7sus4 A7"
    b = "Bm | G | D/F# | A | Bm | Em7 | G | A"
    chorale(quartet, bars(a, 4), 0, 60)
    chorale(quartet, bars(a.replace("A7sus4 A7", "A7"), 4), 32, 54)
    chorale(quartet, bars(b, 4), 64, 72)
    piano.melody(32, "r:1 f#5 a5 d6 | c#6:2 e5 | r:1 d5 f#5 b5 | a5:2 c#5 | r:1 b4 d5 g5 | f#5:2 a5 | r:1 g5 e5 b4 | c#5:2 e5", 66)
    pedal(piano, bars(a, 4), 32)
    sung(solo, 32, "r:2 d4 | e4:3 c#4:1 | d4:3 f#4:1 | a3:4 | b3:2 d4 | a4:3 f#4:1 | g4:2 e4 | c#4:3 r:1", 74)
    sung(solo, 64, "f#4:3 d4:1 | b3:2 d4 | a4:3 f#4:1 | e4:3 r:1 | f#4:2 b4 | g4:2 e4 | d4:1 e4 g4 b4 | a4:3 r:1", 84)
    piano.melody(64, "r:4 | r:1 d6 b5 g5 | r:4 | r:1 c#6 a5 e5 | r:4 | r:1 b5 g5 e5 | r:4 | r:1 e5 a5 c#6", 60)
    pedal(piano, bars(b, 4), 64)
    chorale(quartet, [("D", 96, 6)], 0, 52)
    piano.block(96, 6, [50, 57, 66, 74], 48, 0.09)
    piano.control(96.1, 64, 127)
    return p


def balance():
    p = Piece("Balance", 96, 41 * 3, rit=(36 * 3, 40.5 * 3, 0.62), rubato=0.035, tail=5)
    right = p.part("right", PIANO, level=0, pan=0.12, wet=0.3)
    left = p.part("left", PIANO, level=-5, pan=-0.15, wet=0.28)
    a = "Bbmaj7 | F/A | Gm7 | Dm7 | Ebmaj7 | Bb/D | Cm7 | F7"
    a2 = "Bbmaj7 | F/A | Gm7 | Dm7 | Ebmaj7 | F7 | Bb | Bb"
    b = "Gm | D7 | Gm7 | C7 | Fmaj7 | Bb | Cm7 | F7sus4"
    for symbols, at, loud in (("Bbmaj7 | Ebmaj7 | Bbmaj7 | Ebmaj7", 0, 48), (a, 12, 52), (b, 36, 58), (a2, 60, 54), ("Ebmaj7 | F7 | Dm7 | Gm7 | Cm7 | F7 | Bbmaj7 | Bbmaj7", 84, 50)):
        broken(left, bars(symbols, 3), at, "-23432" if at == 36 else "--2324", loud, 0.5, 55)
        for symbol, off, _ in bars(symbols, 3):
            left.note(at + off, 2.6, near(chord(symbol)[2], 37), loud + 4)
    right.melody(12, "d5:2 f5:1 | c5:2 a4:1 | bb4:1 d5 g5 | f5:2 r:1 | g5:1.5 f5:.5 eb5:1 | d5:2 f5:1 | eb5:1 d5 c5 | a4:2 r:1", 76)
    right.melody(36, "bb5:2 g5:1 | a5:1.5 f#5:.5 d5:1 | bb5:1 a5 g5 | e5:2 r:1 | a5:2 f5:1 | d5:1 f5 bb5 | g5:1.5 f5:.5 eb5:1 | c5:2 r:1", 84)
    right.melody(60, "d5:2 f5:1 | c5:2 a4:1 | bb4:1 d5 g5 | a5:2 r:1 | g5:1 bb5 g5 | eb5:1 c5 a4 | bb4:2.5 r:.5 | r:3", 76)
    right.melody(84, "g5:2 eb5:1 | c5:1.5 a4:.5 c5:1 | f5:2 d5:1 | bb4:2 r:1 | eb5:1 d5 c5 | f5:2 a5:1 | d6:3", 68)
    for at, keys in ((12, (58, 65)), (60, (58, 65))):
        right.block(at, 2.5, keys, 46)
    left.note(108, 6, 34, 50)
    left.control(108.1, 64, 127)
    for i, key in enumerate((53, 58, 62, 69)):
        left.note(108.5 + i * 0.5, 6, key, 46)
    right.note(111, 5, 77, 48)
    right.note(112, 5, 82, 42)
    return p


TRACKS = (paper_boats, small_figures, carried_forward, balance)
