"""Which obligations a new item makes: the rules that both kinds share. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from accounts.models import Department
from obligations.kinds import Duty

# The counterpart of a central body in the province, or None.
Counterparts = Callable[[Department], Department | None]
# The duties, and the names of central bodies that have no counterpart.
Fanned = tuple[list[Duty], list[str]]


def owed_to_open(
    body: Department, *, own_duty: str, counterpart_duty: str, counterparts: Counterparts
) -> Fanned:
    """A body of our own owes `own_duty`; a central one owes it externally and its counterpart
    owes `counterpart_duty`."""
    if not body.is_central:
        return [Duty(body.pk, own_duty, "lead")], []
    external = Duty(body.pk, own_duty, "lead", external=True)
    counterpart = counterparts(body)
    if counterpart is None:
        return [external], [body.name]
    return [external, Duty(counterpart.pk, counterpart_duty, "lead")], []


def owed_to_connect(
    body: Department,
    *,
    lead: Department | None,
    supporting: Iterable[Department],
    counterparts: Counterparts,
) -> Fanned:
    """`connect` for the lead and each supporting body; the external one of a central owner."""
    duties = [Duty(body.pk, "connect", "lead", external=True)] if body.is_central else []
    missing: list[str] = []
    named = lead or body
    if named.is_central:
        # A central body opens; its side in the province connects.
        duties.append(_connecting(named, "lead"))
        lead = counterparts(named)
        missing = [] if lead else [named.name]
    else:
        lead = named
    if lead is not None:
        duties.append(_connecting(lead, "lead"))
    duties += [_connecting(other, "supporting") for other in supporting]
    return _once(duties), missing


def _connecting(department: Department, role: str) -> Duty:
    return Duty(department.pk, "connect", role, external=department.is_central)


def _once(duties: list[Duty]) -> list[Duty]:
    """One obligation per department and duty; the first, leading one stands."""
    kept: dict[tuple[int, str], Duty] = {}
    for duty in duties:
        kept.setdefault((duty.department_id, duty.duty), duty)
    return list(kept.values())
