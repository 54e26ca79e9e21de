#!/usr/bin/env bash
# cross.sh: checks the code for every system it is meant for, on this one.
#
# Packages without C (all but the window and the sound output) get go vet as each
# system's own compiler sees them. The rest cannot be compiled here without five
# C toolchains; xcheck type-checks it, and everything it imports, with C faked.
set -euo pipefail
cd "$(dirname "$0")/.."
with_go=$PWD/scripts/with-go

# Packages that reach neither Fyne nor oto, whose imports go list gives in
# brackets: [a b c].
pure=$("$with_go" go list -f '{{.ImportPath}} {{.Deps}}' ./... |
    grep -vE '[[ ](fyne\.io/fyne/v2|github\.com/ebitengine/oto/v3)[] ]' | cut -d ' ' -f 1)
for system in linux windows darwin android; do
    CGO_ENABLED=0 GOOS=$system GOARCH=$([ $system = android ] && echo arm64 || echo amd64) "$with_go" go vet $pure
    echo "$system: $(wc -w <<<"$pure") packages vetted"
done

(cd tools && "$with_go" go build -o ../bin/xcheck ./xcheck)
for target in linux/amd64 windows/amd64 darwin/arm64 android/arm64 ios/arm64; do
    "$with_go" bin/xcheck -target $target ./...
done
