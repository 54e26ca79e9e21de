"""Ines Aguiar: fingerpicked guitar, strings and one wind at a time."""

from score import Piece, bars, chord, near, voicing

NYLON, STEEL, HARMONICS, BASS = 24, 25, 31, 32
VIOLIN, CELLO, STRINGS, FLUTE, CLARINET, OBOE, ACCORDION, VIBES = 40, 42, 49, 73, 71, 68, 21, 11


def pad(part, chords, start, velocity=58, count=3, centre=62, low=62, high=100):
    """Held chords that breathe in and out once a chord."""
    keys = None
    for symbol, at, length in chords:
        keys = voicing(symbol, keys, count, centre)
        part.block(start + at, length * 1.02, keys, velocity, 0.012)
        part.swell(start + at, start + at + length * 0.6, low, high)
        part.swell(start + at + length * 0.6, start + at + length, high, low)


def bass(part, chords, start, velocity=66, pattern=((0, 1.0),)):
    """The bass note of each chord; pattern holds (place, share) within it."""
    for symbol, at, length in chords:
        _, _, low = chord(symbol)
        for i, (place, share) in enumerate(pattern):
            key = near(low, 36)
            part.note(start + at + place * length, length * share * 0.95, key if i == 0 else near((low + 7) % 12, 40),
                      velocity - 8 * (i > 0))


def guitar(part, chords, start, pattern, velocity=70, step=0.5):
    for symbol, at, length in chords:
        part.pick(symbol, start + at, length, pattern, velocity, step)


def sung(part, beat, text, velocity, octave=0, arc=10):
    """A bowed or blown line, each phrase swelling as a breath does."""
    end = part.melody(beat, text, velocity, 0.99, octave, arc, lag=0.012)
    at = beat
    while at < end:
        part.swell(at, at + 2, 84, 108)
        part.swell(at + 2, min(at + 4, end), 108, 84)
        at += 4
    return end


def harbour_lights():
    p = Piece("Harbour lights", 92, 42 * 4, rit=(38 * 4, 41.5 * 4, 0.72), rubato=0.012)
    one = p.part("steel", STEEL, level=-2.5, pan=-0.28, wet=0.22, low=70)
    two = p.part("nylon", NYLON, level=-1, pan=0.3, wet=0.28, low=90)
    low = p.part("bass", BASS, level=-8, wet=0.06, high=3000)
    pads = p.part("strings", STRINGS, level=-10, wet=0.5, low=160, high=7000)
    wind = p.part("flute", FLUTE, level=-2, pan=0.12, wet=0.5, low=200)
    a = "G | D/F# | Em7 | Cadd9 | G | D | Cadd9 | D"
    a2 = "G | D/F# | Em7 | Cadd9 | Am7 | D7 | G | G"
    b = "Em | C | G/B | D | Em | C | Am7 | Dsus4 D"
    tune = ("r:1 b4:.5 d5 g5:1.5 f#5:.5 | a4:1 d5:1.5 e5:.5 f#5:1 | e5:1.5 d5:.5 b4:2 | r:1 c5:.5 d5 e5:1 d5 |")
    first = tune + "b4:1.5 d5:.5 g5:1.5 a5:.5 | f#5:1 e5:.5 d5:1.5 r:1 | e5:1 d5:.5 c5 g4:2 | a4:1 b4:.5 c5 a4:1.5 r:.5"
    second = tune + "c5:1.5 e5:.5 a5:1 g5 | f#5:1 e5:.5 c5:1.5 a4:1 | b4:1 a4:.5 g4:2.5 | r:4"
    bridge = ("e5:1 g5:1.5 f#5:.5 e5:1 | e5:1 d5:.5 c5 g5:2 | d5:1 g5:1.5 a5:.5 b5:1 | a5:2 f#5:1 r:1 |"
              "g5:1 b5:1.5 a5:.5 g5:1 | e5:1 g5:.5 e5 c5:2 | c5:1 d5:.5 e5 g5:1 e5 | g5:1 e5 f#5:1.5 r:.5")
    travis = "B3(42)3B3(41)3"
    sections = [("G | G | Cadd9 | D", 0, 62), (a, 16, 66), (a2, 48, 68), (b, 80, 74), (a2, 112, 70),
                ("Cadd9 | D | Cadd9 | D | G | G", 144, 60)]
    for symbols, at, loud in sections:
        chords = bars(symbols, 4)
        guitar(one, chords[:-1] if at == 144 else chords, at, travis, loud)
        if at >= 48:
            bass(low, chords if at < 144 else chords[:-1], at, loud - 2, ((0, 0.5), (0.5, 0.5)))
    one.strum("G", 164, 8, 58, 0.05)
    low.note(164, 7, 43 - 12, 56)
    two.melody(16, first, 82)
    two.melody(48, second, 86)
    two.melody(112, second, 88)
    for at in (112, 120):
        two.melody(at, "r:1 g4:.5 b4 d5:1.5 d5:.5 | f#4:1 a4:1.5 b4:.5 d5:1", 64, arc=4)
    sung(wind, 80, bridge, 78)
    sung(wind, 144, "g5:2 e5 | f#5:3 r:1 | e5:2 g5:2 | a5:1.5 f#5:.5 e5:1 d5:1 | b4:6", 68)
    for symbols, at in ((a2, 48), (b, 80), (a2, 112), ("Cadd9 | D | Cadd9 | D | G | G", 144)):
        pad(pads, bars(symbols, 4), at, 54 if at < 80 else 62)
    return p


