"""What is open in a person's hands, counted for whoever closes their account."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from accounts.leaving import Held
from accounts.models import Role, User
from obligations.models import Block, Exemption, Obligation, Status


def in_hands(user: User, *, on: dt.date) -> list[Held]:
    """Numbers only. Work belongs to the department, so closing an account moves nothing."""
    rows = Obligation.objects.visible_to(user).filter(external=False)
    if user.role == Role.COORDINATOR:
        return [Held(_("claims to verify"), rows.filter(status=Status.ENDORSED).count())]
    if user.role == Role.REVIEWER:
        return [Held(_("claims to endorse"), rows.filter(status=Status.CLAIMED).count())]
    if user.role != Role.OFFICER:
        return []
    named = rows.open().filter(contact_name=user.display_name)
    asked = [model.objects.filter(asked_by=user.pk, outcome="") for model in (Block, Exemption)]
    return [
        Held(_("open obligations of the department"), rows.open().count()),
        Held(_("open obligations that name the person in charge"), named.count()),
        Held(_("claims of theirs, waiting"), _waiting(user)),
        Held(_("requests of theirs, waiting"), sum(one.count() for one in asked)),
    ]


def _waiting(user: User) -> int:
    waiting = Obligation.objects.filter(status__in=[Status.CLAIMED, Status.ENDORSED])
    return waiting.filter(claimed_by=user.pk).count()
