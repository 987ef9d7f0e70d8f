"""Where the rows of a report's numbers stand: frozen, and in the list of obligations that day."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from reports import headlines
from reports.models import Report, Snapshot


def rows_url(
    report: Report, number: str, *, department: int | None = None, page: str = "reports:rows"
) -> str:
    """Where the rows of a number stand: on pages, or in the API."""
    asked: dict[str, Any] = {"number": number}
    if department is not None:
        asked["department"] = department
    return f"{reverse(page, args=[report.pk])}?{urlencode(asked)}"


def obligations_url(snapshot: Snapshot, number: str, *, department: int | None) -> str:
    """The list of obligations, asked for the same on the day; "" where it knows no such thing."""
    asked = headlines.asked_by(number)
    if asked is None:
        return ""
    query = {"indicator": asked[0], "part": asked[1], **scope_query(snapshot, department)}
    return f"{reverse('obligations:list')}?{urlencode(query)}"


def scope_query(snapshot: Snapshot, department: int | None = None) -> dict[str, Any]:
    """How filters of obligations and indicators are asked for the scope on the day."""
    query = {
        "on": snapshot.as_of.isoformat(),
        "department": department or snapshot.department_id,
        "region": snapshot.region_id,
        "list": snapshot.on_list_id,
        "kind": snapshot.batch_kind,
        "level": snapshot.batch_level,
        "home_batch": snapshot.batch,
        # With the marks that part scenes, so that no longer name is meant.
        "scene": f"、{snapshot.scene}、" if snapshot.scene else "",
    }
    return {name: value for name, value in query.items() if value}
