#!/usr/bin/env bash
# setup.sh run|test|bench: makes sure that what `make run`, `make test` or
# `make bench` needs is there.
#
# On Debian and its relatives it installs what is missing with apt-get, after
# naming it: as root, or through sudo. Where it may not, and on other systems, it
# prints the one line to type and ends with 1. With nothing missing it takes a
# few hundredths of a second and says nothing.
set -eu
. "$(dirname "$0")/find-go.sh"

# What Go's C compiler step needs, the headers of the window libraries, and a
# renderer for machines without a graphics card. The headers bring the libraries
# themselves, libasound2-dev the one that is loaded when there is no PulseAudio.
run_debian="gcc libc6-dev pkg-config ca-certificates
    libgl-dev libgles-dev libegl-dev libgl1-mesa-dri libasound2-dev
    libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev
    libwayland-dev libxkbcommon-dev"
# What the end-to-end tests need: a display, a window manager, a mouse, a sound
# card, and a second opinion on decoded sound.
test_debian="xvfb openbox xdotool x11-apps x11-utils dbus-daemon
    pulseaudio pulseaudio-utils ffmpeg"

# The peers that `make bench` measures beside and `make test-music` compares
# with, over what the tests need.
bench_debian="mpv sox vorbis-tools madplay curl"

run_fedora="gcc pkgconf-pkg-config mesa-libGL-devel mesa-libGLES-devel mesa-libEGL-devel mesa-dri-drivers alsa-lib
    libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel libXi-devel libXxf86vm-devel
    wayland-devel libxkbcommon-devel golang"
test_fedora="xorg-x11-server-Xvfb openbox xdotool xwd xprop xev xlogo dbus-daemon
    pulseaudio-utils pulseaudio ffmpeg-free"
bench_fedora="mpv sox vorbis-tools curl"

run_arch="gcc pkgconf libglvnd mesa alsa-lib libx11 libxcursor libxrandr libxinerama libxi libxxf86vm
    wayland libxkbcommon go"
test_arch="xorg-server-xvfb openbox xdotool xorg-xwd xorg-xprop xorg-xev xorg-xlogo dbus
    pulseaudio ffmpeg"
bench_arch="mpv sox vorbis-tools madplay curl"

# The Go that stands in for one that is too old: bookworm itself has 1.19, its
# backports have this.
bookworm_go=golang-1.23-go

# Should every mirror fail, Go's own download, with the checksum of each file.
archive_go=1.26.8
archive_sum_amd64=d0f743b33e8d8945e6b1f432edd15785c70507121d6e2a723b21285eddf8b57b
archive_sum_arm64=211ffced9dcb9633a55eac6364816ec0ddd951389a740e88fa8b3337971bdda0

say() { printf '%s\n' "$*"; }

# fail WHY LINE: says what is missing and the one line that mends it.
fail() {
    printf '%s\nType this line, then try again:\n\n    %s\n\n' "$1" "$2" >&2
    exit 1
}

# fail_go WHY: says why there is no Go, and where it is to be had.
fail_go() {
    printf '%s\nInstall Go %s or later from https://go.dev/doc/install, then try again.\n' "$1" "$wanted" >&2
    exit 1
}

# words TEXT: the words of a list, on one line.
words() { echo $1; }

# as_root COMMAND…: runs a command as root, or fails when there is no way.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo $sudo_flags "$@"
    fi
}

# may_be_root: is there a way to be root without failing half-way?
may_be_root() {
    sudo_flags=-n
    [ "$(id -u)" != 0 ] || return 0
    command -v sudo >/dev/null || return 1
    ! sudo -n true 2>/dev/null || return 0
    # On a terminal sudo can ask for the password.
    sudo_flags=
    [ -t 0 ] && [ -t 2 ]
}

# packages SYSTEM: what this run needs there.
packages() {
    local run=run_$1 test=test_$1 bench=bench_$1
    case $mode in
    run) words "${!run}" ;;
    test) words "${!run} ${!test}" ;;
    bench) words "${!run} ${!test} ${!bench}" ;;
    esac
}

missing_debian() {
    local wanted installed
    wanted=$(packages debian)
    # It fails when a name is unknown, which here only means not installed.
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null || true)
    local package
    for package in $wanted; do
        grep -qx "$package installed" <<<"$installed" || printf '%s ' "$package"
    done
}

# go_package: the newest packaged Go that the configured sources have and that can
# fetch the one the project needs.
go_package() {
    apt-cache pkgnames golang-1. 2>/dev/null | sed -n 's/^golang-1\.\([0-9]*\)-go$/\1/p' | sort -n |
        while read -r minor; do
            if [ "$minor" -ge 21 ] && apt-cache show "golang-1.$minor-go" >/dev/null 2>&1; then
                echo "golang-1.$minor-go"
            fi
        done | tail -n 1
}

