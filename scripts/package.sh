#!/usr/bin/env bash
# package.sh linux|windows|darwin|android|ios: builds Ninth for a system and
# leaves what its users install in out/, with the licences of what it links.
#
# Each system needs its own toolchain: gcc for linux and windows (on Windows, or
# CC=x86_64-w64-mingw32-gcc elsewhere), Xcode for darwin and ios, the Android NDK
# (ANDROID_NDK_HOME) for android.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
with_go=$root/scripts/with-go
target=${1-}
out=$root/out/$target
mkdir -p "$out"

# fyne_package TARGET [FLAG]: has Fyne's own tool build and wrap the app. It reads
# FyneApp.toml beside the program, and writes the next build number into it.
fyne_package() {
    (cd tools/fyne && CGO_ENABLED=0 "$with_go" go build -o ../../bin/ fyne.io/tools/cmd/fyne)
    cp FyneApp.toml cmd/ninth/
    trap 'rm -f "$root/cmd/ninth/FyneApp.toml"' EXIT
    "$with_go" bin/fyne package --target "$@" --src "$root/cmd/ninth" --icon "$root/assets/icon/ninth.png"
}

case $target in
linux)
    "$with_go" go build -tags gles -trimpath -ldflags '-s -w' -o "$out/" ./cmd/ninth ./cmd/coopd
    cp assets/icon/ninth.png "$out/"
    ;;
windows)
    CGO_ENABLED=1 GOOS=windows "$with_go" go build -trimpath -ldflags '-s -w' -o "$out/" ./cmd/ninth ./cmd/coopd
    ;;
darwin)
    fyne_package darwin --release
    mv cmd/ninth/Ninth.app "$out/"
    ;;
android)
    # Phones with memory pages of 16 KB refuse libraries aligned to less.
    CGO_LDFLAGS="${CGO_LDFLAGS-} -Wl,-z,max-page-size=16384" fyne_package android/arm64 --release
    mv cmd/ninth/*.apk "$out/"
    ;;
ios)
    # For the simulator: a build for phones needs a developer's certificate.
    fyne_package iossimulator
    mv cmd/ninth/*.app "$out/"
    ;;
*)
    echo "usage: $0 linux|windows|darwin|android|ios" >&2
    exit 2
    ;;
esac
cp LICENSE NOTICE "$out/"
(cd tools && "$with_go" go run ./notice -texts) >"$out/LICENCES.txt"
