#!/usr/bin/python3
"""Renders the demo catalogue: scores to sound, sound to files, files to catalogue.json.

build.py [release ...] renders only the releases named, by the names of their
folders (all of them without a name; the word "list" renders none). It always
ends by listing every release whose files are there in catalogue.json.
"""

import hashlib
import importlib
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

import mix
import pictures
from catalogue import ARTISTS, RELEASES

HERE = os.path.dirname(os.path.abspath(__file__))
DEMO = os.path.dirname(HERE)
WORK = os.environ.get("DEMO_WORK") or os.path.join(tempfile.gettempdir(), "ninth-demo")
AAC_RATE = "88k"


def pcm(sound):
    """16-bit samples, rounded without dither: what is rounded off lies 98 dB below full scale."""
    return np.clip(np.round(sound * 32768), -32768, 32767).astype("<i2")


def sounds(release):
    """The finished tracks of a release, in order."""
    module, name = release["score"]
    module = importlib.import_module(module)
    makers = getattr(module, name)
    if release.get("continuous"):
        return module.cut(mix.master([makers()], {0: module.LEVEL - mix.LOUDNESS})[0])
    options = getattr(module, "ROOM", {})
    tracks = []
    for maker in makers:
        made = maker()
        tracks.append(made if isinstance(made, np.ndarray) else mix.mix(made, WORK, **options))
        print("   ", maker.__name__, "%.1f s" % (len(tracks[-1]) / mix.RATE), flush=True)
    return mix.master(tracks, getattr(module, "OFFSETS", None) if name == "TRACKS" else None)


def slug(title):
    kept = "".join(c if c.isalnum() else " " for c in title.lower())
    return "-".join(kept.split())


def paths(release, index):
    _, title, _ = release["tracks"][index]
    stem = "audio/%s/%02d-%s" % (release["slug"], index + 1, slug(title))
    return stem + ".m4a", (stem + ".flac") if release.get("continuous") else None


def tags(release, index):
    artist = next(a["name"] for a in ARTISTS if a["slug"] == release["artist"])
    _, title, _ = release["tracks"][index]
    pairs = dict(title=title, artist=artist, album=release["title"], album_artist=artist,
                 track="%d/%d" % (index + 1, len(release["tracks"])), date=str(release["year"]),
                 genre=release["genre"], comment="CC0 1.0")
    return [word for key, value in pairs.items() for word in ("-metadata", "%s=%s" % (key, value))]


def encode(samples, release, index):
    """Writes the m4a and, for a continuous release, the FLAC original."""
    m4a, flac = paths(release, index)
    raw = ["ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", str(mix.RATE), "-ac", "2", "-i", "-",
           "-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"] + tags(release, index)
    os.makedirs(os.path.dirname(os.path.join(DEMO, m4a)), exist_ok=True)
    subprocess.run(raw + ["-c:a", "aac", "-b:a", release.get("rate", AAC_RATE), "-movie_timescale", str(mix.RATE),
                    "-movflags", "+faststart", os.path.join(DEMO, m4a)],
                   input=samples.tobytes(), check=True)
    if flac:
        subprocess.run(raw + ["-c:a", "flac", "-compression_level", "12", os.path.join(DEMO, flac)],
                       input=samples.tobytes(), check=True)


def file(path):
    with open(os.path.join(DEMO, path), "rb") as source:
        data = source.read()
    return dict(path=path, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def frames(path):
    """The exact length of a file as decoded, delay and padding trimmed."""
    out = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=duration_ts,time_base", "-of", "json",
                          os.path.join(DEMO, path)], check=True, stdout=subprocess.PIPE).stdout
    stream = json.loads(out)["streams"][0]
    if stream["time_base"] != "1/%d" % mix.RATE:
        raise ValueError("%s counts in %s" % (path, stream["time_base"]))
    return stream["duration_ts"]


def picture(folder, record):
    name = "%s/%s-%%d.jpg" % (folder, record["slug"])
    return dict(id=record["picture"], large=name % 1500, medium=name % 600, small=name % 120)


def listed(release):
    tracks = []
    for index, (identity, title, status) in enumerate(release["tracks"]):
        m4a, flac = paths(release, index)
        count = release["frames"][index]
        track = dict(id=identity, title=title, status=status, year=release["year"], frames=count,
                     duration=count / mix.RATE, audio=file(m4a))
        if flac:
            track["original"] = file(flac)
        tracks.append(track)
    draft = release.get("draft", False)
    out = dict(id=release["id"], artistId=next(a["id"] for a in ARTISTS if a["slug"] == release["artist"]),
               title=release["title"], type=release["type"], about=release["about"], tags=release["tags"])
    for key in ("releaseDate", "releaseInDays"):
        if key in release:
            out[key] = release[key]
    out.update(private=draft, enabled=not draft, cover=picture("covers", release), tracks=tracks)
    if release.get("continuous"):
        out["continuous"] = True
    return out


def artist(record):
    links = [dict(platform="website", uri="https://%s.example.org/" % record["slug"])]
    return dict(id=record["id"], name=record["name"], kind=record["kind"], shortBio=record["shortBio"],
                bio=record["bio"], country=record["country"], links=links, avatar=picture("avatars", record))


def ready(release):
    """Adds the exact lengths to a release whose streams are all there."""
    if not all(os.path.exists(os.path.join(DEMO, paths(release, i)[0])) for i in range(len(release["tracks"]))):
        return False
    release["frames"] = [frames(paths(release, i)[0]) for i in range(len(release["tracks"]))]
    return True


def main(wanted):
    os.makedirs(WORK, exist_ok=True)
    if not wanted:
        pictures.draw_all(os.path.join(DEMO, "covers"), os.path.join(DEMO, "avatars"))
    for release in RELEASES:
        if wanted and release["slug"] not in wanted:
            continue
        print(release["title"], flush=True)
        for index, samples in enumerate(map(pcm, sounds(release))):
            encode(samples, release, index)
            for path in filter(None, paths(release, index)):
                if frames(path) != len(samples):
                    raise ValueError("%s holds %d frames, not %d" % (path, frames(path), len(samples)))
    with open(os.path.join(DEMO, "catalogue.json"), "w", encoding="utf-8") as out:
        json.dump(dict(artists=[artist(a) for a in ARTISTS], releases=[listed(r) for r in RELEASES if ready(r)]), out,
                  ensure_ascii=False, indent=2)
        out.write("\n")


if __name__ == "__main__":
    main(sys.argv[1:])
