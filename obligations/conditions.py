"""What the conditions of the table of transitions mean, and what a refusal by each says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import RuleViolation
from obligations.models import Objection, Status
from obligations.models.records import Decision
from obligations.situations import Situation


@dataclass(frozen=True)
class Condition:
    """`personal`: another person may do it, so this one is answered 403 and not 409."""

    holds: Callable[[Situation], bool]
    sentence: Promise
    personal: bool = False


def _of_another(name: str) -> Callable[[Situation], bool]:
    def holds(situation: Situation) -> bool:
        request: Decision | None = getattr(situation, name)
        waits = request is not None and request.is_waiting
        return not (waits and request and request.asked_by_id in situation.by.people)

    return holds


def _block_waits(situation: Situation) -> bool:
    return situation.block is not None and situation.block.is_waiting


def _block_confirmed(situation: Situation) -> bool:
    return situation.block is not None and not situation.block.is_waiting


def _exemption_waits(situation: Situation) -> bool:
    return situation.exemption is not None and situation.exemption.is_waiting


def _exemption_in_force(situation: Situation) -> bool:
    return situation.exemption is not None and not situation.exemption.is_waiting


def _due_day_not_past(situation: Situation) -> bool:
    due_on = situation.row.due_on
    return due_on is None or situation.on <= due_on


def _another_person(situation: Situation) -> bool:
    row = situation.row
    if row.status not in (Status.CLAIMED, Status.ENDORSED):
        return True
    return not situation.by.people & situation.claimants


def _objection_in_time(situation: Situation) -> bool:
    matter = situation.contested
    return matter is None or situation.on <= matter.object_by


def _not_the_returner(situation: Situation) -> bool:
    objection: Objection | None = situation.objection
    if objection is None or objection.returned_by_id not in situation.by.people:
        return True
    return not situation.other_coordinator


_OWN_REQUEST = _("Nobody decides on their own request: ask another person.")

CONDITIONS: Mapping[str, Condition] = {
    "another_person": Condition(
        _another_person,
        _("Nobody decides on their own claim: ask another person."),
        personal=True,
    ),
    "no_block": Condition(
        lambda situation: situation.block is None,
        _("A block is on record: it must be decided on or lifted first."),
    ),
    "block_waits": Condition(
        _block_waits, _("No block is waiting for a decision on this obligation.")
    ),
    "block_of_another": Condition(_of_another("block"), _OWN_REQUEST, personal=True),
    "block_confirmed": Condition(
        _block_confirmed, _("No confirmed block is open on this obligation.")
    ),
    "not_blocked": Condition(
        lambda situation: not situation.row.blocked,
        _("A block is open, and lifting it gives back the days: ask for more after that."),
    ),
    "no_exemption": Condition(
        lambda situation: situation.exemption is None,
        _("An exemption is already on record: wait for its decision or end."),
    ),
    "no_exemption_in_force": Condition(
        lambda situation: not _exemption_in_force(situation),
        _("An exemption is in force already."),
    ),
    "exemption_waits": Condition(
        _exemption_waits, _("No exemption is waiting for a decision on this obligation.")
    ),
    "exemption_of_another": Condition(_of_another("exemption"), _OWN_REQUEST, personal=True),
    "exemption_in_force": Condition(
        _exemption_in_force, _("No exemption is in force on this obligation.")
    ),
    "due_day": Condition(
        lambda situation: situation.row.due_on is not None,
        _("This duty is ongoing: it has no due date to extend."),
    ),
    "due_day_not_past": Condition(
        _due_day_not_past,
        _("The due date has passed: an extension must be asked for by the due date."),
    ),
    "no_extension_waits": Condition(
        lambda situation: situation.extension is None,
        _("An extension waits for its decision: that comes first."),
    ),
    "extension_waits": Condition(
        lambda situation: situation.extension is not None,
        _("No extension is waiting for a decision on this obligation."),
    ),
    "extension_of_another": Condition(_of_another("extension"), _OWN_REQUEST, personal=True),
    "no_objection_waits": Condition(
        lambda situation: situation.objection is None,
        _("An objection waits for its ruling already."),
    ),
    "contestable": Condition(
        lambda situation: situation.contested is not None,
        _(
            "There is nothing to object to: the light is not red and no claim was returned, "
            "or a ruling was made on it."
        ),
    ),
    "objection_in_time": Condition(
        _objection_in_time,
        _("The days to object, counted from the light or the return, are over."),
    ),
    "objection_waits": Condition(
        lambda situation: situation.objection is not None,
        _("No objection is waiting for a ruling on this obligation."),
    ),
    "objection_of_another": Condition(_of_another("objection"), _OWN_REQUEST, personal=True),
    "not_the_returner": Condition(
        _not_the_returner,
        _("You returned this claim: another coordinator rules on the objection."),
        personal=True,
    ),
}


def require(name: str, situation: Situation) -> None:
    """Raise RuleViolation, or PermissionDenied where only this person is refused."""
    condition = CONDITIONS[name]
    if condition.holds(situation):
        return
    if condition.personal:
        raise PermissionDenied(str(condition.sentence))
    raise RuleViolation(str(condition.sentence), facts={"condition": name})
