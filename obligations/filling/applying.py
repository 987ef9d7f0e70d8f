"""Does what a person confirmed, through the processes that pages and API call; all or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import User
from obligations import completion, dispatch, evidence
from obligations.evidence import NewEvidence
from obligations.filling import columns, saying
from obligations.filling.comparing import Change
from obligations.filling.saying import Statement
from obligations.models import Obligation
from obligations.tables.findings import Problem

MINE, THEIRS = "mine", "theirs"


class RowsRefused(Exception):
    """Rules refused rows; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(len(problems))
        self.problems = list(problems)


def undecided(changes: Iterable[Change], choices: Mapping[str, str]) -> list[Change]:
    """Rows with conflicts of which nobody has said whose word holds."""
    return [one for one in changes if one.conflicts and not choices.get(str(one.pk))]


def apply(
    changes: Sequence[Change],
    choices: Mapping[str, str],
    *,
    by: User,
    on: dt.date,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Write everything in one transaction; how many rows changed. Raises RowsRefused."""
    plans: dict[int, tuple[int, Mapping[str, Any]]] = {}
    for change in changes:
        planned = _planned(change, choices)
        if planned:
            plans[change.pk] = (change.version, planned)
    changed = set(plans)
    with transaction.atomic():
        _plan(plans, changes, by=by, on=on)
        changed |= _say(changes, choices, by=by, on=on)
        further = [one for one in changes if _has_more(one, choices)]
        problems: list[Problem] = []
        for done, change in enumerate(further):
            progress(done, len(further))
            problems += _refusal(change, plans, by=by, on=on)
            changed.add(change.pk)
        if problems:
            raise RowsRefused(problems)
    return len(changed)


def rehearse(
    changes: Sequence[Change],
    *,
    by: User,
    on: dt.date,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Problem]:
    """What the rules of answers, claims and evidence would refuse: done and taken back."""
    problems = _rehearse_said(changes, by=by, on=on)
    further = [one for one in changes if one.claims or one.evidence]
    for done, change in enumerate(further):
        progress(done, len(further))
        with transaction.atomic():
            problems += _refusal(change, {}, by=by, on=on)
            transaction.set_rollback(True)
    return problems


def _plan(
    plans: Mapping[int, tuple[int, Mapping[str, Any]]],
    changes: Sequence[Change],
    *,
    by: User,
    on: dt.date,
) -> None:
    if not plans:
        return
    try:
        dispatch.plan_each(plans, by=by, on=on)
    except RuleViolation as refusal:
        raise RowsRefused(_refused(refusal, changes)) from refusal


def _refused(
    refusal: RuleViolation, changes: Sequence[Change], *, column: str = ""
) -> list[Problem]:
    """Of an act on many: each row that refuses, with its reason."""
    rows = {change.pk: change.row for change in changes}
    refused = refusal.facts.get("refused", [{"id": 0, "why": refusal.sentence}])
    return [Problem(rows.get(one["id"]), column, "refused", one["why"]) for one in refused]


def _say(
    changes: Sequence[Change], choices: Mapping[str, str], *, by: User, on: dt.date
) -> set[int]:
    """Answer the round; the keys of the rows that do."""
    said: dict[int, Statement] = {}
    answering = set()
    for change in changes:
        conflicting = bool(change.conflicts.keys() & change.said)
        if change.asked is None or (conflicting and choices.get(str(change.pk)) != MINE):
            continue
        answering.add(change.pk)
        said[change.asked] = _statement(change)
    if said:
        try:
            saying.answer_each(said, by=by, on=on)
        except RuleViolation as refusal:
            problems = _refused(refusal, changes, column=columns.SAID)
            raise RowsRefused(problems) from refusal
    return answering


def _rehearse_said(changes: Sequence[Change], *, by: User, on: dt.date) -> list[Problem]:
    mine = {str(change.pk): MINE for change in changes}
    try:
        with transaction.atomic():
            _say(changes, mine, by=by, on=on)
            transaction.set_rollback(True)
    except RowsRefused as refused:
        return refused.problems
    return []


def _statement(change: Change) -> Statement:
    """Words without a choice go on with what was chosen before: that they changed."""
    word = change.said.get("said", columns.SAID_WORDS["changed"])
    [kind] = (code for code, label in columns.SAID_WORDS.items() if label == word)
    texts = {name: text for name, text in change.said.items() if name != "said"}
    return Statement(change.asked_version, kind, texts)


def _planned(change: Change, choices: Mapping[str, str]) -> dict[str, Any]:
    """The plan's fields that change: untouched by others, or decided for the file."""
    said = {name: after for name, (_before, after) in change.fields.items()}
    if choices.get(str(change.pk)) == MINE:
        said |= {name: mine for name, (_base, _now, mine) in change.conflicts.items()}
    planned: dict[str, Any] = {
        name: value for name, value in said.items() if name in columns.PLAN_FIELDS
    }
    if "planned_on" in planned:
        day = planned["planned_on"]
        planned["planned_on"] = dt.date.fromisoformat(day) if day else None
    return planned


def _has_more(change: Change, choices: Mapping[str, str]) -> bool:
    """A claim or evidence, unless the person let the other's word hold about the claim."""
    dropped = "done" in change.conflicts and choices.get(str(change.pk)) == THEIRS
    return bool(change.claims or change.evidence) and not dropped


def _refusal(
    change: Change,
    plans: Mapping[int, tuple[int, Mapping[str, Any]]],
    *,
    by: User,
    on: dt.date,
) -> list[Problem]:
    """Claim, or attach evidence; what the rule says against it."""
    version = change.version + (change.pk in plans)
    row = Obligation.objects.get(pk=change.pk)
    pieces = [_piece(*piece) for piece in change.evidence]
    try:
        with transaction.atomic():
            if change.claims:
                completion.claim(
                    row, by=by, on=on, note=change.note, with_evidence=pieces, version=version
                )
            else:
                evidence.attach(row, *pieces, by=by, on=on, version=version)
    except RuleViolation as refusal:
        column = columns.DONE if change.claims else columns.PROOF[0].label
        return [Problem(change.row, column, "refused", refusal.sentence)]
    return []


def _piece(kind: str, text: str, first: str = "", last: str = "") -> NewEvidence:
    days = [dt.date.fromisoformat(day) if day else None for day in (first, last)]
    return NewEvidence(kind, text=text, period_from=days[0], period_to=days[1])


def require_decided(changes: Sequence[Change], choices: Mapping[str, str]) -> None:
    """Raise RuleViolation naming the rows whose conflict nobody has decided."""
    open_rows = undecided(changes, choices)
    if open_rows:
        raise RuleViolation(
            _("Say first whose word holds where others changed the same: rows %(rows)s.")
            % {"rows": "、".join(str(one.row) for one in open_rows[:20])},
            facts={"undecided": [one.pk for one in open_rows]},
        )
