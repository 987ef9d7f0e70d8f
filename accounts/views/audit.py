"""The audit log, for the auditor."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from accounts import audit, audit_log
from accounts.access import for_verb, signed_in
from accounts.forms import AuditFilter
from accounts.paging import page


@require_GET
@for_verb("read_audit")
def audit_page(request: HttpRequest) -> HttpResponse:
    form = AuditFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else None
    found = page(
        audit_log.find(signed_in(request), wanted),
        after=request.GET.get("after", ""),
        descending=True,
    )
    rows = [audit_log.line_of(entry) for entry in found.rows]
    context = {"form": form, "rows": rows, "next": found.next, "query": _query(request)}
    return render(request, "accounts/audit.html", context)


@require_GET
@for_verb("read_audit")
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered log as a file; taking it is itself an act in the log."""
    user, form = signed_in(request), AuditFilter(request.GET)
    if not form.is_valid():
        return audit_page(request)
    chosen = {name: str(value) for name, value in form.cleaned_data.items() if value}
    entries = audit_log.find(user, form.cleaned_data)
    audit.record(user, verb="export_audit", by=user, detail=chosen)
    return StreamingHttpResponse(
        audit_log.lines(entries),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="audit-{localdate():%Y%m%d}.csv"'},
    )


def _query(request: HttpRequest) -> str:
    """The filter as it stands in the address, without the page."""
    parameters = request.GET.copy()
    parameters.pop("after", None)
    return parameters.urlencode()
