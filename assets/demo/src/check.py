#!/usr/bin/python3
"""Measures the finished files, as nobody can listen to them all after every change.

For each release: loudness (LUFS) and true peak (dBTP) of every stream, its DC
offset, the longest silence inside it, and the largest jump between neighbouring
samples. For the continuous release also how well the joins survive AAC: the
signal-to-noise ratio against the FLAC originals in 50 ms around each join,
beside that of the whole. Prints a table; ends with 1 if a bound is broken.
"""

import json
import os
import re
import subprocess
import sys

import numpy as np

DEMO = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RATE = 48000
LOUDNESS = (-17.5, -14.5)  # LUFS of a release
PEAK = -1.0  # dBTP
SILENCE = 1.0  # seconds under -66 dBFS before the last two seconds
OFFSET = 1e-3  # DC, of full scale


def decoded(path, frames):
    raw = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", os.path.join(DEMO, path), "-f", "f32le", "-"],
                         check=True, stdout=subprocess.PIPE).stdout
    return np.frombuffer(raw, "<f4").reshape(-1, 2)[:frames].astype(np.float64)


def measured(path):
    """Integrated loudness and true peak, by ffmpeg's EBU R128 meter."""
    text = subprocess.run(["ffmpeg", "-hide_banner", "-nostats", "-nostdin", "-i", os.path.join(DEMO, path), "-af",
                           "ebur128=peak=true", "-f", "null", "-"], check=True, stderr=subprocess.PIPE).stderr.decode()
    summary = text[text.rindex("Summary:"):]
    return tuple(float(re.search(word + r":\s+(\S+)", summary)[1]) for word in ("I", "Peak"))


def silence(sound):
    """The longest stretch, in seconds, of 10 ms blocks whose RMS is under -66 dBFS."""
    block = RATE // 100
    quiet = np.sqrt((sound[:len(sound) // block * block] ** 2).reshape(-1, block * 2).mean(axis=1)) < 10 ** (-66 / 20)
    longest = run = 0
    for q in quiet[:-200]:
        run = run + 1 if q else 0
        longest = max(longest, run)
    return longest / 100


def ratio(original, copy):
    """Signal to noise in dB."""
    return 10 * np.log10((original ** 2).sum() / max(((original - copy) ** 2).sum(), 1e-20))


def joins(release):
    originals = [decoded(t["original"]["path"], t["frames"]) for t in release["tracks"]]
    streams = [decoded(t["audio"]["path"], t["frames"]) for t in release["tracks"]]
    whole, copy = np.concatenate(originals), np.concatenate(streams)
    print("    the whole, AAC against FLAC: %.1f dB over %d frames" % (ratio(whole, copy), len(whole)))
    at, worst = 0, 99.0
    for track in release["tracks"][:-1]:
        at += track["frames"]
        near = slice(at - RATE // 40, at + RATE // 40)
        worst = min(worst, ratio(whole[near], copy[near]))
        print("    join at frame %d: %.1f dB, step %.4f" % (at, ratio(whole[near], copy[near]),
                                                           np.abs(copy[at] - copy[at - 1]).max()))
    return worst > 6


def main():
    with open(os.path.join(DEMO, "catalogue.json"), encoding="utf-8") as source:
        catalogue = json.load(source)
    good = True
    for release in catalogue["releases"]:
        print(release["title"])
        energy = length = 0.0
        for track in release["tracks"]:
            sound = decoded(track["audio"]["path"], track["frames"])
            level, peak = measured(track["audio"]["path"])
            offset, still = np.abs(sound.mean(axis=0)).max(), silence(sound)
            step = np.abs(np.diff(sound, axis=0)).max()
            fine = peak <= PEAK and offset < OFFSET and still < SILENCE and len(sound) == track["frames"]
            good &= fine
            energy += 10 ** (level / 10) * track["duration"]
            length += track["duration"]
            print("  %-22s %6.1f s  %6.1f LUFS  %5.1f dBTP  DC %.5f  silence %.2f s  step %.2f%s" % (
                track["title"], track["duration"], level, peak, offset, still, step, "" if fine else "  <--"))
        level = 10 * np.log10(energy / length)
        good &= LOUDNESS[0] <= level <= LOUDNESS[1]
        print("  %.1f LUFS" % level)
        if release.get("continuous"):
            good &= joins(release)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
