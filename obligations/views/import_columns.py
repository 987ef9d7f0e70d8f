"""The step of the import wizard that says what sheets and columns mean."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from obligations.column_forms import ColumnsForm
from obligations.importing import mappings, uploads
from obligations.kinds import kinds
from obligations.models import Import
from obligations.views.versions import require_version_field
from obligations.wizard import Wizard


@require_http_methods(["GET", "POST"])
@for_verb("import_list")
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What was recognised and why; one submit says it anew and has the file read again."""
    by = signed_in(request)
    found = get_object_or_404(Import.objects.visible_to(by), pk=pk)
    if request.method == "GET":
        if not Wizard(found, None).may_map:
            return redirect("obligations:import", pk)
        return _show(request, found, ColumnsForm(found, kind=kinds()[found.kind]))
    version = require_version_field(request.POST)
    if "forget" in request.POST:
        uploads.forget_columns(found, by=by, version=version)
        messages.success(request, _("What was remembered of this header is forgotten."))
        return redirect("obligations:import", pk)
    form = ColumnsForm(found, kind=kinds()[found.kind], data=request.POST)
    try:
        uploads.read_again(found, by=by, version=version, **form.choices())
    except (StaleVersion, VersionMissing):
        raise
    except RuleViolation as refusal:
        form.blame(refusal)
        return _show(request, found, form, status=409)
    return redirect("obligations:import", pk)


def _show(
    request: HttpRequest, found: Import, form: ColumnsForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "import": found,
        "kind": kinds()[found.kind],
        "form": form,
        "remembered": mappings.used(found.kind, found.layout),
        "wizard": Wizard(found, None),
    }
    return render(request, "obligations/import_columns.html", context, status=status)
