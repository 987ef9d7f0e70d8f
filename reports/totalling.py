"""Figure lines from a snapshot's frozen obligation lines: the whole, and by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from obligations import indicators
from obligations.kinds import kinds
from obligations.models import Duty, ListItem, Status
from reports.models import FigureLine, ObligationLine, Snapshot
from reports.scopes import Scope
from reports.snapshot_states import require_draft

_WORKING = (Status.ISSUED, Status.IN_PROGRESS, Status.CLAIMED, Status.ENDORSED)
# Numbers of a figure line that `_aggregates` yields under n_….
_NUMBERS = (
    *indicators.COUNTED,
    *map(str, _WORKING),
    *("docking", "docking_verified", "item_count", "decided", "decided_in_time"),
)
_Group = tuple[str, str, int, str]


def total(snapshot: Snapshot, *, scope: Scope) -> None:
    """Write every figure line of the snapshot."""
    require_draft(snapshot)
    lines = ObligationLine.objects.filter(snapshot=snapshot)
    idle = _idle_items(snapshot, lines=lines, scope=scope)
    made = [
        _line(snapshot, FigureLine.Grouping.WHOLE, ("", "", 0, ""), _whole(lines, snapshot), idle),
        *_by_kind(snapshot, lines, idle),
        *_by_department(snapshot, lines),
        *_by_list(snapshot, lines, idle),
        *_by_scene(snapshot, lines),
    ]
    FigureLine.objects.bulk_create(made, batch_size=500)


def _aggregates(snapshot: Snapshot) -> dict[str, Any]:
    counted = Q(counted=True)
    connects = counted & Q(duty=Duty.CONNECT)
    return {
        **indicators.totals(snapshot.as_of),
        **{f"n_{status}": Count("pk", filter=counted & Q(status=status)) for status in _WORKING},
        "n_docking": Count("pk", filter=connects),
        "n_docking_verified": Count("pk", filter=connects & Q(status=Status.VERIFIED)),
        "n_item_count": Count("item_id", distinct=True),
        "n_decided": Sum("decided_count", filter=counted),
        "n_decided_in_time": Sum("decided_in_time_count", filter=counted),
    }


def _numbers(row: dict[str, Any]) -> Counter[str]:
    return Counter({name: row[f"n_{name}"] or 0 for name in _NUMBERS})


def _whole(lines: QuerySet[ObligationLine], snapshot: Snapshot) -> Counter[str]:
    return _numbers(lines.aggregate(**_aggregates(snapshot)))


def _by_kind(
    snapshot: Snapshot, lines: QuerySet[ObligationLine], idle: dict[int, tuple[str, int]]
) -> Iterable[FigureLine]:
    found = {row["kind"]: row for row in _grouped(lines, snapshot, "kind")}
    for position, kind in enumerate(kinds().values()):
        if kind.code in found:
            of_kind = {pk: each for pk, each in idle.items() if each[0] == kind.code}
            group = (kind.code, str(kind.label), position, kind.code)
            numbers = _numbers(found[kind.code])
            yield _line(snapshot, FigureLine.Grouping.KIND, group, numbers, of_kind)


def _by_department(snapshot: Snapshot, lines: QuerySet[ObligationLine]) -> Iterable[FigureLine]:
    # Central bodies are outside the province's rates.
    own = lines.filter(external=False)
    keys = ("department_id", "department_name", "department_position")
    for row in _grouped(own, snapshot, *keys):
        group = (str(row[keys[0]]), row[keys[1]], row[keys[2]], "")
        yield _line(snapshot, FigureLine.Grouping.DEPARTMENT, group, _numbers(row))


def _by_list(
    snapshot: Snapshot, lines: QuerySet[ObligationLine], idle: dict[int, tuple[str, int]]
) -> Iterable[FigureLine]:
    for row in _grouped(lines, snapshot, "list_id", "list_title", "batch", "kind"):
        of_list = {pk: each for pk, each in idle.items() if pk == row["list_id"]}
        group = (str(row["list_id"]), row["list_title"], row["batch"], row["kind"])
        yield _line(snapshot, FigureLine.Grouping.LIST, group, _numbers(row), of_list)


def _by_scene(snapshot: Snapshot, lines: QuerySet[ObligationLine]) -> Iterable[FigureLine]:
    """An obligation counts under each scene of its item, and once in the line without a name."""
    with_scenes = lines.exclude(scenes="")
    yield _line(snapshot, FigureLine.Grouping.SCENE, ("", "", 0, ""), _whole(with_scenes, snapshot))
    found: dict[str, Counter[str]] = {}
    for row in _grouped(with_scenes, snapshot, "scenes"):
        for scene in {name for name in row["scenes"].split("、") if name}:
            found.setdefault(scene, Counter()).update(_numbers(row))
    for position, scene in enumerate(sorted(found), 1):
        group = (scene[:200], scene, position, "")
        yield _line(snapshot, FigureLine.Grouping.SCENE, group, found[scene])


def _grouped(
    lines: QuerySet[ObligationLine], snapshot: Snapshot, *keys: str
) -> Iterable[dict[str, Any]]:
    rows: Iterable[dict[str, Any]] = (
        lines.order_by().values(*keys).annotate(**_aggregates(snapshot))
    )
    return rows


def _idle_items(
    snapshot: Snapshot, *, lines: QuerySet[ObligationLine], scope: Scope
) -> dict[int, tuple[str, int]]:
    """(kind, number of items) by list: items under which nobody owes anything (不予共享)."""
    items = ListItem.objects.filter(
        Q(withdrawn_on=None) | Q(withdrawn_on__gt=snapshot.as_of),
        list__in=lines.order_by().values("list_id"),
        obligations=None,
    )
    items = scope.of_items(items)
    rows = items.order_by().values("list_id", kind=F("list__kind")).annotate(count=Count("pk"))
    return {row["list_id"]: (row["kind"], row["count"]) for row in rows}


def _line(
    snapshot: Snapshot,
    grouping: str,
    group: _Group,
    numbers: Counter[str],
    idle: dict[int, tuple[str, int]] | None = None,
) -> FigureLine:
    key, name, position, kind = group
    return FigureLine(
        snapshot=snapshot,
        grouping=grouping,
        key=key,
        name=name,
        position=position,
        kind=kind,
        idle_item_count=sum(count for _kind, count in (idle or {}).values()),
        **{name: numbers[name] for name in _NUMBERS},
    )
