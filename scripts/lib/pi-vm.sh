# Small virtual machines with GPIO lines that a test can push and read, on hosts whose kernel has
# none: QEMU without KVM, Debian's own kernels, and the kernel's gpio-sim built as a module for
# them. `pi` is an emulated Raspberry Pi 3B (64-bit), `x86` this machine's kind.
# Sourced after pi-toolchain.sh, never run.

VM_RECIPE=1 # raise it when the steps below change
VM_DISK_MB=1500
VM_SECONDS_MAX=180

vm_root() { printf '%s/vm' "$(pi_cache)"; }

# Brings or keeps what the machines are made of; needs the toolchain for the Pi's module.
use_vms() {
    local root
    root=$(vm_root)
    [[ "$(cat "$root/complete" 2>/dev/null)" == "recipe $VM_RECIPE" ]] && return
    exec 9>"$(mkdir -p "$(pi_cache)" && pi_cache)/lock"
    flock 9
    [[ "$(cat "$root/complete" 2>/dev/null)" == "recipe $VM_RECIPE" ]] || make_vms "$root"
    exec 9>&-
}

make_vms() {
    local root=$1 cache packages kernel package
    cache=$(pi_cache)
    packages=$cache/vm-packages
    need gcc-12 gcc-12
    need make make
    need_packaging_tools
    need_disk "$cache" "$VM_DISK_MB"
    say "bringing emulator and kernels into $cache (190 MB, once)"
    open_private_apt "$cache"
    kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: linux-image-\(.*\)-amd64$/\1/p' | head -n 1)
    [[ -n $kernel ]] || fail "apt does not say which kernel linux-image-amd64 stands for"
    local emulator=()
    mapfile -t emulator < <(missing_packages qemu-system-x86 qemu-system-arm)
    ((${#emulator[@]})) && fetch "$packages/emulator" "${emulator[@]}"
    fetch "$packages/kernel" \
        "linux-image-$kernel-"{amd64:amd64,arm64:arm64} "linux-headers-$kernel-"{amd64:amd64,arm64:arm64,common:all} \
        "linux-kbuild-${kernel%.*}:amd64" "linux-source-${kernel%.*}:all" \
        busybox-static:{amd64,arm64} libelf1:amd64
    close_private_apt "$cache"
    rm -rf "$root"
    for package in "$packages"/emulator/*.deb; do
        [[ ! -e $package ]] || unpack "$root/emulator" "$package" --exclude=./usr/share/{doc,man,locale}
    done
    unpack_kernels "$root" "$packages/kernel"
    make_modules "$root" "$packages/kernel" "$kernel"
    rm -rf "$packages"
    printf 'recipe %s' "$VM_RECIPE" >"$root/complete"
}

unpack_kernels() {
    local root=$1 from=$2 pair
    for pair in x86:amd64 pi:arm64; do
        unpack "$root/${pair%:*}" "$from"/linux-image-*_"${pair#*:}".deb \
            --wildcards './boot/vmlinuz*' '*/fs/configfs/*' $([[ $pair != pi:* ]] || echo '*/bcm2837-rpi-3-b.dtb')
        unpack "$root/${pair%:*}" "$from"/busybox-static_*_"${pair#*:}".deb ./bin/busybox
    done
}

# Debian's kernels leave gpio-sim and its irq-sim out. Both sources stand alone; only one function
# they use is not exported to modules, and its exported sibling does the same here.
make_modules() {
    local root=$1 from=$2 kernel=$3 build=$1/build package
    for package in "$from"/linux-headers-*.deb "$from"/linux-kbuild-*.deb "$from"/libelf1_*.deb; do
        unpack "$build" "$package"
    done
    mkdir -p "$build/module"
    dpkg-deb --fsys-tarfile "$from"/linux-source-*.deb |
        tar -xO "./usr/src/linux-source-${kernel%.*}.tar.xz" | tar -xJ -C "$build/module" --transform='s#.*/##' \
        --wildcards '*/drivers/gpio/gpio-sim.c' '*/drivers/gpio/gpiolib.h' '*/kernel/irq/irq_sim.c'
    sed -i '/EXPORT_SYMBOL/d; s/handle_simple_irq(irq_to_desc(irqnum));/generic_handle_irq_safe(irqnum);/' \
        "$build/module/irq_sim.c"
    printf 'obj-m := gpiosim.o\ngpiosim-objs := gpio-sim.o irq_sim.o\n' >"$build/module/Makefile"
    sed -i "s#/usr/src#$build/usr/src#" "$build"/usr/src/linux-headers-*/Makefile
    make_module "$root/x86" "$build" "$kernel-amd64" CC=gcc-12
    PATH="$(cross_root)/bin:$PATH" make_module "$root/pi" "$build" "$kernel-arm64" \
        ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- CC=aarch64-linux-gnu-gcc-12
    rm -rf "$build"
}

make_module() { # where build headers make-variable…
    local where=$1 build=$2 headers=$3
    shift 3
    cp -r "$build/module" "$build/module-$headers"
    LD_LIBRARY_PATH="$build/usr/lib/x86_64-linux-gnu" make -s -C "$build/usr/src/linux-headers-$headers" \
        M="$build/module-$headers" "$@" modules >&2 || fail "gpio-sim does not compile for $headers"
    mv "$build/module-$headers/gpiosim.ko" "$where/"
}

# run_vm KIND BINARY SCRIPT [FILE…]: starts the machine with BINARY as `app` and with FILEs, folders
# among them, in /with; when the simulated lines are there, its shell runs SCRIPT. Prints what SCRIPT
# printed, and returns its exit code.
run_vm() {
    local kind=$1 work code=125
    work=$(mktemp -d)
    lay_out_vm "$1" "$2" "$3" "$work/files"
    shift 3
    (($# == 0)) || cp -r "$@" "$work/files/with"
    python3 scripts/lib/initramfs.py "$work/files" "$work/initramfs"
    : >"$work/console"
    start_emulator "$kind" "$work/initramfs" "$work/console"
    await_end "$work/console" "$emulator"
    sed -n '/@@begin/,/@@end/{/@@/!p}' "$work/console" | tr -d '\r'
    if grep -q '@@end' "$work/console"; then
        code=$(sed -n 's/.*@@end \([0-9]*\).*/\1/p' "$work/console" | head -n 1)
    else
        printf 'the emulated machine did not come to an end; its last words:\n' >&2
        tail -n 15 "$work/console" >&2
    fi
    rm -rf "$work"
    return "$code"
}

lay_out_vm() { # kind binary script folder
    local kind=$1 files=$4 root tool
    root=$(vm_root)/$kind
    mkdir -p "$files"/{bin,lib,lib64,proc,sys,dev,tmp,with,etc/ssl/certs}
    chmod 755 "$files"
    cp "$root/bin/busybox" "$root/gpiosim.ko" "$root"/lib/modules/*/kernel/fs/configfs/configfs.ko "$files"
    mv "$files/busybox" "$files/bin"
    for tool in sh mount cat cp mkdir insmod poweroff echo ls kill sleep usleep seq grep sed devmem tail test ifconfig wget; do
        ln -s busybox "$files/bin/$tool"
    done
    if [[ $kind == x86 ]]; then
        cp /lib64/ld-linux-x86-64.so.2 "$files/lib64"
        cp /lib/x86_64-linux-gnu/{libc.so.6,libm.so.6,libgcc_s.so.1} "$files/lib"
    else
        cp "$(cross_root)"/usr/aarch64-linux-gnu/lib/{ld-linux-aarch64.so.1,libc.so.6,libm.so.6,libgcc_s.so.1} "$files/lib"
    fi
    cp "$2" "$files/bin/app"
    cp /etc/ssl/certs/ca-certificates.crt "$files/etc/ssl/certs" # no TLS client starts without authorities
    printf '%s\n' "$3" >"$files/script"
    printf '#!/bin/sh\nexport KIND=%s\n' "$kind" >"$files/init"
    cat >>"$files/init" <<'INIT'
export PATH=/bin LD_LIBRARY_PATH=/lib
ifconfig lo 127.0.0.1
mount -t proc proc /proc && mount -t sysfs sysfs /sys && mount -t devtmpfs devices /dev && mount -t tmpfs tmp /tmp
mount -t debugfs debug /sys/kernel/debug
insmod /configfs.ko && mount -t configfs config /sys/kernel/config && insmod /gpiosim.ko
lines=/sys/kernel/config/gpio-sim/dock
mkdir $lines $lines/bank && echo 32 >$lines/bank/num_lines && echo 1 >$lines/live
chip=$(cat $lines/bank/chip_name)
export CHIP=/dev/$chip SIM=/sys/devices/platform/$(cat $lines/dev_name)/$chip
echo @@begin
sh /script
echo "@@end $?"
poweroff -f
INIT
    chmod 755 "$files/init"
}

start_emulator() { # kind initramfs console; leaves the process in $emulator
    local root
    root=$(vm_root)
    local tools=$root/emulator command=()
    if [[ $1 == x86 ]]; then
        command=(qemu-system-x86_64 -accel tcg -cpu max -smp 2 -m 1536 -nographic
            -append "console=ttyS0 rdinit=/init loglevel=3 panic=-1")
    else
        command=(qemu-system-aarch64 -M raspi3b -m 1024
            -dtb "$(echo "$root"/pi/usr/lib/linux-image-*/broadcom/bcm2837-rpi-3-b.dtb)"
            -append "console=ttyS1,115200 rdinit=/init loglevel=3 panic=-1 iomem=relaxed"
            -display none -monitor none -serial null -serial stdio)
    fi
    [[ ! -x $tools/usr/bin/${command[0]} ]] || command[0]=$tools/usr/bin/${command[0]}
    LD_LIBRARY_PATH="$tools/usr/lib/x86_64-linux-gnu:$tools/lib/x86_64-linux-gnu" \
        "${command[@]}" -L "$tools/usr/share/qemu" -L "$tools/usr/share/seabios" \
        -kernel "$(echo "$root/$1"/boot/vmlinuz*)" -initrd "$2" -no-reboot </dev/null >"$3" 2>&1 &
    emulator=$!
}

# The emulated Pi cannot switch itself off, so the last line of the script ends it.
await_end() { # console process
    local deadline=$((SECONDS + VM_SECONDS_MAX))
    while ((SECONDS < deadline)) && kill -0 "$2" 2>/dev/null && ! grep -q '@@end' "$1"; do sleep 0.2; done
    kill "$2" 2>/dev/null || true
    wait "$2" 2>/dev/null || true
}
