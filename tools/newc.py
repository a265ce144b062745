# SPDX-License-Identifier: BSD-3-Clause
"""Writer for cpio archives in the "newc" format (magic 070701), the one that Linux takes as initramfs and Trivet as bundle.

Written here rather than left to cpio(1) because device nodes must be made without root, the bytes must be the same everywhere
(owner, time and inode numbers are fixed), and bundle members start at page boundaries.
"""

import stat

MAGIC = b"070701"
HEADER = 110
MAX_FILE = 0xFFFFFFFF


def _pad(n, align):
    return -n % align


class Writer:
    """Writes members to a binary file object. Every member gets owner 0:0 and time 0."""

    def __init__(self, out):
        self.out = out
        self.pos = 0
        self.ino = 0

    def _write(self, data):
        self.out.write(data)
        self.pos += len(data)

    def _header(self, name, mode, size, rdev=(0, 0), align=4):
        self.ino += 1
        raw = name.encode() + b"\0"
        # The name's size may count more NULs than one: that moves the data to a page boundary.
        raw += b"\0" * _pad(self.pos + HEADER + len(raw), align)
        nlink = 2 if stat.S_ISDIR(mode) else 1
        fields = (self.ino, mode, 0, 0, nlink, 0, size, 0, 0, rdev[0], rdev[1], len(raw), 0)
        self._write(MAGIC + b"".join(b"%08X" % f for f in fields) + raw)

    def add(self, name, data, mode=0o100644, align=4):
        """Adds a member whose data starts at a multiple of align in the archive."""
        if len(data) > MAX_FILE:
            raise ValueError(f"{name}: larger than a newc archive can hold (4 GiB)")
        self._header(name, mode, len(data), align=align)
        self._write(data)
        self._write(b"\0" * _pad(self.pos, 4))

    def add_file(self, name, path, mode=0o100644, align=4):
        """Adds a file from disk, piece by piece. Returns its size."""
        with open(path, "rb") as src:
            size = src.seek(0, 2)
            src.seek(0)
            if size > MAX_FILE:
                raise ValueError(f"{name}: larger than a newc archive can hold (4 GiB)")
            self._header(name, mode, size, align=align)
            left = size
            while left:
                piece = src.read(min(left, 1 << 20))
                if not piece:
                    raise ValueError(f"{path}: became shorter while it was read")
                self._write(piece)
                left -= len(piece)
        self._write(b"\0" * _pad(self.pos, 4))
        return size

    def mkdir(self, name, mode=0o755):
        self._header(name, stat.S_IFDIR | mode, 0)

    def symlink(self, name, target):
        self.add(name, target.encode(), stat.S_IFLNK | 0o777)

    def chardev(self, name, major, minor, mode=0o600):
        self._header(name, stat.S_IFCHR | mode, 0, (major, minor))

    def close(self, align=512):
        """Writes the trailer and pads the archive."""
        self.ino = -1
        self._header("TRAILER!!!", 0, 0)
        self._write(b"\0" * _pad(self.pos, 4))
        self._write(b"\0" * _pad(self.pos, align))
