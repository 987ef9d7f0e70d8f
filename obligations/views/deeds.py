"""What people do to an obligation on its page: each verb with its form and its process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from obligations import blocks, changing, completion, dispatch, evidence, exemptions, progress
from obligations.forms import (
    AskBlockForm,
    AskExemptionForm,
    AttachForm,
    ClaimForm,
    DeedForm,
    GrantExemptionForm,
    LiftBlockForm,
    NoteForm,
    OpeningForm,
    PlanForm,
    ProgressForm,
    ReasonForm,
    ReopenForm,
)
from obligations.models import Block, Exemption, Obligation, Said, Status


@dataclass(frozen=True)
class Situation:
    """What is on record about an obligation, as far as it decides what may be done next."""

    obligation: Obligation
    user: User
    block: Block | None
    exemption: Exemption | None
    on: dt.date

    @cached_property
    def is_own_claim(self) -> bool:
        return bool(self.user.people & completion.claimants(self.obligation))


@dataclass(frozen=True)
class Deed:
    """One button. `fits` says whether it makes sense now; the process decides whether it may."""

    slug: str
    verb: str
    label: Promise
    done: Promise
    form: type[DeedForm]
    do: Callable[..., Any]
    fits: Callable[[Situation], bool] = lambda situation: True
    leading: bool = False
    # A word that one click says, beside the deeds that open a form.
    quick: bool = False
    question: Promise | str = ""


def _claim(row: Obligation, form: Any, **about: Any) -> None:
    note = form.cleaned_data["note"]
    completion.claim(row, note=note, with_evidence=form.pieces(), **about)


def _attach(row: Obligation, form: Any, *, by: User, on: dt.date, version: int) -> None:
    evidence.attach(row, *form.pieces(), by=by, on=on, version=version)


def _plan(row: Obligation, form: Any, **about: Any) -> None:
    data = form.cleaned_data
    contact = (data["contact_office"], data["contact_name"], data["contact_phone"])
    facts = {"planned_on": data["planned_on"], "progress_note": data["progress_note"]}
    dispatch.plan(row, contact=contact, **facts, **about)


def _say(kind: str) -> Callable[..., None]:
    def do(row: Obligation, form: Any, **about: Any) -> None:
        progress.report(row, kind=kind, **about)

    return do


def _with_fields(process: Callable[..., Any]) -> Callable[..., Any]:
    """The form's fields are the process's arguments."""

    def do(row: Obligation, form: DeedForm, **about: Any) -> None:
        process(row, **form.cleaned_data, **about)

    return do


def _another_decides(situation: Situation) -> bool:
    return not situation.is_own_claim


def _may_return(situation: Situation) -> bool:
    endorsed = situation.obligation.status == Status.ENDORSED
    return not situation.is_own_claim and not (endorsed and situation.user.role == Role.REVIEWER)


def _block_waits(situation: Situation) -> bool:
    return situation.block is not None and situation.block.is_waiting


def _block_open(situation: Situation) -> bool:
    return situation.block is not None and situation.block.is_in_force(situation.on)


def _exemption_waits(situation: Situation) -> bool:
    return situation.exemption is not None and situation.exemption.is_waiting


def _exemption_open(situation: Situation) -> bool:
    return situation.exemption is not None and situation.exemption.is_in_force(situation.on)


def _no_exemption(situation: Situation) -> bool:
    return not _exemption_open(situation)


def deed(
    slug: str, label: Any, done: Any, form: type[DeedForm], do: Callable[..., Any], **more: Any
) -> Deed:
    """A deed whose verb is its slug, unless `verb=` names another."""
    verb = more.pop("verb", slug.replace("-", "_"))
    return Deed(slug=slug, verb=verb, label=label, done=done, form=form, do=do, **more)


DEEDS: tuple[Deed, ...] = (
    deed("issue", _("Issue"), _("Issued."), DeedForm, _with_fields(dispatch.issue), leading=True),
    deed(
        "accept", _("Accept"), _("Accepted."), DeedForm, _with_fields(dispatch.accept), leading=True
    ),
    deed("claim", _("Claim completion"), _("Claimed."), ClaimForm, _claim, leading=True),
    deed(
        "endorse",
        _("Endorse"),
        _("Endorsed: it now waits for the coordinator."),
        DeedForm,
        _with_fields(completion.endorse),
        fits=_another_decides,
        leading=True,
    ),
    deed(
        "verify",
        _("Verify and close"),
        _("Verified."),
        DeedForm,
        _with_fields(completion.verify),
        fits=_another_decides,
        leading=True,
    ),
    deed(
        "send-back",
        _("Send back"),
        _("Sent back."),
        ReasonForm,
        _with_fields(completion.send_back),
        fits=_may_return,
    ),
    deed(
        "confirm-block",
        _("Confirm the block"),
        _("Block confirmed."),
        NoteForm,
        _with_fields(blocks.confirm),
        verb="decide_block",
        fits=_block_waits,
        leading=True,
    ),
    deed(
        "refuse-block",
        _("Refuse the block"),
        _("Block refused."),
        ReasonForm,
        _with_fields(blocks.refuse),
        verb="decide_block",
        fits=_block_waits,
    ),
    deed(
        "lift-block",
        _("Lift the block"),
        _("Block lifted; the new due date is set."),
        LiftBlockForm,
        _with_fields(blocks.lift),
        verb="decide_block",
        fits=_block_open,
        leading=True,
    ),
    deed("attach-evidence", _("Attach evidence"), _("Attached."), AttachForm, _attach),
    deed("plan", _("Plan, progress, contact"), _("Saved."), PlanForm, _plan),
    deed(
        "no-change",
        _("No change this period"),
        _("Noted: no change this period."),
        DeedForm,
        _say(Said.NO_CHANGE),
        verb="report_progress",
        quick=True,
    ),
    deed(
        "nothing-to-report",
        _("Nothing to report this period"),
        _("Noted: nothing to report this period."),
        DeedForm,
        _say(Said.NOTHING),
        verb="report_progress",
        quick=True,
    ),
    deed(
        "report-progress",
        _("Report on a period"),
        _("Noted."),
        ProgressForm,
        _with_fields(progress.report),
    ),
    deed(
        "ask-block",
        _("Report a block"),
        _("Reported: the coordinator will decide."),
        AskBlockForm,
        _with_fields(blocks.ask),
        fits=lambda situation: not (_block_waits(situation) or _block_open(situation)),
    ),
    deed(
        "ask-exemption",
        _("Ask for exemption"),
        _("Asked: the coordinator will decide."),
        AskExemptionForm,
        _with_fields(exemptions.ask),
        fits=lambda situation: _no_exemption(situation) and not _exemption_waits(situation),
    ),
    deed(
        "grant-exemption",
        _("Grant an exemption"),
        _("Exempted."),
        GrantExemptionForm,
        _with_fields(exemptions.grant),
        verb="decide_exemption",
        fits=_no_exemption,
    ),
    deed(
        "refuse-exemption",
        _("Refuse the exemption"),
        _("Exemption refused."),
        ReasonForm,
        _with_fields(exemptions.refuse),
        verb="decide_exemption",
        fits=_exemption_waits,
    ),
    deed(
        "end-exemption",
        _("End the exemption"),
        _("Exemption ended."),
        ReasonForm,
        _with_fields(exemptions.end),
        verb="decide_exemption",
        fits=_exemption_open,
    ),
    deed(
        "withdraw-claim",
        _("Take the claim back"),
        _("Taken back."),
        DeedForm,
        _with_fields(completion.withdraw_claim),
    ),
    deed(
        "record-opening",
        _("Record the opening"),
        _("Recorded."),
        OpeningForm,
        _with_fields(dispatch.record_opening),
        leading=True,
    ),
    deed("reopen", _("Reopen"), _("Reopened."), ReopenForm, _with_fields(completion.reopen)),
    deed(
        "withdraw",
        _("Withdraw"),
        _("Withdrawn."),
        ReasonForm,
        _with_fields(dispatch.withdraw),
        question=_("Withdraw this obligation? It stays on record, but counts no more."),
    ),
)


def fitting(situation: Situation) -> list[Deed]:
    """What the user may try now, the leading deeds first."""
    verbs = changing.allowed(situation.obligation, by=situation.user)
    found = [one for one in DEEDS if one.verb in verbs and one.fits(situation)]
    return sorted(found, key=lambda one: not one.leading)
