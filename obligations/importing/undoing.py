"""Takes an edition back, while nobody has reported anything against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import dating, history
from obligations.chunks import chunks
from obligations.deciding import OPEN
from obligations.dispatch import require_reason
from obligations.importing import groups, matching, planning, versions, withdrawing
from obligations.importing.amending import DATES
from obligations.importing.memory import rarely_collecting
from obligations.importing.rewriting import write_back
from obligations.kinds import Kind, kinds
from obligations.models import (
    Block,
    Claim,
    Edition,
    Evidence,
    Exemption,
    Extension,
    ItemChange,
    Objection,
    Obligation,
    ResponsibilityList,
)
from obligations.models.records import Lasting

_Change = ItemChange.Change
_DAYS = ("deadline_on", "due_on", "original_due_on")


@rarely_collecting()
@transaction.atomic
def undo(
    edition: Edition, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> Edition:
    """Items say again what they said before, withdrawn ones are back, added ones are withdrawn.
    RuleViolation saying what stands against it; StaleVersion where `version` is no longer that of
    the list's editions."""
    permissions.require(by, "undo_import")
    require_reason(reason)
    home = ResponsibilityList.objects.select_for_update().get(pk=edition.list_id)
    if version is not None:
        versions.require(home, version)
    row = Edition.objects.select_for_update().get(pk=edition.pk)
    planning.require_own_list(home, by=by)
    why = obstacle(row)
    if why:
        raise RuleViolation(why)
    changes = list(ItemChange.objects.filter(edition=row).select_related("item"))
    _withdraw_added(changes, by=by, on=on, reason=reason)
    _restore_changed(changes, kinds()[home.kind], by=by, on=on, reason=reason)
    gone = [change for change in changes if change.change == _Change.WITHDRAWN]
    withdrawing.take_back({change.item_id: change.before for change in gone}, by=by, on=on)
    matching.close_amended([change.item for change in changes], on=on, by=by)
    row.undone_on, row.undone_at, row.undone_by = on, timezone.now(), by
    row.undo_reason = reason.strip()[:500]
    row.save()
    detail = {"edition": row.number, "reason": reason, "items": len(changes)}
    audit.record(home, verb="undo_import", by=by, detail=detail)
    return row


def obstacle(edition: Edition) -> str:
    """Why the edition cannot be taken back now; "" where it can."""
    if edition.undone_at:
        return _("This edition was taken back already.")
    standing = Edition.objects.standing()
    if standing.filter(list=edition.list_id, number__gt=edition.number).exists():
        return _("Only the newest edition of a list can be taken back: begin with that one.")
    touched = ItemChange.objects.filter(edition=edition).values("item")
    later = standing.filter(changes__item__in=touched, applied_at__gt=edition.applied_at).exclude(
        pk=edition.pk
    )
    other = later.select_related("list").first()
    if other:
        return _("A later edition of “%(list)s” builds on it: take that one back first.") % {
            "list": other.list.title
        }
    reported = _reported(edition)
    if reported:
        return _(
            "Something was reported against it already (%(title)s): it can no longer be taken "
            "back. Import an amended list instead."
        ) % {"title": reported.item.title}
    return ""


def _reported(edition: Edition) -> Obligation | None:
    """An obligation under a touched item about which somebody said something since."""
    touched = ItemChange.objects.filter(edition=edition)
    rows = Obligation.objects.filter(item__in=touched.values("item")).select_related("item")
    since, on = edition.applied_at, edition.applied_on
    shown = Evidence.objects.filter(added_at__gte=since, obligation__in=rows)
    said, ended = Q(pk__in=shown.values("obligation")), _ended_by(edition)
    for model in (Block, Exemption, Extension, Objection):
        asked = model._default_manager.filter(obligation__in=rows)
        said |= Q(pk__in=asked.filter(asked_at__gte=since).values("obligation"))
        decided = Q(decided_at__gte=since)
        if issubclass(model, Lasting):
            decided |= Q(ended_on__gt=on)
        ours = ended[f"asked_{model.__name__.lower()}s"]
        if model is Block:
            ours = ours + ended["blocks"]
        later = asked.filter(decided).exclude(pk__in=ours)
        said |= Q(pk__in=later.values("obligation"))
    claimed = _claimed_since(edition, rows, ours=ended["claims"])
    return rows.filter(said | claimed | _planned(touched)).first()


