"""Scores as text: notes, chords, bars and tempo, played into MIDI parts.

Beats count quarter notes from the start of the piece, seconds real time.
Velocities are MIDI's, 1 to 127. A Piece turns beats into seconds itself
(swing, rubato, a slower end), so its MIDI files need no tempo map: their tick
is a tenth of a millisecond.
"""

import re
import struct
import zlib

import numpy as np

TICKS = 10000  # per second

NAMES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}

QUALITIES = {
    "": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "m7": (0, 3, 7, 10),
    "m7b5": (0, 3, 6, 10), "dim7": (0, 3, 6, 9), "6": (0, 4, 7, 9), "m6": (0, 3, 7, 9),
    "9": (0, 4, 7, 10, 14), "m9": (0, 3, 7, 10, 14), "maj9": (0, 4, 7, 11, 14), "13": (0, 4, 10, 14, 21),
    "sus4": (0, 5, 7), "sus2": (0, 2, 7), "add9": (0, 4, 7, 14), "madd9": (0, 3, 7, 14),
    "7b9": (0, 4, 7, 10, 13), "69": (0, 4, 7, 9, 14), "7sus4": (0, 5, 7, 10), "9sus4": (0, 5, 7, 10, 14),
    "5": (0, 7), "m11": (0, 3, 7, 10, 14, 17),
}

# Guitar shapes, lowest string first; x is not played.
SHAPES = {
    "C": "x32010", "Cadd9": "x32030", "Cmaj7": "x32000", "C/G": "332010", "D": "xx0232", "Dsus2": "xx0230",
    "Dsus4": "xx0233", "D/F#": "200232", "Dm": "xx0231", "Dm7": "xx0211", "Dm9": "x5355x", "D7": "xx0212",
    "E": "022100", "Em": "022000", "Em7": "022030", "Em9": "020002", "F": "133211", "Fmaj7": "xx3210",
    "Fmaj7/C": "x33210", "G": "320003", "G6": "320000", "G/B": "x20003", "G7": "320001", "Gm": "355333",
    "Gsus4": "330013", "A": "x02220", "Am": "x02210", "Am7": "x02010", "Am9": "x02410", "Am/G": "302210",
    "Asus2": "x02200", "Asus4": "x02230", "A7": "x02020", "A7sus4": "x02030", "Bm": "x24432", "Bm7": "x24232",
    "Bb": "x13331", "Bbmaj7": "x13231", "B7": "x21202", "F#m": "244222", "F#m7": "242222", "E7": "020100",
    "Esus4": "022200", "Gmaj7": "320002", "Dmaj7": "xx0222", "Am/C": "x32210", "E/G#": "4x2100",
    "F/A": "x03211", "Fsus2": "xx3013", "C/E": "032010", "Em/G": "322000", "Bm/D": "xx0432",
}
OPEN_STRINGS = (40, 45, 50, 55, 59, 64)


def pitch(name):
    """"f#4" or "bb3" as a MIDI key; c4 is 60."""
    match = re.fullmatch(r"([a-g])([#b]*)(-?\d)", name.lower())
    return (NAMES[match[1]] + match[2].count("#") - match[2].count("b") + 12 * (int(match[3]) + 1))


def chord(symbol):
    """The root (0-11), intervals above it, and bass (0-11) of a chord symbol."""
    body, _, bass = symbol.partition("/")
    match = re.match(r"([A-G])([#b]?)(.*)", body)
    root = (NAMES[match[1].lower()] + {"#": 1, "b": -1, "": 0}[match[2]]) % 12
    low = root
    if bass:
        low = (NAMES[bass[0].lower()] + bass.count("#") - bass[1:].count("b")) % 12
    return root, QUALITIES[match[3]], low


def bars(text, beats):
    """"| C G | Am |" as (symbol, start, length), bars of the given beats, split evenly."""
    out, at = [], 0.0
    for bar in (b.split() for b in text.split("|")):
        for symbol in bar:
            out.append((symbol, at, beats / len(bar)))
            at += beats / len(bar)
    return out


def near(pitch_class, target):
    """The key of that pitch class closest to target."""
    return pitch_class + 12 * round((target - pitch_class) / 12)


