"""任务分解: list items become obligations of chosen bodies, after a look at what would happen."""

from obligations.fanning_out.acting import confirm, discard, perform, prepare
from obligations.fanning_out.choosing import OWN, Choice, DutyChoice, Named
from obligations.fanning_out.planning import Plan, plan

__all__ = [
    "OWN",
    "Choice",
    "DutyChoice",
    "Named",
    "Plan",
    "confirm",
    "discard",
    "perform",
    "plan",
    "prepare",
]
