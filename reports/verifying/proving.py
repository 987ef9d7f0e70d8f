"""Proves a file: against its own sheet 校验, against the database, against history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import IO

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from reports import fingerprints
from reports.models import Report, Snapshot
from reports.sheets import proof
from reports.verifying import asking, comparing, proofs, replaying, showing
from reports.verifying.asking import Sheet, Unreadable
from reports.verifying.proofs import Proof
from reports.verifying.verdicts import Verdict


def verify(
    file: IO[bytes],
    *,
    today: dt.date,
    by: User | None = None,
    patience: float = asking.WAIT_SECONDS,
) -> Verdict:
    """What can be said of a file, whatever it is. It must lie on the disk. Nobody is told more of
    a report than they may read; `by=None` is the operator."""
    verdict = Verdict()
    try:
        sheets = asking.read(file, rows_of=[proof.NAME], patience=patience)
        kept = sheets.get(proof.NAME)
        said = proofs.of_rows(kept.rows) if kept else None
        if said is None or not said.is_ours:
            verdict.add("foreign", _why_foreign(said))
            return verdict
        snapshot = _snapshot_of(said, verdict, by=by)
        if snapshot is None:
            return verdict
        _prove(file, sheets, said, snapshot=snapshot, verdict=verdict)
        replaying.compare(snapshot, today=today, verdict=verdict)
    except Unreadable as unreadable:
        verdict.add("unreadable", unreadable.sentence)
    return verdict


def _why_foreign(said: Proof | None) -> str:
    if said is None:
        return _(
            "The workbook has no sheet “%(sheet)s”: it is no report of ours, the sheet was taken "
            "out, or it is a report to the superior body, which has none. Check the workbook."
        ) % {"sheet": proof.NAME}
    return _(
        "The sheet “%(sheet)s” does not say which report this is: the file is not ours, or the "
        "sheet was changed."
    ) % {"sheet": proof.NAME}


def _snapshot_of(said: Proof, verdict: Verdict, *, by: User | None) -> Snapshot | None:
    """The snapshot that the file names, when it is one of this installation, and theirs to read."""
    readable = Snapshot.objects.visible_to(by) if by else Snapshot.objects.all()
    snapshot = readable.filter(pk=said.snapshot or 0).first()
    if snapshot is None or proof.parameters(snapshot)["made_at"] != said.told.get("made_at"):
        sentence = _why_unknown(by)
        facts = {"number": said.snapshot, "at": _moment(said.told.get("made_at", ""))}
        verdict.add("foreign", sentence % {**facts, "sheet": proof.NAME}, snapshot=said.snapshot)
        return None
    verdict.snapshot, verdict.scope = snapshot.pk, snapshot.scope_name
    verdict.as_of, verdict.state = snapshot.as_of.isoformat(), snapshot.state
    verdict.published = snapshot.state == "published"
    if snapshot.state == "withdrawn":
        reason = snapshot.withdraw_reason or "—"
        verdict.notes.append(_("This report was withdrawn: %(reason)s") % {"reason": reason})
    return snapshot


def _moment(text: str) -> str:
    """As people read it; what is no moment is told as it stands in the file."""
    try:
        return f"{timezone.localtime(dt.datetime.fromisoformat(text)):%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return text or "—"


def _why_unknown(by: User | None) -> str:
    if by is not None:
        return _(
            "There is no snapshot %(number)s, taken at %(at)s, that you may read: the report was "
            "made by another installation, is not published to you, or its sheet “%(sheet)s” was "
            "changed."
        )
    return _(
        "This installation has no snapshot %(number)s that was taken at %(at)s: the report was "
        "made by another one, or its sheet “%(sheet)s” was changed."
    )


def _prove(
    file: IO[bytes],
    sheets: Mapping[str, Sheet],
    said: Proof,
    *,
    snapshot: Snapshot,
    verdict: Verdict,
) -> None:
    report = _report_of(snapshot)
    if report is None:
        verdict.add("record", _("No file with fingerprints is on record for this snapshot."))
        _compare_with_proof(sheets, said.of_sheets, verdict)
        showing.compare(sheets, said.of_sheets, made=None, verdict=verdict)
        return
    _compare_parameters(said, snapshot, report, verdict)
    kept = report.fingerprints
    listed = _as_listed(kept["sheets"], said)
    _compare_with_proof(sheets, listed, verdict)
    changed = [
        name
        for name, digest in kept["sheets"].items()
        if name in sheets and sheets[name].digest != digest
    ]
    stored = comparing.in_store(report)
    if changed:
        comparing.name_cells(file, changed, report=report, stored=stored, verdict=verdict)
    showing.compare(sheets, listed, made=stored, verdict=verdict)
    if fingerprints.of_snapshot(snapshot) != kept["snapshot"]:
        verdict.add(
            "record",
            _(
                "The lines of this snapshot in the database are no longer those of which the file "
                "was made."
            ),
        )


def _report_of(snapshot: Snapshot) -> Report | None:
    """The one file with fingerprints: its workbook, or a department's part."""
    return snapshot.reports.exclude(fingerprints={}).order_by("-pk").first()


def _compare_parameters(said: Proof, snapshot: Snapshot, report: Report, verdict: Verdict) -> None:
    """The entries of 校验 against what was set, and its fingerprints against those on record."""
    kept = report.fingerprints
    right = {
        **proof.parameters(snapshot),
        proof.OF_SNAPSHOT: kept["snapshot"],
        proof.WHOLE: kept["content"],
    }
    for key, value in right.items():
        found = said.told.get(key, "")
        if found != value:
            _add_proof(verdict, proof.words(key), found, value)
    for name in sorted({*said.of_sheets, *kept["sheets"]}):
        found, value = said.of_sheets.get(name, ""), kept["sheets"].get(name, "")
        if found != value:
            _add_proof(verdict, name, found, value)


def _add_proof(verdict: Verdict, entry: str, found: str, value: str) -> None:
    sentence = _(
        "Sheet “%(sheet)s”, entry “%(entry)s”: the file says %(found)s; on record is %(value)s."
    )
    facts = {"entry": entry, "found": found or "—", "value": value or "—"}
    told = {"sheet": proof.NAME, "entry": entry, "file": found, "record": value}
    verdict.add("proof", sentence % {"sheet": proof.NAME, **facts}, **told)


def _as_listed(kept: Mapping[str, str], said: Proof) -> dict[str, str]:
    """The fingerprints on record in the order of 校验: PostgreSQL keeps none of JSON's keys."""
    places = {name: place for place, name in enumerate(said.of_sheets)}
    names = sorted(kept, key=lambda name: (places.get(name, len(places)), name))
    return {name: kept[name] for name in names}


def _compare_with_proof(
    sheets: Mapping[str, Sheet], right: Mapping[str, str], verdict: Verdict
) -> None:
    """Sheets that are gone, hidden, added or changed, by their fingerprints."""
    for name, digest in right.items():
        found = sheets.get(name)
        if found is None:
            sentence = _("The sheet “%(sheet)s” is missing.")
        elif not found.visible:
            sentence = _("The sheet “%(sheet)s” is hidden.")
        elif found.digest != digest:
            sentence = _("The sheet “%(sheet)s” does not hold what was written.")
        else:
            continue
        verdict.add("sheet", sentence % {"sheet": name}, sheet=name)
    for name in sheets:
        if name in right or name == proof.NAME:
            continue
        sentence = _("The sheet “%(sheet)s” was added; the report had none of this name.")
        verdict.add("sheet", sentence % {"sheet": name}, sheet=name)
