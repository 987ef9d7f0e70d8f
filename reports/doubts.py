"""Freezes 疑点: the contradictions that were open at the end of the day, in the report's words."""

from __future__ import annotations

from django.db.models import Q
from django.utils import translation

from obligations import contradicting
from obligations.chunks import chunks
from obligations.models import ContradictionCase
from reports.models import ContradictionLine, ObligationLine, Snapshot


def freeze(snapshot: Snapshot) -> None:
    """Keep both sides of each case, as sentences: facts and words may change later."""
    known = {one.code for _kind, one in contradicting.listed()}
    lines = ObligationLine.objects.filter(snapshot=snapshot)
    cases = ContradictionCase.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=snapshot.as_of),
        code__in=known,
        found_on__lte=snapshot.as_of,
        obligation_id__in=lines.values("obligation_id"),
    )
    ids = list(cases.order_by("pk").values_list("pk", flat=True))
    with translation.override("zh-hans"):
        for chunk in chunks(ids):
            found = list(ContradictionCase.objects.filter(pk__in=chunk).order_by("pk"))
            line_of = dict(
                lines.filter(obligation_id__in={case.obligation_id for case in found}).values_list(
                    "obligation_id", "pk"
                )
            )
            ContradictionLine.objects.bulk_create(
                _line(snapshot, case, line_id=line_of[case.obligation_id]) for case in found
            )


def _line(snapshot: Snapshot, case: ContradictionCase, *, line_id: int) -> ContradictionLine:
    claim, found = contradicting.sides(case.code, case.facts)
    one = contradicting.of(case.code)
    return ContradictionLine(
        snapshot=snapshot,
        line_id=line_id,
        case_id=case.pk,
        code=case.code,
        weight=case.weight,
        label=str(one.label),
        claim=claim,
        found=found,
        expected=str(one.expected),
        found_on=case.found_on,
        recurrence=case.recurrence,
    )
