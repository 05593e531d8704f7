/*
 * A /dev/spidev* that is not there, for a whole program under LD_PRELOAD: behind each chip-select an
 * MFRC522 at register level, with the tag that a file names in its field.
 *
 * $FAKESPI_DIR/<bus>.<select> holds the UID in hexadecimal (4 or 7 bytes), or nothing, or a fault:
 * `silent` (never an interrupt), `zeros` (the bus reads 00), `deaf` (the antenna drops out and comes
 * back with a reset command), read anew every few milliseconds. Registers: NXP MFRC522 data sheet,
 * section 9.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/spi/spidev.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    COMMAND = 0x01, COM_IRQ = 0x04, DIV_IRQ = 0x05, ERROR_REG = 0x06, STATUS_2 = 0x08, FIFO_DATA = 0x09,
    FIFO_LEVEL = 0x0a, CONTROL = 0x0c, BIT_FRAMING = 0x0d, TX_CONTROL = 0x14, CRC_HIGH = 0x21,
    CRC_LOW = 0x22, VERSION = 0x37
};
enum { CMD_IDLE = 0, CMD_CRC = 3, CMD_TRANSCEIVE = 12, CMD_RESET = 15 };
enum { IRQ_TIMER = 0x01, IRQ_IDLE = 0x10, IRQ_RX = 0x20, IRQ_CRC = 0x04, ANTENNA = 0x03 };
enum { CHIPS_MAX = 8, FIFO_MAX = 64 };

struct chip {
    int fd;
    char place[16]; /* "0.0" */
    uint8_t reg[64];
    uint8_t fifo[FIFO_MAX];
    int level;
    int was_deaf;
    struct timespec looked; /* in ticks of the kernel */
    int field;
    uint8_t uid[7];
};

static struct chip chips[CHIPS_MAX];
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int (*real_open)(const char *, int, ...);
static int (*real_ioctl)(int, unsigned long, ...);
static int (*real_close)(int);

__attribute__((constructor)) static void find_the_real_ones(void)
{
    real_open = dlsym(RTLD_NEXT, "open64");
    real_ioctl = dlsym(RTLD_NEXT, "ioctl");
    real_close = dlsym(RTLD_NEXT, "close");
    for (int i = 0; i < CHIPS_MAX; i++)
        chips[i].fd = -1;
}

static void reset(struct chip *c)
{
    memset(c->reg, 0, sizeof c->reg);
    c->reg[COMMAND] = 0x20; /* receiver off, idle */
    c->reg[TX_CONTROL] = 0x80;
    c->reg[VERSION] = 0x92;
    c->level = 0;
}

/* What the file says: the length of the UID, 0 for an empty field, or the fault's first letter, negative. */
static int read_field(const struct chip *c, uint8_t *uid)
{
    char path[512], text[64] = "";
    const char *dir = getenv("FAKESPI_DIR");
    snprintf(path, sizeof path, "%s/%s", dir ? dir : "/tmp/fakespi", c->place);
    int fd = real_open(path, O_RDONLY);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    real_close(fd);
    text[n > 0 ? n : 0] = 0;
    text[strcspn(text, "\r\n ")] = 0;
    if (!strcmp(text, "silent") || !strcmp(text, "zeros") || !strcmp(text, "deaf"))
        return -text[0];
    int length = (int)strlen(text) / 2;
    if (length != 4 && length != 7)
        return 0;
    for (int i = 0; i < length; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            return 0;
        uid[i] = (uint8_t)byte;
    }
    return length;
}

/* As read_field, at most once a tick: opening a file costs more than the rest of a message. */
static int field_of(struct chip *c, uint8_t *uid)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    if (now.tv_nsec != c->looked.tv_nsec || now.tv_sec != c->looked.tv_sec) {
        c->looked = now;
        c->field = read_field(c, c->uid);
    }
    memcpy(uid, c->uid, sizeof c->uid);
    return c->field;
}

/* ISO/IEC 14443-3, type A. */
static uint16_t crc_a(const uint8_t *bytes, int count)
{
    uint16_t crc = 0x6363;
    for (int i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
    }
    return crc;
}

