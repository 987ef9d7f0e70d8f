"""What an import gives back: the marked copy of the table, and its problems as JSON."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.access import for_verb, signed_in
from obligations import downloads
from obligations.models import Import


@require_GET
@for_verb("import_list")
def marked(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The same table as a workbook whose faulty cells are coloured and commented."""
    user = signed_in(request)
    found = get_object_or_404(Import.objects.visible_to(user), pk=pk)
    if not found.marked_path:
        raise Http404
    file = downloads.open_marked(found, by=user)
    name = downloads.marked_name(found)
    return FileResponse(file, as_attachment=True, filename=name, content_type=downloads.SHEET_TYPE)


@require_GET
@for_verb("import_list")
def problems(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every problem and notice, as the page shows them."""
    found = get_object_or_404(Import.objects.visible_to(signed_in(request)), pk=pk)
    answer = {
        "file": found.file_name,
        "state": found.state,
        "rows": found.row_count,
        "problem_count": found.plan.get("problem_count", len(found.problems)),
        "problems": found.problems,
        "warnings": found.warnings,
        "unresolved": found.unresolved,
    }
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 1})
