"""What is open in a person's hands, and whom it falls to when their account is closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import Handover, User


@dataclass(frozen=True)
class Held:
    """So many things of one sort; only their number, for whoever asks sees no business data."""

    what: str
    count: int


@dataclass(frozen=True)
class Leaving:
    held: list[Held]
    heirs: list[User]

    @property
    def is_lost(self) -> bool:
        """Something is open and nobody is there who could take it up."""
        return bool(self.held) and not self.heirs


def of(user: User, *, on: dt.date) -> Leaving:
    """What the apps above count as this person's, and who else does the same work."""
    work: Callable[..., list[Held]] = import_string(settings.WORK_IN_HANDS)
    standing = Handover.objects.in_force(on=on).filter(deputy=user.pk).count()
    deputies = [Held(_("stands in for a colleague"), standing)]
    held = [one for one in (*work(user, on=on), *deputies) if one.count]
    return Leaving(held=held, heirs=list(_heirs(user)))


def _heirs(user: User) -> QuerySet[User]:
    """Active accounts of the same role: of the department, or of the scope of a coordinator."""
    same = User.objects.filter(role=user.role, is_active=True).exclude(pk=user.pk).order_by("pk")
    if not user.role:
        return same.none()
    if user.role in User.OF_A_DEPARTMENT:
        return same.filter(department=user.department)
    return same.filter(region=user.region) if user.role in User.SCOPED else same