static void answer(struct chip *c, const uint8_t *bytes, int count)
{
    memcpy(c->fifo, bytes, (size_t)count);
    c->level = count;
    c->reg[CONTROL] = 0;
    c->reg[COM_IRQ] |= IRQ_RX | IRQ_IDLE;
}

/* One frame to the field and what comes back. */
static void transceive(struct chip *c)
{
    uint8_t sent[FIFO_MAX], uid[7], part[5];
    int count = c->level, length = field_of(c, uid);
    memcpy(sent, c->fifo, sizeof sent);
    c->level = 0;
    c->reg[ERROR_REG] = 0;
    if (length == -'s')
        return; /* no interrupt, not even the timer's */
    if (length <= 0 || (c->reg[TX_CONTROL] & ANTENNA) != ANTENNA) {
        c->reg[COM_IRQ] |= IRQ_TIMER;
        return;
    }
    int second = count >= 2 && sent[0] == 0x95;
    const uint8_t *from = uid + (second ? 3 : 0);
    int cascades = length == 7 && !second;
    if (cascades) {
        part[0] = 0x88;
        memcpy(part + 1, from, 3);
    } else {
        memcpy(part, from, 4);
    }
    part[4] = part[0] ^ part[1] ^ part[2] ^ part[3];
    if (count == 1 && (sent[0] == 0x52 || sent[0] == 0x26)) {
        uint8_t atqa[2] = {length == 7 ? 0x44 : 0x04, 0x00};
        answer(c, atqa, 2);
    } else if (count == 2 && (sent[0] == 0x93 || (second && length == 7))) {
        answer(c, part, 5);
    } else if (count == 9 && sent[1] == 0x70 && !memcmp(sent + 2, part, 5)) {
        uint8_t sak[3] = {cascades ? 0x04 : 0x08};
        uint16_t crc = crc_a(sak, 1);
        sak[1] = (uint8_t)crc;
        sak[2] = (uint8_t)(crc >> 8);
        answer(c, sak, 3);
    } else {
        c->reg[COM_IRQ] |= IRQ_TIMER; /* HLTA and whatever else is answered by silence */
    }
}

static void command(struct chip *c, uint8_t value)
{
    c->reg[COMMAND] = value & 0x2f;
    if ((value & 0x0f) == CMD_RESET)
        reset(c);
    if ((value & 0x0f) == CMD_CRC) {
        uint16_t crc = crc_a(c->fifo, c->level);
        c->reg[CRC_LOW] = (uint8_t)crc;
        c->reg[CRC_HIGH] = (uint8_t)(crc >> 8);
        c->reg[DIV_IRQ] |= IRQ_CRC;
        c->level = 0;
    }
}

static void write_register(struct chip *c, uint8_t at, uint8_t value)
{
    switch (at) {
    case COMMAND:
        command(c, value);
        break;
    case COM_IRQ:
    case DIV_IRQ: /* the top bit says whether the others are set or cleared */
        c->reg[at] = value & 0x80 ? c->reg[at] | (value & 0x7f) : c->reg[at] & (uint8_t)~value;
        break;
    case FIFO_DATA:
        if (c->level < FIFO_MAX)
            c->fifo[c->level++] = value;
        break;
    case FIFO_LEVEL:
        if (value & 0x80)
            c->level = 0;
        break;
    case BIT_FRAMING:
        c->reg[at] = value & 0x7f;
        if (value & 0x80 && (c->reg[COMMAND] & 0x0f) == CMD_TRANSCEIVE)
            transceive(c);
        break;
    case VERSION:
        break;
    default:
        c->reg[at] = value;
    }
}

static uint8_t read_register(struct chip *c, uint8_t at)
{
    if (at == FIFO_LEVEL)
        return (uint8_t)c->level;
    if (at != FIFO_DATA)
        return c->reg[at];
    if (!c->level)
        return 0;
    uint8_t first = c->fifo[0];
    memmove(c->fifo, c->fifo + 1, (size_t)--c->level);
    return first;
}

