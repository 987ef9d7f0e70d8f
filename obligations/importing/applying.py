"""Applies a reading to its list: all or nothing, and twice is the same as once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import history
from obligations.importing import amending, planning
from obligations.importing.drafting import Draft
from obligations.importing.memory import rarely_collecting
from obligations.importing.planning import Target
from obligations.importing.reading import ListReading
from obligations.importing.writing import fill_item, new_obligations, terms_of
from obligations.kinds import Kind
from obligations.models import ListItem, ResponsibilityList

_CHUNK = 500
_DEMO = "【示例】"


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written. Nothing at all where the list already said the same."""

    list: ResponsibilityList
    added: int
    changed: int
    unchanged: int
    missing: int
    obligations: int

    @property
    def changed_nothing(self) -> bool:
        return not (self.added or self.changed)

    def sentence(self) -> str:
        if self.changed_nothing:
            return _("The list already says the same: nothing was changed.")
        return _(
            "Items added: %(added)s, changed: %(changed)s, unchanged: %(unchanged)s; "
            "no longer in the file: %(missing)s. Obligations made: %(obligations)s."
        ) % {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "missing": self.missing,
            "obligations": self.obligations,
        }


@rarely_collecting()
@transaction.atomic
def apply(
    reading: ListReading,
    *,
    target: Target,
    by: User | None,
    on: dt.date,
    source_name: str = "",
    source_sha256: str = "",
) -> Applied:
    """Write the list, its items, terms and obligations (drafts, to be issued), with one audit row.

    `by=None` is the machine. A re-import adds new rows and amends changed ones; rows that the
    file no longer holds stay.
    """
    if by is not None:
        permissions.require(by, "import_list")
    if reading.outcome != "accept":
        raise RuleViolation(_("The file has problems: correct them, then import it again."))
    planning.require_possible(target)
    planning.require_in_scope(reading.drafts, by=by)
    planning.require_own_list(planning.find_list(reading.kind.code, target), by=by)
    home = _list_of(reading, target, by=by, source=(source_name, source_sha256))
    found = planning.compare(reading.drafts, home)
    made = _add(found.added, home, reading.kind, on=on)
    made += amending.amend(found.changed, reading.kind, home=home, by=by, on=on)
    history.record_many(made, on=on)
    applied = Applied(
        home,
        added=len(found.added),
        changed=len(found.changed),
        unchanged=len(found.unchanged),
        missing=len(found.missing),
        obligations=len(made),
    )
    if not applied.changed_nothing:
        _audit(applied, found.missing, by=by, source=(source_name, source_sha256))
    return applied


def _list_of(
    reading: ListReading, target: Target, *, by: User | None, source: tuple[str, str]
) -> ResponsibilityList:
    kind = reading.kind
    is_demo = any(_DEMO in text for draft in reading.drafts for text in draft.raw[0].values())
    home, created = ResponsibilityList.objects.select_for_update().get_or_create(
        kind=kind.code,
        level=target.level,
        issuer=target.issuer,
        batch=target.batch,
        supersedes=None,
        defaults={
            "title": _title(kind, target, is_demo=is_demo),
            "issued_on": target.issued_on,
            "source_name": source[0],
            "source_sha256": source[1],
            "is_demo": is_demo,
            "created_by": by,
        },
    )
    if not created and home.issued_on is None and target.issued_on:
        home.issued_on = target.issued_on
        home.save(update_fields=["issued_on"])
    return home


def _title(kind: Kind, target: Target, *, is_demo: bool) -> str:
    title = _("%(issuer)s%(kind)s (batch %(batch)s)") % {
        "issuer": f"{target.issuer} " if target.issuer else "",
        "kind": kind.label,
        "batch": target.batch,
    }
    return f"{_DEMO if is_demo else ''}{title}"[:300]


def _add(
    drafts: Sequence[Draft], home: ResponsibilityList, kind: Kind, *, on: dt.date
) -> list[int]:
    """Items, terms and obligations of new drafts; returns the obligations' keys."""
    start = ListItem.objects.filter(list=home).count()
    items = [
        fill_item(ListItem(list=home, position=start + place), draft, kind)
        for place, draft in enumerate(drafts, start=1)
    ]
    ListItem.objects.bulk_create(items, batch_size=_CHUNK)
    pairs = list(zip(items, drafts, strict=True))
    terms = [kind.terms(item=item, **terms_of(draft, kind)) for item, draft in pairs]
    kind.terms._default_manager.bulk_create(terms, batch_size=_CHUNK)
    raised_on = home.issued_on or on
    return new_obligations(
        [(item, duty) for item, draft in pairs for duty in draft.duties], raised_on=raised_on
    )


def _audit(
    applied: Applied, missing: Sequence[ListItem], *, by: User | None, source: tuple[str, str]
) -> None:
    detail = {
        "file": source[0],
        "sha256": source[1],
        "added": applied.added,
        "changed": applied.changed,
        "unchanged": applied.unchanged,
        "missing": [item.pk for item in missing[:_CHUNK]],
        "obligations": applied.obligations,
    }
    audit.record(applied.list, verb="import_list", by=by, detail=detail)
