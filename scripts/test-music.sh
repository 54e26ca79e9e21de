#!/usr/bin/env bash
# test-music.sh: decodes real files that this project did not make, from Debian's
# packages of game music and samples, and holds every one of them to ffmpeg.
#
# The packages (about 230 MB) are fetched and unpacked into out/music, never
# installed, and are there the next time.
set -eu
cd "$(dirname "$0")/.."
packages="asc-music drascula-music fillets-ng-data hydrogen-data lmms-common
    singularity-music sonic-pi-samples ardentryst"
music=$PWD/out/music
mkdir -p "$music"
for package in $packages; do
    [ ! -d "$music/$package" ] || continue
    fetched=$(mktemp -d)
    # As root apt would fetch as another user, who may not write there.
    (cd "$fetched" && apt-get -o APT::Sandbox::User=root download "$package")
    mkdir "$fetched/files"
    dpkg-deb -x "$fetched"/*.deb "$fetched/files"
    mv "$fetched/files" "$music/$package"
    rm -rf "$fetched"
done
tags=
[ "$(uname -s)" != Linux ] || tags=gles
NINTH_MUSIC=$music scripts/with-go go test -tags "$tags" -count=1 -timeout 60m -run TestCollection -v ./player/codec/formats
