"""How a report becomes the one that leadership reads: reviewed, published by another, withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.audit_words import ACTS
from accounts.errors import RuleViolation
from accounts.models import User
from accounts.versions import require_present
from obligations import score_statements
from obligations.dispatch import require_reason
from reports import excerpts, making, planned, scores_of
from reports.models import Snapshot
from reports.snapshot_states import STARTS


def review(snapshot: Snapshot, *, by: User, on: dt.date, version: int | None = None) -> None:
    """A coordinator has looked through it; who made it may do so."""
    with _acting(snapshot, verb="review_report", by=by, on=on, version=version) as row:
        row.state = Snapshot.State.REVIEWED
        row.reviewed_by, row.reviewed_at = by, timezone.now()
        row.reviewed_by_name = by.display_name
        row.return_reason = ""


def send_back(
    snapshot: Snapshot, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> None:
    """A draft again; the review counts no more."""
    require_reason(reason)
    said = {"reason": reason.strip()}
    with _acting(
        snapshot, verb="send_back_report", by=by, on=on, version=version, said=said
    ) as row:
        row.state = Snapshot.State.DRAFT
        row.reviewed_by, row.reviewed_at, row.reviewed_by_name = None, None, ""
        row.return_reason = reason.strip()


@transaction.atomic
def publish(snapshot: Snapshot, *, by: User, on: dt.date, version: int | None = None) -> None:
    """For leaders and, where it is about one, for the department; by another than who reviewed.

    Whom its plan names receives it with the same act.
    """
    with _acting(snapshot, verb="publish_report", by=by, on=on, version=version) as row:
        require_another(row, by=by)
        require_settled_scores(row, on=on)
        require_workbook_with_scores(row)
        row.state = Snapshot.State.PUBLISHED
        row.published_by, row.published_at = by, timezone.now()
        row.published_by_name = by.display_name
    planned.deliver(snapshot, by=by, on=on)


def withdraw(
    snapshot: Snapshot, *, by: User, on: dt.date, reason: str, version: int | None = None
) -> None:
    """It stays readable, marked as withdrawn with the reason; a new report takes its place."""
    require_reason(reason)
    said = {"reason": reason.strip()}
    with _acting(snapshot, verb="withdraw_report", by=by, on=on, version=version, said=said) as row:
        row.state = Snapshot.State.WITHDRAWN
        row.withdrawn_by, row.withdrawn_at = by, timezone.now()
        row.withdrawn_by_name = by.display_name
        row.withdraw_reason = reason.strip()


def tie_scores(snapshot: Snapshot, *, by: User, on: dt.date, version: int | None = None) -> None:
    """From now on it is published with the statement of scores of its scope and day, which is
    drafted where there is none and the day is the coordinator's own to draft."""
    with _acting(snapshot, verb="tie_scores", by=by, on=on, version=version) as row:
        if not scores_of.can_have(row):
            raise RuleViolation(
                _("Scores are stated for a whole province or city: this report is about less.")
            )
        if row.with_scores:
            raise RuleViolation(_("The scores belong to this report already."))
        row.with_scores = True
        if scores_of.statement_of(row) is None and by.region_id == row.region_id:
            score_statements.ask(as_of=row.as_of, by=by, today=on)


def untie_scores(snapshot: Snapshot, *, by: User, on: dt.date, version: int | None = None) -> None:
    """It is published without scores; their statement goes its own way."""
    with _acting(snapshot, verb="untie_scores", by=by, on=on, version=version) as row:
        if not row.with_scores:
            raise RuleViolation(_("No scores belong to this report."))
        row.with_scores = False


def remake_workbook(
    snapshot: Snapshot, *, by: User, on: dt.date, version: int | None = None
) -> None:
    """Ask for the workbook anew, now that its scores are out; a published one never changes."""
    with _acting(snapshot, verb="remake_workbook", by=by, on=on, version=version) as row:
        if not scores_of.workbook_is_behind(row):
            raise RuleViolation(_("The workbook holds all that belongs to the report."))
        making.ask_anew(row, by=by)


def require_workbook_with_scores(row: Snapshot) -> None:
    """Raise RuleViolation while the file that would be published says other than the report."""
    if scores_of.workbook_is_behind(row):
        raise RuleViolation(
            _("The workbook was made before the scores were settled: make it anew first.")
        )


def require_another(row: Snapshot, *, by: User) -> None:
    """Raise PermissionDenied for who reviewed the report."""
    if row.reviewed_by_id in by.people:
        raise PermissionDenied(_("Who reviewed a report does not publish it."))


def require_settled_scores(row: Snapshot, *, on: dt.date) -> None:
    """Raise RuleViolation, saying what is missing, while the scores of the report are not out."""
    missing = scores_of.missing(row, on=on)
    if missing is not None:
        raise RuleViolation(missing.sentence, facts={"see": missing.url})


@contextmanager
def _acting(
    snapshot: Snapshot,
    *,
    verb: str,
    by: User,
    on: dt.date,
    version: int | None,
    said: dict[str, Any] | None = None,
) -> Iterator[Snapshot]:
    """Yield the locked, checked row; on leaving, save it with its audit."""
    permissions.require(by, verb)
    with transaction.atomic():
        row = Snapshot.objects.select_for_update(of=("self",)).get(pk=snapshot.pk)
        require_in_reach(row, by=by)
        require_present(row, version, words=ACTS)
        _require_state(row, verb)
        before = row.state
        yield row
        row.version += 1
        row.save()
        excerpts.follow(row)
        detail = {"on": on.isoformat(), "version": row.version, "as_of": row.as_of.isoformat()}
        detail |= {"name": by.display_name, "changes": {"state": [before, row.state]}}
        audit.record(
            row, verb=verb, by=by, detail=detail | (said or {}), department_id=row.department_id
        )
    snapshot.refresh_from_db()


def require_in_reach(row: Snapshot, *, by: User) -> None:
    """Raise PermissionDenied for a report outside the coordinator's scope."""
    if not Snapshot.objects.visible_to(by).filter(pk=row.pk).exists():
        raise PermissionDenied(_("This report is of another scope."))


def _require_state(row: Snapshot, verb: str) -> None:
    if row.excerpt_of_id:
        raise RuleViolation(
            _("This is a part of another report and goes with it: decide on that report.")
        )
    if row.state not in STARTS[verb]:
        raise RuleViolation(
            _("This is not possible now: the report is “%(state)s”.")
            % {"state": row.get_state_display()},
            facts={"state": row.state},
        )


def allowed(snapshot: Snapshot, *, by: User) -> list[str]:
    """The verbs that may be tried now, for pages and the API."""
    return [verb for verb in STARTS if _is_allowed(snapshot, verb, by=by)]


def _is_allowed(snapshot: Snapshot, verb: str, *, by: User) -> bool:
    if not permissions.may(by, verb) or snapshot.state not in STARTS[verb]:
        return False
    if snapshot.excerpt_of_id:
        return False
    if verb == "publish_report":
        return snapshot.reviewed_by_id not in by.people
    if verb == "tie_scores":
        return not snapshot.with_scores and scores_of.can_have(snapshot)
    if verb == "remake_workbook":
        return scores_of.workbook_is_behind(snapshot)
    return verb != "untie_scores" or snapshot.with_scores
