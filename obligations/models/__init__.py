"""What is owed: lists, items, obligations, claims, evidence, requests, history, findings."""

from obligations.models.calendar import CalendarDay
from obligations.models.channels import ReminderChoice, WebhookHost, WebhookTarget
from obligations.models.editions import Edition, ItemChange
from obligations.models.findings import CheckResult, DepartmentCheck, DepartmentDay
from obligations.models.imports import ColumnMapping, Import
from obligations.models.judged import JudgedFacts, Light, Status
from obligations.models.lists import ListItem, ResponsibilityList
from obligations.models.obligation import Duty, Obligation, RoleInItem
from obligations.models.records import Block, Claim, Evidence, Exemption
from obligations.models.reminders import Delivery, Digest, ReminderDay
from obligations.models.states import ObligationState
from obligations.models.units import UnresolvedUnit
from obligations.models.urging import UrgedRow, UrgingNote

__all__ = [
    "Block",
    "CalendarDay",
    "CheckResult",
    "Claim",
    "ColumnMapping",
    "Delivery",
    "DepartmentCheck",
    "DepartmentDay",
    "Digest",
    "Duty",
    "Edition",
    "Evidence",
    "Exemption",
    "Import",
    "ItemChange",
    "JudgedFacts",
    "Light",
    "ListItem",
    "Obligation",
    "ObligationState",
    "ReminderChoice",
    "ReminderDay",
    "ResponsibilityList",
    "RoleInItem",
    "Status",
    "UnresolvedUnit",
    "UrgedRow",
    "UrgingNote",
    "WebhookHost",
    "WebhookTarget",
]
