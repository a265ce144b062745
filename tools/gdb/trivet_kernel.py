# SPDX-License-Identifier: BSD-3-Clause
"""A symbol file for gdb from a kernel's System.map, for kernels whose vmlinux is not at hand. Pure: no gdb here."""

import struct

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SECTION = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")
NOBITS, SYMTAB, STRTAB = 8, 2, 3
FUNCTION, OBJECT = 2, 1


def symbols_of(text):
    """{name: (address, type letter)} of a System.map."""
    out = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 3 and words[1] in "TtWwDdBbRr":
            out.setdefault(words[2], (int(words[0], 16), words[1]))
    return out


def elf(symbols, offset):
    """The bytes of an ELF file with the symbols, each offset higher: functions in .text, all else in .data; no contents."""
    text = (symbols["_text"][0] + offset, symbols["_etext"][0] + offset)
    data = (text[1], symbols["_end"][0] + offset)
    strings, table = b"\0", SYMBOL.pack(0, 0, 0, 0, 0, 0)
    for name, (address, _) in sorted(symbols.items(), key=lambda item: item[1]):
        address = (address + offset) & (1 << 64) - 1
        place = 1 if text[0] <= address < text[1] else 2 if data[0] <= address < data[1] else 0
        if place:
            table += SYMBOL.pack(len(strings), 1 << 4 | (FUNCTION if place == 1 else OBJECT), 0, place, address, 0)
            strings += name.encode() + b"\0"
    names = b"\0.text\0.data\0.symtab\0.strtab\0.shstrtab\0"
    at = HEADER.size
    sections = SECTION.pack(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    sections += SECTION.pack(1, NOBITS, 2 | 4, text[0], at, text[1] - text[0], 0, 0, 4096, 0)
    sections += SECTION.pack(7, NOBITS, 2 | 1, data[0], at, data[1] - data[0], 0, 0, 4096, 0)
    sections += SECTION.pack(13, SYMTAB, 0, 0, at, len(table), 4, 1, 8, SYMBOL.size)
    sections += SECTION.pack(21, STRTAB, 0, 0, at + len(table), len(strings), 0, 0, 1, 0)
    sections += SECTION.pack(29, STRTAB, 0, 0, at + len(table) + len(strings), len(names), 0, 0, 1, 0)
    body = table + strings + names
    header = HEADER.pack(b"\x7fELF\x02\x01\x01", 2, 183, 1, text[0], 0, at + len(body), 0, HEADER.size, 0, 0, SECTION.size, 6, 5)
    return header + body + sections
