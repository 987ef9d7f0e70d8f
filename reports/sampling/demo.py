"""The demonstration province: real import, real verbs, judged history of the past year."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from random import Random

from django.db import connection, transaction

from accounts.models import Department, Level
from obligations import calendars, dispatch, fulfilment, importing
from obligations.importing import Target
from obligations.importing.local import read_file
from obligations.kinds import kinds
from obligations.models import Obligation, ResponsibilityList
from reports.sampling import (
    applying,
    delivering,
    docking,
    hearing,
    planning,
    plots,
    probing,
    province,
    reminding,
    requesting,
)
from reports.sampling.acting import Stage
from reports.sampling.lives import Life
from reports.sampling.plots import Setting
from reports.sampling.staff import Staff

ISSUER, BATCH = "示例省", 1
FILES = {"sharing": "sharing-list.xlsx", "docking": "docking-list.xlsx"}
# The import lies in the past, so that a whole year of history follows it.
_RAISED_DAYS_AGO = 380
_CHECKED_DAYS = 7
_SEED = 809
_ONE_DAY = dt.timedelta(days=1)
# Up to so many days after today an obligation falls due, and the plots that suit it, in turn.
_PLOTS_BY_DUE_DAY: tuple[tuple[int, str], ...] = (
    (
        -61,
        "verified_in_time overdue verified_in_time verified_late verified_in_time blocked "
        "verified_in_time verified_after_return verified_in_time reopened overdue "
        "verified_in_time exempt verified_in_time unblocked verified_late verified_in_time "
        "withdrawn verified_in_time overdue",
    ),
    (-15, "claimed_late overdue verified_in_time verified_late overdue verified_in_time blocked"),
    (-1, "mending overdue verified_in_time unendorsed"),
    (6, "begun waiting begun unendorsed"),
    (60, "waiting mending on_course unendorsed verified_in_time blocked on_course"),
    (
        9999,
        "on_course draft begun plan_passed begun not_accepted begun blocked begun "
        "on_course begun not_accepted begun plan_passed begun exempt_until",
    ),
)
_Acted = tuple[Obligation, Life]


def is_loaded() -> bool:
    """Whether the demonstration's lists are there already."""
    return ResponsibilityList.objects.filter(issuer=ISSUER, batch=BATCH, is_demo=True).exists()


@transaction.atomic
def load(*, today: dt.date) -> fulfilment.Checked:
    """Import both sample lists and let a year pass. The accounts are there already."""
    raised_on = calendars.current().roll_on(today - dt.timedelta(days=_RAISED_DAYS_AGO))
    people = Staff()
    for kind, name in FILES.items():
        _import(kind, province.FOLDER / name, people, today=today, raised_on=raised_on)
    delivering.begin(today=today)
    acted = list(_lives(Setting(calendars.current(), today, raised_on, patience=0)))
    begun = _begin(acted, people)
    stage = Stage(people)
    for obligation, life in acted:
        stage.play(obligation, life.acts[begun[obligation.pk] :])
    _record_openings(people, after=raised_on)
    delivering.deliver(people, today=today)
    applying.apply(people, today=today)
    hearing.hear(people, today=today)
    _tell_planner()
    _judge_past(today, since=raised_on)
    # Objections are made to the red lights of today; what is asked then moves some of them.
    fulfilment.judge(as_of=today, today=today)
    requesting.ask(people, today=today)
    probing.show(docking.show(today=today), people)
    checked = fulfilment.check(as_of=today, today=today)
    planning.plan(people, today=today)
    reminding.remind(today=today)
    return checked


def _import(kind: str, path: Path, people: Staff, *, today: dt.date, raised_on: dt.date) -> None:
    reading, data = read_file(path, kind=kinds()[kind], on=today)
    importing.apply(
        reading,
        target=Target(BATCH, Level.PROVINCE, ISSUER),
        by=people.coordinator,
        on=raised_on,
        source_name=path.name,
        source_sha256=hashlib.sha256(data).hexdigest(),
    )


def _lives(setting: Setting) -> Iterator[_Acted]:
    """A life for each obligation of our own, by the day on which it falls due."""
    random = Random(_SEED)
    turns = {last: cycle(names.split()) for last, names in _PLOTS_BY_DUE_DAY}
    own = Obligation.objects.filter(item__list__issuer=ISSUER, item__list__batch=BATCH)
    for obligation in own.filter(external=False).select_related("department").order_by("pk"):
        plot = "ongoing"
        if obligation.due_on:
            days = (obligation.due_on - setting.today).days
            plot = next(turns[next(last for last in turns if days <= last)])
        life = plots.tell(plot, random, replace(setting, due_on=obligation.due_on))
        yield obligation, life


def _begin(acted: Sequence[_Acted], people: Staff) -> dict[int, int]:
    """Issue and accept together what begins on the same days; how many acts that were, by key."""
    together: dict[int, int] = {}
    issued: dict[dt.date, list[int]] = defaultdict(list)
    accepted: dict[tuple[dt.date, Department], list[int]] = defaultdict(list)
    for obligation, life in acted:
        verbs = [verb for _day, verb, _until in life.acts[:2]]
        together[obligation.pk] = 2 if verbs == ["issue", "accept"] else 0
        if together[obligation.pk]:
            issued[life.acts[0][0]].append(obligation.pk)
            accepted[life.acts[1][0], obligation.department].append(obligation.pk)
    for day, keys in issued.items():
        rows = Obligation.objects.filter(pk__in=keys)
        dispatch.issue_many(rows, by=people.coordinator, on=day)
    for (day, department), keys in accepted.items():
        rows = Obligation.objects.filter(pk__in=keys)
        dispatch.accept_many(rows, by=people.officer(department), on=day)
    return together


def _record_openings(people: Staff, *, after: dt.date) -> None:
    """Every fifth of what central bodies owe was opened some weeks after the import."""
    external = Obligation.objects.filter(external=True, item__list__issuer=ISSUER)
    for number, obligation in enumerate(external.order_by("pk")):
        if number % 5 == 0:
            on = calendars.current().add(after, 20 + number)
            note = "【示例】国家平台目录已发布，接口可调用"
            dispatch.record_opening(
                obligation, by=people.coordinator, on=on, opened_on=on, note=note
            )


def _tell_planner() -> None:
    """PostgreSQL knows nothing of what this transaction wrote, and would read whole tables for each
    row that is checked."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _judge_past(today: dt.date, *, since: dt.date) -> None:
    """Every past day's lights; findings and totals of the ends of months and of the last days."""
    for ago in range((today - since).days, 0, -1):
        day = today - _ONE_DAY * ago
        if ago <= _CHECKED_DAYS or (day + _ONE_DAY).day == 1:
            fulfilment.check(as_of=day, today=today)
        else:
            fulfilment.judge(as_of=day, today=today)