def what_the_tide_keeps():
    p = Piece("What the tide keeps", 99, 57 * 3, rit=(53 * 3, 56.5 * 3, 0.7), rubato=0.015)
    one = p.part("nylon", NYLON, level=-2.5, pan=-0.2, wet=0.25, low=75)
    cello = p.part("cello", CELLO, level=0, pan=0.15, wet=0.4, low=60, high=9000)
    wind = p.part("flute", FLUTE, level=-3, pan=0.3, wet=0.5, low=200)
    pads = p.part("strings", STRINGS, level=-10, wet=0.5, low=180, high=6500)
    low = p.part("bass", BASS, level=-9, wet=0.05, high=2500)
    a = "Em | Am7 | D | G | Cmaj7 | Am7 | B7 | Em"
    b = "C | G/B | Am7 | Em | C | D | B7 | B7"
    tune = ("b3:2 a3:.5 g3 | e3:1.5 a3:1 b3:.5 | c4:1 b3:.5 a3:1 f#3:.5 | b3:2 r:1 |"
            "e4:1.5 d4:.5 c4 b3 | a3:1.5 c4:1 e4:.5 | f#4:1 e4:.5 d#4:1 b3:.5 | e4:2 r:1")
    bridge = ("g4:1.5 e4:1 c4:.5 | d4:2 b3:1 | c4:1 b3:.5 a3:1 e3:.5 | b3:2 r:1 |"
              "e4:1.5 g4 | a4:1.5 f#4:1 d4:.5 | f#4:2 e4:.5 d#4 | b3:2 r:1")
    under = "e4:3 | c4:1.5 e4 | f#4:3 | d4:2 r:1 | g4:3 | e4:1.5 a4 | b4:1.5 a4 | g4:2 r:1"
    roll = "B32123"
    plan = [("Em | Em | Am7 | Em", 0, 60), (a, 12, 66), (a, 36, 68), (b, 60, 74), (a, 84, 62), (b, 108, 76), (a, 132, 70),
            ("Em | Am7 | Em | Am7", 156, 56)]
    for symbols, at, loud in plan:
        guitar(one, bars(symbols, 3), at, roll, loud)
        if 36 <= at < 156 and at != 84:
            bass(low, bars(symbols, 3), at, loud - 4)
    one.strum("Em9", 168, 6, 58, 0.06)
    sung(cello, 12, tune, 80)
    sung(cello, 36, tune, 84)
    sung(wind, 36, under, 60, 1, 6)
    sung(cello, 60, bridge, 90)
    one.melody(84, tune, 76, octave=1)
    sung(wind, 108, bridge, 84, 1)
    sung(cello, 108, "e3:3 | g3 | a3 | g3:2 r:1 | c3:3 | d3 | b2:3 | b2:2 r:1", 72)
    sung(cello, 132, tune, 84)
    sung(wind, 132, under, 58, 1, 6)
    sung(cello, 156, "b3:3 | a3:3 | g3:3 | e3:3 | e3:3", 64)
    for symbols, at in ((b, 60), (b, 108), (a, 132), ("Em | Am7 | Em | Am7 | Em", 156)):
        pad(pads, bars(symbols, 3), at, 58)
    return p


