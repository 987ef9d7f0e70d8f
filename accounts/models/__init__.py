"""Who: regions, departments and their names in time, users, sign-in attempts, the audit trail."""

from accounts.models.audit import AuditEntry
from accounts.models.departments import Department, DepartmentName, Level, Region
from accounts.models.groups import DepartmentGroup, GroupName, Membership
from accounts.models.handovers import Handover
from accounts.models.signin import ApiToken, SignInAttempt
from accounts.models.users import Role, User

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Department",
    "DepartmentGroup",
    "DepartmentName",
    "GroupName",
    "Handover",
    "Level",
    "Membership",
    "Region",
    "Role",
    "SignInAttempt",
    "User",
]
