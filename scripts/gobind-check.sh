#!/usr/bin/env bash
# gobind-check.sh: writes the Java and Objective-C sides of cmd/mobile with the
# pinned gobind into a folder that is thrown away, and checks that nothing of the
# package was left out. gobind passes over what it cannot bind without failing;
# a comment in its output says so.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
with_go=$root/scripts/with-go
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# The bindings need gobind's module beside Ninth's own; a workspace joins the two
# for the length of this check and changes neither.
(cd tools/gobind && "$with_go" go build -o "$out/gobind" golang.org/x/mobile/cmd/gobind)
export GOWORK=$out/go.work
printf 'go 1.26.0\n\nuse (\n\t%s\n\t%s\n)\n' "$root" "$root/tools/gobind" >"$GOWORK"
"$with_go" "$out/gobind" -lang=go,java,objc -javapkg=coop.ninth -outdir="$out/bound" ./cmd/mobile

if grep -rhE '^\s*// skipped ' "$out/bound"; then
    echo "gobind-check: gobind cannot bind the above" >&2
    exit 1
fi
for file in java/coop/ninth/mobile/Ninth.java java/coop/ninth/mobile/Listener.java src/gobind/Mobile.objc.h; do
    test -s "$out/bound/$file" || { echo "gobind-check: $file was not written" >&2; exit 1; }
done
echo "gobind-check: $(find "$out/bound" -type f | wc -l) files written, nothing left out"
