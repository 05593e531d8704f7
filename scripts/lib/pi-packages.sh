# Debian packages unpacked into a cache folder: nothing is installed, no root rights, and this
# machine's own apt and dpkg are only read. Sourced after machine.sh, never run.

pi_cache() { printf '%s' "${VOLTA_PI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/volta/pi}"; }

# What the rest takes for granted. Debian 12, because its security archive carries the current
# rustc of the browsers together with the standard library for arm64.
need_packaging_tools() {
    [[ $(. /etc/os-release && printf '%s %s' "$ID" "${VERSION_ID:-}") == "debian 12" ]] ||
        fail "the parts come from Debian 12's archive and fit its libraries: run me there, or in a debian:12 container"
    need python3 python3
    need xz xz-utils
    install_needed
    [[ $(dpkg --print-architecture) == amd64 ]] ||
        fail "the parts are unpacked for an amd64 machine; on the Pi itself \`cargo build --release -p edge\` does"
}

# need_disk FOLDER MEGABYTES
need_disk() {
    local free_mb
    mkdir -p "$1"
    free_mb=$(df --output=avail -m "$1" | tail -n 1)
    ((free_mb >= $2)) ||
        fail "$1 has $free_mb MB free, $2 are needed. Set VOLTA_PI_CACHE to a folder on a larger disk"
}

# An apt of our own for amd64 and arm64, with this machine's sources and keys.
open_private_apt() {
    local state=$1/apt
    mkdir -p "$state"/{state/lists/partial,cache/archives/partial}
    : >"$state/status"
    cat >"$state/apt.conf" <<CONF
Dir::State "$state/state";
Dir::State::status "$state/status";
Dir::Cache "$state/cache";
APT::Architecture "amd64";
APT::Architectures { "amd64"; "arm64"; };
APT::Sandbox::User "root";
Acquire::Retries "3";
CONF
    export APT_CONFIG=$state/apt.conf
    apt-get update -qq >&2 || fail "apt-get update failed; its own words are above. Is the mirror within reach?"
}

close_private_apt() {
    unset APT_CONFIG
    rm -rf "$1/apt"
}

package_version() { apt-cache show "$1" 2>/dev/null | awk '/^Version:/ { print $2; exit }'; }

# The packages that installing these would bring here, as NAME:ARCHITECTURE=VERSION. The C library
# stays this machine's own: two of them do not mix in one process.
missing_packages() {
    apt-get install -s --no-install-recommends -o Dir::State::status=/var/lib/dpkg/status \
        -o Debug::NoLocking=1 "$@" |
        sed -nE 's/^Inst ([^ ]+) (\[[^]]*\] )?\(([^ ]+) .*\[([a-z0-9]+)\].*/\1:\4=\3/p' |
        grep -vE '^(libc6|libc-bin|libc6-dev|libc-dev-bin|libc-l10n|locales):'
}

# fetch FOLDER PACKAGE…: apt checks sizes and hashes, and keeps what an earlier try has brought.
fetch() {
    local folder=$1
    shift
    mkdir -p "$folder"
    (cd "$folder" && apt-get download -qq "$@" >&2) ||
        fail "apt could not bring all of: $*. Start me again; what is here already stays"
}

# unpack FOLDER PACKAGE-FILE [TAR-ARGUMENT…]
unpack() {
    local into=$1 package=$2
    shift 2
    mkdir -p "$into"
    dpkg-deb --fsys-tarfile "$package" | tar -xC "$into" --no-same-owner "$@"
}
