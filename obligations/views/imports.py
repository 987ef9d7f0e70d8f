"""The import wizard: a file comes in, is read by a worker, shown, and applied or discarded."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from jobs.beside import job_of
from obligations.import_forms import ChoicesForm, UploadForm
from obligations.importing import uploads
from obligations.kinds import kinds
from obligations.models import Import
from obligations.views.versions import require_version_field
from obligations.wizard import Wizard

IMPORTS_SHOWN = 50
# htmx stops asking when an answer has this status.
STOP_POLLING = 286


@require_GET
@for_verb("import_list")
def index(request: HttpRequest) -> HttpResponse:
    """Files that were uploaded, newest first."""
    found = Import.objects.visible_to(signed_in(request)).select_related(
        "created_by", "applied_list"
    )
    rows = found.defer("sample", "problems", "warnings", "plan").order_by("-pk")
    page = Paginator(rows, IMPORTS_SHOWN).get_page(request.GET.get("page"))
    return render(request, "obligations/imports.html", {"imports": page, "kinds": kinds()})


@require_http_methods(["GET", "POST"])
@for_verb("import_list")
def new(request: HttpRequest) -> HttpResponse:
    """Choose a file and say which list it is."""
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                received = uploads.receive(**form.facts(), by=signed_in(request))
                return redirect("obligations:import", received.pk)
            except RuleViolation as refusal:
                form.add_error(None, refusal.sentence)
    return render(request, "obligations/import_new.html", {"form": form}, status=status)


@require_GET
@for_verb("import_list")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the file stands: read, problems, preview, applied."""
    return render(request, "obligations/import.html", _context(request, pk))


@require_GET
@for_verb("import_list")
@never_cache
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """The changing part of the page; asked every second while a worker is at it."""
    context = _context(request, pk)
    status = 200 if context["wizard"].is_working else STOP_POLLING
    return render(request, "obligations/partials/import_state.html", context, status=status)


@require_POST
@for_verb("import_list")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply what was shown."""
    found = _find(request, pk)
    version = require_version_field(request.POST)
    uploads.confirm(found, by=signed_in(request), version=version)
    return redirect("obligations:import", pk)


@require_POST
@for_verb("import_list")
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at the same file anew, with what was ticked on the preview."""
    found = _find(request, pk)
    version = require_version_field(request.POST)
    form = ChoicesForm(request.POST, plan=found.plan)
    choices = form.choices() if form.is_valid() else {}
    uploads.read_again(found, by=signed_in(request), version=version, **choices)
    return redirect("obligations:import", pk)


@require_POST
@for_verb("import_list")
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring the corrected file, without leaving the wizard."""
    found = _find(request, pk)
    version = require_version_field(request.POST)
    file = request.FILES.get("file")
    if file is None or not file.name:
        messages.error(request, _("Choose the corrected file first, then upload it."))
    else:
        by = signed_in(request)
        uploads.replace(found, file, name=file.name, by=by, version=version)
    return redirect("obligations:import", pk)


@require_POST
@for_verb("import_list")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the file aside; nothing of it is applied."""
    found = _find(request, pk)
    version = require_version_field(request.POST)
    uploads.discard(found, by=signed_in(request), version=version)
    messages.success(request, _("The file was discarded; nothing was changed."))
    return redirect("obligations:imports")


def _find(request: HttpRequest, pk: int) -> Import:
    return get_object_or_404(Import.objects.visible_to(signed_in(request)), pk=pk)


def _context(request: HttpRequest, pk: int) -> dict[str, Any]:
    found = _find(request, pk)
    wizard = Wizard(found, job_of(found))
    return {"import": found, "kind": kinds().get(found.kind), "wizard": wizard}
