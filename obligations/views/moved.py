"""Dates that moved because a calendar or a rule changed: which, from when to when, and why."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.access import for_verb, signed_in
from accounts.csv_text import line
from accounts.paging import page
from obligations.explaining import event_words, why_moved
from obligations.models import DateBasis
from obligations.models.bases import DateBasisQuerySet
from obligations.rule_forms import MovedForm
from obligations.today import today

_JOINED = (
    *("obligation__item__list", "obligation__department"),
    *("recount__load", "recount__rule", "recount__asked_by"),
)


@require_GET
@for_verb("read")
def index(request: HttpRequest) -> HttpResponse:
    """The newest first, in pages."""
    form = MovedForm(request.GET, user=signed_in(request))
    found = page(_rows(request, form), after=request.GET.get("after", ""), descending=True)
    lines = [(basis, why_moved(basis), event_words(basis.event)) for basis in found.rows]
    context = {"form": form, "page": found, "lines": lines}
    return render(request, "obligations/moved.html", context)


@require_GET
@for_verb("read")
def export(request: HttpRequest) -> HttpResponseBase:
    """The same rows as CSV; who took them is audited."""
    user = signed_in(request)
    rows = _rows(request, MovedForm(request.GET, user=user)).order_by("-pk")
    detail = {"form": "csv", "filter": request.GET.urlencode()[:1000], "rows": rows.count()}
    audit.record(user, verb="export", by=user, detail=detail)
    name = content_disposition_header(True, f"时限变动-{today():%Y%m%d}.csv") or ""
    return StreamingHttpResponse(
        _lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": name},
    )


def _rows(request: HttpRequest, form: MovedForm) -> DateBasisQuerySet:
    rows = DateBasis.objects.visible_to(signed_in(request)).moved()
    if not form.is_valid():
        return rows.none()
    asked = form.cleaned_data
    if asked["field"]:
        rows = rows.filter(field=asked["field"])
    if asked["department"]:
        rows = rows.filter(obligation__department=asked["department"])
    if asked["since"]:
        rows = rows.filter(at__date__gte=asked["since"])
    return rows.select_related(*_JOINED)


def _lines(rows: DateBasisQuerySet) -> Iterator[bytes]:
    yield "\ufeff".encode()
    yield line(
        ["责任事项编号", "责任事项", "清单", "责任部门", "时限", "原为", "改为", "原因", "时间"]
    )
    for basis in rows.iterator(chunk_size=2000):
        owed = basis.obligation
        yield line(
            [
                str(owed.pk),
                owed.item.title,
                owed.item.list.title,
                owed.department.name,
                str(DateBasis.Field(basis.field).label),
                f"{basis.previous:%Y-%m-%d}" if basis.previous else "",
                f"{basis.value:%Y-%m-%d}",
                why_moved(basis),
                f"{basis.at:%Y-%m-%d %H:%M}",
            ]
        )
