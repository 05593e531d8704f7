# Runs in the emulated Pi (scripts/lib/pi-vm.sh): `app` is the gateway for the Pi, /with/data the
# folder of one that has $EVENTS events to tell to a cloud that is not there, /with/fakespi.so the
# readers. $RESIDENT_KIB_MAX is what it may take of the memory. A line of output is one check.
failed=0
ok() { echo "ok $*"; }
broken() { echo "BROKEN $*"; failed=1; tail -n 12 /tmp/*.log; }

fields=/tmp/fields
switches=/tmp/switches
mkdir $fields $switches
# A closed switch is stronger than the pull-up that a program asks of gpio-sim with a line.
pull() { echo pull-$2 >$switches/$1; }
hold() {
    while :; do
        for file in $switches/*; do cat $file >$SIM/sim_gpio${file##*/}/pull; done
        sleep 1
    done
}
field() { echo $2 >$fields/new && cat $fields/new >$fields/$1; }

# starts NAME FOLDER: a gateway with this data, and waits for its page.
starts() {
    log=/tmp/$1.log
    LD_PRELOAD=/with/fakespi.so FAKESPI_DIR=$fields VOLTA_GATEWAY_HARDWARE=raspberry_pi \
        VOLTA_GATEWAY_GPIO_CHIP=$CHIP VOLTA_GATEWAY_BAYS=1:slot,2:slot VOLTA_GATEWAY_DATA_DIR=$2 \
        VOLTA_GATEWAY_PINS="1:spi=0.0,rst=12,coil=17,bolt=!4,presence=!5,lamp=23,sound=26;2:spi=0.1,rst=13,coil=27,bolt=!6,presence=!2,lamp=24,sound=26" \
        VOLTA_GATEWAY_CLOUD_URL=http://127.0.0.1:1 VOLTA_GATEWAY_LISTEN=127.0.0.1:8101 app >$log 2>&1 &
    gateway=$!
    until_page '<html' && for _ in $(seq 100); do grep -q 'takes its pins' $log && return; usleep 200000; done
}
ends() { kill $gateway; wait $gateway; }
until_page() {
    for _ in $(seq 150); do
        kill -0 $gateway || return 1
        wget -q -O - 'http://127.0.0.1:8101/?lang=en' 2>/dev/null | grep -q "$1" && return
        usleep 200000
    done
    return 1
}
recorded() {
    for _ in $(seq 150); do
        kill -0 $gateway || return 1
        cat /tmp/data/journal.lines* 2>/dev/null | grep -q "$1" && return
        usleep 200000
    done
    return 1
}
resident() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' /proc/$gateway/status; }

# A cart stands in the first bay, the second is empty; both bolts are engaged.
for line in 4 5 6; do pull $line down; done
pull 2 up
field 0.0 04a10000000001
hold &
holder=$!

if starts fresh /tmp/fresh; then
    idle=$(resident)
    ok "the Pi's binary serves its page on the emulated board"
else
    broken "no page on the emulated board"
fi
ends

cp -r /with/data /tmp/data
if starts full /tmp/data && recorded 'cart_docked.*04a10000000001'; then
    ok "it starts with $EVENTS events to tell, reads the chip and names the cart"
else
    broken "it does not name the cart"
fi
full=$(resident)
pull 6 up && pull 2 down && field 0.1 04a10000000002 && usleep 350000 && pull 6 down
if recorded 'cart_docked.*04a10000000002'; then
    ok "a cart is taken in while the cloud is away"
else
    broken "a cart is not taken in"
fi
after=$(resident)
said="$idle KiB before it is enrolled, $full with $EVENTS events to tell, $after after a return"
grep -E '^(Rss|VmHWM)' /proc/$gateway/status
echo "resident: $said"
for figure in $idle $full $after; do
    [ $figure -lt $RESIDENT_KIB_MAX ] || too_much=yes
done
[ -n "$idle$full$after" ] && [ -z "$too_much" ] && ok "it takes less than $RESIDENT_KIB_MAX KiB" ||
    broken "it takes more than $RESIDENT_KIB_MAX KiB"
kill $holder
ends && ok "it ends when it is asked to" || broken "it ends badly"
exit $failed
