"""What differs between kinds of list, as data: one frozen Kind value each, named in settings."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User
    from obligations.checks import Check
    from obligations.contradictions import Contradiction
    from obligations.indicators import Figure
    from obligations.models import Obligation
    from obligations.models.obligation import ObligationQuerySet
    from obligations.reminding.source import Source

ColumnType = Literal[
    "serial",  # text, kept as written
    "name",  # text up to 500 characters
    "text",  # text up to 4,000 characters
    "code",  # text up to 500 characters, never a number
    "body",  # names one department
    "bodies",  # names any number of departments
    "items",  # 信息项: several names in one cell
    "choice",  # one label of `choices`
    "choices",  # several labels of `choices`
    "deadline",  # a date, or words that mean one
    "scenes",  # 一件事, several in one cell
    "security",  # 密级
]


@dataclass(frozen=True)
class Column:
    """One column of an official table. `field` is an attribute of the item or of its terms."""

    field: str
    label: str
    type: ColumnType = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    # Required as well where this says so of the row's values by field.
    required_when: Callable[[Mapping[str, object]], bool] | None = None
    # Stored value -> (label, other ways to write it).
    choices: Mapping[str, tuple[str, tuple[str, ...]]] = dataclasses.field(default_factory=dict)
    on_item: bool = False
    # A further text field of the terms that keeps what was written, where 其他 was chosen.
    text_field: str = ""

    def label_of(self, value: str) -> str:
        """The official label of a stored choice; the value itself when it is not one."""
        found = self.choices.get(value)
        return found[0] if found else value


@dataclass(frozen=True)
class Duty:
    """One obligation that a new item makes: who owes what, in which role."""

    department_id: int
    duty: str
    role_in_item: str
    external: bool = False


@dataclass(frozen=True)
class Panel:
    """What a kind shows on the page of an obligation: a template and what it says, or None."""

    template: str
    context: Callable[[Obligation, User, dt.date], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that an indicator counts, under which obligation, and how much of it."""

    obligation_id: int
    figure: Figure
    # What it is, where it is not the obligation itself: its key, and in words.
    subject_id: int = 0
    subject: str = ""
    due_on: dt.date | None = None
    done_on: dt.date | None = None


@dataclass(frozen=True)
class Indicator:
    """A rate that a kind adds to those that every kind has, such as 接口可用率."""

    code: str
    label: Promise | str
    # The rule that it rests on and what it counts, in a sentence.
    source: Promise | str
    # (applicable obligations that the reader may see, day, the path from an obligation to its
    # group) -> figure of each group. Kinds that share a code add up to one indicator.
    figures: Callable[[ObligationQuerySet, dt.date, str], Mapping[Any, Figure]]
    # (such obligations, day, "numerator" or "denominator") -> those that the part counts; None
    # where it counts something else than obligations.
    rows: Callable[[ObligationQuerySet, dt.date, str], ObligationQuerySet] | None = None
    # The page that lists what its parts count, where these are no obligations: it takes the filters
    # of the table with `indicator`, `part` and `on`.
    page: str = ""
    # (such obligations, day) -> figure of each: it then counts in the score, 更新与可用.
    of_each: Callable[[ObligationQuerySet, dt.date], Mapping[int, Figure]] | None = None
    # (such obligations, day) -> what it counts, one by one, where that is something else again.
    each: Callable[[ObligationQuerySet, dt.date], Iterable[Counted]] | None = None
    # The scheduled work that brings the figure: where it is late, the figure is not checked.
    job: str = ""


# 接口可用率: kinds count it by what they see of interfaces, by probes or by calls.
AVAILABILITY_CODE = "availability"
AVAILABILITY_LABEL = _("Interface availability")
AVAILABILITY_MEANING = _("successful probes and calls / those that could tell, over 30 days")
AVAILABILITY_DAYS = 30


@dataclass(frozen=True)
class Kind:
    """A kind of responsibility list."""

    code: str
    label: Promise | str
    terms_model: str
    columns: tuple[Column, ...]
    title: str
    body: str
    identity: tuple[str, ...]
    # (values by field, with Bodies in "body"/"bodies" columns; the counterpart of a
    # central body) -> duties, and the central bodies that have no counterpart.
    fan_out: Callable[..., tuple[list[Duty], list[str]]]
    checks: tuple[Check, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    # Terms of an item -> the duties that such a row does not create.
    duties_without: Callable[[Any], frozenset[str]] = lambda _terms: frozenset()
    # After an act on rows of this kind, before they are saved: sets judged dates of theirs.
    follow: Callable[[Sequence[Obligation], dt.date], None] | None = None
    # After a calendar or a rule changed: counts the kind's own dates anew; how many moved.
    recount: Callable[[dt.date], int] | None = None
    panels: tuple[Panel, ...] = ()
    # What people are reminded of beside what every kind has.
    reminders: tuple[Source, ...] = ()
    # Further accessors of the item, one-to-one, that the panels read.
    item_joins: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column of a field; KeyError where there is none."""
        return {column.field: column for column in self.columns}[name]

    @property
    def terms(self) -> type[models.Model]:
        """The model of the item's own columns, one-to-one with the item."""
        return apps.get_model(self.terms_model)

    @property
    def terms_name(self) -> str:
        """The item's accessor of its terms, such as `sharing_terms`."""
        return str(self.terms._meta.get_field("item").remote_field.get_accessor_name())  # type: ignore[union-attr]


SERIAL = Column("serial", "序号", "serial", ("编号",), on_item=True)
OFFICE = Column(
    "office", "责任司局/处室", "name", ("责任司局", "责任处室", "牵头处室"), on_item=True
)
DEADLINE = Column(
    "deadline",
    "完成时限",
    "deadline",
    ("提供时限", "共享时限", "完成时间", "时限要求", "对接时限"),
    required=True,
    on_item=True,
)
SCENES = Column(
    "scenes",
    "应用场景",
    "scenes",
    ("应用场景（“一件事”）", "一件事", "应用事项", "支撑事项", "使用场景"),
    on_item=True,
)
SECURITY = Column("security", "密级", "security", ("秘密等级",), on_item=True)
REMARK = Column("remark", "备注", "text", ("说明",), on_item=True)


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by code, in the order of the settings."""
    found = (import_string(path) for path in settings.LIST_KINDS)
    return {kind.code: kind for kind in found}


def item_joins() -> list[str]:
    """What the page of an obligation reads of its item, whatever the kind, in one query."""
    names = [name for kind in kinds().values() for name in (kind.terms_name, *kind.item_joins)]
    return [f"item__{name}" for name in names]


def kind_choices() -> list[tuple[str, str]]:
    """(code, label) pairs for forms and filters."""
    return [(kind.code, str(kind.label)) for kind in kinds().values()]