# backports_line: the apt source of bookworm's backports, at the mirror in use.
backports_line() {
    apt-get indextargets --format '$(RELEASE)|$(COMPONENT)|$(REPO_URI)|$(SIGNED_BY)' 'Created-By: Packages' 2>/dev/null |
        while IFS='|' read -r release component uri key; do
            if [ "$release" = bookworm ] && [ "$component" = main ]; then
                case $key in
                /*) echo "deb [signed-by=$key] $uri bookworm-backports main" ;;
                *) echo "deb $uri bookworm-backports main" ;;
                esac
                break
            fi
        done
}
backports_file=/etc/apt/sources.list.d/ninth-bookworm-backports.list

setup_debian() {
    local missing need_go= go= line= source= command
    missing=$(missing_debian)
    find_go || need_go=yes
    [ -n "$missing$need_go" ] || return 0
    . /etc/os-release
    if ! may_be_root; then
        if [ -n "$need_go" ]; then
            go=$(go_package)
            if [ -z "$go" ] && [ "${VERSION_CODENAME-}" = bookworm ]; then
                go=$bookworm_go source="echo '$(backports_line)' > $backports_file && "
            fi
        fi
        command="${source}apt-get update && apt-get install -y --no-install-recommends $(words "$missing $go")"
        if command -v sudo >/dev/null; then
            line="sudo sh -c \"$command\""
        else
            line="su -c \"$command\""
        fi
        fail "Ninth needs packages that are not installed, and installing them takes root: $(words "$missing $go")" "$line"
    fi
    as_root apt-get update -q
    if [ -n "$need_go" ]; then
        go=$(go_package)
        line=$(backports_line)
        if [ -z "$go" ] && [ "${VERSION_CODENAME-}" = bookworm ] && [ -n "$line" ]; then
            say "Debian 12 has Go 1.19; Ninth needs 1.21 or later, which bookworm-backports has."
            say "Adding this source as $backports_file: $line"
            as_root sh -c "echo '$line' > $backports_file"
            if as_root apt-get update -q; then
                go=$(go_package)
            fi
        fi
    fi
    # Without a packaged Go it is fetched below, and curl fetches it.
    [ -z "$need_go" ] || [ -n "$go" ] || command -v curl >/dev/null || missing="$missing curl"
    if [ -n "$missing$go" ]; then
        say "Installing, because Ninth needs them: $(words "$missing $go")"
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q -o Dpkg::Use-Pty=0 --no-install-recommends $missing $go
    fi
    [ -z "$need_go" ] || find_go || fetch_go
}

# fetch_go fetches Go from its own site and keeps it outside the tree.
fetch_go() {
    local arch sum file
    case $(uname -m) in
    x86_64) arch=amd64 sum=$archive_sum_amd64 ;;
    aarch64) arch=arm64 sum=$archive_sum_arm64 ;;
    *) fail_go "Ninth needs Go, and there is no package of it here." ;;
    esac
    file=$(mktemp)
    say "Fetching Go $archive_go from go.dev into $own_go"
    if ! curl -fsSL -o "$file" "https://go.dev/dl/go$archive_go.linux-$arch.tar.gz"; then
        rm -f "$file"
        fail_go "Go $archive_go could not be fetched from go.dev."
    fi
    if ! echo "$sum  $file" | sha256sum -c --status; then
        rm -f "$file"
        fail_go "What came from go.dev is not Go $archive_go: its checksum is another."
    fi
    rm -rf "$own_go"
    mkdir -p "$own_go"
    tar -xzf "$file" -C "$own_go" --strip-components=1
    rm -f "$file"
    find_go
}

setup_fedora() {
    local missing
    missing=$(rpm -q --queryformat '' $(packages fedora) | sed -n 's/^package \(.*\) is not installed$/\1/p')
    [ -z "$missing" ] || fail "Ninth needs packages that are not installed." "sudo dnf install -y $(words "$missing")"
}

setup_arch() {
    local missing
    missing=$(pacman -T $(packages arch) || true)
    [ -z "$missing" ] || fail "Ninth needs packages that are not installed." "sudo pacman -S --needed $(words "$missing")"
}

setup_macos() {
    xcode-select -p >/dev/null 2>&1 || fail "Ninth needs Apple's command line tools." "xcode-select --install"
    find_go || fail "Ninth needs Go $wanted." "brew install go"
    [ "$mode" = run ] || command -v ffmpeg >/dev/null || fail "The tests need ffmpeg." "brew install ffmpeg"
    [ "$mode" != bench ] || command -v mpv sox >/dev/null || fail "The benchmarks need mpv and sox." "brew install mpv sox"
}

mode=${1-}
case $mode in
run | test | bench) ;;
*)
    echo "usage: $0 run|test|bench" >&2
    exit 2
    ;;
esac
if [ "$(uname -s)" = Darwin ]; then
    setup_macos
elif command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    setup_debian
elif command -v dnf >/dev/null; then
    setup_fedora
elif command -v pacman >/dev/null; then
    setup_arch
else
    find_go || fail_go "Ninth needs Go."
fi
