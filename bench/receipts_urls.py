"""The addresses of the product, and beside them a bare view that inserts one row."""

from __future__ import annotations

import datetime as dt
import json

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from sharing_lists.models import ReceiptRefusal


@csrf_exempt
def bare(request: HttpRequest) -> JsonResponse:
    """Reads the body and inserts one row: no signature, no rule."""
    said = json.loads(request.body)
    row = ReceiptRefusal.objects.create(
        day=dt.date.fromisoformat(said["period_to"]),
        reason="bench",
        key_code=request.headers["X-Mark"],
        count=said["rows"],
    )
    return JsonResponse({"id": row.pk}, status=201)


urlpatterns = [path("bench/bare/", bare), path("", include("config.urls"))]
