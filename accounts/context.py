"""What the frame of every page shows: entries by role, and whether the data are samples."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts import handovers
from accounts.models import Handover, Region, User
from accounts.permissions import may

SAMPLE_REGION = "示例省"
# More entries than fit beside each other are shown apart, but for the daily ones.
_FITTING = 12

# (name of the address, label, the verb that a role must have); None: everybody signed in.
ENTRIES = (
    ("obligations:home", _("Home"), "read"),
    ("obligations:list", _("Obligations"), "read"),
    ("docking:list", _("Docking"), "read"),
    ("obligations:rounds", _("Monthly rounds"), "read"),
    ("obligations:contradictions", _("Contradictions"), "read"),
    ("obligations:voices", _("Usability"), "say_usable"),
    ("obligations:indicators", _("Indicators"), "read"),
    ("obligations:lists", _("Lists"), "read"),
    ("sharing_lists:deliveries", _("Deliveries"), "read_deliveries"),
    ("obligations:imports", _("Import"), "import_list"),
    ("obligations:units", _("Unclaimed units"), "import_list"),
    ("accounts:groups", _("Groups"), "keep_groups"),
    ("obligations:rules", _("Deadline rules"), "keep_rules"),
    ("obligations:urging", _("Urging notes"), "urge"),
    ("reports:list", _("Reports"), "read_reports"),
    ("jobs:list", _("Jobs"), "run_checks"),
    ("jobs:list", _("Jobs"), "see_operations"),
    ("obligations:robots", _("Reminders"), "manage_robots"),
    ("docking:hosts", _("Probing"), "allow_probing"),
    ("accounts:people", _("Accounts"), "manage_accounts"),
    ("accounts:departments", _("Departments"), "manage_departments"),
    ("obligations:calendar", _("Working-day calendar"), "manage_calendar"),
    ("accounts:grants", _("Roles and passwords"), "grant_role"),
    ("accounts:audit", _("Audit log"), "read_audit"),
)
# What is kept now and then, for those who have too many entries.
NOW_AND_THEN = frozenset(
    {
        "obligations:imports",
        "obligations:units",
        "accounts:groups",
        "obligations:rules",
        "jobs:list",
    }
)


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that a partial that shows no frame asks the database nothing."""
    nav: Any = SimpleLazyObject(lambda: _nav(request))
    return {
        "nav": nav,
        "nav_apart": SimpleLazyObject(lambda: [entry for entry in nav if entry["apart"]]),
        "nav_apart_active": SimpleLazyObject(
            lambda: any(entry["active"] for entry in nav if entry["apart"])
        ),
        "demo": SimpleLazyObject(is_demo),
        "stands_in_for": SimpleLazyObject(lambda: _stands_in_for(request)),
    }


def is_demo() -> bool:
    """Whether the sample province is loaded: every page then says 【示例】."""
    return Region.objects.filter(name=SAMPLE_REGION).exists()


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return []
    entries: list[dict[str, Any]] = []
    for name, label, verb in ENTRIES:
        url = _address(name)
        if url and may(user, verb):
            active = _is_below(request.path, url)
            entries.append({"name": name, "url": url, "label": label, "active": active})
    for entry in entries:
        entry["apart"] = len(entries) > _FITTING and entry["name"] in NOW_AND_THEN
    return entries


def _stands_in_for(request: HttpRequest) -> list[Handover]:
    """The colleagues in whose place the user may act today."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or user.role not in User.OF_A_DEPARTMENT:
        return []
    return list(handovers.standing_in(user, on=timezone.localdate()))


def _is_below(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def _address(name: str) -> str | None:
    """None where an installation leaves the app of the address out."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
