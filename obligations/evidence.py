"""佐证材料: attached by the department, fixed once a claim rests on it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import filing
from obligations.changing import require_in_reach, require_status
from obligations.models import Evidence, Obligation

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


def attach(obligation: Obligation, piece: NewEvidence, *, by: User, on: dt.date) -> Evidence:
    """Attach one piece while the obligation is in progress."""
    with transaction.atomic():
        row = (
            Obligation.objects.select_for_update(of=("self",))
            .select_related("department")
            .get(pk=obligation.pk)
        )
        require_may_attach(row, by=by)
        added = add(row, piece, by=by, on=on)
        detail = {
            "on": on.isoformat(),
            "evidence": added.pk,
            "kind": added.kind,
            "text": str(added),
        }
        audit.record(
            row, verb="attach_evidence", by=by, detail=detail, department_id=row.department_id
        )
    return added


def remove(piece: Evidence, *, by: User, on: dt.date) -> None:
    """Take back a piece that no claim rests on yet."""
    with transaction.atomic():
        row = Obligation.objects.select_for_update().get(pk=piece.obligation_id)
        require_may_attach(row, by=by)
        held = Evidence.objects.select_for_update().get(pk=piece.pk)
        if held.claim_id is not None:
            raise RuleViolation(_("A claim rests on this evidence: it stays on record."))
        detail = {"on": on.isoformat(), "evidence": held.pk, "text": str(held)}
        audit.record(
            row, verb="remove_evidence", by=by, detail=detail, department_id=row.department_id
        )
        held.delete()


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


def require_may_attach(row: Obligation, *, by: User) -> None:
    """Own department's officer, while the obligation is in progress."""
    permissions.require(by, "attach_evidence")
    require_in_reach(row, by=by)
    require_status(row, "attach_evidence")


def _add_file(row: Obligation, piece: NewEvidence, *, by: User, on: dt.date) -> Evidence:
    if piece.file is None:
        raise RuleViolation(_("Please choose the file of the evidence."))
    name = Path(piece.name.replace("\\", "/")).name.strip()
    if not name or len(name) > 255 or _CONTROL.search(name):
        raise RuleViolation(_("The file's name must be 1 to 255 characters, without control ones."))
    media_type = filing.require_media_type(piece.file, name=name)
    stored = filing.store(piece.file, folder="evidence", max_bytes=MAX_FILE_BYTES)
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
