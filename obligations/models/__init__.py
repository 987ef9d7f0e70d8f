"""What is owed: lists, items, obligations, claims, evidence, requests, history, findings."""

from obligations.models.calendar import CalendarDay
from obligations.models.findings import CheckResult, DepartmentCheck, DepartmentDay
from obligations.models.imports import Import
from obligations.models.judged import JudgedFacts, Light, Status
from obligations.models.lists import ListItem, ResponsibilityList
from obligations.models.obligation import Duty, Obligation, RoleInItem
from obligations.models.records import Block, Claim, Evidence, Exemption
from obligations.models.states import ObligationState

__all__ = [
    "Block",
    "CalendarDay",
    "CheckResult",
    "Claim",
    "DepartmentCheck",
    "DepartmentDay",
    "Duty",
    "Evidence",
    "Exemption",
    "Import",
    "JudgedFacts",
    "Light",
    "ListItem",
    "Obligation",
    "ObligationState",
    "ResponsibilityList",
    "RoleInItem",
    "Status",
]
