"""Names are claimed, those of one import or of the queue: somebody says whom they mean."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, names, permissions
from accounts.errors import RuleViolation
from accounts.models import Department, DepartmentGroup, User
from accounts.names import Directory
from obligations import history
from obligations.chunks import chunks
from obligations.importing import drafting, groups, matching, rebuilding, uploads
from obligations.importing.drafting import Draft
from obligations.importing.rewriting import write_back
from obligations.importing.writing import fill_item, new_obligations, terms_of
from obligations.kinds import Column, Kind, kinds
from obligations.models import Import, ListItem, Obligation, ResponsibilityList, UnresolvedUnit
from obligations.tables.values import Reading

_CHUNK = 100
_AUDITED = 500
_Outcome = UnresolvedUnit.Outcome


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of it."""

    units: int
    items: int
    obligations: int


@transaction.atomic
def match(
    text: str,
    *,
    department: Department | None = None,
    group: DepartmentGroup | None = None,
    by: User,
    on: dt.date,
) -> Claimed:
    """Learn the name, close all that waits under it, and make the obligations that were missing:
    a later import of the same file finds no change. What was made before stays."""
    permissions.require(by, "import_list")
    matching.learn(text, department=department, group=group, by=by)
    units = _waiting(text, by=by)
    made = _settle(sorted({unit.item_id for unit in units}), by=by, on=on)
    decided = {"department": department, "group": group}
    _close(units, outcome=_Outcome.MATCHED, by=by, on=on, **decided)
    claimed = Claimed(len(units), len({unit.item_id for unit in units}), len(made))
    meant = department or group
    assert meant is not None
    audit.record(
        meant,
        verb="match_unit",
        by=by,
        detail={**_said(text, units), "obligations": claimed.obligations},
        department_id=department.pk if department else None,
    )
    return claimed


@transaction.atomic
def dismiss(text: str, *, by: User, on: dt.date) -> Claimed:
    """The name means no unit: nothing is made, and the same cells do not ask again."""
    permissions.require(by, "import_list")
    units = _waiting(text, by=by)
    _close(units, outcome=_Outcome.DISMISSED, by=by, on=on)
    audit.record(units[0], verb="dismiss_unit", by=by, detail=_said(text, units))
    return Claimed(len(units), len({unit.item_id for unit in units}), 0)


@transaction.atomic
def learn_and_read_again(
    upload: Import,
    matches: Mapping[str, Department | DepartmentGroup],
    *,
    by: User,
    version: int | None,
    **choices: Any,
) -> Import:
    """Learn all names of a file that a person matched, or none, and read the file with them.
    `choices` as for uploads.read_again; a refusal says in `facts["text"]` which name it is."""
    for text, meant in matches.items():
        try:
            if isinstance(meant, Department):
                matching.learn(text, department=meant, by=by)
            else:
                matching.learn(text, group=meant, by=by)
        except RuleViolation as refusal:
            refusal.facts["text"] = text
            raise
    return uploads.read_again(upload, by=by, version=version, **choices)


def _waiting(text: str, *, by: User) -> list[UnresolvedUnit]:
    """All open ones of the name, locked. RuleViolation where somebody was faster."""
    key = names.matching(text)
    found = UnresolvedUnit.objects.visible_to(by).open().filter(matching=key)
    # In the order in which an import locks: its list comes before items and units.
    lists = ResponsibilityList.objects.filter(pk__in=found.values("item__list"))
    list(lists.order_by("pk").select_for_update().values_list("pk"))
    rows = UnresolvedUnit.objects.select_for_update().filter(pk__in=found.values("pk"), outcome="")
    units = list(rows.order_by("pk"))
    if not units:
        raise RuleViolation(
            _("“%(text)s” no longer waits: somebody has decided on it. Look at the queue again.")
            % {"text": text}
        )
    return units


def _close(
    units: Sequence[UnresolvedUnit], *, outcome: str, by: User, on: dt.date, **meant: Any
) -> None:
    for chunk in chunks([unit.pk for unit in units], _AUDITED):
        UnresolvedUnit.objects.filter(pk__in=chunk).update(
            outcome=outcome,
            decided_on=on,
            decided_at=timezone.now(),
            decided_by=by,
            **meant,
        )


def _said(text: str, units: Sequence[UnresolvedUnit]) -> dict[str, Any]:
    items = sorted({unit.item_id for unit in units})
    return {"name": text, "items": items[:_AUDITED], "item_count": len(items)}


