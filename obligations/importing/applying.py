"""Applies a reading to its list as an edition: all or nothing, and twice is the same as once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import history
from obligations.importing import (
    amending,
    changes,
    groups,
    matching,
    planning,
    rebuilding,
    withdrawing,
)
from obligations.importing.comparing import Comparison
from obligations.importing.differing import differences
from obligations.importing.memory import rarely_collecting
from obligations.importing.planning import PlanChanged, Target
from obligations.importing.reading import ListReading
from obligations.importing.writing import fill_item, new_obligations, terms_of
from obligations.kinds import Kind
from obligations.models import Edition, ListItem, ResponsibilityList

_CHUNK = 500
_AUDITED = 500
_DEMO = "【示例】"


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written. Nothing at all, and no edition, where the list already said the same."""

    list: ResponsibilityList
    edition: Edition | None
    added: int
    changed: int
    unchanged: int
    withdrawn: int
    missing: int
    obligations: int

    @property
    def changed_nothing(self) -> bool:
        return self.edition is None

    def sentence(self) -> str:
        if self.changed_nothing:
            return _("The list already says the same: nothing was changed.")
        return _(
            "Items added: %(added)s, changed: %(changed)s, unchanged: %(unchanged)s, "
            "withdrawn: %(withdrawn)s. Obligations made: %(obligations)s."
        ) % {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "withdrawn": self.withdrawn,
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
    keep_missing: bool = False,
    replacements: Mapping[str, int] | None = None,
    expected: str = "",
) -> Applied:
    """Write list, edition, items, terms and obligations (drafts, to be issued), with one audit row.

    `by=None` is the machine. `expected` is the digest of the plan that a person confirmed:
    PlanChanged where something else would happen now.
    """
    if by is not None:
        permissions.require(by, "import_list")
    if reading.outcome != "accept":
        raise RuleViolation(_("The file has problems: correct them, then import it again."))
    planning.require_possible(target)
    planning.require_in_scope(reading.drafts, by=by)
    planning.require_own_list(planning.find_list(reading.kind.code, target), by=by)
    home = _list_of(reading, target, by=by, source=(source_name, source_sha256))
    found = planning.difference(reading, target, by=by, replacements=replacements)
    gone = planning.withdrawn(found, keep_missing=keep_missing)
    if not (found.added or found.changed or found.continued or gone):
        return _applied(home, None, found, [], made=0)
    if expected and expected != planning.digest_of(found, keep_missing=keep_missing):
        raise PlanChanged(
            _("The list was changed after you looked at it: look at the difference again.")
        )
    edition = _edition(home, found, gone, by=by, on=on, source=(source_name, source_sha256))
    made = _write(edition, reading.kind, found, gone, by=by, on=on)
    applied = _applied(home, edition, found, gone, made=made)
    _audit(applied, gone, by=by, source=(source_name, source_sha256))
    return applied


def _write(
    edition: Edition,
    kind: Kind,
    found: Comparison,
    gone: Sequence[ListItem],
    *,
    by: User | None,
    on: dt.date,
) -> int:
    """Everything that the difference asks for; how many obligations were made."""
    raised_on = edition.list.issued_on or on
    items = [item for item, _draft in found.changed]
    terms = rebuilding.all_terms(kind, items)
    fields = differences(found.changed, kind, terms)
    # What goes makes room for what comes: an identity is in force once.
    ended = withdrawing.withdraw(gone, by=by, on=on, reason=str(edition.list))
    amended = amending.amend(found.changed, kind, terms=terms, by=by, on=on, raised_on=raised_on)
    added, made = _add(found, edition.list, kind, raised_on=raised_on)
    made += amended.made
    history.record_many(made, on=on)
    matching.queue([*zip(added, found.added, strict=True), *found.changed], kind)
    matching.close_amended([*items, *gone], on=on, by=by)
    groups.remember([*zip(added, found.added, strict=True), *found.changed], kind, by=by, on=on)
    changes.write(edition, added=added, found=found, fields=fields, before=amended.before | ended)
    return len(made)


def _applied(
    home: ResponsibilityList,
    edition: Edition | None,
    found: Comparison,
    gone: Sequence[ListItem],
    *,
    made: int,
) -> Applied:
    return Applied(
        home,
        edition,
        added=len(found.added),
        changed=len(found.changed),
        unchanged=len(found.unchanged),
        withdrawn=len(gone),
        missing=len(found.missing),
        obligations=made,
    )


def _edition(
    home: ResponsibilityList,
    found: Comparison,
    gone: Sequence[ListItem],
    *,
    by: User | None,
    on: dt.date,
    source: tuple[str, str],
) -> Edition:
    last = Edition.objects.filter(list=home).aggregate(last=Max("number"))["last"] or 0
    return Edition.objects.create(
        list=home,
        number=last + 1,
        source_name=source[0],
        source_sha256=source[1],
        applied_on=on,
        applied_by=by,
        added=len(found.added),
        changed=len(found.changed),
        withdrawn=len(gone),
        replaced=len(found.replaced),
        continued=len(found.continued),
        unchanged=len(found.unchanged),
    )


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
    found: Comparison, home: ResponsibilityList, kind: Kind, *, raised_on: dt.date
) -> tuple[list[ListItem], list[int]]:
    """Items, terms and obligations of new drafts; the items, and the obligations' keys."""
    start = ListItem.objects.filter(list=home).count()
    replaces = {draft.identity_hash: item.pk for draft, item in found.replaced}
    items = [
        fill_item(
            ListItem(
                list=home, position=start + place, replaces_id=replaces.get(draft.identity_hash)
            ),
            draft,
            kind,
        )
        for place, draft in enumerate(found.added, start=1)
    ]
    ListItem.objects.bulk_create(items, batch_size=_CHUNK)
    pairs = list(zip(items, found.added, strict=True))
    terms = [kind.terms(item=item, **terms_of(draft, kind)) for item, draft in pairs]
    kind.terms._default_manager.bulk_create(terms, batch_size=_CHUNK)
    duties = [(item, duty) for item, draft in pairs for duty in draft.duties]
    return items, new_obligations(duties, raised_on=raised_on)


def _audit(
    applied: Applied, gone: Sequence[ListItem], *, by: User | None, source: tuple[str, str]
) -> None:
    detail = {
        "file": source[0],
        "sha256": source[1],
        "edition": applied.edition.number if applied.edition else None,
        "added": applied.added,
        "changed": applied.changed,
        "unchanged": applied.unchanged,
        "withdrawn": [item.pk for item in gone[:_AUDITED]],
        "obligations": applied.obligations,
    }
    audit.record(applied.list, verb="import_list", by=by, detail=detail)
