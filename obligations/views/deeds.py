"""What people do to an obligation on its page: each verb with its form and its process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from obligations import (
    blocks,
    changing,
    completion,
    dispatch,
    evidence,
    exemptions,
    extensions,
    objections,
    progress,
)
from obligations.evidence_forms import AttachForm, ClaimForm
from obligations.forms import (
    ApproveExtensionForm,
    AskBlockForm,
    AskExemptionForm,
    AskExtensionForm,
    ConfirmBlockForm,
    DeedForm,
    GrantExemptionForm,
    IssueForm,
    LiftBlockForm,
    ObjectForm,
    OpeningForm,
    PlanForm,
    ProgressForm,
    ReasonForm,
    ReopenForm,
    UpholdForm,
)
from obligations.models import Obligation, Said
from obligations.situations import Batch


@dataclass(frozen=True)
class Deed:
    """One button; the table of transitions decides where it stands."""

    verb: str
    label: Promise
    done: Promise
    form: type[DeedForm]
    do: Callable[..., Any]
    leading: bool = False
    # A word that one click says, beside the deeds that open a form.
    quick: bool = False
    question: Promise | str = ""
    # Its address, where several deeds share a verb.
    called: str = ""

    @property
    def slug(self) -> str:
        return self.called or self.verb.replace("_", "-")


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


DEEDS: tuple[Deed, ...] = (
    Deed("issue", _("Issue"), _("Issued."), IssueForm, _with_fields(dispatch.issue), leading=True),
    Deed(
        "accept", _("Accept"), _("Accepted."), DeedForm, _with_fields(dispatch.accept), leading=True
    ),
    Deed("claim", _("Claim completion"), _("Claimed."), ClaimForm, _claim, leading=True),
    Deed(
        "endorse",
        _("Endorse"),
        _("Endorsed: it now waits for the coordinator."),
        DeedForm,
        _with_fields(completion.endorse),
        leading=True,
    ),
    Deed(
        "uphold_objection",
        _("Uphold the objection"),
        _("Objection upheld."),
        UpholdForm,
        _with_fields(objections.uphold),
        leading=True,
    ),
    Deed(
        "refuse_objection",
        _("Reject the objection"),
        _("Objection rejected."),
        ReasonForm,
        _with_fields(objections.refuse),
    ),
    Deed(
        "approve_extension",
        _("Approve the extension"),
        _("Extension approved; the due date has moved."),
        ApproveExtensionForm,
        _with_fields(extensions.approve),
        leading=True,
    ),
    Deed(
        "refuse_extension",
        _("Refuse the extension"),
        _("Extension refused."),
        ReasonForm,
        _with_fields(extensions.refuse),
    ),
    Deed(
        "verify",
        _("Verify and close"),
        _("Verified."),
        DeedForm,
        _with_fields(completion.verify),
        leading=True,
    ),
    Deed(
        "send_back",
        _("Send back"),
        _("Sent back."),
        ReasonForm,
        _with_fields(completion.send_back),
    ),
    Deed(
        "confirm_block",
        _("Confirm the block"),
        _("Block confirmed."),
        ConfirmBlockForm,
        _with_fields(blocks.confirm),
        leading=True,
    ),
    Deed(
        "refuse_block",
        _("Refuse the block"),
        _("Block refused."),
        ReasonForm,
        _with_fields(blocks.refuse),
    ),
    Deed(
        "lift_block",
        _("Lift the block"),
        _("Block lifted; the new due date is set."),
        LiftBlockForm,
        _with_fields(blocks.lift),
        leading=True,
    ),
    Deed("attach_evidence", _("Attach evidence"), _("Attached."), AttachForm, _attach),
    Deed("plan", _("Plan, progress, contact"), _("Saved."), PlanForm, _plan),
    Deed(
        "report_progress",
        _("No change this period"),
        _("Noted: no change this period."),
        DeedForm,
        _say(Said.NO_CHANGE),
        called="no-change",
        quick=True,
    ),
    Deed(
        "report_progress",
        _("Nothing to report this period"),
        _("Noted: nothing to report this period."),
        DeedForm,
        _say(Said.NOTHING),
        called="nothing-to-report",
        quick=True,
    ),
    Deed(
        "report_progress",
        _("Report on a period"),
        _("Noted."),
        ProgressForm,
        _with_fields(progress.report),
    ),
    Deed(
        "ask_extension",
        _("Ask for an extension"),
        _("Asked: the coordinator will decide."),
        AskExtensionForm,
        _with_fields(extensions.ask),
    ),
    Deed(
        "object",
        _("Make an objection"),
        _("Objection made: the coordinator will rule on it."),
        ObjectForm,
        _with_fields(objections.ask),
    ),
    Deed(
        "ask_block",
        _("Report a block"),
        _("Reported: the coordinator will decide."),
        AskBlockForm,
        _with_fields(blocks.ask),
    ),
    Deed(
        "ask_exemption",
        _("Ask for exemption"),
        _("Asked: the coordinator will decide."),
        AskExemptionForm,
        _with_fields(exemptions.ask),
    ),
    Deed(
        "grant_exemption",
        _("Grant an exemption"),
        _("Exempted."),
        GrantExemptionForm,
        _with_fields(exemptions.grant),
    ),
    Deed(
        "refuse_exemption",
        _("Refuse the exemption"),
        _("Exemption refused."),
        ReasonForm,
        _with_fields(exemptions.refuse),
    ),
    Deed(
        "end_exemption",
        _("End the exemption"),
        _("Exemption ended."),
        ReasonForm,
        _with_fields(exemptions.end),
    ),
    Deed(
        "withdraw_claim",
        _("Take the claim back"),
        _("Taken back."),
        DeedForm,
        _with_fields(completion.withdraw_claim),
    ),
    Deed(
        "record_opening",
        _("Record the opening"),
        _("Recorded."),
        OpeningForm,
        _with_fields(dispatch.record_opening),
        leading=True,
    ),
    Deed("reopen", _("Reopen"), _("Reopened."), ReopenForm, _with_fields(completion.reopen)),
    Deed(
        "withdraw",
        _("Withdraw"),
        _("Withdrawn."),
        ReasonForm,
        _with_fields(dispatch.withdraw),
        question=_("Withdraw this obligation? It stays on record, but counts no more."),
    ),
)


def fitting(batch: Batch) -> list[Deed]:
    """What the user may try now on the batch's rows, the leading deeds first."""
    verbs = changing.allowed(batch)
    found = [one for one in DEEDS if one.verb in verbs]
    return sorted(found, key=lambda one: not one.leading)