def slow_telegraph():
    p = Piece("Slow telegraph", 76, 41 * 4, rit=(37 * 4, 40.5 * 4, 0.75), rubato=0.01)
    one = p.part("steel", STEEL, level=-3, pan=-0.25, wet=0.25, low=75)
    key = p.part("key", VIBES, level=-12, pan=0.45, wet=0.65, loose=0.004, low=250)
    wind = p.part("clarinet", CLARINET, level=-1, pan=0.1, wet=0.45, low=120)
    pads = p.part("strings", STRINGS, level=-9, wet=0.5, low=150, high=6500)
    low = p.part("bass", BASS, level=-9, wet=0.05, high=2500)
    two = p.part("nylon", NYLON, level=-1, pan=0.32, wet=0.35, low=110)
    a = "Dm | Dm | Am7 | Am7 | Bbmaj7 | Fmaj7 | C | C"
    a2 = "Dm | Dm | Am7 | Am7 | Bbmaj7 | C | Dm | Dm"
    b = "Fmaj7 | C/E | Dm | Am7 | Bbmaj7 | Fmaj7 | Gm | A7sus4 A7"
    head = "r:2 d5:1 e5 | f5:3 e5:1 | c5:2.5 a4:.5 c5:1 | a4:3 r:1 |"
    first = head + "d5:1 f5:1.5 e5:.5 d5:1 | c5:2 a4 | g4:1 c5 e5 d5 | c5:2 r:2"
    second = head + "d5:1 f5 a5:2 | g5:1.5 f5:.5 e5:1 c5 | d5:4 | r:4"
    bridge = ("a5:2 g5:1 f5 | e5:2 c5:1 g5 | f5:1.5 e5:.5 d5:2 | e5:1 c5 a4:2 |"
              "d5:1 c5 bb4 d5 | c5:1 a4 f5:2 | g5:1 f5:.5 d5 bb4:2 | d5:2 c#5:1 r:1")
    plan = [("Dm | Dm | Bbmaj7 | C", 0, 60), (a, 16, 66), (a2, 48, 70), (b, 80, 76), (a2, 112, 68), ("Bbmaj7 | C | Bbmaj7 | C", 144, 58)]
    for symbols, at, loud in plan:
        guitar(one, bars(symbols, 4), at, "B34234(21)3" if at not in (80,) else "B3(42)3(B1)323", loud)
        if at >= 48:
            bass(low, bars(symbols, 4), at, loud - 4, ((0, 0.7), (0.75, 0.25)))
    one.strum("Dm", 160, 8, 56, 0.06)
    # The telegraph sends NINE, a sixteenth to the dot: -. .. -. .
    for at in list(range(0, 80, 8)) + list(range(112, 160, 8)):
        place = at
        for letter in ("-.", "..", "-.", "."):
            for sign in letter:
                units = 3 if sign == "-" else 1
                key.note(place, units * 0.25 + 0.2, 81, 62 if sign == "-" else 54)
                place += units * 0.25 + 0.25
            place += 0.5
    sung(wind, 16, first, 78)
    sung(wind, 48, second, 84)
    two.melody(80, bridge, 88)
    sung(wind, 80, "c5:4 | c5:4 | a4:4 | a4:3 r:1 | f4:4 | a4:4 | bb4:4 | a4:3 r:1", 58, 0, 5)
    sung(wind, 112, second, 80)
    two.melody(112, "r:4 | a4:1 d5 a4 f4 | r:4 | c5:1 e5 c5 a4 | r:4 | e5:1 g5 e5 c5 | a4:1 d5 f5 a5 | r:4", 66, arc=4)
    two.melody(144, "d5:1 f5 d5 bb4 | e5 c5 g4:2 | f5:1 d5 bb4:2 | c5:1 e5:2 r:1 | d5:4", 68)
    for symbols, at in ((a2, 48), (b, 80), (a2, 112), ("Bbmaj7 | C | Bbmaj7 | C | Dm", 144)):
        pad(pads, bars(symbols, 4), at, 56 if at != 80 else 66)
    return p


