"""Which obligations a resource of a log or a receipt means: by catalogue code, else by title."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from accounts import names
from obligations.models import Duty, ListItem, Obligation, RoleInItem, Status
from sharing_lists.models import Promise, SharingTerms
from sharing_lists.promises import Terms

# Written as SQL because it stands before every receipt, and is quicker to run than to compose.
_OF_DEPARTMENT = f"""
    SELECT o.id, t.catalogue_code, t.update_cycle, t.share_mode, p.min_rows, p.required_fields
    FROM {Obligation._meta.db_table} o
    JOIN {ListItem._meta.db_table} i ON i.id = o.item_id
    JOIN {SharingTerms._meta.db_table} t ON t.item_id = i.id
    LEFT JOIN {Promise._meta.db_table} p ON p.item_id = i.id
    WHERE o.department_id = %s AND o.duty = 'supply' AND NOT o.external
      AND o.status NOT IN ('draft', 'withdrawn') AND i.withdrawn_on IS NULL
      AND (t.catalogue_code = %s OR i.title = %s)
    ORDER BY o.id
"""
UNKNOWN, SEVERAL, UNNAMED = "unknown", "several", "unnamed"
# The title is owed, but not by the provider that the row names; or nobody knows that provider.
ELSEWHERE, NO_BODY = "elsewhere", "no_body"


class Owed(NamedTuple):
    """One obligation that a resource may mean."""

    pk: int
    department_id: int
    leads: bool


class Matched(NamedTuple):
    """Whom a row means; `why` says why nobody."""

    ids: tuple[int, ...]
    why: str = ""


def of_department(resource: str, department_id: int) -> dict[int, Terms]:
    """Obligations of one department to supply a resource, by its code, else by its title; with
    what they promise."""
    by_code, by_title = dict[int, Terms](), dict[int, Terms]()
    with connection.cursor() as cursor:
        cursor.execute(_OF_DEPARTMENT, [department_id, resource, resource])
        for pk, code, cycle, mode, min_rows, fields in cursor.fetchall():
            terms = Terms(cycle, mode, min_rows, tuple(json.loads(fields or "[]")))
            (by_code if code == resource else by_title)[pk] = terms
    return by_code or by_title


class Catalogue:
    """Every resource that is owed, read once for a whole log; of a region, where its people
    brought the log."""

    def __init__(self, *, on: dt.date, region_id: int | None = None) -> None:
        self._directory = names.Directory(on)
        self._by_code: dict[str, list[Owed]] = defaultdict(list)
        self._by_title: dict[str, list[Owed]] = defaultdict(list)
        columns = ("pk", "department_id", "role_in_item")
        resources = ("item__sharing_terms__catalogue_code", "item__title")
        owing = _supplied()
        if region_id is not None:
            owing = owing.filter(department__region=region_id)
        for pk, department_id, role, code, title in owing.values_list(*columns, *resources):
            owed = Owed(pk, department_id, role == RoleInItem.LEAD)
            if code:
                self._by_code[names.matching(code)].append(owed)
            self._by_title[names.matching(title)].append(owed)

    def find(self, *, code: str, title: str, provider: str) -> Matched:
        """By the code; else by the title and the provider. Where several departments owe the like,
        the row must name one of them."""
        if not code and not title:
            return Matched((), UNNAMED)
        # Some platforms write the code into the column of the name, or the other way round.
        for written in filter(None, (code, title)):
            found = self._by_code.get(names.matching(written))
            if found:
                return _one_department(self._of(found, provider) or found)
        found = self._by_title.get(names.matching(title or code), [])
        if not found:
            return Matched((), UNKNOWN)
        if not provider:
            return _one_department(found)
        named = self._of(found, provider)
        if named:
            return _one_department(named)
        return Matched((), ELSEWHERE if self._directory.find(provider) else NO_BODY)

    def _of(self, found: Iterable[Owed], provider: str) -> list[Owed]:
        """Those whom the name of a body means."""
        department = self._directory.find(provider) if provider else None
        if department is None:
            return []
        return [owed for owed in found if owed.department_id == department.pk]


def _one_department(found: Iterable[Owed]) -> Matched:
    leading = _leading(found)
    if len({owed.department_id for owed in leading}) > 1:
        return Matched((), SEVERAL)
    return Matched(_ids(leading))


def _leading(found: Iterable[Owed]) -> list[Owed]:
    """Of lead and supporting bodies the lead speaks for the resource."""
    owed = list(found)
    return [one for one in owed if one.leads] or owed


def _ids(found: Iterable[Owed]) -> tuple[int, ...]:
    return tuple(sorted(owed.pk for owed in found))


def _supplied() -> QuerySet[Obligation]:
    """What is owed now: issued, ours, and on a list."""
    rows = Obligation.objects.filter(duty=Duty.SUPPLY, external=False, item__withdrawn_on=None)
    return rows.exclude(status__in=[Status.DRAFT, Status.WITHDRAWN])
