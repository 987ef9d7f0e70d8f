"""Which obligations a new item makes: the rules that both kinds share. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from accounts.models import Department
from obligations.bodies import Bodies, in_roles
from obligations.kinds import Duty

# The counterpart of a central body in the province, or None.
Counterparts = Callable[[Department], Department | None]
# The duties, and the names of central bodies that have no counterpart.
Fanned = tuple[list[Duty], list[str]]


def owed_to_open(
    bodies: Bodies, *, own_duty: str, counterpart_duty: str, counterparts: Counterparts
) -> Fanned:
    """A body of our own owes `own_duty`; a central one owes it externally and its counterpart
    owes `counterpart_duty`. The first body leads, the others support."""
    duties: list[Duty] = []
    missing: list[str] = []
    for department, role in in_roles(bodies):
        duties.append(Duty(department.pk, own_duty, role, external=department.is_central))
        if department.is_central:
            counterpart = counterparts(department)
            if counterpart is None:
                missing.append(department.name)
            else:
                duties.append(Duty(counterpart.pk, counterpart_duty, role))
    return _once(duties), missing


def owed_to_connect(
    owners: Bodies, *, lead: Bodies, supporting: Bodies, counterparts: Counterparts
) -> Fanned:
    """`connect` for the leading and each supporting body; the external one of a central owner.

    A blank 牵头 is the owner's own side. Of several bodies in one cell the first one leads.
    """
    duties = [_connecting(owner, role) for owner, role in in_roles(owners) if owner.is_central]
    missing: list[str] = []
    for named, role in in_roles(lead or owners):
        side: Department | None = named
        if named.is_central:
            # A central body opens; its side in the province connects.
            duties.append(_connecting(named, role))
            side = counterparts(named)
        if side is None:
            missing.append(named.name)
        else:
            duties.append(_connecting(side, role))
    for body in supporting:
        duties += [_connecting(department, "supporting") for department in body.departments]
    return _once(duties), missing


def _connecting(department: Department, role: str) -> Duty:
    return Duty(department.pk, "connect", role, external=department.is_central)


def _once(duties: Iterable[Duty]) -> list[Duty]:
    """One obligation per department and duty; the first, leading one stands."""
    kept: dict[tuple[int, str], Duty] = {}
    for duty in duties:
        kept.setdefault((duty.department_id, duty.duty), duty)
    return list(kept.values())
