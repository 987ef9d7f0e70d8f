"""Everything on record about one obligation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from obligations import as_it_was, explaining, findings, terms
from obligations.api import contested
from obligations.api.rows import obligation_rows
from obligations.kinds import kinds
from obligations.models import (
    Block,
    CheckResult,
    Claim,
    Evidence,
    Exemption,
    Extension,
    ListItem,
    Notice,
    Objection,
    Obligation,
)
from obligations.models.records import Decision, Lasting
from obligations.situations import Batch
from obligations.today import today
from obligations.views.deeds import fitting

_PEOPLE = ("claimed_by", "endorsed_by", "verified_by")
_TEXTS = (
    *("claim_note", "return_reason", "reopen_reason", "progress_note"),
    *("self_verified", "depends_on_id"),
    *("contact_office", "contact_name", "contact_phone"),
    *("raised_on", "issued_at", "accepted_at", "claimed_at", "first_completed_on"),
    *("exempt", "exempt_until"),
)
_DATES: Mapping[str, tuple[Promise, Promise]] = {
    "raised_on": (gettext_lazy("Raised on"), gettext_lazy("When the list put it on record.")),
    "original_due_on": (
        gettext_lazy("Original due date"),
        gettext_lazy("As the list says; it is never overwritten."),
    ),
    "due_on": (
        gettext_lazy("Due date"),
        gettext_lazy("The date in force; only an approved change or a lifted block moves it."),
    ),
    "accept_by": (
        gettext_lazy("To be accepted by"),
        gettext_lazy("The working days that the department has to accept it after the issue."),
    ),
    "planned_on": (
        gettext_lazy("Planned date"),
        gettext_lazy("When the department means to be done."),
    ),
    "completed_on": (
        gettext_lazy("Completed on"),
        gettext_lazy("The day of the department's standing formal claim; timeliness goes by it."),
    ),
    "first_completed_on": (
        gettext_lazy("First completed on"),
        gettext_lazy("The day of the first formal claim; a claim renewed in time gets it back."),
    ),
    "mend_until": (
        gettext_lazy("To be mended by"),
        gettext_lazy("Claimed again by this day, the first day of completion counts."),
    ),
    "decide_by": (
        gettext_lazy("To be decided by"),
        gettext_lazy("The coordinator's own clock: verify or send back by this day."),
    ),
    "verified_on": (gettext_lazy("Verified on"), gettext_lazy("When the coordinator closed it.")),
    "exempt_until": (
        gettext_lazy("Exempt until"),
        gettext_lazy("After this day it is judged as before."),
    ),
    "opened_on": (
        gettext_lazy("Opened on"),
        gettext_lazy("When the central body opened the resource or the system."),
    ),
}


def detail(obligation: Obligation, *, by: User, past: dt.date | None = None) -> dict[str, Any]:
    """The row of the list, and what hangs on it. `by` decides the verbs. `past`: the obligation was
    put back to that day, on which nothing can be done."""
    [row] = obligation_rows([obligation.pk], past=past)
    return {
        **row,
        **{name: getattr(obligation, name) for name in _TEXTS},
        **{name: person(getattr(obligation, name)) for name in _PEOPLE},
        "dates": _dates(obligation),
        "terms": item_terms(obligation.item, by=by),
        "evidence": [evidence(piece) for piece in _pieces(obligation, past=past)],
        "claims": [_claim(one) for one in _claims(obligation, past=past)],
        **_requests(obligation, past=past),
        "notice": _notice(obligation.notice),
        "findings": [_finding(one) for one in _standing(obligation, past=past)],
        **({"contested": None, "verbs": []} if past else _possible(obligation, by=by)),
    }


def _possible(obligation: Obligation, *, by: User) -> dict[str, Any]:
    batch = Batch([obligation], by=by, on=today())
    [situation] = batch.situations()
    return {
        "contested": contested.represent(situation),
        "verbs": [one.verb for one in fitting(batch) if not one.quick],
    }


def _requests(obligation: Obligation, *, past: dt.date | None) -> dict[str, Any]:
    on = past or today()

    def made(requests: Any) -> Any:
        return as_it_was.undecided(requests, on=past) if past else requests

    return {
        "blocks": [_block(one, on=on) for one in made(_lasting(obligation.blocks))],
        "exemptions": [_exemption(one, on=on) for one in made(_lasting(obligation.exemptions))],
        "extensions": [_extension(one) for one in made(_decisions(obligation.extensions))],
        "objections": [_objection(one) for one in made(_decisions(obligation.objections))],
    }


def item_terms(item: ListItem, *, by: User) -> list[dict[str, Any]]:
    """Each filled column that the person may read: field, official label, as written, as stored."""
    kind = kinds()[item.list.kind]
    columns = {column.label: column for column in kind.columns}
    own = getattr(item, kind.terms_name, None)
    found = []
    for label, text in terms.written(item, hidden=terms.hidden_from(by, item)):
        column = columns[label]
        value = getattr(item if column.on_item else own, column.field, None)
        plain = value if isinstance(value, str | int | list) else text
        found.append({"field": column.field, "label": label, "text": text, "value": plain})
    return found


def evidence(piece: Evidence) -> dict[str, Any]:
    """A piece of evidence; a file is fetched from its own address."""
    is_file = piece.kind == Evidence.Kind.FILE
    return {
        **{name: getattr(piece, name) for name in ("kind", "text", "name", "media_type", "size")},
        "id": piece.pk,
        "sha256": piece.sha256,
        "obligation_id": piece.obligation_id,
        "claim_id": piece.claim_id,
        "period_from": piece.period_from,
        "period_to": piece.period_to,
        "number": piece.number,
        "replaces_id": piece.replaces_id,
        "added_on": piece.added_on,
        "added_by": person(piece.added_by),
        "download": reverse("api:evidence-download", args=[piece.pk]) if is_file else None,
    }


def person(user: User | None) -> dict[str, str] | None:
    return None if user is None else {"username": user.username, "name": user.display_name}


def _dates(obligation: Obligation) -> list[dict[str, Any]]:
    explained = explaining.of_many([obligation])[obligation.pk]
    found = []
    for name, (label, meaning) in _DATES.items():
        day = getattr(obligation, name)
        if day is None:
            continue
        found.append(
            {
                "name": name,
                "label": str(label),
                "on": day,
                "meaning": _meaning(obligation, name, str(meaning)),
                "provisional": name in explained and explained[name].provisional,
            }
        )
    return found


def _meaning(obligation: Obligation, name: str, meaning: str) -> str:
    if name == "original_due_on" and obligation.due_text:
        return f"{meaning} {_('Written as “%(text)s”.') % {'text': obligation.due_text}}"
    return meaning


def _decisions(requests: Any) -> Any:
    return requests.select_related("asked_by", "decided_by").order_by("-pk")


def _lasting(requests: Any) -> Any:
    return requests.select_related("asked_by", "decided_by", "ended_by").order_by("-pk")


def _pieces(obligation: Obligation, *, past: dt.date | None) -> Any:
    found = obligation.evidence.select_related("added_by").order_by("pk")
    return found.filter(added_on__lte=past) if past else found


def _claims(obligation: Obligation, *, past: dt.date | None) -> Any:
    people = ("claimed_by", "endorsed_by", "decided_by")
    found = obligation.claims.select_related(*people).order_by("-pk")
    return as_it_was.claims(found, on=past) if past else found


def _standing(obligation: Obligation, *, past: dt.date | None) -> Any:
    held = CheckResult.objects.at(past) if past else CheckResult.objects.filter(until=None)
    return held.filter(obligation=obligation).order_by("check_code")


def _claim(one: Claim) -> dict[str, Any]:
    days = ("note", "claimed_on", "endorsed_on", "decide_by", "outcome", "decided_on", "reason")
    people = ("claimed_by", "endorsed_by", "decided_by")
    return {
        "id": one.pk,
        **{name: getattr(one, name) for name in days},
        **{name: person(getattr(one, name)) for name in people},
    }


def _decision(one: Decision) -> dict[str, Any]:
    facts = ("reason", "asked_on", "outcome", "decided_on", "decision_note")
    return {
        "id": one.pk,
        **{name: getattr(one, name) for name in facts},
        **{name: person(getattr(one, name)) for name in ("asked_by", "decided_by")},
    }


def _lasts(one: Lasting, *, on: dt.date) -> dict[str, Any]:
    return {
        **_decision(one),
        "ended_on": one.ended_on,
        "ended_by": person(one.ended_by),
        "in_force": one.is_in_force(on),
    }


def _extension(one: Extension) -> dict[str, Any]:
    facts = ("days", "due_on", "new_due_on", "document_number")
    return {**_decision(one), **{name: getattr(one, name) for name in facts}}


def _objection(one: Objection) -> dict[str, Any]:
    facts = ("subject", "light_reason", "due_on", "claim_id", "returned_on", "return_reason")
    ruling = ("consequence", "corrected_due_on", "document_number", "self_ruled")
    return {**_decision(one), **{name: getattr(one, name) for name in (*facts, *ruling)}}


def _notice(one: Notice | None) -> dict[str, Any] | None:
    return None if one is None else {"id": one.pk, "number": one.label}


def _block(one: Block, *, on: dt.date) -> dict[str, Any]:
    return {
        **_lasts(one, on=on),
        "cause": one.cause,
        "external_obligation_id": one.external_obligation_id,
        "days_left": one.days_left,
        "new_due_on": one.new_due_on,
        "document_number": one.document_number,
    }


def _exemption(one: Exemption, *, on: dt.date) -> dict[str, Any]:
    return {
        **_lasts(one, on=on),
        "until_on": one.until_on,
        "document_number": one.document_number,
    }


def _finding(one: CheckResult) -> dict[str, Any]:
    return finding(one.check_code, one.outcome, one.since)


def finding(code: str, outcome: str, since: dt.date) -> dict[str, Any]:
    """What a check found, and the sentence that says so."""
    check = findings.check_of(code)
    return {
        "check": code,
        "label": str(check.label),
        "outcome": outcome,
        "sentence": str(check.sentences.get(outcome, "")),
        "source": str(check.source),
        "since": since,
    }
