"""编目率 and 挂接率: they count items, each once, by the one obligation that stands for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from obligations.indicators import Figure
from obligations.kinds import Indicator
from obligations.models import Duty, Evidence, ObligationState, RoleInItem
from obligations.models.obligation import ObligationQuerySet, applicable
from sharing_lists.models import Delivery, SharingTerms


@dataclass(frozen=True)
class _Part:
    """Which items are counted, and which of them in the numerator."""

    # An item is counted where a duty of these is owed under it.
    duties: Sequence[str]
    counted: Callable[[dt.date], Q]
    fulfilled: Callable[[dt.date], Q]

    def by_group(self, rows: ObligationQuerySet, on: dt.date, path: str) -> dict[Any, Figure]:
        """Figures by the group to which `path` leads from an obligation."""
        counted = self.rows(rows, on, "denominator").order_by().values(path)
        counted = counted.annotate(n=Count("pk", filter=self.fulfilled(on)), d=Count("pk"))
        return {row[path]: Figure(row["n"], row["d"]) for row in counted}

    def rows(self, rows: ObligationQuerySet, on: dt.date, part: str) -> ObligationQuerySet:
        """Exactly what a part counts: of each item the obligation that stands for it."""
        found = _one_of_each_item(rows, self.duties, on=on).filter(self.counted(on))
        return found.filter(self.fulfilled(on)) if part == "numerator" else found


def _one_of_each_item(
    rows: ObligationQuerySet, duties: Sequence[str], *, on: dt.date
) -> ObligationQuerySet:
    """Of these applicable obligations those that stand for their items: the leading department's,
    the supply before the catalogue entry, and of several that lead the first."""
    leads = {"role_in_item": RoleInItem.LEAD, "duty__in": duties}
    leading = ObligationState.objects.at(on).filter(
        applicable(on),
        obligation__item=OuterRef("item"),
        **{f"obligation__{name}": value for name, value in leads.items()},
    )
    # "supply" comes after "catalogue" in the alphabet.
    before = Q(obligation__duty__gt=OuterRef("duty"))
    before |= Q(obligation__duty=OuterRef("duty"), obligation__lt=OuterRef("pk"))
    own = rows.filter(item__list__kind="sharing", **leads)
    return own.filter(~Exists(leading.filter(before)))


def _claimed(on: dt.date, *kinds: str) -> Q:
    """Under the item, evidence of these kinds on which a claim rests that stands on the day.

    As sets that are found once: asked item by item, PostgreSQL took minutes for a province.
    """
    standing = ObligationState.objects.at(on).filter(completed_on__isnull=False, external=False)
    found = Evidence.objects.filter(
        obligation__in=standing.values("obligation"),
        obligation__duty__in=(Duty.SUPPLY, Duty.CATALOGUE),
        kind__in=kinds,
        claim__claimed_on__lte=on,
    )
    return Q(item__in=found.values("obligation__item"))


def _published(on: dt.date) -> Q:
    """The list's own code is known as it stands now: it has no days."""
    coded = Q(item__sharing_terms__catalogue_code__gt="")
    return coded | _claimed(on, Evidence.Kind.CATALOGUE)


def _attached(on: dt.date) -> Q:
    """What was taken back as a mistake never arrived, on no day."""
    arrived = Delivery.objects.standing().filter(arrived_on__lte=on)
    claimed = _claimed(on, Evidence.Kind.INTERFACE, Evidence.Kind.LINK)
    return claimed | Q(item__in=arrived.values("obligation__item"))


def _to_attach(on: dt.date) -> Q:
    """使用国垂/省垂系统 is an exemption: such an item has no applicable duty, and is not here."""
    refused = Q(item__sharing_terms__share_type=SharingTerms.ShareType.REFUSED)
    return _published(on) & ~refused


def _indicator(code: str, label: Promise | str, meaning: Promise | str, part: _Part) -> Indicator:
    return Indicator(code=code, label=label, source=meaning, figures=part.by_group, rows=part.rows)


CATALOGUING = (
    _indicator(
        "catalogued",
        _("Cataloguing rate"),
        _(
            "items with a published catalogue entry / items with a duty to supply or to catalogue; "
            "counts items, each once under the department that leads it. An entry is known by the "
            "code of the list, as it stands now, or by the catalogue code under a claim that stood "
            "on the day"
        ),
        _Part((Duty.SUPPLY, Duty.CATALOGUE), lambda on: Q(), _published),
    ),
    _indicator(
        "attached",
        _("Attachment rate"),
        _(
            "published entries with a resource attached / published entries, without items that "
            "are not shared and those that are exempted, such as by use of a national system; "
            "attached is what has an interface code or link under a claim that stood on the day, "
            "or a delivery on record by then"
        ),
        _Part((Duty.SUPPLY,), _to_attach, _attached),
    ),
)
