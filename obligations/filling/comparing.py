"""Three ways: what was downloaded, what the file says, what stands now."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import User
from obligations.changing import require_transition
from obligations.filling import columns, facts
from obligations.filling.answers import Answer
from obligations.models import Obligation, RoundAnswer, Status
from obligations.situations import Batch, Situation
from obligations.tables.findings import Problem

_ALREADY = (Status.CLAIMED, Status.ENDORSED, Status.VERIFIED)
# (kind, text, first day, last day) of an obligation's evidence.
Proofs = Mapping[int, set[tuple[str, ...]]]
# What open rounds ask, by the key of the question.
Asked = Mapping[int, RoundAnswer]


@dataclass
class Change:
    """What one row would change. `conflicts` are fields that others changed, too, to something
    else: the person says whose word holds."""

    pk: int
    row: int
    title: str
    version: int
    # field -> [before, after]
    fields: dict[str, list[str]] = field(default_factory=dict)
    # field -> [as downloaded, now, in the file]
    conflicts: dict[str, list[str]] = field(default_factory=dict)
    claims: bool = False
    note: str = ""
    evidence: list[list[str]] = field(default_factory=list)
    # The round's question with its version, and what the file answers.
    asked: int | None = None
    asked_version: int = 0
    said: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.fields or self.conflicts or self.claims or self.evidence)


@dataclass
class Comparison:
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    same: int = 0

    @property
    def digest(self) -> str:
        """Whether a person still confirms what is there."""
        said = json.dumps([asdict(one) for one in self.changes], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def compare(
    answers: Iterable[Answer],
    present: Mapping[int, Obligation],
    proofs: Proofs,
    asked: Asked,
    *,
    by: User,
    on: dt.date,
) -> Comparison:
    """`present`: the department's own obligations as they stand, with `claim_count`."""
    found = Comparison()
    batch = Batch(list(present.values()), by=by, on=on)
    for answer in answers:
        row = present.get(answer.pk)
        if row is None:
            found.problems.append(_gone(answer))
            continue
        change = Change(answer.pk, answer.row, answer.title, row.version)
        _plan(answer, row, change)
        _round(answer, asked.get(answer.asked or 0), change, found)
        _claim(answer, row, change, found)
        _evidence(answer, proofs.get(row.pk, set()), change, found)
        found.problems += _refusals(answer, Situation(row, batch), change)
        if change.is_empty:
            found.same += 1
        else:
            found.changes.append(change)
    return found


def _plan(answer: Answer, row: Obligation, change: Change) -> None:
    now = facts.filled(row)
    planned = {name: answer.values[name] for name in now if name in answer.values}
    for name, said in planned.items():
        if now[name] == said:
            continue  # others wrote the same
        if now[name] == answer.base[name]:
            change.fields[name] = [now[name], said]
        else:
            change.conflicts[name] = [answer.base[name], now[name], said]


def _round(answer: Answer, asked: RoundAnswer | None, change: Change, found: Comparison) -> None:
    """An answer is one statement: where others changed a part of it, too, all of it is decided."""
    if not answer.said:
        return
    if asked is None:
        found.problems.append(_closed(answer))
        return
    now = facts.said(asked)
    said = {name: text for name, text in answer.said.items() if now[name] != text}
    if not said:
        return  # others said the same
    if any(now[name] != answer.base[name] for name in said):
        change.conflicts |= {name: [answer.base[name], now[name], said[name]] for name in said}
    else:
        change.fields |= {name: [now[name], said[name]] for name in said}
    change.asked, change.asked_version, change.said = asked.pk, asked.version, said


def _claim(answer: Answer, row: Obligation, change: Change, found: Comparison) -> None:
    already = row.status in _ALREADY
    if answer.claims_now and not already:
        change.claims, change.note = True, answer.note
        if row.claim_count == answer.claims:  # type: ignore[attr-defined]
            before = facts.done_word(row.status)
            change.fields["done"] = [before, columns.CLAIM]
        else:
            since = _("%(now)s (claimed and returned meanwhile: %(reason)s)") % {
                "now": facts.done_word(row.status),
                "reason": row.return_reason or "—",
            }
            change.conflicts["done"] = [columns.UNDERWAY, since, columns.CLAIM]
        if answer.note:
            change.fields["note"] = ["", answer.note]
    elif answer.note and already:
        if answer.note != facts.tidy("note", row.claim_note):
            found.notices.append(
                _("Row %(row)s is claimed already: “%(label)s” is not used.")
                % {"row": answer.row, "label": columns.NOTE}
            )
    elif answer.note:
        found.problems.append(_note_alone(answer))


def _evidence(
    answer: Answer, there: set[tuple[str, ...]], change: Change, found: Comparison
) -> None:
    """Only what is not on record: the same file twice adds nothing, another period does."""
    named = {piece[:2] for piece in there}
    fresh = [
        list(one)
        for one in dict.fromkeys(answer.evidence)
        if one not in there and (one[2] or one[:2] not in named)
    ]
    change.evidence = fresh
    for kind in dict.fromkeys(piece[0] for piece in fresh):
        texts = [_shown(piece) for piece in fresh if piece[0] == kind]
        change.fields[kind] = ["", "\n".join(texts)]
    if change.claims and not fresh and not there:
        found.problems.append(_no_proof(answer))


def _refusals(answer: Answer, situation: Situation, change: Change) -> list[Problem]:
    """What the status forbids; each verb once."""
    changed = {*change.fields, *change.conflicts} & set(columns.PLAN_FIELDS)
    planned = any(name in answer.values for name in changed)
    verbs = {
        "plan": planned,
        "claim": change.claims,
        "attach_evidence": bool(change.evidence) and not change.claims,
    }
    said = []
    for verb in (verb for verb, wanted in verbs.items() if wanted):
        try:
            require_transition(situation, verb)
        except RuleViolation as refusal:
            column = columns.DONE if verb == "claim" else ""
            said.append(Problem(answer.row, column, "not_possible", refusal.sentence))
    return said


def _shown(piece: Sequence[str]) -> str:
    _kind, text, first, last = piece
    days = first if first == last else f"{first} 至 {last}"
    return f"{text}（{days}）" if first else text


def _closed(answer: Answer) -> Problem:
    text = _("The round of “%(title)s” is closed or gone: say it in the next one.")
    said = text % {"title": answer.title}
    return Problem(answer.row, columns.SAID, "no_round", said)


def _gone(answer: Answer) -> Problem:
    text = _(
        "“%(title)s” no longer belongs to your department, or is no longer there: delete this row."
    )
    return Problem(answer.row, columns.KEY, "not_yours", text % {"title": answer.title})


def _note_alone(answer: Answer) -> Problem:
    text = _("“%(note)s” is handed in with a claim: choose “%(claim)s”, or empty the cell.")
    said = text % {"note": columns.NOTE, "claim": columns.CLAIM}
    return Problem(answer.row, columns.NOTE, "note_without_claim", said)


def _no_proof(answer: Answer) -> Problem:
    text = _(
        "A claim needs evidence: fill in a document number, a code or a link in this row, or "
        "attach a file to the obligation first."
    )
    return Problem(answer.row, columns.PROOF[0].label, "no_evidence", text)
