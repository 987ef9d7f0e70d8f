"""The import wizard: a file comes in, is read by a worker, shown, and applied or discarded."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from jobs.models import Job
from obligations.import_forms import SheetForm, UploadForm
from obligations.importing import uploads
from obligations.kinds import kinds
from obligations.models import Duty, Import
from obligations.views.versions import require_version_field

IMPORTS_SHOWN = 50
PROBLEMS_SHOWN = 200
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
    status = 200 if context["is_working"] else STOP_POLLING
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
def read_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the stored file anew: a sheet was chosen, or departments were added."""
    found = _find(request, pk)
    version = require_version_field(request.POST)
    form = SheetForm(request.POST)
    if form.is_valid():
        sheet = form.cleaned_data["sheet"]
        uploads.read_again(found, sheet=sheet, by=signed_in(request), version=version)
    else:
        messages.error(request, _("No sheet has such a name; copy its name from the file."))
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


def _context(request: HttpRequest, pk: int) -> dict[str, object]:
    found = _find(request, pk)
    job = Job.objects.filter(pk=found.job_id or 0).first()
    working = found.state in (Import.State.READING, Import.State.APPLYING)
    return {
        "import": found,
        "kind": kinds().get(found.kind),
        "is_working": working and job is not None and job.is_live,
        "is_stuck": working and (job is None or not job.is_live),
        "job": job,
        "problems": found.problems[:PROBLEMS_SHOWN],
        "labels": list(found.sample[0]) if found.sample else [],
        "duties": [
            (Duty(code).label, count) for code, count in found.plan.get("obligations", {}).items()
        ],
    }
