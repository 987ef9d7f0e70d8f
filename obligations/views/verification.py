"""Three voices about one obligation: what checks found, what consumers say, what contradicts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from accounts.access import for_verb, signed_in
from obligations import case_book, confirmation_rules, confirmations, findings
from obligations.consumers import is_opened
from obligations.models import ContradictionCase, Obligation
from obligations.today import today
from obligations.views.obligations import find


@require_GET
@for_verb("read")
@vary_on_headers("HX-Request")
def of_obligation(request: HttpRequest, pk: int) -> HttpResponse:
    """Loaded into the page of the obligation; a page of its own without scripts."""
    on = today()
    row = find(signed_in(request), pk)
    cases = ContradictionCase.objects.open().filter(obligation=row)
    context = {
        "obligation": row,
        "on": on,
        "findings": _findings(row),
        "voices": confirmations.voices_of(row, on=on) if is_opened(row) else [],
        "hearing": confirmation_rules.hearing(on),
        "cases": case_book.lines(list(case_book.ordered(cases))),
    }
    part = request.htmx  # type: ignore[attr-defined]
    name = "obligations/partials/verification.html" if part else "obligations/verification.html"
    return render(request, name, context)


def _findings(row: Obligation) -> list[tuple[object, ...]]:
    """What holds now: the finding, its check, its sentence, and what it rests on."""
    on = today()
    found = [(one, findings.check_of(one.check_code)) for one in findings.standing(row)]
    return [
        (one, check, check.sentences.get(one.outcome, ""), findings.evidence_of(check, row, on=on))
        for one, check in found
    ]
