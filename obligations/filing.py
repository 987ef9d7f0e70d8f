"""Files below MEDIA_ROOT: written whole under a temporary name, then renamed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation

_BLOCK = 2**18
# Copies of smaller files never reach the disk.
_IN_MEMORY = 2**20
# A file that no row knows after this long was left behind by work that stopped.
_ORPHAN_SECONDS = 3600


@dataclass(frozen=True)
class Stored:
    """Where a file lies below MEDIA_ROOT, and what it is."""

    path: str
    size: int
    sha256: str


class Unsound(Exception):
    """A stored file is not what was stored: it is missing, altered or unreadable."""

    def __init__(self, why: str, *, found: str = "") -> None:
        super().__init__(why)
        self.why, self.found = why, found


def store(file: IO[bytes], *, folder: str, max_bytes: int) -> Stored:
    """Write a file whole and synced before its name exists; RuleViolation when it is too large."""
    relative = Path(folder) / uuid.uuid4().hex
    target = absolute(str(relative))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = target.with_suffix(".part")
    try:
        stored = _write(file, temporary, relative=str(relative), max_bytes=max_bytes)
        temporary.rename(target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)
    return stored


def keep(write: Callable[[Path], None], *, folder: str) -> Stored:
    """Let `write` write a file under a temporary name in the folder; its own name exists when it
    is whole and synced. A process that is killed meanwhile leaves only what is swept."""
    relative = Path(folder) / uuid.uuid4().hex
    target = absolute(str(relative))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = target.with_suffix(".part")
    try:
        write(temporary)
        stored = _synced(temporary, relative=str(relative))
        temporary.rename(target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)
    return stored


@contextlib.contextmanager
def nameless() -> Iterator[IO[bytes]]:
    """A temporary file that no name leads to, so that nothing is left of it whoever is killed;
    it stays open when all went well."""
    made: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    try:
        yield made
    except BaseException:
        # What a full disk did not take cannot be written at the end either.
        with contextlib.suppress(OSError):
            made.close()
        raise


def open_whole(path: str, *, sha256: str) -> IO[bytes]:
    """A copy whose bytes are those that were stored, at its beginning, whatever becomes of the
    stored file meanwhile. Raises Unsound; OSError where the copy has no room."""
    with nameless() as copied:
        found = _copied(absolute(path), copied)
        if found != sha256:
            raise Unsound("altered", found=found)
        copied.seek(0)
    return copied


def read_whole(path: str, *, sha256: str) -> bytes:
    """The bytes that were stored; raises Unsound."""
    with open_whole(path, sha256=sha256) as file:
        return file.read()


def _copied(source: Path, target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    try:
        stored = source.open("rb")
    except FileNotFoundError as gone:
        raise Unsound("missing") from gone
    except OSError as hindrance:
        raise Unsound("unreadable") from hindrance
    with stored:
        while block := _read(stored):
            digest.update(block)
            target.write(block)
    return digest.hexdigest()


def _read(stored: IO[bytes]) -> bytes:
    try:
        return stored.read(_BLOCK)
    except OSError as hindrance:
        raise Unsound("unreadable") from hindrance


def absolute(path: str) -> Path:
    """The place of a stored file."""
    return Path(settings.MEDIA_ROOT) / path


def erase(path: str) -> None:
    """Remove a stored file; one that is gone already is fine."""
    if path:
        absolute(path).unlink(missing_ok=True)


def sweep(folder: str, *, known: Iterable[str]) -> int:
    """Remove files of a folder that no row knows and nobody is still writing; how many."""
    place = absolute(folder)
    if not place.is_dir():
        return 0
    kept, before, removed = set(known), time.time() - _ORPHAN_SECONDS, 0
    for file in place.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if f"{folder}/{file.name}" not in kept and file.stat().st_mtime < before:
                file.unlink()
                removed += 1
    return removed


def _write(file: IO[bytes], temporary: Path, *, relative: str, max_bytes: int) -> Stored:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    with temporary.open("xb") as out:
        while block := file.read(2**16):
            size += len(block)
            if size > max_bytes:
                raise RuleViolation(
                    _("The file is larger than %(limit)s MB: make it smaller or split it.")
                    % {"limit": max_bytes // 2**20}
                )
            digest.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return Stored(path=relative, size=size, sha256=digest.hexdigest())


def _synced(written: Path, *, relative: str) -> Stored:
    with written.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        return Stored(path=relative, size=file.tell(), sha256=digest)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
