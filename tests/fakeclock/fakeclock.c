/*
 * Another time of day for a whole program under LD_PRELOAD. $FAKECLOCK_FILE holds, as 64 bits in this
 * machine's order, by how many milliseconds its clock is ahead of the machine's (below zero: behind),
 * and may be written while the program runs. What only counts on, CLOCK_MONOTONIC, stays as it is.
 *
 * The programs of a raffle have no such setting of their own: whoever runs one must not find it there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static const _Atomic int64_t *ahead_ms;

__attribute__((constructor)) static void open_the_file(void)
{
    const char *path = getenv("FAKECLOCK_FILE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *ahead_ms, PROT_READ, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) {
        fputs("fakeclock: FAKECLOCK_FILE names no file\n", stderr);
        _exit(70);
    }
    close(file);
    ahead_ms = page;
    real_clock_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
}

int clock_gettime(clockid_t id, struct timespec *at)
{
    /* Another library's constructor may run first. */
    if (!ahead_ms)
        open_the_file();
    int failed = real_clock_gettime(id, at);
    if (failed || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE))
        return failed;
    int64_t ahead = *ahead_ms, ns = at->tv_nsec + ahead % 1000 * 1000000;
    at->tv_sec += ahead / 1000;
    if (ns < 0)
        at->tv_sec -= 1, ns += 1000000000;
    else if (ns >= 1000000000)
        at->tv_sec += 1, ns -= 1000000000;
    at->tv_nsec = ns;
    return 0;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
    (void)zone;
    struct timespec now;
    int failed = clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return failed;
}

time_t time(time_t *at)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at)
        *at = now.tv_sec;
    return now.tv_sec;
}
