"""Lists and filtered views in the layout of the official file: importing it changes nothing."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, permissions
from accounts.csv_text import marked
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import official_book, terms
from obligations.chunks import chunks
from obligations.exporting import MAX_SHEET_ROWS
from obligations.importing import rebuilding
from obligations.kinds import Kind, kinds
from obligations.models import ListItem, ResponsibilityList
from obligations.models.lists import ListItemQuerySet
from obligations.official_book import Sheet
from obligations.official_rows import OfficialTable, Row

FORMS = ("xlsx", "csv")
_MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# An identity that is alike within a file has a number behind so many characters of its digest.
_DIGEST = 60


@dataclass(frozen=True)
class GivenBack:
    """A file on its way out."""

    name: str
    media_type: str
    content: Iterable[bytes]


def give_back(
    items: ListItemQuerySet,
    *,
    by: User,
    form: str,
    on: dt.date,
    asked: str = "",
    home: ResponsibilityList | None = None,
) -> GivenBack:
    """The items that the person may see, as one .xlsx or .csv file; audited. `home`: the list
    that is given back, where it is one list. RuleViolation where there is nothing, or too much."""
    permissions.require(by, "read")
    seen = items.visible_to(by)
    count = seen.count()
    present = set(seen.order_by().values_list("list__kind", flat=True).distinct())
    found = [kind for code, kind in kinds().items() if code in present]
    _require_possible(count, found, form)
    # The file is an official one, whatever language the person reads.
    with override("zh-hans"):
        name = _file_name(seen, found, home, on=on, form=form)
        sheets = [_sheet(seen, kind, home, by=by, on=on) for kind in found]
    detail = {"form": f"official.{form}", "filter": asked[:1000], "rows": count}
    audit.record(home or by, verb="export", by=by, detail=detail)
    lines = _csv_lines(sheets[0]) if form == "csv" else [official_book.workbook(sheets)]
    return GivenBack(name, _MEDIA_TYPES[form], lines)


def _require_possible(count: int, found: list[Kind], form: str) -> None:
    if not count:
        raise RuleViolation(
            _("No item in force matches: there is nothing to give back. Widen the filter.")
        )
    if form == "xlsx" and count > MAX_SHEET_ROWS:
        raise RuleViolation(
            _("%(count)s rows are too many for one workbook: narrow the filter, or use CSV.")
            % {"count": count}
        )
    if form == "csv" and len(found) > 1:
        raise RuleViolation(
            _("These items belong to several kinds of list: choose one kind, or use Excel.")
        )


def _sheet(
    seen: ListItemQuerySet, kind: Kind, home: ResponsibilityList | None, *, by: User, on: dt.date
) -> Sheet:
    own = seen.filter(list__kind=kind.code)
    keys = _keys(own)
    table = OfficialTable(kind, issued_on=home.issued_on if home else None)
    led = terms.led_by(by, own)
    return Sheet(
        name=str(kind.label)[:31],
        title=home.title if home else _title(own, kind),
        labels=table.labels,
        types=[column.type for column in kind.columns],
        rows=_rows(keys, table, led),
        note=f"注：本表按清单原格式导出，导出日期{on.isoformat()}，共{len(keys)}项。",
    )


def _rows(keys: list[int], table: OfficialTable, led: set[int] | None) -> Iterator[Row]:
    rows = ListItem.objects.select_related("list").defer("raw")
    for chunk in chunks(keys):
        items = rows.in_bulk(chunk)
        found = rebuilding.all_terms(table.kind, items.values())
        for key in chunk:
            hidden = terms.OWN_ONLY if led is not None and key not in led else frozenset()
            yield from table.rows(items[key], found[key], hidden=hidden)


def _keys(own: ListItemQuerySet) -> list[int]:
    """In the order of the lists; items that are alike in the order in which they were told apart,
    which is how the reader will tell them apart again."""
    ordered = own.order_by("list__batch", "list_id", "position", "pk")
    rows = list(ordered.values_list("pk", "list_id", "identity_hash"))
    alike: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place, (_pk, home, identity) in enumerate(rows):
        alike[home, identity[:_DIGEST]].append(place)
    keys = [pk for pk, _home, _identity in rows]
    for places in alike.values():
        in_turn = sorted(places, key=lambda place: _turn(rows[place][2]))
        for place, source in zip(places, in_turn, strict=True):
            keys[place] = rows[source][0]
    return keys


def _turn(identity: str) -> int:
    return int(identity.partition("+")[2] or 0)


def _title(own: ListItemQuerySet, kind: Kind) -> str:
    batches = sorted(set(own.order_by().values_list("list__batch", flat=True)))
    return f"{kind.label}（第{'、'.join(map(str, batches))}批）"


def _file_name(
    seen: ListItemQuerySet,
    found: list[Kind],
    home: ResponsibilityList | None,
    *,
    on: dt.date,
    form: str,
) -> str:
    """政务数据共享责任清单-第7批-20261125.xlsx"""
    batches = {home.batch} if home else set(seen.order_by().values_list("list__batch", flat=True))
    what = str(found[0].label) if len(found) == 1 else "责任清单"
    parts = [what, *(f"第{batch}批" for batch in batches if len(batches) == 1), f"{on:%Y%m%d}"]
    return re.sub(r'[\\/:*?"<>|]', "", "-".join(parts)) + f".{form}"


def _csv_lines(sheet: Sheet) -> Iterator[bytes]:
    """UTF-8 as Excel knows it; nothing in it becomes a formula."""
    line = io.StringIO()
    writer = csv.writer(line)
    yield "\ufeff".encode()
    above: list[Row] = [[sheet.title], [*sheet.labels]]
    below: list[Row] = [[sheet.note]]
    for cells in chain(above, sheet.rows, below):
        writer.writerow([marked(one) if isinstance(one, str) else one for one in cells])
        yield line.getvalue().encode("utf-8", "replace")
        line.seek(0)
        line.truncate()
