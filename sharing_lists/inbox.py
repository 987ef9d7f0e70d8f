"""The watched folder: logs that the platform leaves there are taken over, or refused in words."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from obligations import filing
from obligations.tables import gate, limits
from obligations.tables.findings import Refused
from sharing_lists import log_keeping, log_reading, logs
from sharing_lists.log_reading import LogReading

# A file that was written to so lately may not be whole yet.
_SETTLED_SECONDS = 10
_LINES_OF_REASON = 200


@dataclass
class Taken:
    """What became of the files of one look."""

    done: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    new: int = 0


def folder() -> Path:
    """Where logs are left; `done` and `refused` lie below it."""
    return Path(settings.DELIVERY_INBOX)


def has_waiting() -> bool:
    """Whether a whole file lies there. A folder that cannot be read is for the job to tell."""
    now = timezone.now()
    try:
        return folder().is_dir() and any(_is_waiting(path, now=now) for path in folder().iterdir())
    except OSError:
        return True


def take(*, by: User | None, now: dt.datetime, on: dt.date) -> Taken:
    """Take over every whole file of the folder, in the order of their names."""
    found = Taken()
    if not folder().is_dir():
        return found
    for path in sorted(folder().iterdir()):
        if _is_waiting(path, now=now):
            _take_one(path, found, by=by, now=now, on=on)
    return found


def _is_waiting(path: Path, *, now: dt.datetime) -> bool:
    if path.name.startswith((".", "~")) or path.is_symlink() or not path.is_file():
        return False
    return now.timestamp() - path.stat().st_mtime >= _SETTLED_SECONDS


def _take_one(path: Path, found: Taken, *, by: User | None, now: dt.datetime, on: dt.date) -> None:
    try:
        gate.check_name(path.name)
        gate.check_size(path.stat().st_size)
    except Refused as refused:
        return _refuse(path, [refused.message], found)
    data = path.read_bytes()
    reading = log_reading.read(data, name=path.name, now=now)
    if reading.outcome != "accept":
        return _refuse(path, _reasons(reading), found)
    with transaction.atomic():
        stored = filing.store(
            io.BytesIO(data), folder=log_keeping.FOLDER, max_bytes=limits.FILE_BYTES
        )
        log = log_keeping.apply(logs.new(stored, name=path.name, by=by), reading, by=by, on=on)
    found.new += log.counts["new"]
    found.done.append(path.name)
    _move(path, "done")
    return None


def _refuse(path: Path, reasons: list[str], found: Taken) -> None:
    """Beside the file lies another one that says why."""
    moved = _move(path, "refused")
    moved.with_name(f"{moved.name}.txt").write_text("\n".join(reasons) + "\n", encoding="utf-8")
    detail = {"file": path.name, "reason": reasons[0]}
    audit.record_run("refuse_delivery_log", by=None, detail=detail)
    found.refused.append(path.name)


def _reasons(reading: LogReading) -> list[str]:
    said = []
    for problem in reading.problems[:_LINES_OF_REASON]:
        place = _("Row %(row)s") % {"row": problem.row} if problem.row else ""
        said.append(" ".join(filter(None, (place, problem.column, problem.message))))
    return said


def _move(path: Path, where: str) -> Path:
    """Into a folder below, under a name that is free there."""
    place = path.parent / where
    place.mkdir(mode=0o700, exist_ok=True)
    target, number = place / path.name, 1
    while target.exists():
        number += 1
        target = place / f"{path.stem}-{number}{path.suffix}"
    return path.rename(target)