/* One message: chip-select is low throughout; the first byte is an address. */
static void transfer(struct chip *c, const struct spi_ioc_transfer *parts, int count)
{
    uint8_t uid[7], at = 0;
    int first = 1, reads = 0, field = field_of(c, uid);
    if (field == -'d' && !c->was_deaf)
        c->reg[TX_CONTROL] &= (uint8_t)~ANTENNA;
    c->was_deaf = field == -'d';
    for (int i = 0; i < count; i++) {
        const uint8_t *out = (const uint8_t *)(uintptr_t)parts[i].tx_buf;
        uint8_t *in = (uint8_t *)(uintptr_t)parts[i].rx_buf;
        for (uint32_t k = 0; k < parts[i].len; k++) {
            uint8_t sent = out ? out[k] : 0, got = 0;
            if (first) {
                first = 0;
                reads = sent & 0x80;
                at = (sent >> 1) & 0x3f;
            } else if (reads) {
                got = read_register(c, at);
                at = (sent >> 1) & 0x3f;
            } else {
                write_register(c, at, sent);
            }
            if (in)
                in[k] = field == -'z' ? 0 : got;
        }
    }
}

static int open_chip(const char *path)
{
    int fd = real_open("/dev/null", O_RDWR | O_CLOEXEC);
    pthread_mutex_lock(&guard);
    for (int i = 0; fd >= 0 && i < CHIPS_MAX; i++) {
        if (chips[i].fd >= 0)
            continue;
        chips[i].fd = fd;
        snprintf(chips[i].place, sizeof chips[i].place, "%s", path + strlen("/dev/spidev"));
        reset(&chips[i]);
        break;
    }
    pthread_mutex_unlock(&guard);
    return fd;
}

static struct chip *chip_of(int fd)
{
    for (int i = 0; fd >= 0 && i < CHIPS_MAX; i++)
        if (chips[i].fd == fd)
            return &chips[i];
    return NULL;
}

static int opened(const char *path, int flags, mode_t mode)
{
    return strncmp(path, "/dev/spidev", 11) ? real_open(path, flags, mode) : open_chip(path);
}

static mode_t mode_of(int flags, va_list rest)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return opened(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return opened(path, flags, mode);
}

int close(int fd)
{
    pthread_mutex_lock(&guard);
    struct chip *c = chip_of(fd);
    if (c)
        c->fd = -1;
    pthread_mutex_unlock(&guard);
    return real_close(fd);
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *with = va_arg(rest, void *);
    va_end(rest);
    struct chip *c = chip_of(fd);
    if (!c || _IOC_TYPE(request) != SPI_IOC_MAGIC)
        return real_ioctl(fd, request, with);
    if (_IOC_NR(request) == 0) { /* SPI_IOC_MESSAGE(n) */
        int count = (int)(_IOC_SIZE(request) / sizeof(struct spi_ioc_transfer)), bytes = 0;
        const struct spi_ioc_transfer *parts = with;
        pthread_mutex_lock(&guard);
        transfer(c, parts, count);
        pthread_mutex_unlock(&guard);
        for (int i = 0; i < count; i++)
            bytes += (int)parts[i].len;
        return bytes;
    }
    if (_IOC_DIR(request) & _IOC_READ) {
        memset(with, 0, _IOC_SIZE(request));
        if (_IOC_NR(request) == 3)
            *(uint8_t *)with = 8; /* bits a word */
        if (_IOC_NR(request) == 4)
            *(uint32_t *)with = 1000000; /* hertz */
    }
    return 0;
}

/* A plain read or write of the device is a message of its own. */
ssize_t write(int fd, const void *bytes, size_t count)
{
    static ssize_t (*real_write)(int, const void *, size_t);
    if (!real_write)
        real_write = dlsym(RTLD_NEXT, "write");
    struct chip *c = chip_of(fd);
    if (!c)
        return real_write(fd, bytes, count);
    struct spi_ioc_transfer part = {.tx_buf = (uintptr_t)bytes, .len = (uint32_t)count};
    pthread_mutex_lock(&guard);
    transfer(c, &part, 1);
    pthread_mutex_unlock(&guard);
    return (ssize_t)count;
}
