"""How lights, reasons, dates and changes are written on a page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.template import Context
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import may
from obligations import findings, judged_by, lights, rates
from obligations.fanning_out import joining
from obligations.kinds import kinds
from obligations.models import (
    Block,
    CheckResult,
    Extension,
    Objection,
    Obligation,
    Part,
    Said,
    Status,
    UnresolvedUnit,
)
from obligations.models.records import Decision
from obligations.today import is_no_day, today
from obligations.verbs import VERB_LABELS

register = template.Library()

# The word beside the colour; a light has one or two, by its reason.
LIGHT_WORDS = {
    "grey": gettext_lazy("Not counted"),
    "purple": gettext_lazy("Blocked"),
    "red": gettext_lazy("Overdue"),
    "yellow": gettext_lazy("Lagging"),
    "blue": gettext_lazy("Due soon"),
    "green": gettext_lazy("On course"),
}
REASON_WORDS = {
    "promise_broken": gettext_lazy("Promise broken"),
    "mending": gettext_lazy("Mending"),
    "due_close": gettext_lazy("Due very soon"),
    "verified": gettext_lazy("Done"),
    "verified_late": gettext_lazy("Done late"),
    "waiting": gettext_lazy("Claimed, waiting"),
}
FACT_WORDS = {
    "status": gettext_lazy("Status"),
    "due_on": gettext_lazy("Due date"),
    "planned_on": gettext_lazy("Planned date"),
    "completed_on": gettext_lazy("Completed on"),
    "first_completed_on": gettext_lazy("First completed on"),
    "mend_until": gettext_lazy("To be mended by"),
    "verified_on": gettext_lazy("Verified on"),
    "decide_by": gettext_lazy("To be decided by"),
    "accept_by": gettext_lazy("To be accepted by"),
    "returned_count": gettext_lazy("Times sent back"),
    "blocked": gettext_lazy("Blocked"),
    "exempt": gettext_lazy("Exempt"),
    "exempt_until": gettext_lazy("Exempt until"),
    "opened_on": gettext_lazy("Opened on"),
    "contact_office": gettext_lazy("Responsible office"),
    "contact_name": gettext_lazy("Person in charge"),
    "contact_phone": gettext_lazy("Telephone"),
    "progress_note": gettext_lazy("Progress so far"),
}


@register.inclusion_tag("obligations/partials/light.html")
def light(code: str, reason: str = "") -> dict[str, Any]:
    """A light: shape, colour and word together."""
    return {"light": code, "word": REASON_WORDS.get(reason) or LIGHT_WORDS[code]}


@register.simple_tag(takes_context=True)
def late_days(context: Context, obligation: Obligation) -> int | str:
    """Working days past the due date, where the page brings a `lateness` to count with."""
    lateness = context.get("lateness")
    return (lateness.of(obligation) or "") if lateness else ""


@register.simple_tag(takes_context=True)
def days_over(context: Context, last: dt.date) -> int | str:
    """Working days since a day that is over, where the page brings a `lateness` to count with."""
    lateness = context.get("lateness")
    return (lateness.since(last) or "") if lateness else ""


@register.simple_tag(takes_context=True)
def acceptance_is_late(context: Context, obligation: Obligation) -> bool:
    """Whether the day by which it was to be accepted has passed."""
    on = context["lateness"].on if context.get("lateness") else today()
    return obligation.accept_by is not None and obligation.accept_by < on


@register.simple_tag(takes_context=True)
def waiting_names(context: Context) -> int:
    """How many names of units wait for the coordinator who looks at the page."""
    user = context.get("user")
    if not isinstance(user, User) or not may(user, "import_list"):
        return 0
    return UnresolvedUnit.objects.visible_to(user).open().name_count()


@register.inclusion_tag("obligations/partials/date_explained.html", takes_context=True)
def dated(context: Context, obligation: Obligation, field: str) -> dict[str, Any]:
    """A date that explains itself, where the page brings what is `explained`; else the bare day."""
    known = (context.get("explained") or {}).get(obligation.pk, {})
    return {
        "day": getattr(obligation, field),
        "why": known.get(field),
        # One obligation may stand in several tables of a page; these have names.
        "id": f"why-{context.get('name', '')}-{obligation.pk}-{field}",
    }


@register.inclusion_tag("obligations/partials/date_moves.html", takes_context=True)
def moves_of(context: Context, obligation: Obligation, field: str) -> dict[str, Any]:
    """What a date was before, and why it moved."""
    known = (context.get("explained") or {}).get(obligation.pk, {})
    return {"moves": known[field].moves if field in known else ()}


@register.simple_tag(takes_context=True)
def new_member_count(context: Context) -> int:
    """How many obligations wait to be offered to new members of dispatched groups."""
    user = context.get("user")
    return joining.waiting_count(by=user, on=today()) if isinstance(user, User) else 0


@register.simple_tag
def light_of(obligation: Obligation) -> str:
    """Why the light is what it is, in a sentence."""
    return lights.sentence_of(obligation.light_reason)


@register.filter
def no_day(text: str | None) -> bool:
    """Whether the day that the address asks for cannot be shown."""
    return is_no_day(text or "")


@register.filter
def light_word(code: str) -> str:
    """The word that stands beside a colour."""
    return str(LIGHT_WORDS.get(code, code))


@register.simple_tag
def indicator_words(asked: Any) -> str:
    """Which part of which indicator the rows of a list are."""
    label, meaning = rates.labels().get(asked.get("indicator"), ("", ""))
    said = {"label": label, "meaning": meaning, "day": asked.get("on") or today().isoformat()}
    if asked.get("part") == rates.NUMERATOR:
        return _("Numerator of “%(label)s” on %(day)s (%(meaning)s).") % said
    return _("Denominator of “%(label)s” on %(day)s (%(meaning)s).") % said


@register.simple_tag
def finding_words(asked: Any) -> str:
    """Which check found what, and when, of the rows of a list."""
    code, _dot, outcome = str(asked.get("finding", "")).partition(".")
    labels = {check.code: str(check.label) for _kind, check in findings.listed()}
    labels[findings.ANY] = _("any check of what the department owes")
    words = dict(CheckResult.Outcome.choices)
    said = {"check": labels.get(code, "—"), "outcome": words.get(outcome, "—")}
    if not asked.get("on"):
        return _("Found now by “%(check)s”: %(outcome)s.") % said
    return _("Found on %(day)s by “%(check)s”: %(outcome)s.") % {**said, "day": asked["on"]}


@register.filter
def part_label(code: str) -> str:
    """What a part of a score is called."""
    return str(Part(code).label) if code in Part.values else code


@register.filter
def day(value: Any) -> str:
    """A date as an official table writes it; a dash where there is none."""
    return value.strftime("%Y-%m-%d") if value else "—"


@register.filter
def verb_label(verb: str) -> str:
    """What a verb of the audit trail is called."""
    return str(VERB_LABELS.get(verb, verb))


@register.simple_tag
def request_words(request: Decision) -> str:
    """What is asked for, in a few words."""
    if isinstance(request, Block):
        return _("Block: %(cause)s") % {"cause": request.get_cause_display()}
    if isinstance(request, Extension):
        return _("Extension: %(days)s working days") % {"days": request.days}
    if isinstance(request, Objection):
        return _("Objection: %(subject)s") % {"subject": request.get_subject_display()}
    return _("Exemption")


@register.filter
def said_word(code: str) -> str:
    """What a department said of a period; a dash where it said nothing."""
    return str(Said(code).label) if code in Said.values else "—"


@register.filter
def percentage(rate: Any) -> str:
    """One decimal; a dash where nothing could be counted."""
    return "—" if rate is None else f"{rate}%"


@register.filter
def changes_of(detail: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(what, before, after) of an audit row, in words."""
    changes: dict[str, list[Any]] = detail.get("changes") or {}
    return [
        (str(FACT_WORDS[name]), _in_words(name, before), _in_words(name, after))
        for name, (before, after) in changes.items()
        if name in FACT_WORDS
    ]


def _in_words(name: str, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "status" and value in Status.values:
        return str(Status(value).label)
    found = parse_date(value) if isinstance(value, str) and len(value) == 10 else None
    return date_format(found, "Y-m-d") if found else str(value)


@register.filter
def kind_label(code: str) -> str:
    """What a kind of list is called."""
    kind = kinds().get(code)
    return str(kind.label) if kind else code


@register.filter
def cell(value: Any) -> str:
    """A value of a previewed row as one cell."""
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return "" if value is None else str(value)


@register.simple_tag
def judged(day: dt.date) -> judged_by.JudgedBy:
    """By which rule of lights and which calendar a day is judged."""
    return judged_by.on(day)
