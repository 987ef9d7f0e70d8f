"""One obligation in the API as of a past day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api.endpoints import StrictSerializer
from accounts.models import User
from obligations import as_it_was
from obligations.api import record
from obligations.api.bodies import DayField
from obligations.models import Obligation, Status
from obligations.today import today


class DayQuery(StrictSerializer):
    on = DayField(
        required=False, help_text="As of the end of this day, from history; today without it."
    )

    def validate_on(self, day: dt.date) -> dt.date:
        if day > today():
            raise serializers.ValidationError(_("Use today or an earlier day."))
        return day


def detail(row: Obligation, *, by: User, on: dt.date) -> dict[str, Any]:
    """Everything about it that had taken effect by the day; 404 where it was not on record."""
    known = as_it_was.put_back([row], on=on)
    if not known or (by.role in by.OF_A_DEPARTMENT and row.status == Status.DRAFT):
        raise Http404
    as_it_was.put_back_people(row, on=on)
    return record.detail(row, by=by, past=on)
