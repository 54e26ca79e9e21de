#!/usr/bin/env bash
# fuzz.sh TIME [PACKAGE…]: runs every fuzz target of the given packages (by
# default of the whole tree) for so long each, on a core of its own, as many at
# once as there are cores. What it finds lies under the package's testdata/fuzz
# afterwards, to be committed with the mending.
set -eu
cd "$(dirname "$0")/.."
export TIME=$1 TAGS=
shift
[ "$(uname -s)" != Linux ] || TAGS=gles

# one PACKAGE TARGET: what it says is printed in one piece.
one() {
    local said code=0
    # Minimising is bounded, or one slow input would take up the whole time.
    said=$(scripts/with-go go test -tags "$TAGS" -run '^$' -fuzz "^$2\$" -fuzztime "$TIME" \
        -parallel 1 -fuzzminimizetime 20x "./${1#./}" 2>&1) || code=1
    printf 'fuzz: %s %s\n%s\n' "$1" "$2" "$(tail -n 40 <<<"$said")"
    return "$code"
}
export -f one

# xargs ends with 123 if any of them failed.
grep -rl --include='*_test.go' '^func Fuzz' "${@:-.}" | grep -v '^\./tools/' | sort |
    while read -r file; do
        sed -n "s|^func \(Fuzz[A-Za-z0-9_]*\)(.*|$(dirname "$file") \1|p" "$file"
    done |
    xargs -r -L 1 -P "$(getconf _NPROCESSORS_ONLN)" bash -c 'one "$@"' one || {
    echo "fuzz: at least one target has failed; what failed it lies in testdata/fuzz"
    exit 1
}
