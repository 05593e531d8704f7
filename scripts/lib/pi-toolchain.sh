# The compiler for the Pi: Debian's `rustc-web` (a current rustc, made for the browsers) with its
# standard library for arm64, and Debian's cross linker. Sourced after pi-packages.sh, never run.

PI_TARGET=aarch64-unknown-linux-gnu
TOOLCHAIN_RECIPE=1 # raise it when the steps below change
TOOLCHAIN_DISK_MB=1300
# The newest C library that the binary may ask for: Raspberry Pi OS 12 has 2.36.
PI_GLIBC_MAX=2.36

cross_root() { printf '%s/cross' "$(pi_cache)"; }

# Brings or keeps the toolchain, and leaves its settings for cargo in the environment.
use_pi_toolchain() {
    local root
    root=$(cross_root)
    if [[ "$(cat "$root/complete" 2>/dev/null)" != "recipe $TOOLCHAIN_RECIPE" ]]; then
        exec 9>"$(mkdir -p "$(pi_cache)" && pi_cache)/lock"
        flock 9 # two builds at once share one set-up
        [[ "$(cat "$root/complete" 2>/dev/null)" == "recipe $TOOLCHAIN_RECIPE" ]] || make_pi_toolchain "$root"
        exec 9>&-
    fi
    export RUSTC="$root/bin/rustc"
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER="$root/bin/aarch64-linux-gnu-gcc"
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="$root/usr/bin/qemu-aarch64-static -L $root/usr/aarch64-linux-gnu"
    export CC_aarch64_unknown_linux_gnu="$root/bin/aarch64-linux-gnu-gcc"
    export AR_aarch64_unknown_linux_gnu="$root/bin/aarch64-linux-gnu-ar"
    # Flags and wrappers meant for this machine's own compiler do not fit the other one.
    unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS RUSTC_WRAPPER CARGO_BUILD_TARGET CARGO_TARGET_DIR
}

make_pi_toolchain() {
    local root=$1 cache version series llvm
    cache=$(pi_cache)
    need_packaging_tools
    need_disk "$cache" "$TOOLCHAIN_DISK_MB"
    say "bringing the Pi's compiler into $cache (245 MB, once)"
    open_private_apt "$cache"
    version=$(package_version rustc-web)
    [[ -n $version ]] || fail "apt knows no rustc-web: it is in Debian 12's security archive (bookworm-security)"
    series=$(cut -d. -f1,2 <<<"$version")
    llvm=$(apt-cache show "libstd-rust-web-$series" | grep -o 'libllvm[0-9]*' | head -n 1)
    fetch "$cache/packages" \
        "rustc-web:amd64=$version" "libstd-rust-web-$series:amd64=$version" \
        "libstd-rust-web-dev:amd64=$version" "libstd-rust-web-dev:arm64=$version" \
        "$llvm:amd64" {libz3-4,libedit2,libxml2,libicu72,libbsd0,libmd0}:amd64 \
        {gcc-12,cpp-12,binutils}-aarch64-linux-gnu:amd64 \
        {libisl23,libmpc3,libmpfr6,libgmp10,libbinutils,libctf-nobfd0,libjansson4}:amd64 \
        {libgcc-12-dev,libc6-dev,libc6,libgcc-s1,linux-libc-dev}-arm64-cross:all \
        qemu-user-static:amd64
    close_private_apt "$cache"
    unpack_toolchain "$root" "$cache/packages"
    write_wrappers "$root"
    try_toolchain "$root"
    rm -rf "$cache/packages"
    printf 'recipe %s' "$TOOLCHAIN_RECIPE" >"$root/complete"
}

unpack_toolchain() {
    local root=$1 package
    rm -rf "$root"
    for package in "$2"/*.deb; do
        case $package in
            */qemu-user-static_*) unpack "$root" "$package" ./usr/bin/qemu-aarch64-static ;;
            *) unpack "$root" "$package" --exclude=./usr/share/{doc,man,locale} --exclude='*lto-dump*' ;;
        esac
    done
    # A linker script that names files where an installed package would have put them.
    sed -i 's#/usr/aarch64-linux-gnu/lib/##g' "$root/usr/aarch64-linux-gnu/lib/libc.so"
}

# The tools' own libraries reach the tools alone, never cargo or what cargo starts.
write_wrappers() {
    local root=$1 tool
    mkdir -p "$root/bin"
    wrap "$root" rustc rustc
    for tool in ar ranlib ld nm objcopy objdump readelf strip; do
        wrap "$root" "aarch64-linux-gnu-$tool" "aarch64-linux-gnu-$tool"
    done
    wrap "$root" aarch64-linux-gnu-gcc aarch64-linux-gnu-gcc-12
    ln -sf aarch64-linux-gnu-gcc "$root/bin/aarch64-linux-gnu-gcc-12"
}

wrap() { # root name program
    printf '#!/bin/sh\nLD_LIBRARY_PATH="%s/usr/lib/x86_64-linux-gnu" exec "%s/usr/bin/%s" "$@"\n' \
        "$1" "$1" "$3" >"$1/bin/$2"
    chmod +x "$1/bin/$2"
}

# Compiles, links and runs a program for the Pi: an unpacked tree that cannot is no toolchain.
try_toolchain() {
    local root=$1 trial
    trial=$(mktemp -d)
    printf 'fn main() { println!("{}", std::env::consts::ARCH); }\n' >"$trial/trial.rs"
    "$root/bin/rustc" --target "$PI_TARGET" -C linker="$root/bin/aarch64-linux-gnu-gcc" \
        -o "$trial/trial" "$trial/trial.rs" &&
        [[ $("$root/usr/bin/qemu-aarch64-static" -L "$root/usr/aarch64-linux-gnu" "$trial/trial") == aarch64 ]] ||
        fail "the unpacked compiler does not make a program that runs. Remove $root and start me again"
    rm -rf "$trial"
}

# The newest glibc version that a binary for the Pi asks for.
glibc_floor() {
    "$(cross_root)/bin/aarch64-linux-gnu-objdump" -T "$1" |
        grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -n 1
}

# The crate's binary must not ask for a newer C library than the Pi has.
demand_old_glibc() {
    local floor
    floor=$(glibc_floor "$1")
    [[ -n $floor && $(printf '%s\n%s\n' "$floor" "$PI_GLIBC_MAX" | sort -V | tail -n 1) == "$PI_GLIBC_MAX" ]] ||
        fail "$1 asks for glibc '${floor:-?}', Raspberry Pi OS 12 has $PI_GLIBC_MAX"
    printf '%s' "$floor"
}
