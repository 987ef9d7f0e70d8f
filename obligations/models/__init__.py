"""What is owed: lists, items, obligations, claims, evidence, requests, history, findings."""

from obligations.models.calendar import CalendarDay
from obligations.models.dispatches import Dispatch, DispatchGroup, DispatchMember
from obligations.models.editions import Edition, ItemChange
from obligations.models.findings import CheckResult, DepartmentCheck, DepartmentDay
from obligations.models.imports import ColumnMapping, Import
from obligations.models.judged import JudgedFacts, Light, Status
from obligations.models.lists import ListItem, ResponsibilityList
from obligations.models.notices import DepartmentContact, Notice, NoticeYear
from obligations.models.obligation import Duty, Obligation, RoleInItem
from obligations.models.records import Block, Claim, Evidence, Exemption
from obligations.models.requests import Extension, Objection
from obligations.models.states import ObligationState
from obligations.models.units import UnresolvedUnit

__all__ = [
    "Block",
    "CalendarDay",
    "CheckResult",
    "Claim",
    "ColumnMapping",
    "DepartmentCheck",
    "DepartmentContact",
    "DepartmentDay",
    "Dispatch",
    "DispatchGroup",
    "DispatchMember",
    "Duty",
    "Edition",
    "Evidence",
    "Exemption",
    "Extension",
    "Import",
    "ItemChange",
    "JudgedFacts",
    "Light",
    "ListItem",
    "Notice",
    "NoticeYear",
    "Objection",
    "Obligation",
    "ObligationState",
    "ResponsibilityList",
    "RoleInItem",
    "Status",
    "UnresolvedUnit",
]
