#!/usr/bin/env python3
"""Packs a folder into a Linux initramfs: initramfs.py FOLDER FILE

The `newc` archive that the kernel unpacks, with everything owned by root and a /dev/console,
which takes neither root rights nor the cpio program.
"""

import os
import stat
import sys

CONSOLE = (5, 1)


def main(folder, file):
    with open(file, "wb") as archive:
        number = 0
        for number, (path, name) in enumerate(sorted(entries(folder)), start=1):
            mode = os.lstat(path).st_mode
            archive.write(entry(number, name, mode, content(path, mode)))
        archive.write(entry(number + 1, "dev/console", stat.S_IFCHR | 0o600, b"", CONSOLE))
        archive.write(entry(number + 2, "TRAILER!!!", 0, b""))


def entries(folder):
    for here, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(here, name)
            yield path, os.path.relpath(path, folder)


def content(path, mode):
    if stat.S_ISLNK(mode):
        return os.readlink(path).encode()
    if stat.S_ISDIR(mode):
        return b""
    with open(path, "rb") as file:
        return file.read()


def entry(number, name, mode, data, device=(0, 0)):
    label = name.encode() + b"\0"
    # inode, mode, uid, gid, links, time, size, device of the file system, own device, name, sum
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(label), 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + label
    return padded(head) + padded(data)


def padded(block):
    return block + b"\0" * (-len(block) % 4)


main(*sys.argv[1:])
