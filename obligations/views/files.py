"""What leaves the system: exports of the list, and files of evidence. Always as attachments."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.http.response import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accounts.access import for_verb, signed_in
from obligations import downloads, exporting, paging
from obligations.listing import narrow
from obligations.models import Evidence
from obligations.today import is_over, past_day_of, today

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@for_verb("read")
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The filtered view as CSV or workbook; who took it is audited."""
    user = signed_in(request)
    found = narrow(request.GET, user=user, request=request)
    asked = request.GET.get("on", "")
    past = past_day_of(asked) if is_over(asked) else None
    rows = paging.in_order(found, request.GET.get("order", ""), past=past)
    exporting.record_export(rows, by=user, form=form, asked=request.GET.urlencode())
    name = exporting.file_name(on=past or today(), form=form)
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    if form == "csv":
        lines = exporting.csv_lines(rows, past=past)
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
    return HttpResponse(
        exporting.workbook(rows, past=past), content_type=SHEET_TYPE, headers=headers
    )


@require_GET
@for_verb("read")
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file of evidence, never shown inline; the download is audited."""
    user = signed_in(request)
    pieces = Evidence.objects.visible_to(user).filter(kind=Evidence.Kind.FILE)
    piece = get_object_or_404(pieces, pk=pk)
    return downloads.attachment(downloads.open_evidence(piece, by=user), name=piece.name)
