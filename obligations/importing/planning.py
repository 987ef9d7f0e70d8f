"""What applying a reading would do, against the list that is already there."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import Department, Level, User
from obligations.importing.drafting import Draft
from obligations.importing.reading import ListReading
from obligations.models import ListItem, ResponsibilityList
from obligations.tables import wording
from obligations.tables.table import listed

_TITLES_SHOWN = 100
_ISSUER_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Target:
    """The list that a file belongs to; `level` is a value of accounts.models.Level."""

    batch: int
    level: str = "central"
    issuer: str = ""
    issued_on: dt.date | None = None


@dataclass(slots=True)
class Comparison:
    """The drafts against the items of the list."""

    added: list[Draft] = field(default_factory=list)
    changed: list[tuple[ListItem, Draft]] = field(default_factory=list)
    unchanged: list[ListItem] = field(default_factory=list)
    missing: list[ListItem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """Counts for the preview; `obligations` by duty are those that new items make.

    Items that the file no longer names are listed, never deleted.
    """

    items: int
    added: int
    changed: int
    unchanged: int
    missing: int
    changed_titles: list[str]
    missing_titles: list[str]
    obligations: dict[str, int]
    external: int
    no_counterpart: list[str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def preview(reading: ListReading, *, target: Target, by: User | None = None) -> Plan:
    """What `apply` would do now. RuleViolation where rows lie outside the person's scope."""
    require_in_scope(reading.drafts, by=by)
    existing = find_list(reading.kind.code, target)
    require_own_list(existing, by=by)
    found = compare(reading.drafts, existing)
    duties = [duty for draft in found.added for duty in draft.duties]
    own = Counter(duty.duty for duty in duties if not duty.external)
    return Plan(
        items=len(reading.drafts),
        added=len(found.added),
        changed=len(found.changed),
        unchanged=len(found.unchanged),
        missing=len(found.missing),
        changed_titles=[draft.title for _item, draft in found.changed[:_TITLES_SHOWN]],
        missing_titles=[item.title for item in found.missing[:_TITLES_SHOWN]],
        obligations=dict(own),
        external=sum(duty.external for duty in duties),
        no_counterpart=[
            notice.message for notice in reading.warnings if notice.kind == "no_counterpart"
        ],
    )


def require_possible(target: Target) -> None:
    """RuleViolation where there can be no such list."""
    if target.level not in Level.values or target.level == Level.COUNTY:
        raise RuleViolation(_("Choose the level of the list: national, province or city."))
    if target.batch < 1:
        raise RuleViolation(_("The batch is a number from 1 on."))
    if len(target.issuer) > _ISSUER_LENGTH or wording.forbidden(target.issuer):
        raise RuleViolation(_("The issuer's name has at most 200 ordinary characters."))


def find_list(kind: str, target: Target) -> ResponsibilityList | None:
    """The list of this kind, level, issuer and batch."""
    return ResponsibilityList.objects.filter(
        kind=kind,
        level=target.level,
        issuer=target.issuer,
        batch=target.batch,
        supersedes=None,
    ).first()


def compare(drafts: Iterable[Draft], existing: ResponsibilityList | None) -> Comparison:
    """By identity; then, where one of each is left over for a body and name, by these."""
    found = Comparison()
    items = ListItem.objects.filter(list=existing, withdrawn_on=None) if existing else ()
    standing = {item.identity_hash: item for item in items}
    left: list[Draft] = []
    for draft in drafts:
        item = standing.pop(draft.identity_hash, None)
        if item is None:
            left.append(draft)
        elif item.row_hash == draft.row_hash:
            found.unchanged.append(item)
        else:
            found.changed.append((item, draft))
    _pair(left, standing, found)
    found.missing = sorted(standing.values(), key=lambda item: item.position)
    return found


def _pair(left: list[Draft], standing: dict[str, ListItem], found: Comparison) -> None:
    wanted = Counter(draft.thing for draft in left)
    by_thing: dict[tuple[int | str, str], list[ListItem]] = {}
    for item in standing.values():
        by_thing.setdefault((_leading(item), wording.matching(item.title)), []).append(item)
    for draft in left:
        alike = by_thing.get(draft.thing, [])
        if wanted[draft.thing] == len(alike) == 1:
            found.changed.append((standing.pop(alike[0].identity_hash), draft))
        else:
            found.added.append(draft)


def _leading(item: ListItem) -> int | str:
    return item.body_id or item.body_text


def require_own_list(existing: ResponsibilityList | None, *, by: User | None) -> None:
    """A city's coordinator neither changes nor sees a list that reaches beyond the city."""
    if by is None or by.region_id is None or existing is None:
        return
    own = ListItem.objects.visible_to(by).values("pk")
    if ListItem.objects.filter(list=existing).exclude(pk__in=own).exists():
        raise RuleViolation(
            _(
                "This list holds rows outside your region already: "
                "import yours under an issuer or a batch of its own."
            )
        )


def require_in_scope(drafts: Iterable[Draft], *, by: User | None) -> None:
    """A city's coordinator imports only what the city's own departments owe."""
    if by is None or by.region_id is None:
        return
    own = set(Department.objects.filter(region_id=by.region_id).values_list("pk", flat=True))
    outside = [
        draft.rows[0]
        for draft in drafts
        if any(not duty.external and duty.department_id not in own for duty in draft.duties)
    ]
    if outside:
        raise RuleViolation(
            _("These rows oblige departments outside your region: %(rows)s. Remove them.")
            % {"rows": listed(outside)}
        )
