"""Obligations in any status, with what each verb needs on record; and how each verb is done."""

import datetime as dt

from obligations import (
    blocks,
    completion,
    dispatch,
    evidence,
    exemptions,
    extensions,
    objections,
    progress,
)
from obligations.evidence import NewEvidence
from obligations.models import (
    Block,
    Claim,
    Evidence,
    Exemption,
    Extension,
    Objection,
    Obligation,
)
from obligations.today import moment, today

PAPER = NewEvidence(kind="document", text="示例政数〔2025〕7号")
WEEK = dt.timedelta(days=7)
REASON = {"reason": "情况说明"}

# How a process does each verb, and what a page's form and the API's body say.
DOING = {
    "issue": lambda row, **who: dispatch.issue(row, **who),
    "accept": lambda row, **who: dispatch.accept(row, **who),
    "plan": lambda row, **who: dispatch.plan(row, **who),
    "attach_evidence": lambda row, **who: evidence.attach(row, PAPER, **who),
    "remove_evidence": lambda row, **who: evidence.remove(row.evidence.get(claim=None), **who),
    "report_progress": lambda row, **who: progress.report(row, kind="no_change", **who),
    "claim": lambda row, **who: completion.claim(row, with_evidence=[PAPER], **who),
    "withdraw_claim": lambda row, **who: completion.withdraw_claim(row, **who),
    "endorse": lambda row, **who: completion.endorse(row, **who),
    "send_back": lambda row, **who: completion.send_back(row, **REASON, **who),
    "verify": lambda row, **who: completion.verify(row, **who),
    "reopen": lambda row, **who: completion.reopen(row, **REASON, **who),
    "withdraw": lambda row, **who: dispatch.withdraw(row, **REASON, **who),
    "ask_block": lambda row, **who: blocks.ask(row, cause="other", **REASON, **who),
    "confirm_block": lambda row, **who: blocks.confirm(row, **who),
    "refuse_block": lambda row, **who: blocks.refuse(row, **REASON, **who),
    "lift_block": lambda row, **who: blocks.lift(row, **who),
    "ask_exemption": lambda row, **who: exemptions.ask(row, **REASON, **who),
    "grant_exemption": lambda row, **who: exemptions.grant(row, **who),
    "refuse_exemption": lambda row, **who: exemptions.refuse(row, **REASON, **who),
    "end_exemption": lambda row, **who: exemptions.end(row, **REASON, **who),
    "ask_extension": lambda row, **who: extensions.ask(row, days=5, **REASON, **who),
    "approve_extension": lambda row, **who: extensions.approve(row, **who),
    "refuse_extension": lambda row, **who: extensions.refuse(row, **REASON, **who),
    "object": lambda row, **who: objections.ask(row, **REASON, **who),
    "uphold_objection": lambda row, **who: objections.uphold(row, **REASON, **who),
    "refuse_objection": lambda row, **who: objections.refuse(row, **REASON, **who),
    "record_opening": lambda row, **who: dispatch.record_opening(
        row, opened_on=None, note="部里通知", **who
    ),
}
_SAID = {
    "attach_evidence": {"kind": "document", "text": PAPER.text},
    "report_progress": {"kind": "no_change"},
    "claim": {"evidence": [{"kind": "document", "text": PAPER.text}]},
    "ask_block": {"cause": "other", **REASON},
    "ask_extension": {"days": 5, **REASON},
    "record_opening": {"opened_on": None, "note": "部里通知"},
}
_REASONED = {
    *("send_back", "reopen", "withdraw", "refuse_block", "ask_exemption", "refuse_exemption"),
    *("end_exemption", "refuse_extension", "object", "uphold_objection", "refuse_objection"),
}


def body(verb):
    """What the API wants to hear beside the version."""
    return _SAID.get(verb, REASON if verb in _REASONED else {})


def fields(verb):
    """What the page's form holds beside the version."""
    if verb in ("claim", "attach_evidence"):
        return {"document": PAPER.text}
    return {name: value for name, value in body(verb).items() if value is not None}


def make(item, department, status, *, verb="", people, **facts):
    """An obligation in a status, with what the verb needs so that only status and role decide.

    `people` are others than those who will act: an officer, a reviewer, a coordinator.
    """
    on = today() - WEEK
    row = Obligation.objects.create(
        item=item,
        department=department,
        duty="supply",
        raised_on=on,
        due_on=today() + WEEK,
        original_due_on=today() + WEEK,
        status=status,
        **_facts(status, people, on=on),
        **facts,
    )
    if status in ("claimed", "endorsed", "verified"):
        _claim(row, people, on=on)
    if verb == "remove_evidence":
        Evidence.objects.create(obligation=row, kind="document", text="号", added_on=on)
    _request(row, verb, people, on=on)
    return row


def _facts(status, people, *, on):
    officer, reviewer, coordinator = people
    found = {} if status == "draft" else {"issued_at": moment(on)}
    if status in ("claimed", "endorsed", "verified"):
        found |= {"claimed_by": officer}
    if status in ("endorsed", "verified"):
        found |= {"endorsed_by": reviewer, "completed_on": on, "decide_by": on}
    if status == "verified":
        found |= {"verified_by": coordinator, "verified_on": on}
    return found


def _claim(row, people, *, on):
    officer, reviewer, coordinator = people
    made = Claim(obligation=row, claimed_by=officer, claimed_on=on)
    if row.status in ("endorsed", "verified"):
        made.endorsed_by, made.endorsed_on, made.counted_on = reviewer, on, on
    if row.status == "verified":
        made.outcome, made.decided_by, made.decided_on = "verified", coordinator, on
    made.save()


def _request(row, verb, people, *, on):
    officer, _reviewer, coordinator = people
    asked = {"obligation": row, "reason": "理由", "asked_by": officer, "asked_on": on}
    decided = {
        "outcome": "confirmed",
        "decided_by": coordinator,
        "decided_on": on,
        "decided_at": moment(on),
    }
    if verb in ("confirm_block", "refuse_block"):
        Block.objects.create(cause="other", **asked)
    elif verb == "lift_block":
        Block.objects.create(cause="other", **asked, **decided)
    elif verb in ("grant_exemption", "refuse_exemption"):
        Exemption.objects.create(**asked)
    elif verb == "end_exemption":
        Exemption.objects.create(**asked, **decided)
    elif verb in ("approve_extension", "refuse_extension"):
        Extension.objects.create(days=5, due_on=row.due_on, **asked)
    elif verb == "object":
        Obligation.objects.filter(pk=row.pk).update(light="red", light_reason="overdue")
        row.refresh_from_db()
    elif verb in ("uphold_objection", "refuse_objection"):
        Objection.objects.create(subject="light", light_reason="overdue", **asked)
