"""The list of allowed hosts: nothing is probed that the system administrator has not entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from accounts.versions import require_same
from docking.endpoints import forget
from docking.models import AllowedHost, Endpoint
from docking.models.words import FORBIDDEN
from docking.probing.questions import addresses_of, host_of


@dataclass(frozen=True)
class Wish:
    """A host and port that departments named and nobody allowed yet."""

    host: str
    port: int
    endpoint_count: int
    department_count: int


def allow(
    host: str,
    port: int,
    *,
    document_number: str,
    by: User,
    addresses: str = "",
    note: str = "",
) -> AllowedHost:
    """Endpoints at this host and port are probed from the next round on."""
    permissions.require(by, "allow_probing")
    document = document_number.strip()
    if not document:
        raise RuleViolation(_("Give the number of the document that authorises the probing."))
    name, approved = _understood(host, port, addresses)
    row = AllowedHost(
        host=name,
        port=port,
        addresses=", ".join(approved),
        document_number=document,
        note=note.strip(),
        added_by=by,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            said = {"host": str(row), "document_number": document, "addresses": row.addresses}
            audit.record(row, verb="allow_probing", by=by, detail=said)
    except IntegrityError as twin:
        raise RuleViolation(_("This host and port stand on the list already.")) from twin
    return row


def withdraw(allowed: AllowedHost, *, by: User, version: int) -> None:
    """Nothing there is probed any more, and nothing is known of it any more."""
    permissions.require(by, "allow_probing")
    with transaction.atomic():
        row = AllowedHost.objects.select_for_update().get(pk=allowed.pk)
        require_same(row.version, version)
        if row.withdrawn_at is not None:
            raise RuleViolation(_("This host was taken off the list already."))
        row.withdrawn_at, row.withdrawn_by = timezone.now(), by
        row.version += 1
        row.save()
        there = Endpoint.objects.filter(host=row.host, port=row.port, retired_at=None)
        endpoints = list(there.select_for_update().order_by("pk"))
        for endpoint in endpoints:
            forget(endpoint, why=FORBIDDEN)
            endpoint.version += 1
            endpoint.save()
        said = {"host": str(row), "endpoints": len(endpoints)}
        audit.record(row, verb="forbid_probing", by=by, detail=said)


def wished() -> list[Wish]:
    """What departments named and is not on the list; the system administrator sees no more."""
    waiting = Endpoint.objects.in_use().not_allowed()
    counted = waiting.values_list("host", "port").annotate(
        Count("pk"), Count("obligation__department", distinct=True)
    )
    return [Wish(*row) for row in counted.order_by("host", "port")]


def _understood(host: str, port: int, addresses: str) -> tuple[str, Sequence[str]]:
    try:
        name = host_of(host)
    except ValueError as error:
        raise RuleViolation(
            _("Write the host as it stands in the address, for example 10.1.2.3 or api.gov.cn.")
        ) from error
    try:
        approved = addresses_of(addresses)
    except ValueError as error:
        raise RuleViolation(
            _("Write IP addresses, separated by commas, or leave the field empty.")
        ) from error
    if not 1 <= port <= 65535:
        raise RuleViolation(_("A port is a number from 1 to 65535."))
    return name, approved
