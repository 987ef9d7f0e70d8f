"""Opens a zip file only when its directory tells the truth and its size is within limits."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO

from obligations.tables import limits
from obligations.tables.findings import Refused, refusal

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _DESCRIPTOR, _UTF_8 = 0x1, 0x8, 0x800

# What zipfile and zlib raise on bytes that are not what the directory says.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    struct.error,
    ValueError,
    RuntimeError,
)


class Archive:
    """A checked zip file; names are looked up without regard to case, as in OPC packages."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._members = {info.filename.lower(): info for info in file.infolist()}

    @property
    def names(self) -> list[str]:
        """All names in lower case."""
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    def read(self, name: str) -> bytes:
        """A member's bytes; Refused("corrupt") where it is missing or damaged."""
        with self.open(name) as member:
            return member.read()

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A member as a stream; damage met while reading it is a refusal."""
        info = self._members.get(name.lower())
        if info is None:
            raise refusal("corrupt", "part", part=name)
        try:
            with self._file.open(info) as member:
                yield member
        except DAMAGE as error:
            raise refusal("corrupt", "part", part=name) from error


@contextmanager
def open_archive(
    file: BinaryIO, *, unpacked_bytes: int = limits.UNPACKED_BYTES
) -> Iterator[Archive]:
    """The archive in `file`, checked; raises Refused. `unpacked_bytes`: at most so many."""
    try:
        archive = zipfile.ZipFile(file)
    except DAMAGE as error:
        raise refusal("corrupt") from error
    with archive:
        infos = archive.infolist()
        if len(infos) > limits.ZIP_MEMBERS:
            raise refusal("too_many_entries", count=len(infos), limit=limits.ZIP_MEMBERS)
        for info in infos:
            _check_member(info)
        _check_sizes(infos, unpacked_bytes)
        _check_places(archive, file, infos)
        yield Archive(archive)


def _check_member(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    if "\\" in name or name.startswith("/") or ":" in name or ".." in name.split("/"):
        raise refusal("path_in_zip", part=_shown(name))
    if any(sign < " " or sign == "\x7f" for sign in name) or not name:
        raise refusal("path_in_zip", part=_shown(name))
    if info.flag_bits & _ENCRYPTED:
        raise refusal("encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refusal("corrupt", "part", part=_shown(name))


def _shown(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:100]


def _check_sizes(infos: list[zipfile.ZipInfo], unpacked_bytes: int) -> None:
    for info in infos:
        packed = max(info.compress_size, 1)
        if info.file_size > limits.RATIO_FROM_BYTES and info.file_size / packed > limits.RATIO:
            raise refusal("zip_bomb", part=_shown(info.filename), ratio=info.file_size // packed)
    total = sum(info.file_size for info in infos)
    if total > unpacked_bytes:
        limit = unpacked_bytes // 2**20
        raise refusal("too_large_uncompressed", size=-(-total // 2**20), limit=limit)


def _check_places(archive: zipfile.ZipFile, file: BinaryIO, infos: list[zipfile.ZipInfo]) -> None:
    """No name twice, no byte in two members, each member's own header as in the directory."""
    names = {info.filename.lower() for info in infos}
    if len(names) < len(infos):
        raise refusal("corrupt", "twice")
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise refusal("zip_bomb", "overlap", part=_shown(info.filename))
        end = _end_of(info, file)
    if end > archive.start_dir:
        raise refusal("zip_bomb", "overlap", part="")


def _end_of(info: zipfile.ZipInfo, file: BinaryIO) -> int:
    """Where the member's data ends; raises Refused where its local header contradicts."""
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise refusal("corrupt")
    fields = _LOCAL_HEADER.unpack(header)
    flags, method, packed, size = fields[2], fields[3], fields[7], fields[8]
    name = file.read(fields[9]).decode("utf-8" if flags & _UTF_8 else "cp437", errors="replace")
    described = bool(flags & _DESCRIPTOR)
    same_size = (
        described
        or 0xFFFFFFFF in (packed, size)
        or (packed, size)
        == (
            info.compress_size,
            info.file_size,
        )
    )
    if name != info.orig_filename or method != info.compress_type or not same_size:
        raise refusal("corrupt", "part", part=_shown(info.filename))
    end: int = info.header_offset + _LOCAL_HEADER.size + fields[9] + fields[10]
    return end + info.compress_size + (12 if described else 0)


__all__ = ["DAMAGE", "Archive", "Refused", "open_archive"]
