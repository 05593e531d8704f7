# Runs inside an emulated machine (scripts/lib/pi-vm.sh): `app` is the example `lines` of hardware,
# $CHIP and $SIM are the simulated lines, $KIND is x86 or pi. A line of output is one check.

failed=0
app || { echo "BROKEN the program of the lines ended with $?"; failed=1; }

# The kernel's own table of lines: the offset on chip $1 of the coil that is driven now.
driven_coil() {
    sed -n "/^$1:/,/^\$/p" /sys/kernel/debug/gpio | {
        base=0
        while read -r word _ rest; do
            case "$word $rest" in
                $1:*) base=${rest%%-*} ;;
                gpio-*coil*"out hi"*) echo $((${word#gpio-} - base)) ;;
            esac
        done
    }
}

# Starts the holder on chip $1, and waits until its coil is driven.
hold() {
    CHIP=/dev/$1 app hold-coil &
    holder=$!
    coil=
    for _ in $(seq 100); do coil=$(driven_coil $1 | sed 1q) && [ -n "$coil" ] && break; usleep 100000; done
    [ -n "$coil" ] && return
    echo "BROKEN hold-coil drives no coil on $1"; failed=1
    cat /sys/kernel/debug/gpio
    return 1
}

finish_off() { kill -9 $holder; wait $holder 2>/dev/null; }

level() { cat $SIM/sim_gpio$1/value; }

if hold ${CHIP#/dev/}; then
    before=$(level $coil)
    finish_off
    if [ "$before $(level $coil)" = "1 0" ]; then
        echo "ok a coil falls with its killed process (line $coil)"
    else
        echo "BROKEN a coil outlives its killed process (line $coil: $before, then $(level $coil))"; failed=1
    fi
fi

# What the board's own chip makes of a pin: 0 an input, 1 an output. Three bits a pin, ten pins a word.
made_of() { echo $((($(devmem $((0x3f200000 + $1 / 10 * 4)) 32) >> ($1 % 10 * 3)) & 7)); }

if [ $KIND = pi ] && hold gpiochip0; then
    before=$(made_of $coil)
    finish_off
    if [ "$before $(made_of $coil)" = "1 0" ]; then
        echo "ok a pin of the board is an input again when its process is killed (GPIO$coil)"
    else
        echo "BROKEN a pin of the board stays driven when its process is killed (GPIO$coil: $before, then $(made_of $coil))"; failed=1
    fi
fi

exit $failed
