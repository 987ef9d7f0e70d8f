"""Takes a snapshot's day once more from history, and says where it comes out otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from obligations.models import ObligationState
from reports import snapshots
from reports.models import FigureLine, ObligationLine, Snapshot
from reports.scopes import Scope
from reports.verifying import words
from reports.verifying.verdicts import Verdict

# More than these are counted, not listed.
LISTED = 100
_CHUNK = 2_000
_NAMES = ("department_name", "title", "department_id", "list_id")
_Line = dict[str, Any]


@dataclass
class _Differing:
    """Obligations that history tells otherwise, by the groups in which they count."""

    count: int = 0
    # (grouping, key) -> whether all of them were recorded since.
    since: dict[tuple[str, str], bool] = field(default_factory=dict)

    def add(self, line: _Line, *, since: bool) -> None:
        self.count += 1
        for group in (
            (FigureLine.Grouping.WHOLE, ""),
            (FigureLine.Grouping.KIND, line["kind"]),
            (FigureLine.Grouping.DEPARTMENT, str(line["department_id"])),
            (FigureLine.Grouping.LIST, str(line["list_id"])),
            *((FigureLine.Grouping.SCENE, name) for name in ["", *line["scenes"].split("、")]),
        ):
            self.since[group] = self.since.get(group, True) and since


def compare(snapshot: Snapshot, *, today: dt.date, verdict: Verdict) -> None:
    """Figures and obligations of the snapshot against those that its day gives now."""
    # Taken by the same code and undone, so that nothing is compared but what was recorded.
    with transaction.atomic():
        anew = snapshots.take(
            as_of=snapshot.as_of, today=today, by=None, scope=Scope.of_row(snapshot)
        )
        differing = _compare_lines(snapshot, anew, verdict)
        _compare_figures(snapshot, anew, differing, verdict)
        _compare_rules(snapshot, anew, verdict)
        transaction.set_rollback(True)


def _compare_lines(snapshot: Snapshot, anew: Snapshot, verdict: Verdict) -> _Differing:
    found = _Differing()
    late = _recorded_since(snapshot)
    for pk, before, now in _side_by_side(_rows(snapshot), _rows(anew)):
        if all(before.get(name) == now.get(name) for name in words.FACTS):
            continue
        since = pk in late
        found.add(before or now, since=since)
        if found.count <= LISTED:
            _add_line(verdict, pk, before, now, since=since)
    if found.count > LISTED:
        text = _("%(count)s more obligations stand otherwise in history.")
        rest = found.count - LISTED
        every = found.since[FigureLine.Grouping.WHOLE, ""]
        verdict.add("history", text % {"count": rest}, recorded_since=every)
    return found


def _recorded_since(snapshot: Snapshot) -> set[int]:
    """Obligations whose facts of the day were put on record after the snapshot was taken."""
    states = ObligationState.objects.at(snapshot.as_of).filter(recorded_at__gt=snapshot.taken_at)
    return set(states.values_list("obligation_id", flat=True))


def _rows(snapshot: Snapshot) -> Iterator[tuple[int, _Line]]:
    names = ("obligation_id", "kind", "scenes", *_NAMES, *words.FACTS)
    lines = ObligationLine.objects.filter(snapshot=snapshot).order_by("obligation_id")
    for row in lines.values(*names).iterator(chunk_size=_CHUNK):
        yield row["obligation_id"], row


def _side_by_side(
    one: Iterator[tuple[int, _Line]], two: Iterator[tuple[int, _Line]]
) -> Iterator[tuple[int, _Line, _Line]]:
    """Both in step by obligation; an empty line where only the other has it."""
    left, right = next(one, None), next(two, None)
    while left or right:
        keys = [side[0] for side in (left, right) if side]
        pk = min(keys)
        before = left[1] if left and left[0] == pk else {}
        now = right[1] if right and right[0] == pk else {}
        yield pk, before, now
        left = next(one, None) if before else left
        right = next(two, None) if now else right


def _add_line(verdict: Verdict, pk: int, before: _Line, now: _Line, *, since: bool) -> None:
    line = before or now
    facts = {
        name: {"file": before.get(name), "history": now.get(name)}
        for name in words.FACTS
        if before.get(name) != now.get(name)
    }
    told = "；".join(words.change(name, **pair) for name, pair in facts.items())
    if not before or not now:
        told = words.only_now() if not before else words.only_before()
    text = _("Obligation %(number)s of %(department)s, “%(title)s”: %(told)s. %(since)s")
    shown = {
        "number": pk,
        "department": line["department_name"],
        "title": line["title"],
        "told": told,
        "since": words.since(since),
    }
    verdict.add("history", text % shown, obligation=pk, facts=facts, recorded_since=since)


def _compare_figures(
    snapshot: Snapshot, anew: Snapshot, differing: _Differing, verdict: Verdict
) -> None:
    before, now = _figures(snapshot), _figures(anew)
    told = (
        (group, figure, getattr(before.get(group), figure, 0), getattr(now.get(group), figure, 0))
        for group in sorted({*before, *now})
        for figure in words.FIGURES
    )
    others = (one for one in told if one[2] != one[3])
    for group, figure, says, said in islice(others, LISTED):
        since = differing.since.get(group, False)
        named = before.get(group) or now[group]
        text = _(
            "%(group)s, %(figure)s: the report says %(says)s, history says %(said)s. %(since)s"
        )
        shown = {"group": words.group(named), "figure": words.FIGURES[figure]}
        facts = {"group": shown["group"], "figure": figure, "file": says, "history": said}
        shown |= {"says": str(says), "said": str(said), "since": words.since(since)}
        verdict.add("history", text % shown, **facts, recorded_since=since)


def _figures(snapshot: Snapshot) -> dict[tuple[str, str], FigureLine]:
    return {(line.grouping, line.key): line for line in snapshot.figures.all()}


def _compare_rules(snapshot: Snapshot, anew: Snapshot, verdict: Verdict) -> None:
    """Not what the file says of its day, but by what the day is judged now."""
    for name, label in words.RULES.items():
        before, now = getattr(snapshot, name), getattr(anew, name)
        if before != now:
            text = _("%(label)s of the day was “%(before)s”, and is now “%(now)s”.")
            verdict.notes.append(text % {"label": label, "before": before, "now": now})
