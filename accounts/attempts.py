"""Counts sign-in attempts: each is reserved before its password is checked."""

from __future__ import annotations

import datetime as dt
import unicodedata

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import SignInAttempt


class LockedOut(RuleViolation):
    """Too many attempts failed; says until when."""

    code = "locked_out"

    def __init__(self, until: dt.datetime) -> None:
        clock = date_format(localtime(until), "H:i")
        sentence = _(
            "Too many attempts failed. Sign-in is locked until %(time)s; wait, or ask the security "
            "administrator to unlock the account."
        )
        super().__init__(sentence % {"time": clock}, facts={"until": until.isoformat()})
        self.until = until


def reserve(username: str, *, address: str | None, at: dt.datetime) -> SignInAttempt:
    """Write down one attempt, or raise LockedOut without writing anything.

    Count and insert happen under a lock, so that parallel attempts cannot all see a low count;
    durable, because an attempt that an outer transaction rolls back would not count.
    """
    key = counted_name(username)
    with transaction.atomic(durable=True):
        _lock_out_others(key, address)
        until = locked_until(key, address=address, at=at)
        if until is None:
            return SignInAttempt.objects.create(username=key, address=address, tried_at=at)
    raise LockedOut(until)


def succeed(attempt: SignInAttempt) -> None:
    """An attempt with the right password does not count."""
    SignInAttempt.objects.filter(pk=attempt.pk).update(succeeded=True)


def forgive(username: str) -> int:
    """Let the failed attempts of a name count no more; returns how many did."""
    return _counted().filter(username=counted_name(username)).update(forgiven=True)


def locked_until(username: str, *, address: str | None, at: dt.datetime) -> dt.datetime | None:
    """When the next attempt is allowed, or None when it is allowed now."""
    window = dt.timedelta(minutes=settings.SIGN_IN_LOCK_MINUTES)
    recent = _counted().filter(tried_at__gt=at - window)
    by_name = recent.filter(username=counted_name(username))
    limits = [(by_name, settings.SIGN_IN_ATTEMPTS)]
    if address:
        limits.append((recent.filter(address=address), settings.SIGN_IN_ATTEMPTS_PER_ADDRESS))
    ends = [end + window for attempts, limit in limits if (end := _nth_latest(attempts, limit))]
    return max(ends, default=None)


def counted_name(username: str) -> str:
    """Spellings that differ in width, case or space share one count."""
    folded = unicodedata.normalize("NFKC", username).casefold()
    return "".join(c for c in folded if c.isprintable()).strip()[:150]


def _counted() -> QuerySet[SignInAttempt]:
    return SignInAttempt.objects.filter(succeeded=False, forgiven=False)


def _nth_latest(attempts: QuerySet[SignInAttempt], limit: int) -> dt.datetime | None:
    times = attempts.order_by("-tried_at").values_list("tried_at", flat=True)
    return next(iter(times[limit - 1 : limit]), None)


def _lock_out_others(username: str, address: str | None) -> None:
    """Serialise attempts of one name and of one address until the transaction ends.

    SQLite's transactions are immediate and so serial already. PostgreSQL has no row to lock for
    a name nobody has, hence advisory locks: always name before address, so that none waits in a
    circle.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for space, key in ((1, username), (2, address)):
            if key:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [space, key])