def lanterns_lowered():
    p = Piece("Lanterns, lowered", 104, 53 * 3, rit=(48 * 3, 52.5 * 3, 0.68), rubato=0.018)
    one = p.part("nylon", NYLON, level=-2, pan=-0.22, wet=0.25, low=75)
    wind = p.part("clarinet", CLARINET, level=-1, pan=0.18, wet=0.42, low=120)
    reed = p.part("accordion", ACCORDION, level=-11, pan=0.35, wet=0.4, low=180, high=5000)
    low = p.part("bass", BASS, level=-8, wet=0.06, high=2500)
    cello = p.part("cello", CELLO, level=-6, pan=-0.1, wet=0.4, low=60, high=8000)
    a = "C | G/B | Am7 | C/G | Fmaj7 | C/E | Dm7 | G7"
    a2 = "C | G/B | Am7 | Am/G | Fmaj7 | G7 | C | C"
    b = "Am | E/G# | C/G | D/F# | Fmaj7 | C/E | Dm7 | G"
    head = "e5:2 g5:1 | d5:2 b4:1 | c5:1 d5 e5 | c5:2 r:1 |"
    first = head + "a4:2 c5:1 | g5:2 e5:1 | f5:1 e5 d5 | b4:2 r:1"
    second = head + "a5:1.5 g5:.5 f5:1 | d5:1 e5 f5 | e5:1 d5 b4 | c5:2 r:1"
    bridge = ("a5:2 e5:1 | b5:1.5 a5:.5 g#5:1 | g5:2 e5:1 | f#5:1 e5 d5 |"
              "f5:2 a5:1 | g5:1 e5 c5 | d5:1.5 e5:.5 f5:1 | d5:2 r:1")
    plan = [("C | G/B | Fmaj7 | G7", 0, 62), (a, 12, 66), (a2, 36, 68), (b, 60, 74), (a, 84, 66), (a2, 108, 72), ("Fmaj7 | G7 | Fmaj7 | G7", 132, 60)]
    for symbols, at, loud in plan:
        guitar(one, bars(symbols, 3), at, "B-(321)-(321)-" if at < 84 or at == 132 else "B34323", loud)
        if at >= 12:
            bass(low, bars(symbols, 3), at, loud - 2)
    guitar(one, bars("C | C | C", 3), 144, "B34123", 56)
    one.strum("C", 153, 6, 54, 0.07)
    sung(wind, 12, first, 76)
    sung(wind, 36, second, 80)
    sung(wind, 60, bridge, 86)
    one.melody(84, first, 84)
    sung(cello, 84, "c3:3 | b2 | a2 | g2 | a2 | c3 | d3 | g2:2 r:1", 66)
    sung(wind, 108, second, 82)
    sung(cello, 108, "g3:3 | g3 | e3 | e3 | f3 | f3 | e3:3 | e3:2 r:1", 64)
    sung(wind, 132, "a5:2 f5:1 | d5:2 b4:1 | a4:1 c5 f5 | e5:1 d5 b4 | c5:3 | e5:3 | g5:4", 68)
    for symbols, at in ((a2, 36), (b, 60), (a2, 108), ("Fmaj7 | G7 | Fmaj7 | G7 | C | C | C", 132)):
        pad(reed, bars(symbols, 3), at, 56, centre=60, low=55, high=90)
    return p


