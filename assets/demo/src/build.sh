#!/bin/sh
# Renders the demo catalogue anew; the arguments are the releases to render, none for all.
# Needs fluidsynth, fluid-soundfont-gm, ffmpeg, librsvg2-bin, python3-numpy,
# python3-scipy and python3-pil. README.md, one folder up, says the rest.
set -eu
cd "$(dirname "$0")"
for tool in fluidsynth ffmpeg ffprobe rsvg-convert; do
	command -v "$tool" >/dev/null || { echo "build.sh: $tool is missing; see README.md" >&2; exit 1; }
done
PYTHONDONTWRITEBYTECODE=1 exec "${PYTHON:-/usr/bin/python3}" build.py "$@"
