"""What docking adds to the page of an obligation: stages, endpoints, availability."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import User
from docking import availability, stages
from docking.models import Endpoint
from docking.steps import of, passes_stages
from obligations.models import Obligation


def context(row: Obligation, user: User, on: dt.date) -> dict[str, Any] | None:
    """For duties to connect: a place that the browser fills, so that the page stays light."""
    return {} if passes_stages(row) else None


def standing_of(row: Obligation, *, on: dt.date) -> dict[str, Any]:
    """Stages, progress, endpoints and availability, as they are now."""
    steps = list(of(row).values())
    return {
        "steps": steps,
        "is_planned": any(step.pk for step in steps),
        "progress": stages.progress(steps, on=on),
        "on": on,
        "endpoints": _endpoints(row),
        "availability": availability.of_obligations([row.pk], on=on)[row.pk],
        "stopped_since": availability.stopped_since(),
    }


def _endpoints(row: Obligation) -> list[Any]:
    """The endpoints in use, each with its newest result, and whether it is probed now."""
    found = Endpoint.objects.filter(obligation=row, retired_at=None).with_permission()
    return availability.with_last_results(
        list(found.with_maintenance(at=timezone.now()).order_by("pk"))
    )
