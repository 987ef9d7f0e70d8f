"""Editions as their readers may see them: counts, changes, and what taking one back would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.models import Job
from obligations import terms
from obligations.importing import undo_requests, versions
from obligations.importing.differing import Fields
from obligations.kinds import Kind, kinds
from obligations.models import (
    Edition,
    ItemChange,
    ListItem,
    Obligation,
    ResponsibilityList,
    Status,
)
from obligations.models.editions import ItemChangeQuerySet

_Change = ItemChange.Change
_REPLACING = Q(change=_Change.ADDED, item__replaces__isnull=False)
# What an edition may do to an item: code -> (label, which changes these are).
SORTS: dict[str, tuple[Promise | str, Q]] = {
    "added": (_Change.ADDED.label, Q(change=_Change.ADDED)),
    "changed": (_Change.CHANGED.label, Q(change=_Change.CHANGED)),
    "withdrawn": (_Change.WITHDRAWN.label, Q(change=_Change.WITHDRAWN)),
    "replaced": (_("replacing another"), _REPLACING),
    "continued": (_Change.CONTINUED.label, Q(change=_Change.CONTINUED)),
}


class UndoForm(forms.Form):
    """Why an edition is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("It is kept with the edition, and departments read it."),
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )


@dataclass(frozen=True)
class Line:
    """An edition with what it did, by sort; `unchanged` is None for readers of a part."""

    edition: Edition
    counts: Mapping[str, int]
    unchanged: int | None

    @property
    def sorts(self) -> list[tuple[str, Promise | str, int]]:
        return [(code, label, self.counts[code]) for code, (label, _which) in SORTS.items()]

    @property
    def total(self) -> int:
        """Items to which it did anything; those that replace others are added ones, too."""
        return sum(count for code, count in self.counts.items() if code != "replaced")


@dataclass(frozen=True)
class Shown:
    """One change for its reader: the fields are those that the reader may see."""

    change: ItemChange
    fields: Fields

    @property
    def sort(self) -> Promise | str:
        return SORTS[self.change.change][0]


@dataclass(frozen=True)
class Undoing:
    """What the page says before an edition is taken back. `why`: what stands against it."""

    why: str
    version: int
    withdrawn: int
    obligations: int
    restored: int
    back: int
    job: Job | None

    @property
    def is_underway(self) -> bool:
        return self.job is not None and self.job.is_live

    @property
    def failure(self) -> str:
        """Why the last attempt did not end well."""
        return self.job.error if self.job is not None and self.job.state == "failed" else ""


def lines(home: ResponsibilityList, *, user: User) -> list[Line]:
    """The editions of a list, newest first."""
    found = Edition.objects.visible_to(user).filter(list=home)
    return with_counts(
        found.select_related("applied_by", "undone_by").order_by("-number"), user=user
    )


def with_counts(editions: Iterable[Edition], *, user: User) -> list[Line]:
    """Counts of what the user may see; readers of the whole province have those of the edition."""
    found = list(editions)
    if user.role in user.SCOPED and user.region_id is None:
        return [Line(one, _stored(one), one.unchanged) for one in found]
    changes = ItemChange.objects.visible_to(user).filter(edition__in=found)
    sums = {code: Count("pk", filter=which) for code, (_label, which) in SORTS.items()}
    rows = changes.order_by().values_list("edition_id").annotate(**sums)
    counted = {row[0]: dict(zip(SORTS, row[1:], strict=True)) for row in rows}
    return [Line(one, counted.get(one.pk, dict.fromkeys(SORTS, 0)), None) for one in found]


def changes(edition: Edition, *, user: User, sort: str = "") -> ItemChangeQuerySet:
    """What the edition did, in the order of the list, without what is kept for undoing."""
    found = ItemChange.objects.visible_to(user).filter(edition=edition)
    if sort in SORTS:
        found = found.filter(SORTS[sort][1])
    return found.order_by("item__position", "pk")


def shown(rows: Iterable[ItemChange], *, kind: Kind, user: User) -> list[Shown]:
    """The changes with the fields that the user may see."""
    found = list(rows)
    items = ListItem.objects.filter(pk__in=[one.item_id for one in found])
    led = terms.led_by(user, items)
    closed = {column.label for column in kind.columns if column.field in terms.OWN_ONLY}
    return [Shown(one, _open(one, led, closed)) for one in found]


def _open(change: ItemChange, led: set[int] | None, closed: set[str]) -> Fields:
    fields: Fields = change.fields
    if led is None or change.item_id in led:
        return fields
    return [field for field in fields if field[0] not in closed]


def undoing_of(edition: Edition, *, by: User) -> Undoing:
    """What taking the edition back would do now, and what stands against it."""
    counts: dict[str, Any] = dict(
        ItemChange.objects.filter(edition=edition)
        .order_by()
        .values_list("change")
        .annotate(Count("pk"))
    )
    added = ItemChange.objects.filter(edition=edition, change=_Change.ADDED)
    owed = Obligation.objects.filter(item__in=added.values("item"))
    continued = ItemChange.objects.filter(edition=edition, change=_Change.CONTINUED)
    said_new = continued.exclude(fields=[]).count()
    return Undoing(
        why=undo_requests.obstacle(edition, by=by),
        version=versions.version_of(edition.list),
        withdrawn=counts.get(_Change.ADDED, 0),
        obligations=owed.exclude(status=Status.WITHDRAWN).count(),
        restored=counts.get(_Change.CHANGED, 0) + said_new,
        back=counts.get(_Change.WITHDRAWN, 0),
        job=undo_requests.job_of(edition),
    )


def _stored(edition: Edition) -> dict[str, int]:
    return {code: int(getattr(edition, code)) for code in SORTS}


def kind_of(edition: Edition) -> Kind:
    """The kind of list that the edition belongs to."""
    return kinds()[edition.list.kind]
