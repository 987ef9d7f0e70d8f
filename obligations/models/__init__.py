"""What is owed: lists, items, obligations, claims, evidence, requests, history, findings."""

from obligations.models.calendar import CalendarDay
from obligations.models.editions import Edition, ItemChange
from obligations.models.filling import FillingUpload
from obligations.models.findings import CheckResult, DepartmentCheck, DepartmentDay
from obligations.models.imports import ColumnMapping, Import
from obligations.models.judged import JudgedFacts, Light, Status
from obligations.models.lists import ListItem, ResponsibilityList
from obligations.models.obligation import Duty, Obligation, RoleInItem
from obligations.models.records import Block, Claim, Evidence, Exemption
from obligations.models.states import ObligationState
from obligations.models.units import UnresolvedUnit

__all__ = [
    "Block",
    "CalendarDay",
    "CheckResult",
    "Claim",
    "ColumnMapping",
    "DepartmentCheck",
    "DepartmentDay",
    "Duty",
    "Edition",
    "Evidence",
    "Exemption",
    "FillingUpload",
    "Import",
    "ItemChange",
    "JudgedFacts",
    "Light",
    "ListItem",
    "Obligation",
    "ObligationState",
    "ResponsibilityList",
    "RoleInItem",
    "Status",
    "UnresolvedUnit",
]
