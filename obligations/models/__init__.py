"""What is owed: lists, items, obligations, claims, evidence, requests, history, findings."""

from obligations.models.bases import DateBasis, Recount
from obligations.models.calendar import CalendarDay, CalendarLoad
from obligations.models.editions import Edition, ItemChange
from obligations.models.evidence import Evidence
from obligations.models.findings import CheckResult, DepartmentCheck, DepartmentDay
from obligations.models.imports import ColumnMapping, Import
from obligations.models.judged import JudgedFacts, Light, Status
from obligations.models.lists import ListItem, ResponsibilityList
from obligations.models.notices import DepartmentContact, Notice, NoticeYear
from obligations.models.obligation import Duty, Obligation, RoleInItem
from obligations.models.records import Block, Claim, Exemption
from obligations.models.requests import Extension, Objection
from obligations.models.rounds import ProgressReport, Round, RoundAnswer, RoundRule, Said
from obligations.models.rules import Clock, DeadlineRule
from obligations.models.states import ObligationState
from obligations.models.units import UnresolvedUnit

__all__ = [
    "Block",
    "CalendarDay",
    "CalendarLoad",
    "CheckResult",
    "Claim",
    "Clock",
    "ColumnMapping",
    "DateBasis",
    "DeadlineRule",
    "DepartmentCheck",
    "DepartmentContact",
    "DepartmentDay",
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
    "ProgressReport",
    "Recount",
    "ResponsibilityList",
    "RoleInItem",
    "Round",
    "RoundAnswer",
    "RoundRule",
    "Said",
    "Status",
    "UnresolvedUnit",
]
