"""Which state of a list's editions somebody has seen: each application and undoing is a new one."""

from __future__ import annotations

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.errors import StaleVersion, VersionMissing
from obligations.models import Edition, ResponsibilityList


def version_of(home: ResponsibilityList) -> int:
    """How often an edition was applied to the list, or taken back."""
    found = Edition.objects.filter(list=home).aggregate(all=Count("pk"), undone=Count("undone_at"))
    return int(found["all"] + found["undone"])


def require(home: ResponsibilityList, version: int | None) -> None:
    """VersionMissing without a version; StaleVersion, saying who did what, with an older one."""
    if version is None:
        raise VersionMissing(_("Say which version of the editions this decision is about."))
    current = version_of(home)
    if version != current:
        raise StaleVersion(_what_happened(home), facts={"version": current})


def _what_happened(home: ResponsibilityList) -> str:
    """The newest thing that was done to the editions of the list."""
    rows = Edition.objects.filter(list=home).select_related("applied_by", "undone_by")
    applied = rows.order_by("-number").first()
    undone = rows.exclude(undone_at=None).order_by("-undone_at").first()
    if undone and undone.undone_at and applied and undone.undone_at > applied.applied_at:
        return _(
            "%(who)s took edition %(number)s back after you looked: look again, then decide."
        ) % {"who": _who(undone.undone_by), "number": undone.number}
    return _("%(who)s applied edition %(number)s after you looked: look again, then decide.") % {
        "who": _who(applied.applied_by if applied else None),
        "number": applied.number if applied else 0,
    }


def _who(person: object) -> str:
    return str(person) if person else _("The system")
