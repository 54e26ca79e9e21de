#!/usr/bin/env bash
# screenshots.sh: takes the README's pictures from the running program, each by
# the steps of that name in scripts/screenshots (internal/stage/onstage says how
# they are written).
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p docs/images
scripts/setup.sh test

# The release that the pictures show, by its id in assets/demo/catalogue.json.
release=a09a5439-89d3-46dc-b5bd-4c1eb09b560d

# take NAME SIZE: one picture, of a fresh demo, in a window of that size.
take() {
    local home
    home=$(mktemp -d)
    NINTH_HOME=$home scripts/with-go go run ./internal/stage/onstage -size 1440x1000 \
        -do "scripts/screenshots/$1.steps" -- bin/ninth --demo --theme dark --size "$2" --page "release/$release"
    rm -rf "$home"
    echo "docs/images/$1.png"
}

take release-desktop-dark 1280x800
take player-phone-dark 411x891
