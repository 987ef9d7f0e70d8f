"""Writes the audit trail, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import structlog
from django.db import models
from django.db.models import F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils import timezone

from accounts import copying
from accounts.models import AuditEntry, User


def record(
    subject: models.Model,
    *,
    verb: str,
    by: User | None,
    detail: dict[str, Any] | None = None,
    department_id: int | None = None,
) -> AuditEntry:
    """Record one act; `by=None` is the machine."""
    row = entry(subject, verb=verb, by=by, detail=detail, department_id=department_id)
    row.save()
    return row


def record_run(verb: str, *, by: User | None, detail: dict[str, Any]) -> AuditEntry:
    """Record a machine's run as a whole: one row, not one per object it touched."""
    row = entry(None, verb=verb, by=by, detail=detail)
    row.save()
    return row


def record_many(entries: Iterable[AuditEntry]) -> None:
    """Record many acts with few statements."""
    AuditEntry.objects.bulk_create(entries, batch_size=500)


def record_alike(
    subjects: models.QuerySet[Any], *, verb: str, by: User | None, detail: dict[str, Any]
) -> None:
    """Record one act on many rows, of which the same is said, in one statement. The rows belong
    to departments."""
    pattern = entry(None, verb=verb, by=by, detail=detail)
    pattern.at, pattern.object_type = timezone.now(), subjects.model._meta.label_lower
    told: dict[str, Combinable] = {
        "object_id": Cast("pk", models.CharField()),
        "department_id": F("department_id"),
    }
    columns: dict[str, Combinable] = {
        field.attname: told.get(field.attname)
        or Value(getattr(pattern, field.attname), output_field=field)
        for field in AuditEntry._meta.concrete_fields
        if not field.primary_key
    }
    copies = subjects.order_by("pk").values_list(*columns.values())
    copying.insert(AuditEntry, list(columns), copies)


def entry(
    subject: models.Model | None,
    *,
    verb: str,
    by: User | None,
    detail: dict[str, Any] | None = None,
    department_id: int | None = None,
) -> AuditEntry:
    """An unsaved row about `subject`; it names whom the person stands in for."""
    if by is not None and by.acting_for is not None:
        detail = {**(detail or {}), "acting_for": by.acting_for.username}
    context = structlog.contextvars.get_contextvars()
    return AuditEntry(
        verb=verb,
        user_id=by.pk if by else None,
        username=by.username if by else "",
        role=by.role if by else "",
        object_type=subject._meta.label_lower if subject else "",
        object_id=str(subject.pk) if subject else "",
        department_id=department_id,
        detail=detail or {},
        address=context.get("ip") or None,
        request_id=str(context.get("request_id", ""))[:50],
    )
