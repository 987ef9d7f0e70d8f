"""下达通知: the list of them, and one as it is printed."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.access import for_verb, signed_in
from obligations.lateness import lateness
from obligations.models import Notice, Obligation, Status
from obligations.overview import shown
from obligations.today import today


@require_GET
@for_verb("read")
def index(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    mine = Q(obligations__in=Obligation.objects.visible_to(user))
    rows = Notice.objects.visible_to(user).annotate(
        row_count=Count("obligations", filter=mine),
        waiting_count=Count("obligations", filter=mine & Q(obligations__status=Status.ISSUED)),
    )
    context = {"notices": rows.select_related("issued_by").order_by("-year", "-number")[:100]}
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
