#!/usr/bin/env bash
# fuzz.sh TIME [PACKAGE…]: runs every fuzz target of the given packages (by
# default of the whole tree) for so long each. What it finds lies under the
# package's testdata/fuzz afterwards, to be committed with the mending.
set -eu
cd "$(dirname "$0")/.."
time=$1
shift
tags=
[ "$(uname -s)" != Linux ] || tags=gles
targets=$(grep -rl --include='*_test.go' '^func Fuzz' "${@:-.}" | grep -v '^\./tools/' | sort |
    while read -r file; do
        sed -n "s|^func \(Fuzz[A-Za-z0-9_]*\)(.*|$(dirname "$file") \1|p" "$file"
    done)
found=0
while read -r package target; do
    echo "fuzz: $package $target"
    # Minimising is bounded, or one slow input would take up the whole time.
    scripts/with-go go test -tags "$tags" -run '^$' -fuzz "^$target\$" -fuzztime "$time" \
        -fuzzminimizetime 20x "./${package#./}" || found=$((found + 1))
done <<<"$targets"
if [ "$found" -gt 0 ]; then
    echo "fuzz: $found targets have failed; what failed them lies in testdata/fuzz"
    exit 1
fi
