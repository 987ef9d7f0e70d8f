"""Writes the audit trail, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import structlog
from django.db import models

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
