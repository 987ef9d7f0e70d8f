"""Writes compound files (OLE) by hand: streams and storages of any name."""

import struct

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512
ROOT, STORAGE, STREAM = 5, 1, 2


def compound(streams, *, storages=()):
    """`streams`: name -> bytes; `storages` are empty folders beside them."""
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    chains, starts, first = [], {}, 0
    for name, data in padded.items():
        count = -(-len(data) // SECTOR)
        starts[name] = first
        chains += [*range(first + 1, first + count), END]
        first += count
    entries = [("Root Entry", ROOT, END, 0)]
    entries += [(name, STREAM, starts[name], len(data)) for name, data in padded.items()]
    entries += [(name, STORAGE, 0, 0) for name in storages]
    directory = _directory(entries)
    sectors = -(-len(directory) // SECTOR)
    chains += [*range(first + 1, first + sectors), END]
    tables = -(-(len(chains) + 2) // 127)
    body = b"".join(data.ljust(-(-len(data) // SECTOR) * SECTOR, b"\0") for data in padded.values())
    fat = chains + [FAT] * tables
    fat += [FREE] * (tables * 128 - len(fat))
    header = _header(first, tables, len(chains))
    return header + body + directory + struct.pack(f"<{len(fat)}L", *fat)


def _header(directory, tables, fat):
    places = [fat + n for n in range(tables)] + [FREE] * (109 - tables)
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
        + struct.pack("<9L", 0, tables, directory, 0, 4096, END, 0, END, 0)
        + struct.pack("<109L", *places)
    )


def _directory(entries):
    data = b""
    for number, (name, kind, start, size) in enumerate(entries):
        text = (name + "\0").encode("utf-16-le")
        child = 1 if number == 0 and len(entries) > 1 else FREE
        right = number + 1 if 0 < number < len(entries) - 1 else FREE
        data += text.ljust(64, b"\0") + struct.pack(
            "<H2B3L", len(text), kind, 1, FREE, right, child
        )
        data += bytes(36) + struct.pack("<LQ", start, size)
    return data.ljust(-(-len(data) // SECTOR) * SECTOR, b"\0")


def record(kind, data=b""):
    return struct.pack("<2H", kind, len(data)) + data
