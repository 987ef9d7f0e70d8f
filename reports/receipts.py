"""已阅, 已下载: what the recipients of a report did with it; the first time counts."""

from __future__ import annotations

from django.db.models.functions import Coalesce, Now

from accounts.models import User
from reports.models import ReportReceipt, Snapshot
from reports.models.plans import ReportReceiptQuerySet


def opened(snapshot: Snapshot, user: User) -> None:
    """The report's page was opened; nothing where it was not sent to this person."""
    _own(snapshot, user).filter(opened_at=None).update(opened_at=Now())


def downloaded(snapshot: Snapshot, user: User) -> None:
    """A file of it was taken away; whoever has it has opened it."""
    _own(snapshot, user).filter(downloaded_at=None).update(
        downloaded_at=Now(), opened_at=Coalesce("opened_at", Now())
    )


def _own(snapshot: Snapshot, user: User) -> ReportReceiptQuerySet:
    return ReportReceipt.objects.sent().filter(snapshot=snapshot, user=user)
