"""佐证材料: attached by the department in versions, fixed once a claim rests on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import IO

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import Department, User
from obligations import contents, filing, situations
from obligations.changing import require_in_reach, require_transition, require_version
from obligations.evidence_kinds import require_name, require_period, tidied
from obligations.models import Evidence, Obligation, Status

FOLDER = "evidence"
MAX_FILE_BYTES = 10 * 2**20


@dataclass(frozen=True)
class NewEvidence:
    """What a person hands in: a text for every kind but file, a file with its name for that.

    `replaces` is the piece of the same obligation and kind of which this is the newer version.
    """

    kind: str
    text: str = ""
    file: IO[bytes] | None = None
    name: str = ""
    period_from: dt.date | None = None
    period_to: dt.date | None = None
    replaces: int | None = None


def attach(
    obligation: Obligation,
    *pieces: NewEvidence,
    by: User,
    on: dt.date,
    version: int | None = None,
) -> list[Evidence]:
    """Attach pieces, all or none. After the claim they stand under it, fixed at once.

    What an obligation rests on is of the obligation: its version counts this, so that nobody
    endorses or verifies other evidence than they saw.
    """
    with transaction.atomic():
        row = _locked(obligation.pk, "attach_evidence", by=by, on=on, version=version)
        added = [add(row, piece, by=by, on=on) for piece in pieces]
        if row.status != Status.IN_PROGRESS:
            row.evidence.filter(claim=None).update(claim=row.claims.latest("pk"))
        for one in added:
            detail = {"on": on.isoformat(), "evidence": one.pk, "kind": one.kind, "text": str(one)}
            detail |= {"number": one.number, "sha256": one.sha256}
            audit.record(
                row, verb="attach_evidence", by=by, detail=detail, department_id=row.department_id
            )
        _count(row)
    obligation.version = row.version
    return added


def remove(piece: Evidence, *, by: User, on: dt.date, version: int | None = None) -> None:
    """Take back a piece that no claim rests on yet; its file goes with it."""
    with transaction.atomic():
        row = _locked(piece.obligation_id, "remove_evidence", by=by, on=on, version=version)
        held = Evidence.objects.select_for_update(of=("self",)).filter(pk=piece.pk).first()
        if held is None:
            return  # Somebody else took it back a moment ago.
        if held.claim_id is not None:
            raise RuleViolation(_("A claim rests on this evidence: it stays on record."))
        if Evidence.objects.filter(replaces=held).exists():
            raise RuleViolation(_("A newer version stands on this one: take that back first."))
        detail = {"on": on.isoformat(), "evidence": held.pk, "text": str(held)}
        audit.record(
            row, verb="remove_evidence", by=by, detail=detail, department_id=row.department_id
        )
        held.delete()
        _count(row)
        transaction.on_commit(partial(filing.erase, held.path))


def add(row: Obligation, piece: NewEvidence, *, by: User, on: dt.date) -> Evidence:
    """Check and store one piece; the caller holds the obligation and audits."""
    if piece.kind not in Evidence.Kind.values:
        raise RuleViolation(_("Unknown kind of evidence: “%(kind)s”.") % {"kind": piece.kind})
    first, last = require_period(piece.kind, piece.period_from, piece.period_to)
    older = _older(row, piece)
    made = Evidence(
        obligation=row,
        kind=piece.kind,
        period_from=first,
        period_to=last,
        replaces=older,
        number=older.number + 1 if older else 1,
        added_by=by,
        added_on=on,
    )
    if piece.kind == Evidence.Kind.FILE:
        _store(made, piece)
    else:
        made.text = tidied(piece.kind, piece.text)
    made.save(force_insert=True)
    return made


def sweep() -> int:
    """Remove files that no evidence knows, left behind by refused claims; how many."""
    return filing.sweep(
        FOLDER, known=Evidence.objects.exclude(path="").values_list("path", flat=True)
    )


def used_bytes(department_id: int) -> int:
    """How much the files of a department's evidence hold, all versions."""
    files = Evidence.objects.filter(obligation__department_id=department_id)
    return int(files.aggregate(total=Sum("size"))["total"] or 0)


def _locked(pk: int, verb: str, *, by: User, on: dt.date, version: int | None) -> Obligation:
    permissions.require(by, verb)
    held = Obligation.objects.select_for_update(of=("self",)).select_related("department")
    row = held.get(pk=pk)
    require_in_reach(row, by=by)
    require_version(row, version)
    require_transition(situations.of(row, by=by, on=on), verb)
    return row


def _count(row: Obligation) -> None:
    row.version += 1
    row.save(update_fields=["version"])


def _older(row: Obligation, piece: NewEvidence) -> Evidence | None:
    """The newest version of what the piece replaces."""
    if piece.replaces is None:
        return None
    older = row.evidence.filter(pk=piece.replaces, kind=piece.kind).first()
    if older is None:
        raise RuleViolation(
            _("What it replaces is no evidence of the same kind here: choose it again.")
        )
    if Evidence.objects.filter(replaces=older).exists():
        raise RuleViolation(_("A newer version is there already: replace that one."))
    return older


def _store(made: Evidence, piece: NewEvidence) -> None:
    """Keep the file, within the department's room."""
    if piece.file is None:
        raise RuleViolation(_("Please choose the file of the evidence."))
    made.name = require_name(piece.name)
    made.media_type = contents.require_media_type(piece.file, name=made.name)
    # One file of a department at a time, so that two do not fill the same room.
    department_id = made.obligation.department_id
    Department.objects.select_for_update(no_key=True).get(pk=department_id)
    stored = filing.store(piece.file, folder=FOLDER, max_bytes=MAX_FILE_BYTES)
    made.path, made.size, made.sha256 = stored.path, stored.size, stored.sha256
    used, limit = used_bytes(department_id), settings.EVIDENCE_QUOTA_MB * 2**20
    if used + stored.size > limit:
        filing.erase(stored.path)
        raise RuleViolation(
            _(
                "Your department's files take %(used)s of %(limit)s MB, and this one has "
                "%(size)s MB: give a number, code or link instead, or ask the system administrator."
            )
            % {
                "used": _megabytes(used),
                "limit": settings.EVIDENCE_QUOTA_MB,
                "size": _megabytes(stored.size),
            }
        )


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f}"
