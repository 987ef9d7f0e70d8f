"""What a person decides about a contradiction: reopen, send back, accept with a reason, hand on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Role, User
from obligations import completion, contradicting, situations
from obligations.changing import require_in_reach, require_known_day, require_version
from obligations.dispatch import require_reason
from obligations.models import ContradictionCase, Obligation
from obligations.models.contradictions import ContradictionCaseQuerySet
from obligations.today import moment
from obligations.together import Versions

_Outcome = ContradictionCase.Outcome
# So long at most a contradiction may be left alone: then it is looked at again.
ACCEPTED_DAYS = 366
MOST_CASES = 1000


def reopen(
    case: ContradictionCase,
    *,
    by: User,
    on: dt.date,
    reason: str,
    due_on: dt.date | None = None,
    version: int,
    row_version: int,
) -> None:
    """复开: what was seen is right, the verified duty is no longer true."""

    def act(row: Obligation) -> None:
        completion.reopen(row, by=by, on=on, reason=reason, due_on=due_on)

    _act(case, act, _Outcome.REOPENED, by=by, on=on, reason=reason, versions=(version, row_version))


def send_back(
    case: ContradictionCase,
    *,
    by: User,
    on: dt.date,
    reason: str,
    version: int,
    row_version: int,
) -> None:
    """退回: what was seen is right, the claim that waits does not hold."""

    def act(row: Obligation) -> None:
        completion.send_back(row, by=by, on=on, reason=reason)

    _act(
        case, act, _Outcome.SENT_BACK, by=by, on=on, reason=reason, versions=(version, row_version)
    )


def accept(
    case: ContradictionCase,
    *,
    by: User,
    on: dt.date,
    reason: str,
    until_on: dt.date,
    version: int,
) -> None:
    """Both sides stand, for a reason, until a day; before it the same is not raised again."""
    cases = ContradictionCase.objects.filter(pk=case.pk)
    accept_many(cases, by=by, on=on, reason=reason, until_on=until_on, versions={case.pk: version})
    case.refresh_from_db()


def accept_many(
    cases: ContradictionCaseQuerySet,
    *,
    by: User,
    on: dt.date,
    reason: str,
    until_on: dt.date,
    versions: Versions,
) -> int:
    """Accept many for one reason: all or none. Returns how many."""
    permissions.require(by, "decide_contradiction")
    require_reason(reason)
    _require_until(until_on, on=on)
    with _held(cases, by=by, on=on, versions=versions) as found:
        for case in found:
            _close(case, _Outcome.ACCEPTED, by=by, on=on, reason=reason)
            case.accepted_until = until_on
        fields = ("outcome", "reason", "closed_by", "closed_on", "closed_at", "accepted_until")
        ContradictionCase.objects.bulk_update(found, [*fields, "version"], batch_size=100)
        said = {"on": str(on), "reason": reason, "until": str(until_on)}
        audit.record_many(
            _entry(one, verb="accept_contradiction", by=by, said=said) for one in found
        )
    return len(found)


def hand_over(
    case: ContradictionCase, *, to: User | None, by: User, on: dt.date, version: int
) -> None:
    """Give it to a colleague, or back to all coordinators of the scope."""
    permissions.require(by, "decide_contradiction")
    cases = ContradictionCase.objects.filter(pk=case.pk)
    with _held(cases, by=by, on=on, versions={case.pk: version}) as [row]:
        if to is not None:
            _require_able(to, row.obligation)
        row.owner, row.version = to, row.version + 1
        row.save(update_fields=["owner", "version"])
        said = {"on": str(on), "to": to.username if to else ""}
        _entry(row, verb="hand_over_contradiction", by=by, said=said).save()
    case.refresh_from_db()


def able(row: Obligation) -> list[User]:
    """Who may take over a case of the obligation: the coordinators of its scope."""
    found = User.objects.filter(role=Role.COORDINATOR, is_active=True).order_by("pk")
    return [one for one in found if one.region_id in (None, row.department.region_id)]


def _act(
    case: ContradictionCase,
    act: Callable[[Obligation], None],
    outcome: str,
    *,
    by: User,
    on: dt.date,
    reason: str,
    versions: tuple[int, int],
) -> None:
    """Move the status and close the case, both or neither; what thereby is settled closes too."""
    permissions.require(by, "decide_contradiction")
    require_reason(reason)
    version, row_version = versions
    cases = ContradictionCase.objects.filter(pk=case.pk)
    with _held(cases, by=by, on=on, versions={case.pk: version}) as [held]:
        require_version(held.obligation, row_version)
        act(held.obligation)
        _close(held, outcome, by=by, on=on, reason=reason)
        held.save()
        said = {"on": str(on), "reason": reason, "outcome": outcome}
        _entry(held, verb="settle_contradiction", by=by, said=said).save()
        contradicting.look_at([held.obligation_id], on=on)
    case.refresh_from_db()


@contextmanager
def _held(
    cases: ContradictionCaseQuerySet, *, by: User, on: dt.date, versions: Versions
) -> Iterator[list[ContradictionCase]]:
    """The cases locked and checked. Obligations are locked first, as every run does."""
    with transaction.atomic():
        keys = cases.order_by().values("obligation")
        rows = {
            row.pk: row
            for row in Obligation.objects.filter(pk__in=keys)
            .order_by("pk")
            .select_for_update(of=("self",))
            .select_related("department", "item__list")
        }
        found = list(cases.order_by("pk").select_for_update(of=("self",))[: MOST_CASES + 1])
        if len(found) > MOST_CASES:
            raise RuleViolation(
                _("More than %(count)s rows at once: narrow the filter first.")
                % {"count": MOST_CASES}
            )
        for case in found:
            case.obligation = rows[case.obligation_id]
            _require_open(case, versions)
        _require_may(list(rows.values()), by=by, on=on)
        yield found


def _require_open(case: ContradictionCase, versions: Versions) -> None:
    if not case.is_open:
        raise RuleViolation(
            _("This contradiction was settled already: %(outcome)s, %(day)s.")
            % {"outcome": case.get_outcome_display(), "day": case.closed_on}
        )
    if versions is not None and versions[case.pk] != case.version:
        raise StaleVersion(
            _("It was changed meanwhile: look at the present state first."),
            facts={"version": case.version, "seen": versions[case.pk]},
        )


def _require_may(rows: Sequence[Obligation], *, by: User, on: dt.date) -> None:
    """Within the scope; and nobody decides on their own claim."""
    for situation in situations.Batch(rows, by=by, on=on).situations():
        require_in_reach(situation.row, by=by)
        if by.people & situation.claimants:
            raise PermissionDenied(_("Nobody decides on their own claim: ask another person."))


def _require_able(to: User, row: Obligation) -> None:
    if to not in able(row):
        raise RuleViolation(_("Only a coordinator of this scope can take it over."))


def _require_until(until_on: dt.date, *, on: dt.date) -> None:
    require_known_day(until_on)
    if not on < until_on <= on + dt.timedelta(days=ACCEPTED_DAYS):
        raise RuleViolation(_("It can be accepted until a day within a year from tomorrow."))


def _close(case: ContradictionCase, outcome: str, *, by: User, on: dt.date, reason: str) -> None:
    case.outcome, case.reason, case.closed_by = outcome, reason, by
    case.closed_on, case.closed_at = max(on, case.found_on), moment(on)
    case.version += 1


def _entry(case: ContradictionCase, *, verb: str, by: User, said: dict[str, Any]) -> AuditEntry:
    """On the case; it names the obligation and which contradiction it was."""
    detail = {"code": case.code, "obligation": case.obligation_id, **said}
    return audit.entry(
        case, verb=verb, by=by, detail=detail, department_id=case.obligation.department_id
    )
