"""佐证材料: attached by the department, fixed once a claim rests on it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import filing, situations
from obligations.changing import require_in_reach, require_transition, require_version
from obligations.models import Evidence, Obligation, Status

FOLDER = "evidence"
MAX_FILE_BYTES = 10 * 2**20
_LINK = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class NewEvidence:
    """What a person hands in: a text for every kind but file, a file with its name for that."""

    kind: str
    text: str = ""
    file: IO[bytes] | None = None
    name: str = ""


def attach(
    obligation: Obligation,
    *pieces: NewEvidence,
    by: User,
    on: dt.date,
    version: int | None = None,
) -> list[Evidence]:
    """Attach pieces, all or none. After the claim they stand under it, fixed at once."""
    with transaction.atomic():
        row = (
            Obligation.objects.select_for_update(of=("self",))
            .select_related("department")
            .get(pk=obligation.pk)
        )
        _require_may(row, "attach_evidence", by=by, on=on)
        require_version(row, version)
        added = [add(row, piece, by=by, on=on) for piece in pieces]
        if row.status != Status.IN_PROGRESS:
            row.evidence.filter(claim=None).update(claim=row.claims.latest("pk"))
        for one in added:
            detail = {"on": on.isoformat(), "evidence": one.pk, "kind": one.kind, "text": str(one)}
            audit.record(
                row, verb="attach_evidence", by=by, detail=detail, department_id=row.department_id
            )
    return added


def remove(piece: Evidence, *, by: User, on: dt.date) -> None:
    """Take back a piece that no claim rests on yet; its file goes with it."""
    with transaction.atomic():
        row = Obligation.objects.select_for_update().get(pk=piece.obligation_id)
        _require_may(row, "remove_evidence", by=by, on=on)
        held = Evidence.objects.select_for_update().filter(pk=piece.pk).first()
        if held is None:
            return  # Somebody else took it back a moment ago.
        if held.claim_id is not None:
            raise RuleViolation(_("A claim rests on this evidence: it stays on record."))
        detail = {"on": on.isoformat(), "evidence": held.pk, "text": str(held)}
        audit.record(
            row, verb="remove_evidence", by=by, detail=detail, department_id=row.department_id
        )
        held.delete()
        transaction.on_commit(partial(filing.erase, held.path))


def add(row: Obligation, piece: NewEvidence, *, by: User, on: dt.date) -> Evidence:
    """Check and store one piece; the caller holds the obligation and audits."""
    if piece.kind not in Evidence.Kind.values:
        raise RuleViolation(_("Unknown kind of evidence: “%(kind)s”.") % {"kind": piece.kind})
    if piece.kind == Evidence.Kind.FILE:
        return _add_file(row, piece, by=by, on=on)
    text = piece.text.strip()
    if not text:
        raise RuleViolation(_("Please fill in the number, code or link of the evidence."))
    if len(text) > 1000 or _CONTROL.search(text):
        raise RuleViolation(_("Evidence is at most 1,000 characters, without control characters."))
    if piece.kind == Evidence.Kind.LINK and not _LINK.fullmatch(text):
        raise RuleViolation(_("A link starts with http:// or https:// and has no spaces."))
    return Evidence.objects.create(
        obligation=row, kind=piece.kind, text=text, added_by=by, added_on=on
    )


def sweep() -> int:
    """Remove files that no evidence knows, left behind by refused claims; how many."""
    return filing.sweep(
        FOLDER, known=Evidence.objects.exclude(path="").values_list("path", flat=True)
    )


def _require_may(row: Obligation, verb: str, *, by: User, on: dt.date) -> None:
    permissions.require(by, verb)
    require_in_reach(row, by=by)
    require_transition(situations.of(row, by=by, on=on), verb)


def _add_file(row: Obligation, piece: NewEvidence, *, by: User, on: dt.date) -> Evidence:
    if piece.file is None:
        raise RuleViolation(_("Please choose the file of the evidence."))
    name = Path(piece.name.replace("\\", "/")).name.strip()
    if not name or len(name) > 255 or _CONTROL.search(name):
        raise RuleViolation(_("The file's name must be 1 to 255 characters, without control ones."))
    media_type = filing.require_media_type(piece.file, name=name)
    stored = filing.store(piece.file, folder=FOLDER, max_bytes=MAX_FILE_BYTES)
    return Evidence.objects.create(
        obligation=row,
        kind=Evidence.Kind.FILE,
        name=name,
        path=stored.path,
        size=stored.size,
        sha256=stored.sha256,
        media_type=media_type,
        added_by=by,
        added_on=on,
    )
