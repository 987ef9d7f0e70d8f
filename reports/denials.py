"""Attempts on reports that were refused: audited for pages and for programs alike.

Whoever tries numbers in bulk does not fill the audit trail: within an hour the first attempts are
told one by one, then only every tenth, hundredth … of them, each with how many there were.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts import audit
from accounts.models import User
from reports.models import RefusedAttempts, Report

TOLD_ONE_BY_ONE = 10
_KEPT = dt.timedelta(days=1)
# Longer ones than a row can have are told as 0.
_LAST_NUMBER = 2**63
_View = Callable[..., HttpResponseBase]


def audited(of: type[models.Model] = Report) -> Callable[[_View], _View]:
    """A page whose 403 and 404 are audited; it stands above what checks the verb. `of` is what
    the address's number names."""

    def decorate(view: _View) -> _View:
        @wraps(view)
        def watched(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except (Http404, PermissionDenied) as refusal:
                record(refusal, of=of, number=kwargs.get("pk"), by=request.user)
                raise

        return watched

    return decorate


class Audited:
    """The same for an address of the API; stands before `Endpoint` among the bases."""

    refused_of: type[models.Model] = Report
    kwargs: dict[str, Any]
    request: Any

    @property
    def refused_number(self) -> int | None:
        """What was asked for."""
        return self.kwargs.get("pk")

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, Http404 | PermissionDenied):
            record(exc, of=self.refused_of, number=self.refused_number, by=self.request.user)
        return super().handle_exception(exc)  # type: ignore[misc]


def record(refusal: Exception, *, of: type[models.Model], number: int | None, by: object) -> None:
    """Count the attempt, and tell it where it is among the first or a round number."""
    if not isinstance(by, User) or _is_theirs(of, number, by, refusal):
        return
    with transaction.atomic():
        count = _count(by)
        if not _is_told(count):
            return
        status = 404 if isinstance(refusal, Http404) else 403
        detail = {"status": status, "attempts_this_hour": count}
        known = number if number and number < _LAST_NUMBER else 0
        audit.record(of(pk=known), verb="refuse_report", by=by, detail=detail)


def _is_theirs(of: type[models.Model], number: int | None, by: User, refusal: Exception) -> bool:
    """Whether it was not for the number: the address was wrong in something else."""
    if not isinstance(refusal, Http404) or not number or number >= _LAST_NUMBER:
        return False
    visible = of._default_manager.visible_to(by)  # type: ignore[attr-defined]
    return bool(visible.filter(pk=number).exists())


def _is_told(count: int) -> bool:
    """1 to 10, 20 … 100, 200 … 1,000 and so on."""
    step = 10 ** (len(str(count)) - 1)
    return count <= TOLD_ONE_BY_ONE or count % step == 0


def _count(by: User) -> int:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    rows = RefusedAttempts.objects.filter(user=by)
    row, is_new = rows.get_or_create(user=by, hour=hour)
    if is_new:
        rows.filter(hour__lt=hour - _KEPT).delete()
    # Whoever counts at the same time waits here, and reads what we wrote.
    rows.filter(pk=row.pk).update(count=F("count") + 1)
    row.refresh_from_db(fields=["count"])
    return row.count
