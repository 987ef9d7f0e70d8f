"""水印: who took a file away and when, in a line that every page of it shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from accounts.cell_text import clean
from accounts.models import User
from obligations.models import ListItem, ResponsibilityList
from reports import canonical, parts, shared
from reports.models import FigureLine, Snapshot
from reports.rows import OFFICE_ZONE
from reports.texts import RESERVED
from reports.words import day_text

# Lists write 密级 as they like; these say that a row is open.
_OPEN = ("", "公开", "非密")
# What of a report that is not, or no longer, published must be known to whoever gets the file.
_STANDING = {
    Snapshot.State.DRAFT: canonical.DRAFT,
    Snapshot.State.REVIEWED: canonical.REVIEWED,
    Snapshot.State.WITHDRAWN: canonical.WITHDRAWN,
}
# The texts of the sheets' frames are shared; those of streamed rows are not. Documents of Word
# keep theirs in the body, in headers and in footers.
_DOCUMENT = "word/"


@dataclass(frozen=True)
class Mark:
    """One taking away."""

    name: str
    at: dt.datetime
    internal: bool
    deed: str = "下载"
    standing: str = ""

    @property
    def line(self) -> str:
        """Such as 内部资料　水印：李明（省公安厅） 2026年11月26日 09:12:05 下载."""
        local = self.at.astimezone(OFFICE_ZONE)
        known = (canonical.INTERNAL if self.internal else "", self.standing)
        first = "".join(f"{word}　" for word in known if word)
        who = " ".join(clean(self.name).text.split())
        return f"{first}水印：{who} {day_text(local.date())} {local:%H:%M:%S} {self.deed}"


def mark_of(snapshot: Snapshot, *, by: User, at: dt.datetime, deed: str = "下载") -> Mark:
    """The mark of a file of a snapshot that `by` takes away."""
    place = f"（{by.department.name}）" if by.department else ""
    standing = _STANDING.get(Snapshot.State(snapshot.state), "")
    return Mark(f"{by.display_name}{place}", at, is_internal(snapshot), deed, standing)


def is_internal(snapshot: Snapshot) -> bool:
    """Nothing is open unless all its lists are: asked anew each time, as lists become internal."""
    figures = snapshot.figures.filter(grouping=FigureLine.Grouping.LIST)
    keys = [int(key) for key in figures.values_list("key", flat=True)]
    lists = ResponsibilityList.objects.filter(pk__in=keys)
    if not keys or lists.exclude(security=ResponsibilityList.Security.PUBLIC).exists():
        return True
    return ListItem.objects.filter(list__in=keys).exclude(security__in=_OPEN).exists()


def fill_in(source: IO[bytes], target: IO[bytes], *, mark: Mark) -> None:
    """Write the package with the mark in its place. Its large parts are copied as they are
    packed; the rest of the bytes depend on source and mark alone."""
    line = escape(mark.line)

    def change(content: bytes) -> bytes:
        text = content.decode()
        for before in "\n>":
            text = text.replace(f"{before}{RESERVED}</", f"{before}{line}</")
        return text.encode()

    parts.rewrite(source, target, chosen=_holds_texts, change=change)


def _holds_texts(name: str) -> bool:
    return name == shared.PART or (name.startswith(_DOCUMENT) and Path(name).suffix == ".xml")
