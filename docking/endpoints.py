"""Which addresses show that a system lives: named, changed and retired by the department."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from accounts.versions import require_same
from docking.models import Endpoint, StateChange
from docking.models.words import CHANGED
from docking.probing.questions import place_of
from docking.steps import passes_stages
from obligations.changing import require_in_reach
from obligations.models import Obligation, Status

# An obligation shows that it lives by few addresses; each is asked every five minutes.
MOST = 10
FIELDS = (
    *("name", "url", "method", "expected_status", "text"),
    *("json_field", "json_value", "latency_limit_ms"),
)
_CLOSED = (Status.DRAFT, Status.WITHDRAWN)


def add(obligation: Obligation, *, by: User, **said: Any) -> Endpoint:
    """A further endpoint of the obligation. It is asked once its host and port are allowed."""
    permissions.require(by, "keep_endpoints")
    with transaction.atomic():
        row = _held(obligation, by=by)
        if Endpoint.objects.filter(obligation=row, retired_at=None).count() >= MOST:
            raise RuleViolation(
                _("At most %(count)s endpoints: retire one first.") % {"count": MOST}
            )
        endpoint = Endpoint(obligation=row, added_by=by, **_checked(said))
        endpoint.save(force_insert=True)
        _record(endpoint, verb="add_endpoint", by=by, detail={"url": endpoint.url})
    return endpoint


def change(endpoint: Endpoint, *, by: User, version: int, **said: Any) -> None:
    """Another address or another answer; what was known of the old one no longer stands."""
    with _changing(endpoint, by=by, version=version) as row:
        before = {name: getattr(row, name) for name in FIELDS}
        for name, value in _checked(said).items():
            setattr(row, name, value)
        changes = {
            name: [value, getattr(row, name)]
            for name, value in before.items()
            if getattr(row, name) != value
        }
        if changes.keys() - {"name"}:
            forget(row, why=CHANGED)
        row.save()
        _record(row, verb="change_endpoint", by=by, detail={"changes": changes})


def retire(endpoint: Endpoint, *, by: User, version: int) -> None:
    """It is asked no more; what was seen stays on record."""
    with _changing(endpoint, by=by, version=version) as row:
        row.retired_at = timezone.now()
        row.save()
        _record(row, verb="retire_endpoint", by=by, detail={"url": row.url})


def forget(row: Endpoint, *, why: str) -> None:
    """Nothing is known any more; the caller saves the row."""
    if row.state != Endpoint.State.UNKNOWN:
        row.state, row.state_since = Endpoint.State.UNKNOWN, timezone.now()
        StateChange.objects.create(endpoint=row, state=row.state, at=row.state_since, why=why)
    row.failure_count = row.success_count = 0


@contextmanager
def _changing(endpoint: Endpoint, *, by: User, version: int) -> Iterator[Endpoint]:
    permissions.require(by, "keep_endpoints")
    with transaction.atomic():
        row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        _held(row.obligation, by=by)
        require_same(row.version, version)
        if row.retired_at is not None:
            raise RuleViolation(_("This endpoint was retired: name a new one."))
        row.version += 1
        yield row
    endpoint.refresh_from_db()


def _held(obligation: Obligation, *, by: User) -> Obligation:
    row = (
        Obligation.objects.select_for_update(of=("self",))
        .select_related("item__list", "department")
        .get(pk=obligation.pk)
    )
    require_in_reach(row, by=by)
    if not passes_stages(row):
        raise RuleViolation(_("Only a duty to connect a system has endpoints."))
    if row.status in _CLOSED:
        raise RuleViolation(_("This obligation is not in force: nothing of it is probed."))
    return row


def _checked(said: dict[str, Any]) -> dict[str, Any]:
    """The fields as they are stored, with the place that the address names."""
    url = str(said.get("url", "")).strip()
    try:
        host, port = place_of(url)
    except ValueError as error:
        raise RuleViolation(
            _(
                "This is not an address that can be probed: it starts with http:// or https://, "
                "names its host by name or by a whole IP address, and has no spaces, user name, "
                "Chinese characters or “#”."
            )
        ) from error
    text, field = said.get("text", "").strip(), said.get("json_field", "").strip()
    value = said.get("json_value", "").strip()
    if said.get("method") == Endpoint.Method.HEAD and (text or field):
        raise RuleViolation(_("HEAD has no content: use GET to look for a text or a JSON field."))
    if value and not field:
        raise RuleViolation(_("Name the JSON field that has this value."))
    return {
        **said,
        "url": url,
        "host": host,
        "port": port,
        "text": text,
        "json_field": field,
        "json_value": value,
    }


def _record(row: Endpoint, *, verb: str, by: User, detail: dict[str, Any]) -> None:
    about = {"name": row.name, "obligation": row.obligation_id, **detail}
    department = row.obligation.department_id
    audit.record(row, verb=verb, by=by, detail=about, department_id=department)
