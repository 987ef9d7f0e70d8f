"""A package with some parts written anew and all others copied as they are packed. Pure."""

from __future__ import annotations

import copy
import struct
from collections.abc import Callable
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_NAME_AND_EXTRA = slice(9, 11)
_DESCRIPTOR = 0x8
_BLOCK = 2**18


def rewrite(
    source: IO[bytes],
    target: IO[bytes],
    *,
    chosen: Callable[[str], bool],
    change: Callable[[bytes], bytes],
) -> None:
    """Write `source` to `target` with the chosen parts changed. What is not chosen is neither
    unpacked nor kept in memory; changed parts come last."""
    with ZipFile(source) as old, ZipFile(target, "w") as new:
        members = old.infolist()
        for member in members:
            if not chosen(member.filename):
                _copy(source, member, new, target)
        for member in members:
            if chosen(member.filename):
                new.writestr(_alike(member), change(old.read(member)))


def _copy(source: IO[bytes], member: ZipInfo, new: ZipFile, target: IO[bytes]) -> None:
    """Header and packed bytes as they are; the directory of the new file learns its new place."""
    source.seek(member.header_offset)
    header = source.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or member.flag_bits & _DESCRIPTOR:
        raise BadZipFile(member.filename)
    length = len(header) + sum(_LOCAL_HEADER.unpack(header)[_NAME_AND_EXTRA]) + member.compress_size
    moved = copy.copy(member)
    moved.header_offset = target.tell()
    source.seek(member.header_offset)
    _pass_on(source, target, length)
    new.filelist.append(moved)
    new.NameToInfo[moved.filename] = moved
    new.start_dir = target.tell()


def _pass_on(source: IO[bytes], target: IO[bytes], length: int) -> None:
    while length:
        block = source.read(min(length, _BLOCK))
        if not block:
            raise BadZipFile
        target.write(block)
        length -= len(block)


def _alike(member: ZipInfo) -> ZipInfo:
    """A new member that only its content tells from the old one."""
    made = ZipInfo(member.filename, date_time=member.date_time)
    made.compress_type = member.compress_type
    made.external_attr = member.external_attr
    made.create_system = member.create_system
    return made