def voicing(symbol, previous=None, count=4, centre=64, rootless=False):
    """Chord tones as keys, near the previous voicing so that the voices move little."""
    root, intervals, _ = chord(symbol)
    tones = [(root + i) % 12 for i in intervals]
    if rootless and len(tones) > 3:
        tones = tones[1:]
    tones += tones[:max(0, count - len(tones))]
    tones = tones[-count:] if rootless else tones[:count]
    goal = np.mean(previous) if previous else centre
    goal = 0.6 * goal + 0.4 * centre
    best, cost = None, 1e9
    for turn in range(count):
        order = tones[turn:] + tones[:turn]
        for start in (-12, 0, 12):
            keys = [near(order[0], goal - 6) + start]
            for tone in order[1:]:
                step = (tone - keys[-1]) % 12
                keys.append(keys[-1] + (step or 12))
            move = sum(abs(a - b) for a, b in zip(keys, previous)) if previous else 0
            total = move + 3 * abs(np.mean(keys) - centre) + 2 * max(0, keys[-1] - keys[0] - 19)
            if total < cost:
                best, cost = keys, total
    return best


class Piece:
    """Tempo and length of one track. rit is (from beat, to beat, tempo factor reached)."""

    def __init__(self, name, bpm, beats, rit=None, rubato=0.0, swing=0.5, tail=4.0):
        self.name, self.beats, self.swing, self.tail = name, beats, swing, tail
        grid = np.arange(0, beats + 64, 1 / 48)
        speed = bpm * (1 + rubato * np.sin(2 * np.pi * grid / 16 - 0.7) + rubato * 0.5 * np.sin(grid * 0.83))
        if rit:
            start, stop, factor = rit
            speed *= 1 + (factor - 1) * np.clip((grid - start) / (stop - start), 0, 1) ** 1.5
        self.grid = grid
        self.times = 0.05 + np.concatenate([[0], np.cumsum(60 / speed[:-1] / 48)])
        self.parts = []

    def seconds(self, beat):
        whole = np.floor(beat)
        off = beat - whole
        s = self.swing
        off = off / 0.5 * s if off < 0.5 else s + (off - 0.5) / 0.5 * (1 - s)
        return float(np.interp(whole + off, self.grid, self.times))

    @property
    def length(self):
        """Seconds up to the end of the last echo."""
        return self.seconds(self.beats) + self.tail

    def part(self, name, program, **options):
        part = Part(self, name, program, **options)
        self.parts.append(part)
        return part


