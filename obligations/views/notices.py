"""下达通知: the list of them, and one as it is printed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.access import for_verb, signed_in
from obligations.lateness import lateness
from obligations.models import Notice, Obligation
from obligations.overview import notice_lines, shown
from obligations.today import today

SHOWN = 100


@require_GET
@for_verb("read")
def index(request: HttpRequest) -> HttpResponse:
    lines = notice_lines(signed_in(request), waiting=False, limit=SHOWN + 1)
    context = {"notices": lines[:SHOWN], "cut_at": SHOWN if len(lines) > SHOWN else 0}
    return render(request, "obligations/notices.html", context)


@require_GET
@for_verb("read")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """To a department the notice names its own obligations only."""
    user = signed_in(request)
    notices = Notice.objects.visible_to(user).select_related("issued_by__department")
    notice = get_object_or_404(notices, pk=pk)
    rows = shown(Obligation.objects.visible_to(user).filter(notice=notice))
    rows = rows.order_by("department__position", "department_id", "item__position", "pk")
    context = {"notice": notice, "rows": rows, "lateness": lateness(today())}
    return render(request, "obligations/notice.html", context)
