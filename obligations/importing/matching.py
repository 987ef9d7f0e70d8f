"""Names that nobody bears: learnt from people as names of a body, or queued until they are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, groups, names, permissions
from accounts.errors import RuleViolation
from accounts.models import Department, DepartmentGroup, DepartmentName, GroupName, Level, User
from obligations.bodies import Body
from obligations.chunks import CHUNK, chunks
from obligations.importing.drafting import Draft
from obligations.kinds import Kind, kinds
from obligations.models import ListItem, UnresolvedUnit

_LONGEST = 200
_TEXT_LENGTH = 500
_NAMING = (DepartmentName.Kind.OFFICIAL, DepartmentName.Kind.SHORT, DepartmentName.Kind.ALIAS)


@transaction.atomic
def learn(
    text: str,
    *,
    department: Department | None = None,
    group: DepartmentGroup | None = None,
    by: User,
) -> bool:
    """From now on documents that say `text` mean this body, or this group; False where they do
    already. RuleViolation where the name means somebody else."""
    permissions.require(by, "import_list")
    _require_usable(text)
    if group is not None:
        return groups.learn_name(group, text, by=by)
    assert department is not None
    require_in_reach(department, by=by)
    _one_at_a_time()
    locked = Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    key = names.matching(text)
    if locked.valid_to and locked.valid_to < timezone.localdate():
        raise RuleViolation(
            _("“%(name)s” no longer exists; choose the department that took its place.")
            % {"name": locked.name}
        )
    if key in (names.matching(locked.name), names.matching(locked.short_name)):
        return False
    _require_unborne(text, key, but=locked)
    name, added = locked.names.get_or_create(
        matching=key,
        kind=DepartmentName.Kind.ALIAS,
        defaults={"name": names.tidy(text)},
    )
    if not added and name.valid_from is None and name.valid_to is None:
        return False
    name.valid_from = name.valid_to = None
    name.save(update_fields=["valid_from", "valid_to"])
    detail = {"name": name.name}
    audit.record(locked, verb="learn_name", by=by, detail=detail, department_id=locked.pk)
    return True


def may_learn(by: User, *, department: Department | None) -> bool:
    """Whether the person may teach names of this department; of a group where it is None."""
    if department is None:
        return groups.is_keeper(by)
    return by.region_id is None or by.region_id == department.region_id


def require_in_reach(department: Department, *, by: User) -> None:
    """A city's coordinator teaches names of the own region's departments only."""
    if not may_learn(by, department=department):
        raise PermissionDenied(
            _("“%(name)s” lies outside your region: the province's coordinators match its names.")
            % {"name": department.name}
        )


def queue(pairs: Iterable[tuple[ListItem, Draft]], kind: Kind) -> int:
    """Note the names of new and amended items that nobody bears, each once; how many are new.

    What was said to name no unit is not asked again for the same cell.
    """
    fields = [column.field for column in kind.columns if column.type in ("body", "bodies")]
    found: dict[tuple[int, str, str], UnresolvedUnit] = {}
    for item, draft in pairs:
        for name in fields:
            bodies: Iterable[Body] = draft.values[name]
            for body in bodies:
                if not body.is_resolved:
                    unit = _unit(item, name, body.name)
                    found.setdefault((item.pk, name, unit.matching), unit)
    known: set[tuple[int, str, str]] = set()
    for chunk in chunks(sorted({key[0] for key in found})):
        standing = UnresolvedUnit.objects.filter(
            Q(outcome="") | Q(outcome=UnresolvedUnit.Outcome.DISMISSED), item__in=chunk
        )
        known.update(standing.values_list("item_id", "field", "matching"))
    fresh = [unit for key, unit in found.items() if key not in known]
    UnresolvedUnit.objects.bulk_create(fresh, batch_size=CHUNK, ignore_conflicts=True)
    return len(fresh)


def close_amended(items: Iterable[ListItem], *, on: dt.date, by: User | None) -> int:
    """Close what waits for a cell of these items that no longer holds the name, or whose item is
    withdrawn; how many."""
    by_key = {item.pk: item for item in items}
    waiting: dict[int, list[UnresolvedUnit]] = defaultdict(list)
    for chunk in chunks(sorted(by_key)):
        units = UnresolvedUnit.objects.select_for_update().open().filter(item__in=chunk)
        for unit in units.order_by("pk"):
            waiting[unit.item_id].append(unit)
    held = _cells_of([by_key[key] for key in waiting])
    gone = [
        unit.pk
        for key, units in waiting.items()
        for unit in units
        if by_key[key].withdrawn_on or not _holds(held[key].get(unit.field, ""), unit.matching)
    ]
    decided = {"decided_on": on, "decided_at": timezone.now(), "decided_by": by}
    for chunk in chunks(gone):
        UnresolvedUnit.objects.filter(pk__in=chunk).update(
            outcome=UnresolvedUnit.Outcome.AMENDED, **decided
        )
    return len(gone)


def _unit(item: ListItem, field: str, text: str) -> UnresolvedUnit:
    key = names.matching(text)[:_TEXT_LENGTH]
    return UnresolvedUnit(item=item, field=field, text=text[:_TEXT_LENGTH], matching=key)


def _cells_of(items: Sequence[ListItem]) -> dict[int, dict[str, str]]:
    """What the columns of bodies hold now, as stored: by item and field."""
    found = {item.pk: {"body": item.body_text} for item in items}
    by_kind: dict[str, list[int]] = defaultdict(list)
    keys = sorted(found)
    for chunk in chunks(keys):
        rows = ListItem.objects.filter(pk__in=chunk).values_list("pk", "list__kind")
        for pk, code in rows:
            by_kind[code].append(pk)
    for code, ids in by_kind.items():
        fields = [
            column.field
            for column in kinds()[code].columns
            if column.type in ("body", "bodies") and not column.on_item
        ]
        for chunk in chunks(ids) if fields else ():
            terms = kinds()[code].terms._default_manager.filter(item__in=chunk)
            for values in terms.values("item_id", *fields):
                found[values.pop("item_id")] |= values
    return found


def _holds(cell: str, key: str) -> bool:
    """Whether one of the names that a cell keeps is this one."""
    return key in {names.matching(part) for part in (cell, *cell.split("、"))}


def _require_usable(text: str) -> None:
    key = names.matching(text)
    if not key or max(len(names.tidy(text)), len(key)) > _LONGEST:
        raise RuleViolation(_("Only names of 1 to 200 characters can be matched."))


def _require_unborne(text: str, key: str, *, but: Department) -> None:
    """A name that others bear would mean nobody, or somebody else, once it is learnt."""
    borne = DepartmentName.objects.filter(matching=key, kind__in=_NAMING).exclude(department=but)
    owner = borne.select_related("department").first()
    other = owner.department if owner else None
    if other is None:
        same = Q(name__iexact=key) | Q(short_name__iexact=key)
        other = Department.objects.filter(same).exclude(pk=but.pk).first()
    if other is not None:
        raise RuleViolation(
            _("“%(text)s” is a name of %(name)s: write in the file which department is meant.")
            % {"text": text, "name": other.name}
        )
    group = GroupName.objects.filter(matching=key).select_related("group").first()
    if group is not None:
        raise RuleViolation(
            _("“%(text)s” is a name of the group “%(name)s”; take it away there first.")
            % {"text": text, "name": group.group.name}
        )


def _one_at_a_time() -> None:
    """Of two people who teach the same name at once, the second sees what the first taught."""
    first = Department.objects.exclude(level=Level.CENTRAL).order_by("pk")
    list(first.select_for_update(no_key=True)[:1])