def undertow():
    p = Piece("Undertow", 118, 45 * 4, rit=(41 * 4, 44.5 * 4, 0.7), rubato=0.006)
    one = p.part("steel", STEEL, level=-3, pan=-0.4, wet=0.2, low=75)
    two = p.part("nylon", NYLON, level=-5, pan=0.42, wet=0.25, low=110)
    low = p.part("bass", BASS, level=-7, wet=0.05, high=2500)
    cello = p.part("cello", CELLO, level=-1, wet=0.4, low=60, high=9000)
    pads = p.part("strings", STRINGS, level=-7, wet=0.5, low=140, high=8000)
    a = "Am9 | Am9 | Fmaj7 | Fmaj7 | C/G | G6 | Em7 | Em7"
    b = "Fmaj7 | G6 | Am7 | C/G | Fmaj7 | G6 | Em7 | E7"
    tune = ("r:2 a3:1 b3 | c4:2 e4 | e4:3 d4:1 | c4:3 r:1 | g3:2 c4:1 d4 | e4:1.5 d4:.5 b3:2 | g3:1 b3 e4:2 | d4:3 r:1")
    climb = ("a4:3 c5:1 | b4:2 g4 | a4:1 b4 c5 e5 | g5:2.5 e5:.5 c5:1 | a5:3 g5:1 | d5:2 g5:2 | e5:2 b4:1 d5 | e5:2 g#4 ")
    plan = [("Am9 | Am9 | Fmaj7 | Fmaj7", 0, 60), (a, 16, 66), (a, 48, 70), (b, 80, 78), (a, 112, 68), (b, 144 - 16, 0)]
    for symbols, at, loud in plan[:5]:
        chords = bars(symbols, 4)
        guitar(one, chords, at, "B4323423", loud)
        if at >= 48:
            guitar(two, chords, at, "-2-1-3-2" if at != 80 else "3231323132313231", loud - 8, 0.5 if at != 80 else 0.25)
            bass(low, chords, at, loud, ((0, 0.6), (0.625, 0.35)))
    last = bars("Fmaj7 | G6 | Am9 | Am9 | Fmaj7 | G6 | Am9 | Am9", 4)
    guitar(one, last[:7], 144, "B4323423", 62)
    bass(low, last, 144, 60)
    one.strum("Am9", 172, 8, 56, 0.07)
    sung(cello, 16, tune, 80)
    sung(cello, 48, tune, 86)
    sung(cello, 80, "a3:4 | g3 | e3 | g3 | c4 | b3 | g3 | g#3:3 r:1", 82)
    two.melody(80, climb, 90)
    sung(cello, 112, tune, 82)
    two.melody(112, "r:2 e5:1 d5 | c5:2 b4 | a4:3 b4:1 | c5:3 r:1 | e5:2 d5 | b4:2 g4 | b4:1 d5 g5:2 | e5:3 r:1", 78)
    sung(cello, 144, "c4:4 | b3:4 | a3:4 | e3:4 | f3:4 | g3:4 | a3:8", 70)
    for symbols, at, loud in ((a, 48, 50), (b, 80, 74), (a, 112, 60)):
        pad(pads, bars(symbols, 4), at, loud)
    pad(pads, last, 144, 54)
    return p


def letter_from_the_mole():
    p = Piece("Letter from the mole", 80, 21 * 4, rit=(17 * 4, 20.5 * 4, 0.7), rubato=0.02)
    one = p.part("nylon", NYLON, level=-3, pan=-0.1, wet=0.3, low=70)
    two = p.part("voice", NYLON, level=0, pan=0.15, wet=0.35, low=110)
    guitar(one, bars("Em7 | Cmaj7 | G | D/F#", 4), 0, "B34231(42)3", 62)
    guitar(one, bars("Em7 | Cmaj7 | G | D/F# | Em7 | Cmaj7 | Am7 | B7", 4), 16, "B34231(42)3", 66)
    guitar(one, bars("Cmaj7 | G/B | Am7 | Em7 | Cmaj7 | D | Em7 | Em7", 4), 48, "B34231(42)3", 68)
    two.melody(16, "b4:1.5 e5:.5 g5:2 | e5:1 d5:.5 b4 g4:2 | b4:1 d5:1.5 e5:.5 d5:1 | a4:3 r:1 |"
               "b4:1.5 e5:.5 g5:1 a5 | b5:1.5 g5:.5 e5:2 | e5:1 d5:.5 c5 e5:1 d5 | d#5:2 b4:1 r:1", 82)
    two.melody(48, "e5:2 g5:1 e5 | d5:1 b4 g4:2 | c5:1 e5 a5 g5 | b4:3 r:1 | e5:1 g5 b5 a5 | f#5:1.5 e5:.5 d5:2 | e5:4 | r:4", 84)
    one.strum("Em9", 80, 8, 56, 0.08)
    return p