class Part:
    """One player: notes and controllers, with the small errors of a good hand.

    loose is the spread of the timing in seconds; level the part's loudness in LU,
    0 for what should be in front; pan goes from -1 to 1; wet is the share sent to
    the room; low and high are cut-off frequencies in Hz.
    """

    def __init__(self, piece, name, program, bank=0, level=0.0, pan=0.0, wet=0.25, loose=0.008,
                 low=30.0, high=18000.0):
        self.piece, self.name, self.program, self.bank = piece, name, program, bank
        self.level, self.pan, self.wet, self.loose = level, pan, wet, loose
        self.low, self.high = low, high
        self.rng = np.random.default_rng(zlib.crc32((piece.name + "/" + name).encode()))
        self.events = []  # (seconds, order, bytes)

    def note(self, beat, length, key, velocity, shift=0.0):
        """One note; shift is in seconds, for strums and laid-back playing."""
        start = self.piece.seconds(beat) + shift + self.rng.normal(0, self.loose) * 0.7
        stop = self.piece.seconds(beat + length) + shift
        loud = int(np.clip(round(velocity + self.rng.normal(0, 2.5)), 1, 127))
        start = max(start, 0.012)
        stop = max(stop, start + 0.04)
        self.events.append((start, 1, bytes([0x90, int(key), loud])))
        self.events.append((stop, 0, bytes([0x80, int(key), 0])))

    def control(self, beat, number, value):
        at = max(0.0, self.piece.seconds(beat))
        self.events.append((at, -1, bytes([0xB0, number, int(np.clip(value, 0, 127))])))

    def swell(self, start, stop, a, b, number=11):
        """A controller moving evenly from a to b; 11 is expression."""
        steps = max(2, int((stop - start) * 6))
        for i in range(steps + 1):
            self.control(start + (stop - start) * i / steps, number, a + (b - a) * i / steps)

    def melody(self, beat, text, velocity=80, legato=0.97, octave=0, arc=10, lag=0.0):
        """Plays "e5:1.5 d5:.5 r:1 ( c5:2 )": key:beats, the beats kept until changed; r rests.

        A phrase, up to a rest or the end, rises and falls by arc in velocity.
        A ! after the key accents it, a , makes it softer.
        """
        length, notes, at = 1.0, [], beat
        for token in text.replace("|", " ").split():
            name, _, value = token.partition(":")
            length = float(value) if value else length
            notes.append((name, at, length))
            at += length
        start = 0
        while start < len(notes):
            stop = start
            while stop < len(notes) and notes[stop][0] != "r":
                stop += 1
            for i, (name, when, held) in enumerate(notes[start:stop]):
                place = (i + 0.5) / max(1, stop - start)
                loud = velocity + arc * (np.sin(np.pi * place) - 0.4)
                loud += 9 * name.count("!") - 12 * name.count(",")
                if when == int(when) and int(when) % 2 == 0:
                    loud += 2
                self.note(when, held * legato, pitch(name.strip("!,")) + 12 * octave, loud, lag)
            start = stop + 1
        return at

    def pick(self, symbol, beat, length, pattern, velocity=72, step=0.5, ring=True):
        """Plucks a guitar shape. pattern holds string numbers 1 (high) to 6 (low), B for the
        lowest sounding string, - for a rest, and groups in brackets such as (B1)."""
        shape = SHAPES[symbol]
        frets = [None if f == "x" else int(f) for f in shape]
        keys = [None if f is None else OPEN_STRINGS[i] + f for i, f in enumerate(frets)]
        sounding = [k for k in keys if k is not None]
        count = int(round(length / step))
        tokens = re.findall(r"\([^)]*\)|\S", pattern)
        plucked = []
        for i in range(count):
            for sign in tokens[i % len(tokens)].strip("()"):
                if sign == "-":
                    continue
                key = sounding[0] if sign == "B" else keys[6 - int(sign)]
                if key is None:
                    key = sounding[min(1, len(sounding) - 1)]
                plucked.append((i * step, key, sign))
        for n, (off, key, sign) in enumerate(plucked):
            again = next((o for o, k, _ in plucked[n + 1:] if k == key), length + 0.25)
            held = (again - off) * 0.97 if ring else step
            loud = velocity + (6 if sign == "B" else 0) + (4 if sign == "1" else 0) - (3 if off % 1 else 0)
            self.note(beat + off, held, key, loud)

    def strum(self, symbol, beat, length, velocity=70, spread=0.018, up=False):
        keys = [OPEN_STRINGS[i] + int(f) for i, f in enumerate(SHAPES[symbol]) if f != "x"]
        for i, key in enumerate(keys[::-1] if up else keys):
            self.note(beat, length, key, velocity - (i * 1.5), i * spread)

    def block(self, beat, length, keys, velocity=64, spread=0.006):
        for i, key in enumerate(keys):
            self.note(beat, length, key, velocity + (4 if i == len(keys) - 1 else 0), i * spread)

    def midi(self):
        """The part as a standard MIDI file of one track."""
        channel = 9 if self.bank == 128 else 0
        head = [(0.0, -3, bytes([0xC0 | channel, self.program]))]
        events = sorted(head + self.events, key=lambda e: (e[0], e[1]))
        body, now = b"", 0
        for seconds, _, data in events:
            tick = max(now, round(seconds * TICKS))
            body += _varlen(tick - now) + bytes([data[0] | channel]) + data[1:]
            now = tick
        end = max(now, round(self.piece.length * TICKS))
        body += _varlen(end - now) + b"\xff\x2f\x00"
        body = b"\x00\xff\x51\x03" + (1000000).to_bytes(3, "big") + body
        return (b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS)
                + b"MTrk" + struct.pack(">I", len(body)) + body)


def _varlen(value):
    out = bytes([value & 0x7F])
    while value > 0x7F:
        value >>= 7
        out = bytes([0x80 | value & 0x7F]) + out
    return out
