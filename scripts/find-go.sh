# shellcheck shell=bash
# Sourced by setup.sh and with-go: finds a Go that can build the project.
#
# From version 1.21 on, any Go fetches the version that go.mod asks for, so an
# older Go will do as a start. Distributions switch that off (GOTOOLCHAIN=local
# in their go.env); it is switched on again here, unless the environment says
# GOTOOLCHAIN itself, which always stands.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
wanted=$(sed -n 's/^go //p' "$root/go.mod")

# Where a Go that setup.sh had to fetch is kept, outside the tree.
own_go="${XDG_CACHE_HOME:-$HOME/.cache}/ninth/go"

# at_least VERSION MINIMUM: is the first dotted version the second one or later?
at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# find_go sets go_bin to the folder of a usable go, and go_toolchain to what
# GOTOOLCHAIN must be for it (empty: leave it alone). It fails when there is none.
find_go() {
    local candidate version
    for candidate in "$(command -v go)" /usr/local/go/bin/go "$own_go/bin/go" /usr/lib/go-*/bin/go; do
        [ -x "$candidate" ] || continue
        version=$(cd / && GOTOOLCHAIN=local "$candidate" env GOVERSION 2>/dev/null) || continue
        version=${version#go} version=${version%%[- ]*}
        go_bin=$(dirname "$candidate") go_toolchain=
        at_least "$version" "$wanted" && return 0
        [ -z "${GOTOOLCHAIN-}" ] || continue
        go_toolchain=auto
        at_least "$version" 1.21 && return 0
    done
    return 1
}
