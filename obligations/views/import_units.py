"""The step of the import wizard that says whom the names mean that nobody bears."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation, StaleVersion
from obligations.importing import claiming
from obligations.models import Import
from obligations.today import today
from obligations.unit_forms import NAMES_SHOWN, Scope, UnitsForm
from obligations.views.versions import require_version_field

_SHOWN = (Import.State.READY, Import.State.ROW_ERRORS)
_SEVERAL_SHOWN = 5


@require_http_methods(["GET", "POST"])
@for_verb("import_list")
def units(request: HttpRequest, pk: int) -> HttpResponse:
    """All names at once: one submit learns what was chosen and reads the file again."""
    by = signed_in(request)
    found = get_object_or_404(Import.objects.visible_to(by), pk=pk)
    scope = Scope(today())
    if request.method == "GET":
        if found.state not in _SHOWN:
            return redirect("obligations:import", pk)
        return _show(request, found, UnitsForm(found, scope=scope, by=by), scope)
    version = require_version_field(request.POST)
    form = UnitsForm(found, scope=scope, by=by, data=request.POST)
    if not form.is_valid:
        return _show(request, found, form, scope, status=422)
    try:
        claiming.learn_and_read_again(
            found,
            form.matches,
            by=by,
            version=version,
            first_leads=form.first_leads,
            allow_unresolved=form.allow_unresolved,
        )
    except StaleVersion:
        raise
    except RuleViolation as refusal:
        if "text" not in refusal.facts:
            raise
        form.blame(refusal.facts["text"], refusal.sentence)
        return _show(request, found, form, scope, status=409)
    return redirect("obligations:import", pk)


def _show(
    request: HttpRequest, found: Import, form: UnitsForm, scope: Scope, *, status: int = 200
) -> HttpResponse:
    several = [one for one in found.problems if one["kind"] == "multiple_departments"]
    context = {
        "import": found,
        "form": form,
        "several": several[:_SEVERAL_SHOWN],
        "several_count": len(several),
        "known_names": scope.names(by=signed_in(request)) if form.names else [],
        "hidden_count": max(0, len(found.unresolved) - NAMES_SHOWN),
        "error_count": sum(1 for name in form.names if name.error),
    }
    return render(request, "obligations/import_units.html", context, status=status)
