"""填报表: download it prefilled, bring it back, look at what it changes, confirm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from jobs.beside import job_of
from obligations.downloads import SHEET_TYPE
from obligations.filling import making, uploads
from obligations.filling_forms import HandedIn, SelectionForm, choices_of
from obligations.models import FillingUpload
from obligations.today import today
from obligations.views.versions import require_version_field

UPLOADS_SHOWN = 10
CHANGES_SHOWN = 100
# htmx stops asking when an answer has this status.
STOP_POLLING = 286


@require_GET
@for_verb("download_workbook")
def index(request: HttpRequest) -> HttpResponse:
    """The three steps, and what was handed in lately."""
    return _index(request)


@require_GET
@for_verb("download_workbook")
def workbook(request: HttpRequest) -> HttpResponse:
    """The prefilled workbook, as an attachment."""
    user = signed_in(request)
    form = SelectionForm(request.GET, request=request, by=user)
    if not form.is_valid():
        return _index(request, form=form, status=422)
    chosen, which = form.cleaned_data["list"], form.cleaned_data["which"] or making.OPEN
    department = form.cleaned_data.get("department") or making.department_for(user, None)
    if department is None:
        raise Http404
    list_id = chosen.pk if chosen else None
    made_at = timezone.now()
    made = making.make(department, by=user, made_at=made_at, which=which, list_id=list_id)
    name = making.file_name(department, on=today())
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(made, content_type=SHEET_TYPE, headers=headers)


@require_POST
@for_verb("upload_workbook")
def upload(request: HttpRequest) -> HttpResponse:
    """A filled-in workbook comes back; a job reads it."""
    file = request.FILES.get("file")
    if file is None or not file.name:
        return _index(request, error=_("Choose the filled-in workbook first."), status=422)
    try:
        received = uploads.receive(file, name=file.name, by=signed_in(request))
    except RuleViolation as refusal:
        return _index(request, error=refusal.sentence, status=422)
    return redirect("obligations:filling-upload", received.pk)


@require_GET
@for_verb("upload_workbook")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the file stands: read, problems, preview, applied."""
    return render(request, "obligations/filling_upload.html", _context(request, pk))


@require_GET
@for_verb("upload_workbook")
@never_cache
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """The changing part of the page; asked every second while a worker is at it."""
    context = _context(request, pk)
    status = 200 if context["handed_in"].is_working else STOP_POLLING
    return render(request, "obligations/partials/filling_state.html", context, status=status)


@require_POST
@for_verb("upload_workbook")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply what was shown; a conflict nobody has decided is said on the same page."""
    user, found = signed_in(request), _find(request, pk)
    version, said = require_version_field(request.POST), choices_of(request.POST)
    try:
        uploads.confirm(found, by=user, version=version, **said)
    except RuleViolation as refusal:
        if "undecided" not in refusal.facts:
            raise
        context = {**_context(request, pk, said=said["choices"]), "refusal": refusal}
        return render(request, "obligations/filling_upload.html", context, status=409)
    return redirect("obligations:filling-upload", pk)


@require_POST
@for_verb("upload_workbook")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the file aside; nothing of it is applied."""
    found = _find(request, pk)
    version = require_version_field(request.POST)
    uploads.discard(found, by=signed_in(request), version=version)
    messages.success(request, _("The file was put aside; nothing was changed."))
    return redirect("obligations:filling")


def _index(
    request: HttpRequest,
    *,
    form: SelectionForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    user = signed_in(request)
    uploads_seen = FillingUpload.objects.visible_to(user).select_related("created_by")
    context = {
        "form": form or SelectionForm(None, request=request, by=user),
        "error": error,
        "may_upload": permissions.may(user, "upload_workbook"),
        "uploads": uploads_seen.defer("answers", "changes", "problems").order_by("-pk")[
            :UPLOADS_SHOWN
        ],
    }
    return render(request, "obligations/filling.html", context, status=status)


def _find(request: HttpRequest, pk: int) -> FillingUpload:
    return get_object_or_404(FillingUpload.objects.visible_to(signed_in(request)), pk=pk)


def _context(
    request: HttpRequest, pk: int, *, said: Mapping[str, str] | None = None
) -> dict[str, Any]:
    found = _find(request, pk)
    handed_in = HandedIn(found, job_of(found), said or {})
    page = Paginator(handed_in.changed_rows, CHANGES_SHOWN).get_page(request.GET.get("page"))
    return {"upload": found, "handed_in": handed_in, "changed": page}
