"""The state machine of an obligation as one table: verb × status × role → status. Pure.

Every process asks this table which verb may start from where, for whom, and where it ends;
docs/states.md is drawn from it. `conditions` name what must hold besides; obligations.conditions
says what each means. `case` tells apart rows that differ only in where they end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.models import Role

STATUSES = ("draft", "issued", "in_progress", "claimed", "endorsed", "verified", "withdrawn")
_OPEN = ("issued", "in_progress", "claimed", "endorsed")
_BEGUN = (*_OPEN, "verified")
_UNCLAIMED = ("issued", "in_progress")
_STANDING = ("draft", *_BEGUN)

_OFFICER, _REVIEWER, _COORDINATOR = Role.OFFICER, Role.REVIEWER, Role.COORDINATOR


@dataclass(frozen=True)
class Transition:
    """One row. `external` rows are for what central bodies owe, the others for our own."""

    verb: str
    start: str
    role: Role
    end: str
    conditions: tuple[str, ...] = ()
    case: str = ""
    external: bool = False


def _from(
    verb: str,
    starts: Iterable[str],
    *roles: Role,
    end: str = "",
    conditions: tuple[str, ...] = (),
    case: str = "",
    external: bool = False,
) -> Iterator[Transition]:
    """A row for each status and role; without `end` the status stays."""
    for start in starts:
        for role in roles:
            yield Transition(verb, start, role, end or start, conditions, case, external)


def _table() -> Iterator[Transition]:
    yield from _way()
    yield from _requests()
    yield from _from("withdraw", _STANDING, _COORDINATOR, end="withdrawn")
    # A central body's duty is never issued: it is opened or not, until it is withdrawn.
    unissued = ("draft",)
    yield from _from("withdraw", unissued, _COORDINATOR, end="withdrawn", external=True)
    yield from _from("record_opening", unissued, _COORDINATOR, external=True)


def _way() -> Iterator[Transition]:
    """From the list to 销号, and back."""
    another = ("another_person",)
    yield from _from("issue", ("draft",), _COORDINATOR, end="issued")
    yield from _from("accept", ("issued",), _OFFICER, end="in_progress")
    yield from _from("plan", (*_UNCLAIMED, "claimed"), _OFFICER, _COORDINATOR)
    evidence = ("in_progress", "claimed", "endorsed", "verified")
    yield from _from("attach_evidence", evidence, _OFFICER)
    yield from _from("remove_evidence", ("in_progress",), _OFFICER)
    yield from _from("report_progress", _BEGUN, _OFFICER)
    for case, end in (("endorsement_required", "claimed"), ("endorsement_off", "endorsed")):
        yield from _from("claim", ("in_progress",), _OFFICER, end=end, case=case)
    yield from _from("withdraw_claim", ("claimed",), _OFFICER, end="in_progress")
    yield from _from("endorse", ("claimed",), _REVIEWER, end="endorsed", conditions=another)
    for start, roles in (("claimed", (_REVIEWER, _COORDINATOR)), ("endorsed", (_COORDINATOR,))):
        yield from _from("send_back", (start,), *roles, end="in_progress", conditions=another)
    decided = (*another, "no_block", "no_extension_waits")
    yield from _from("verify", ("endorsed",), _COORDINATOR, end="verified", conditions=decided)
    yield from _from("reopen", ("verified",), _COORDINATOR, end="in_progress")


def _requests() -> Iterator[Transition]:
    """受阻, 不适用, 延期, 申诉: rows with a decision; only an upheld objection moves the status."""
    yield from _from("ask_block", _UNCLAIMED, _OFFICER, conditions=("no_block",))
    for verb in ("confirm_block", "refuse_block"):
        waits = ("block_waits", "block_of_another")
        yield from _from(verb, _OPEN, _COORDINATOR, conditions=waits)
    yield from _from("lift_block", _OPEN, _COORDINATOR, conditions=("block_confirmed",))
    yield from _from("ask_exemption", _UNCLAIMED, _OFFICER, conditions=("no_exemption",))
    granted = ("no_exemption_in_force", "exemption_of_another")
    yield from _from("grant_exemption", _BEGUN, _COORDINATOR, conditions=granted)
    refused = ("exemption_waits", "exemption_of_another")
    yield from _from("refuse_exemption", _BEGUN, _COORDINATOR, conditions=refused)
    yield from _from("end_exemption", _BEGUN, _COORDINATOR, conditions=("exemption_in_force",))
    asked = ("due_day", "due_day_not_past", "not_blocked", "no_extension_waits")
    yield from _from("ask_extension", _UNCLAIMED, _OFFICER, conditions=asked)
    for verb in ("approve_extension", "refuse_extension"):
        waits = ("extension_waits", "extension_of_another")
        yield from _from(verb, _OPEN, _COORDINATOR, conditions=waits)
    contested = ("no_objection_waits", "contestable", "objection_in_time")
    yield from _from("object", _BEGUN, _OFFICER, conditions=contested)
    ruled = ("objection_waits", "objection_of_another", "not_the_returner")
    case = "objection_to_light"
    yield from _from("uphold_objection", _BEGUN, _COORDINATOR, conditions=ruled, case=case)
    yield from _from(
        "uphold_objection",
        ("in_progress",),
        _COORDINATOR,
        end="endorsed",
        conditions=ruled,
        case="objection_to_return",
    )
    yield from _from("refuse_objection", _BEGUN, _COORDINATOR, conditions=ruled)


TABLE: tuple[Transition, ...] = tuple(_table())
VERBS: tuple[str, ...] = tuple(dict.fromkeys(row.verb for row in TABLE))


def of(verb: str, start: str, role: str, *, external: bool = False) -> tuple[Transition, ...]:
    """The rows for a verb from a status by a role: none where it is refused."""
    wanted = (verb, start, role, external)
    return tuple(row for row in TABLE if (row.verb, row.start, row.role, row.external) == wanted)


def roles_of(verb: str) -> frozenset[Role]:
    """The roles that have the verb from some status."""
    return frozenset(row.role for row in TABLE if row.verb == verb)


def starts_of(verb: str, *, external: bool = False) -> frozenset[str]:
    """The statuses from which anybody may start the verb."""
    return frozenset(row.start for row in TABLE if row.verb == verb and row.external == external)
