"""Lists and filtered views as files in the layout of the official list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accounts.access import for_verb, signed_in
from obligations import filters, giving_back
from obligations.giving_back import GivenBack
from obligations.listing import narrow, require_now
from obligations.models import ListItem, ResponsibilityList
from obligations.today import today


@require_GET
@for_verb("read")
def of_list(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """One list, as its page shows it; without withdrawn items unless the filter asks for them."""
    user = signed_in(request)
    home = get_object_or_404(ResponsibilityList.objects.visible_to(user), pk=pk)
    items = filters.items_to_give_back(home, request)
    asked = request.GET.urlencode()
    return attached(
        giving_back.give_back(items, by=user, form=form, on=today(), asked=asked, home=home)
    )


@require_GET
@for_verb("read")
def of_view(request: HttpRequest, form: str) -> HttpResponseBase:
    """The items under the filtered obligations; withdrawn ones only where they are asked for."""
    user = signed_in(request)
    require_now(request.GET)
    rows = narrow(request.GET, user=user, request=request)
    items = ListItem.objects.filter(pk__in=rows.order_by().values("item"))
    if not request.GET.get("force"):
        items = items.in_force()
    asked = request.GET.urlencode()
    return attached(giving_back.give_back(items, by=user, form=form, on=today(), asked=asked))


def attached(file: GivenBack) -> HttpResponseBase:
    """The file as an attachment."""
    headers = {"Content-Disposition": content_disposition_header(True, file.name) or ""}
    if isinstance(file.content, list):
        content = b"".join(file.content)
        return HttpResponse(content, content_type=file.media_type, headers=headers)
    return StreamingHttpResponse(file.content, content_type=file.media_type, headers=headers)
