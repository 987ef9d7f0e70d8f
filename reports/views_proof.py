"""The page on which a file is checked: is it the report that was made?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.models import User
from obligations.today import today
from reports.models import Report
from reports.verifying import handed_in, words
from reports.verifying.verdicts import Verdict


@require_http_methods(["GET", "POST"])
@for_verb("verify_report")
def verify(request: HttpRequest) -> HttpResponse:
    """Hand in a file, and read the verdict; nothing of it is kept."""
    if request.method != "POST":
        return _page(request)
    file, user = request.FILES.get("file"), signed_in(request)
    if file is None or not file.name:
        return _page(request, error=_("Choose the file first."), status=422)
    try:
        verdict = handed_in.verify(file, name=file.name, by=user, today=today())
    except RuleViolation as refusal:
        return _page(request, error=refusal.sentence, status=422)
    return _page(request, file_name=file.name, **_told(verdict, user))


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    limit = handed_in.FILE_BYTES // 2**20
    return render(request, "reports/verify.html", {"limit": limit, **context}, status=status)


def _told(verdict: Verdict, user: User) -> dict[str, Any]:
    """What of the file itself differs, and apart from it what history says otherwise."""
    of_file = [one for one in verdict.differences if one.kind != "history"]
    readable = Report.objects.visible_to(user).filter(snapshot=verdict.snapshot).order_by("pk")
    return {
        "verdict": verdict,
        "of_file": [(words.sort(one.kind), one.text) for one in of_file],
        "of_history": [one for one in verdict.differences if one.kind == "history"],
        "report": readable.select_related("snapshot").first() if verdict.snapshot else None,
    }
