"""The plots of invented lives: each drives one life, most of them to where it stands today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from obligations.workdays import Calendar
from reports.sampling.lives import Life


@dataclass(frozen=True)
class Setting:
    """What a life starts from; lists were imported on `raised_on`.

    `due_on` is given to those who support under an item: they fall due with its lead.
    """

    calendar: Calendar
    today: dt.date
    raised_on: dt.date
    due_on: dt.date | None = None
    # Days that may pass until it is issued, and again until it is accepted.
    patience: int = 12


Plot = Callable[[Random, Setting], Life]


def tell(plot: str, random: Random, setting: Setting) -> Life:
    """A life by the name of its plot."""
    return _PLOTS[plot][1](random, setting)


def plots_in_turn() -> list[str]:
    """A hundred names of plots, each as often as it is common."""
    return [name for name, (weight, _plot) in _PLOTS.items() for _time in range(weight)]


def external(setting: Setting) -> Life:
    """What a central body owes: only its opening is recorded, its light is grey."""
    due_on = setting.due_on
    return Life(setting.calendar, setting.today, setting.raised_on, due_on, external=True)


def _days(random: Random, first: int, last: int) -> dt.timedelta:
    return dt.timedelta(days=random.randint(first, last))


def _life(random: Random, setting: Setting, *, due: tuple[int, int] | None) -> Life:
    """A draft that falls due so many days from today (None: 持续推进)."""
    due_on = setting.due_on or setting.today + _days(random, *due) if due else None
    return Life(setting.calendar, setting.today, setting.raised_on, due_on)


def _begun(random: Random, setting: Setting, *, due: tuple[int, int] | None) -> Life:
    """Issued in the list's first weeks and accepted."""
    life = _life(random, setting, due=due)
    issued_on = setting.raised_on + _days(random, 0, setting.patience)
    life.issue(issued_on)
    life.accept(issued_on + _days(random, 1, setting.patience + 1))
    return life


def _claimed(life: Life, on: dt.date, random: Random) -> dt.date:
    """Claimed and endorsed by a day; returns the day of the endorsement."""
    life.claim(on - _days(random, 0, 3))
    life.endorse(on)
    return on


def _verified_in_time(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(-300, 40))
    on = _claimed(life, _due(life) - _days(random, 4, 40), random)
    life.verify(on + _days(random, 1, 8))
    return life


def _verified_late(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(-280, -40))
    on = _claimed(life, _due(life) + _days(random, 4, 30), random)
    life.verify(on + _days(random, 1, 5))
    return life


def _verified_after_return(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(-250, -30))
    on = _claimed(life, _due(life) - _days(random, 4, 20), random) + _days(random, 3, 7)
    life.send_back(on)
    again = on + _days(random, 2, 10)
    life.claim(again)
    life.endorse(again + _days(random, 0, 2))
    life.verify(again + _days(random, 4, 8))
    return life


def _overdue(random: Random, setting: Setting) -> Life:
    return _begun(random, setting, due=(-150, -1))


def _begun_only(random: Random, setting: Setting) -> Life:
    return _begun(random, setting, due=(0, 5))


def _on_course(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(20, 365))
    if random.random() < 0.5:
        life.plan(setting.raised_on + _days(random, 40, 90), planned_on=_due(life))
    return life


def _plan_passed(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(20, 200))
    planned_on = setting.today - _days(random, 1, 40)
    life.plan(setting.today - _days(random, 60, 120), planned_on=planned_on)
    return life


def _not_accepted(random: Random, setting: Setting) -> Life:
    life = _life(random, setting, due=(10, 300))
    life.issue(setting.today - _days(random, 3, 20))
    return life


def _draft(random: Random, setting: Setting) -> Life:
    return _life(random, setting, due=(30, 365))


def _unendorsed(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(-10, 30))
    life.claim(setting.today - _days(random, 3, 6))
    return life


def _waiting(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(1, 60))
    _claimed(life, setting.today - _days(random, 3, 9), random)
    return life


def _claimed_late(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(-60, -14))
    _claimed(life, setting.today - _days(random, 3, 6), random)
    return life


def _mending(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(-3, 20))
    _claimed(life, setting.today - _days(random, 14, 18), random)
    life.send_back(setting.today - _days(random, 3, 4))
    return life


def _blocked(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(-80, 60))
    life.block(setting.today - _days(random, 4, 100))
    return life


def _unblocked(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(-100, 60))
    life.block(_due(life) - _days(random, 10, 40))
    life.lift(_due(life) + _days(random, 0, 20))
    return life


def _exempt(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(-200, 200))
    life.exempt(setting.today - _days(random, 30, 200))
    return life


def _exempt_until(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(-200, 200))
    until_on = setting.today + _days(random, -60, 90)
    life.exempt(setting.today - _days(random, 100, 200), until_on=until_on)
    return life


def _withdrawn(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(-100, 300))
    life.withdraw(setting.today - _days(random, 5, 200))
    return life


def _reopened(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=(-250, -120))
    on = _claimed(life, _due(life) - _days(random, 4, 20), random)
    life.verify(on + _days(random, 1, 5))
    life.reopen(setting.today - _days(random, 3, 40))
    return life


def _ongoing(random: Random, setting: Setting) -> Life:
    life = _begun(random, setting, due=None)
    if random.random() < 0.4:
        on = _claimed(life, setting.today - _days(random, 20, 200), random)
        life.verify(on + _days(random, 1, 5))
    return life


def _due(life: Life) -> dt.date:
    if life.due_on is None:
        raise ValueError("this plot needs a life with a due day")
    return life.due_on


_PLOTS: dict[str, tuple[int, Plot]] = {
    "verified_in_time": (28, _verified_in_time),
    "verified_late": (8, _verified_late),
    "verified_after_return": (5, _verified_after_return),
    "overdue": (10, _overdue),
    "begun": (5, _begun_only),
    "on_course": (14, _on_course),
    "plan_passed": (4, _plan_passed),
    "not_accepted": (4, _not_accepted),
    "draft": (2, _draft),
    "unendorsed": (2, _unendorsed),
    "waiting": (3, _waiting),
    "claimed_late": (2, _claimed_late),
    "mending": (2, _mending),
    "blocked": (3, _blocked),
    "unblocked": (1, _unblocked),
    "exempt": (1, _exempt),
    "exempt_until": (1, _exempt_until),
    "withdrawn": (1, _withdrawn),
    "reopened": (1, _reopened),
    "ongoing": (3, _ongoing),
}