def _claimed_since(
    edition: Edition, rows: models.QuerySet[Obligation], *, ours: Sequence[int]
) -> Q:
    """Claims have days, not times: one of the same day counts as later, unless it is ours."""
    claims = Claim.objects.filter(obligation__in=rows)
    fresh = Q(claimed_on__gt=edition.applied_on) | Q(decided_on__gt=edition.applied_on)
    same_day = Q(obligation__claimed_at__gte=edition.applied_at)
    return Q(pk__in=claims.filter(fresh | same_day).exclude(pk__in=ours).values("obligation"))


def _planned(touched: models.QuerySet[ItemChange]) -> Q:
    """A new obligation that a department has accepted and planned, or said something about."""
    added = touched.filter(change=_Change.ADDED).values("item")
    return Q(item__in=added) & (Q(planned_on__isnull=False) | ~Q(progress_note=""))


def _ended_by(edition: Edition) -> dict[str, list[int]]:
    """Keys of records that the edition itself ended, by their sort."""
    gone = ItemChange.objects.filter(edition=edition, change=_Change.WITHDRAWN)
    found: dict[str, list[int]] = {name: [] for name in OPEN}
    for before in gone.values_list("before", flat=True):
        for name, keys in found.items():
            keys += before.get(name, [])
    return found


def _withdraw_added(changes: Iterable[ItemChange], *, by: User, on: dt.date, reason: str) -> None:
    added = [change.item for change in changes if change.change == _Change.ADDED]
    withdrawing.withdraw(added, by=by, on=on, reason=reason)


def _restore_changed(
    changes: Iterable[ItemChange], kind: Kind, *, by: User, on: dt.date, reason: str
) -> None:
    changed = [
        change
        for change in changes
        if change.change in (_Change.CHANGED, _Change.CONTINUED) and change.before
    ]
    for chunk in chunks(changed):
        _restore_items(chunk, kind)
        _restore_dates(chunk, on=on)
        _restore_groups(chunk)
        made = [pk for change in chunk for pk in change.before["made"]]
        withdrawing.withdraw_obligations(made, by=by, on=on, reason=reason)


def _restore_items(chunk: Sequence[ItemChange], kind: Kind) -> None:
    terms = []
    for change in chunk:
        _set(change.item, change.before["item"])
        terms.append(kind.terms(item=change.item, **change.before["terms"]))
    names = [name.removesuffix("_id") if name == "body_id" else name for name in _names(chunk)]
    write_back([change.item for change in chunk], names)
    write_back(terms, list(chunk[0].before["terms"]))


def _restore_groups(chunk: Sequence[ItemChange]) -> None:
    """Editions of before kept none: what their items' cells name stays as it is."""
    kept = [change for change in chunk if "groups" in change.before]
    owed = [int(pk) for change in kept for pk in change.before["dates"]]
    groups.restore({change.item_id: change.before["groups"] for change in kept}, owed=owed)


def _names(chunk: Sequence[ItemChange]) -> list[str]:
    return list(chunk[0].before["item"])


def _restore_dates(chunk: Sequence[ItemChange], *, on: dt.date) -> None:
    dates = {int(pk): was for change in chunk for pk, was in change.before["dates"].items()}
    rows = list(Obligation.objects.select_for_update(of=("self",)).filter(pk__in=dates))
    moved = [row for row in rows if _differs(row, dates[row.pk])]
    for row in moved:
        _set(row, dates[row.pk])
    write_back(moved, DATES)
    ids = [row.pk for row in moved]
    Obligation.objects.filter(pk__in=ids).update(version=F("version") + 1)
    dating.restored_many(moved)
    history.record_many(ids, on=on)


def _differs(row: Obligation, was: dict[str, Any]) -> bool:
    return any(getattr(row, name) != _day(name, was[name]) for name in DATES)


def _set(row: models.Model, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, _day(name, value))


def _day(name: str, value: Any) -> Any:
    return dt.date.fromisoformat(value) if name in _DAYS and value else value