def _settle(item_ids: Sequence[int], *, by: User, on: dt.date) -> list[int]:
    """Write what the items say now that a name is known; returns the new obligations' keys."""
    directory = Directory(on)
    made: list[int] = []
    for chunk in chunks(item_ids, _CHUNK):
        rows = (
            ListItem.objects.select_for_update(of=("self",))
            .select_related("list")
            .in_force()
            .filter(pk__in=chunk)
            .order_by("pk")
        )
        by_kind: dict[str, list[ListItem]] = defaultdict(list)
        for item in rows:
            by_kind[item.list.kind].append(item)
        for code, items in by_kind.items():
            made += _rewrite(items, kinds()[code], directory, by=by, on=on)
    history.record_many(made, on=on)
    return made


def _rewrite(
    items: Sequence[ListItem], kind: Kind, directory: Directory, *, by: User, on: dt.date
) -> list[int]:
    known = rebuilding.all_terms(kind, items)
    pairs = [(item, _draft(item, known[item.pk], kind, directory)) for item in items]
    _keep_apart(pairs)
    for item, draft in pairs:
        fill_item(item, draft, kind)
    fields = ["body", "body_text", "identity_hash", "row_hash"]
    write_back([item for item, _draft in pairs], fields)
    terms = [kind.terms(item=item, **terms_of(draft, kind)) for item, draft in pairs]
    named = [one.field for one in kind.columns if _names_bodies(one) and not one.on_item]
    write_back(terms, named)
    made = _make_missing(pairs, on=on)
    groups.remember(pairs, kind, by=by, on=on)
    return made


def _make_missing(pairs: Sequence[tuple[ListItem, Draft]], *, on: dt.date) -> list[int]:
    """Obligations of duties that an item does not have yet."""
    standing: set[tuple[int, int, str]] = set()
    external_of: dict[int, int] = {}
    items = [item.pk for item, _draft in pairs]
    owed = Obligation.objects.select_for_update(of=("self",)).filter(item__in=items)
    for row in owed.order_by("pk"):
        standing.add((row.item_id, row.department_id, row.duty))
        if row.external:
            external_of.setdefault(row.item_id, row.pk)
    made: list[int] = []
    for raised_on, chosen in _by_day(pairs, on=on).items():
        missing = [
            (item, duty)
            for item, draft in chosen
            for duty in draft.duties
            if (item.pk, duty.department_id, duty.duty) not in standing
        ]
        made += new_obligations(missing, raised_on=raised_on, external_of=external_of)
    return made


def _by_day(
    pairs: Iterable[tuple[ListItem, Draft]], *, on: dt.date
) -> dict[dt.date, list[tuple[ListItem, Draft]]]:
    """By the day on which the list was issued, as when it is imported."""
    found: dict[dt.date, list[tuple[ListItem, Draft]]] = defaultdict(list)
    for item, draft in pairs:
        found[item.list.issued_on or on].append((item, draft))
    return found


def _keep_apart(pairs: Sequence[tuple[ListItem, Draft]]) -> None:
    """Two rows of a list may turn out to be about the same: the later one is numbered on."""
    items = [item.pk for item, _draft in pairs]
    others = ListItem.objects.in_force().filter(
        list__in={item.list_id for item, _draft in pairs},
        identity_hash__in=[draft.identity_hash for _item, draft in pairs],
    )
    taken = set(others.exclude(pk__in=items).values_list("list_id", "identity_hash"))
    for item, draft in pairs:
        identity, number = draft.identity_hash, 0
        while (item.list_id, draft.identity_hash) in taken:
            number += 1
            draft.identity_hash = f"{identity[:60]}+{number}"
        taken.add((item.list_id, draft.identity_hash))


def _draft(item: ListItem, terms: Any, kind: Kind, directory: Directory) -> Draft:
    """What the item's row would be understood as today."""
    reading = Reading(directory, item.list.issued_on, first_leads=True, allow_unresolved=True)
    understood = rebuilding.values_of(item, terms, kind, reading)
    duties, _alone = kind.fan_out(understood, directory.counterpart_of)
    identity, row = drafting.hashes(understood, kind)
    return Draft(understood, [], item.raw, duties, identity, row)


def _names_bodies(column: Column) -> bool:
    return column.type in ("body", "bodies")
