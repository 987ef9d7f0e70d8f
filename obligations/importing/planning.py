"""What applying a reading would do, against what is in force."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import Department, Level, User
from obligations.importing import rebuilding
from obligations.importing.comparing import Comparison, compare, other_batches
from obligations.importing.differing import differences
from obligations.importing.drafting import Draft
from obligations.importing.reading import ListReading
from obligations.kinds import Duty
from obligations.models import ListItem, Obligation, ResponsibilityList, Status
from obligations.tables import wording
from obligations.tables.table import listed

_SHOWN = 200
_ISSUER_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Target:
    """The list that a file belongs to; `level` is a value of accounts.models.Level."""

    batch: int
    level: str = "central"
    issuer: str = ""
    issued_on: dt.date | None = None


class PlanChanged(RuleViolation):
    """What would happen is no longer what the person was shown."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Counts and the first rows of each sort for the preview; `obligations` by duty are those that
    new items make, `overdue` those of them that are late already. `digest` stands for the whole.
    """

    items: int
    added: int
    changed: int
    unchanged: int
    withdrawn: int
    replaced: int
    continued: int
    missing: int
    added_items: list[dict[str, Any]]
    changed_items: list[dict[str, Any]]
    withdrawn_items: list[dict[str, Any]]
    replacements: list[dict[str, Any]]
    obligations: dict[str, int]
    external: int
    overdue: int
    no_counterpart: list[str]
    digest: str

    @property
    def diff(self) -> dict[str, int]:
        """The counts alone. `replaced` are offers; a person confirms them."""
        return {
            "added": self.added,
            "changed": self.changed,
            "withdrawn": self.withdrawn,
            "replaced": self.replaced,
            "unchanged": self.unchanged,
        }

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def preview(
    reading: ListReading,
    *,
    target: Target,
    by: User | None = None,
    keep_missing: bool = False,
    replacements: Mapping[str, int] | None = None,
    on: dt.date | None = None,
) -> Plan:
    """What `apply` would do now. RuleViolation where rows lie outside the person's scope."""
    require_in_scope(reading.drafts, by=by)
    existing = find_list(reading.kind.code, target)
    require_own_list(existing, by=by)
    found = difference(reading, target, by=by, replacements=replacements)
    gone = withdrawn(found, keep_missing=keep_missing)
    duties = [(draft, duty) for draft in found.added for duty in draft.duties]
    own = Counter(duty.duty for _draft, duty in duties if not duty.external)
    return Plan(
        items=len(found.added) + len(found.changed) + len(found.unchanged),
        added=len(found.added),
        changed=len(found.changed),
        unchanged=len(found.unchanged),
        withdrawn=len(gone),
        replaced=len(found.offered),
        continued=len(found.continued),
        missing=len(found.missing),
        added_items=[_added(draft) for draft in found.added[:_SHOWN]],
        changed_items=_changed(found, reading),
        withdrawn_items=_withdrawn(gone[:_SHOWN]),
        replacements=_offers(found)[:_SHOWN],
        obligations=dict(own),
        external=sum(duty.external for _draft, duty in duties),
        overdue=_overdue(duties, on=on),
        no_counterpart=[
            notice.message for notice in reading.warnings if notice.kind == "no_counterpart"
        ],
        digest=digest_of(found, keep_missing=keep_missing),
    )


def difference(
    reading: ListReading,
    target: Target,
    *,
    by: User | None,
    replacements: Mapping[str, int] | None = None,
) -> Comparison:
    """The drafts against the list and the other batches of its issuer that the person may see."""
    existing = find_list(reading.kind.code, target)
    same = other_batches(existing, reading.kind.code, target.level, target.issuer)
    others = ResponsibilityList.objects.filter(same)
    if by is not None and by.region_id is not None:
        others = others.filter(created_by__region_id=by.region_id)
    return compare(reading.drafts, existing, others, kind=reading.kind, replacements=replacements)


def withdrawn(found: Comparison, *, keep_missing: bool) -> list[ListItem]:
    """What goes: items that others replace, and those that the file no longer names."""
    replaced = [item for _draft, item in found.replaced]
    return replaced if keep_missing else [*found.missing, *replaced]


def digest_of(found: Comparison, *, keep_missing: bool) -> str:
    """The same for the same writing, whatever the order of the rows."""
    what = [
        sorted(draft.identity_hash for draft in found.added),
        sorted((item.pk, item.row_hash, draft.row_hash) for item, draft in found.changed),
        sorted(item.pk for item in withdrawn(found, keep_missing=keep_missing)),
        sorted(found.continued),
        sorted((draft.identity_hash, item.pk) for draft, item in found.replaced),
    ]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()


def _added(draft: Draft) -> dict[str, Any]:
    return {"rows": draft.rows[:10], "title": draft.title, "body": draft.body_label}


def _changed(found: Comparison, reading: ListReading) -> list[dict[str, Any]]:
    shown = found.changed[:_SHOWN]
    terms = rebuilding.all_terms(reading.kind, [item for item, _draft in shown])
    fields = differences(shown, reading.kind, terms)
    return [
        {
            "item": item.pk,
            "title": draft.title,
            "body": draft.body_label,
            "fields": fields[item.pk],
        }
        for item, draft in shown
    ]


def _withdrawn(items: list[ListItem]) -> list[dict[str, Any]]:
    rows = Obligation.objects.filter(item__in=[item.pk for item in items]).order_by()
    is_open = ~Q(status__in=[Status.VERIFIED, Status.WITHDRAWN])
    counts = rows.values("item_id").annotate(
        owed=Count("pk", filter=is_open, distinct=True), claimed=Count("claims")
    )
    counted = {row["item_id"]: (row["owed"], row["claimed"]) for row in counts}
    return [
        {
            "item": item.pk,
            "title": item.title,
            "body": item.body_text,
            "obligations": counted.get(item.pk, (0, 0))[0],
            "claims": counted.get(item.pk, (0, 0))[1],
        }
        for item in items
    ]


def _offers(found: Comparison) -> list[dict[str, Any]]:
    confirmed = {draft.identity_hash for draft, _item in found.replaced}
    return [
        {
            "identity": draft.identity_hash,
            "item": item.pk,
            "title": draft.title,
            "old_title": item.title,
            "body": draft.body_label,
            "old_batch": item.list.batch,
            "confirmed": draft.identity_hash in confirmed,
        }
        for draft, item in found.offered
    ]


def _overdue(duties: Iterable[tuple[Draft, Duty]], *, on: dt.date | None) -> int:
    """How many of our own would be late on the day on which they are issued."""
    return sum(
        1
        for draft, duty in duties
        if on and not duty.external and draft.deadline.on and draft.deadline.on < on
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
