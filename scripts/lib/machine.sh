# What a script may take for granted on a fresh Debian machine. Sourced, never run.

say() { printf '\n==> %s\n' "$*" >&2; }

fail() {
    printf '\n%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# need COMMAND PACKAGE: remembers PACKAGE for install_needed when COMMAND is not there.
needed_packages=()
need() { has "$1" || needed_packages+=("$2"); }

install_needed() {
    ((${#needed_packages[@]})) || return 0
    local list="${needed_packages[*]}" as_root=()
    has apt-get || fail "this needs the Debian packages: $list. Install them, then start me again."
    if (($(id -u) != 0)); then
        has sudo || fail "not root and no sudo. Run as root: apt-get install $list"
        as_root=(sudo)
    fi
    say "installing $list"
    "${as_root[@]}" apt-get update -qq ||
        printf 'apt-get update failed; trying with the lists that are here\n' >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${needed_packages[@]}" >&2 ||
        fail "apt-get could not install: $list. Its own words are above."
    needed_packages=()
}

need_rust() {
    has cargo || [[ ! -x "$HOME/.cargo/bin/cargo" ]] || PATH="$HOME/.cargo/bin:$PATH"
    has cargo || fail "no cargo here. Rust 1.95 or newer comes from https://rustup.rs"
    local have
    have=$(rustc --version | cut -d' ' -f2)
    [[ $(printf '1.95.0\n%s\n' "$have" | sort -V | head -n 1) == 1.95.0 ]] ||
        fail "Rust $have is too old: run \`rustup update stable\` for 1.95 or newer"
}
