"""What is owed: lists, items, obligations, claims, evidence, requests, history, findings."""

from obligations.models.bases import DateBasis, Recount
from obligations.models.calendar import CalendarDay, CalendarLoad
from obligations.models.channels import ReminderChoice, WebhookHost, WebhookTarget
from obligations.models.confirmations import Confirmation, ConfirmationRule, ItemConsumer
from obligations.models.contradictions import ContradictionCase
from obligations.models.dispatches import Dispatch, DispatchGroup, DispatchMember
from obligations.models.editions import Edition, ItemChange
from obligations.models.evidence import Evidence
from obligations.models.filling import FillingUpload
from obligations.models.findings import CheckResult, DepartmentCheck, DepartmentDay
from obligations.models.imports import ColumnMapping, Import
from obligations.models.judged import JudgedFacts, Light, Status
from obligations.models.light_rules import LightRule
from obligations.models.lists import ListItem, ResponsibilityList
from obligations.models.notices import DepartmentContact, Notice, NoticeYear
from obligations.models.obligation import Duty, Obligation, RoleInItem
from obligations.models.records import Block, Claim, Exemption
from obligations.models.reminders import Delivery, Digest, ReminderDay
from obligations.models.requests import Extension, Objection
from obligations.models.rounds import ProgressReport, Round, RoundAnswer, RoundRule, Said
from obligations.models.rules import Clock, DeadlineRule
from obligations.models.scores import (
    Part,
    ScoreLine,
    ScoreObjection,
    ScoreRule,
    ScoreSheet,
    ScoreStatement,
)
from obligations.models.states import ObligationState
from obligations.models.units import UnresolvedUnit
from obligations.models.urging import UrgedRow, UrgingNote

__all__ = [
    "Block",
    "CalendarDay",
    "CalendarLoad",
    "CheckResult",
    "Claim",
    "Clock",
    "ColumnMapping",
    "Confirmation",
    "ConfirmationRule",
    "ContradictionCase",
    "DateBasis",
    "DeadlineRule",
    "Delivery",
    "DepartmentCheck",
    "DepartmentContact",
    "DepartmentDay",
    "Digest",
    "Dispatch",
    "DispatchGroup",
    "DispatchMember",
    "Duty",
    "Edition",
    "Evidence",
    "Exemption",
    "Extension",
    "FillingUpload",
    "Import",
    "ItemChange",
    "ItemConsumer",
    "JudgedFacts",
    "Light",
    "LightRule",
    "ListItem",
    "Notice",
    "NoticeYear",
    "Objection",
    "Obligation",
    "ObligationState",
    "Part",
    "ProgressReport",
    "Recount",
    "ReminderChoice",
    "ReminderDay",
    "ResponsibilityList",
    "RoleInItem",
    "Round",
    "RoundAnswer",
    "RoundRule",
    "Said",
    "ScoreLine",
    "ScoreObjection",
    "ScoreRule",
    "ScoreSheet",
    "ScoreStatement",
    "Status",
    "UnresolvedUnit",
    "UrgedRow",
    "UrgingNote",
    "WebhookHost",
    "WebhookTarget",
]