def salt_letters():
    p = Piece("Salt letters", 108, 37 * 3, rit=(33 * 3, 36.5 * 3, 0.7), rubato=0.02)
    one = p.part("nylon", NYLON, level=-3, pan=-0.15, wet=0.3, low=70)
    two = p.part("voice", NYLON, level=0, pan=0.2, wet=0.35, low=110)
    a = "Am7 | D7 | Gmaj7 | C | Am7 | B7 | Em | Em"
    b = "Cmaj7 | D | Bm7 | Em | Am7 | D | Gmaj7 | B7"
    for symbols, at, loud in (("Em | Cmaj7 | Em | B7", 0, 60), (a, 12, 64), (b, 36, 70), (a, 60, 68), ("Cmaj7 | Am7 | Em | Cmaj7 | Am7 | B7 | Em | Em", 84, 58)):
        guitar(one, bars(symbols, 3), at, "B32123", loud)
    tune = "e5:2 c5:1 | f#5:1.5 e5:.5 d5:1 | b4:2 d5:1 | e5:2 r:1 | c5:1 e5 a5 | f#5:1.5 d#5:.5 b4:1 | e5:3 | r:3"
    two.melody(12, tune, 80)
    two.melody(36, "g5:2 e5:1 | f#5:1 a5 f#5 | d5:2 f#5:1 | e5:2 r:1 | c5:1 e5 g5 | f#5:1.5 e5:.5 d5:1 | b4:2 f#5:1 | d#5:2 r:1", 86)
    two.melody(60, tune, 82)
    two.melody(84, "g5:3 | e5:3 | b4:3 | g4:2 r:1 | e5:2 g5:1 | f#5:1 d#5 b4 | e5:3", 72)
    one.strum("Em9", 108, 6, 54, 0.08)
    return p


def spring_tide():
    p = Piece("Spring tide", 126, 41 * 4, rit=(37 * 4, 40.5 * 4, 0.72), rubato=0.006)
    one = p.part("steel", STEEL, level=-3, pan=-0.3, wet=0.2, low=75)
    two = p.part("nylon", NYLON, level=-6, pan=0.35, wet=0.25, low=110)
    wind = p.part("flute", FLUTE, level=-1, pan=0.05, wet=0.45, low=200)
    low = p.part("bass", BASS, level=-8, wet=0.05, high=2500)
    pads = p.part("strings", STRINGS, level=-10, wet=0.5, low=160, high=7000)
    a = "D | Dsus2 | G6 | A7sus4 | D | Bm7 | G6 | A"
    b = "Bm7 | G6 | D/F# | A | Bm7 | G6 | Em7 | A7sus4"
    tune = ("a5:1.5 f#5:.5 d5:1 e5 | f#5:3 r:1 | g5:1 f#5:.5 e5 b4:1 d5 | e5:3 r:1 |"
            "a5:1.5 f#5:.5 d5:1 a5 | b5:2 f#5 | g5:1 e5 b4 d5 | c#5:3 r:1")
    bridge = ("d5:1 f#5 b5:1.5 a5:.5 | g5:2 d5 | f#5:1 a5:1.5 g5:.5 f#5:1 | e5:3 r:1 |"
              "f#5:1 b5 c#6:1 d6 | b5:2 g5 | e5:1 g5 f#5 e5 | d5:1 e5:2 r:1")
    end = bars("G6 | A | G6 | A | D | D", 4)
    for symbols, at, loud in (("D | Dsus2 | D | Dsus2", 0, 62), (a, 16, 68), (b, 48, 74), (a, 80, 72), (b[:0] + a, 112, 66)):
        guitar(one, bars(symbols, 4), at, "B3(42)3B3(41)3", loud)
        guitar(two, bars(symbols, 4), at, "-1-2-1-3", loud - 12)
        if at >= 16:
            bass(low, bars(symbols, 4), at, loud, ((0, 0.5), (0.5, 0.5)))
    guitar(one, end[:4], 144, "B34234(21)3", 60)
    bass(low, end, 144, 58)
    one.strum("D", 160, 8, 58, 0.05)
    sung(wind, 16, tune, 78)
    sung(wind, 48, bridge, 86)
    sung(wind, 80, tune, 82)
    two.melody(112, tune, 84, octave=0)
    sung(wind, 144, "b5:2 g5 | e5:2 a5 | g5:2 e5 | c#5:2 e5 | d5:6", 68)
    for symbols, at in ((b, 48), (a, 80), (a, 112)):
        pad(pads, bars(symbols, 4), at, 56)
    pad(pads, end, 144, 54)
    return p


TRACKS = (harbour_lights, what_the_tide_keeps, slow_telegraph, lanterns_lowered, undertow)
DRAFT = (letter_from_the_mole, salt_letters)
SCHEDULED = (spring_tide,)
