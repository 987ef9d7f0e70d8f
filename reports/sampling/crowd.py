"""Loads as many plausible obligations as asked, with a year of history, for load tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from django.db import transaction
from django.db.models import Max

from accounts.models import Level
from obligations import calendars, department_days, fulfilment
from obligations.models import ResponsibilityList
from reports.sampling import plots, population, province
from reports.sampling.judging import reason_of
from reports.sampling.lives import Life, Timeline
from reports.sampling.people import People
from reports.sampling.plots import Setting
from reports.sampling.population import Item, Owed
from reports.sampling.recording import Recorder

_HISTORY_DAYS = 370
_ITEMS_A_WRITE = 2_000
_TITLES = {
    "sharing": "【示例】政务数据共享责任清单（演示数据，压力测试用）",
    "docking": "【示例】垂直管理业务系统对接责任清单（演示数据，压力测试用）",
}


@transaction.atomic
def load(*, obligation_count: int, seed: int, today: dt.date) -> fulfilment.Checked:
    """Make the obligations with their history and totals; the check of today closes the load."""
    province.ensure()
    calendar, random = calendars.current(), Random(seed)
    setting = Setting(calendar, today, raised_on=today - dt.timedelta(days=_HISTORY_DAYS))
    timeline = Timeline(calendar, today=today, reason_of=reason_of())
    recorder = Recorder(People(), timeline, lists=_lists(seed))
    plot_names = _shuffled_plots(random)
    items = population.items(random, obligation_count=obligation_count)
    for number, item in enumerate(items, 1):
        lives = _live(item, random, setting, plot=next(plot_names))
        recorder.add(item, lives, number=number)
        if number % _ITEMS_A_WRITE == 0:
            recorder.write()
    recorder.finish()
    for day in _month_ends(today):
        department_days.record(as_of=day, today=today)
    return fulfilment.check(as_of=today, today=today)


def _shuffled_plots(random: Random) -> Iterator[str]:
    """Every plot in each hundred, in a new order each time."""
    while True:
        names = plots.plots_in_turn()
        random.shuffle(names)
        yield from names


def _live(item: Item, random: Random, setting: Setting, *, plot: str) -> list[tuple[Owed, Life]]:
    """The lives under one item: its lead's plot; all fall due on the lead's day."""
    lead = next((owed for owed in item.owed if not owed.external), None)
    if lead is None:
        plot = "overdue"
    first = plots.tell(plot, random, setting)
    same = replace(setting, due_on=first.due_on)
    return [(owed, _life_of(owed, lead, first, random, same, plot=plot)) for owed in item.owed]


def _life_of(
    owed: Owed, lead: Owed | None, first: Life, random: Random, setting: Setting, *, plot: str
) -> Life:
    if owed.external:
        return plots.external(setting)
    return first if owed is lead else plots.tell(plot, random, setting)


def _lists(seed: int) -> dict[str, int]:
    """A new list of each kind; batches go on from the highest."""
    keys = {}
    for kind, title in _TITLES.items():
        highest = ResponsibilityList.objects.aggregate(highest=Max("batch"))["highest"] or 0
        made = ResponsibilityList.objects.create(
            kind=kind,
            level=Level.PROVINCE,
            issuer="【示例】",
            batch=highest + 1,
            title=f"{title}{seed}",
            is_demo=True,
        )
        keys[kind] = made.pk
    return keys


def _month_ends(today: dt.date) -> list[dt.date]:
    """The last days of the twelve months before this one, oldest first."""
    days, first = [], today.replace(day=1)
    for _month in range(12):
        last = first - dt.timedelta(days=1)
        days.append(last)
        first = last.replace(day=1)
    return days[::-1]
