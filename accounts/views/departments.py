"""Departments, for the system administrator."""

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import departments, departments_file, names, reference
from accounts.access import for_verb, signed_in
from accounts.department_rows import FileRefused
from accounts.forms import DepartmentForm, DepartmentsFileForm, RenameForm, carried_out
from accounts.models import Department, DepartmentName
from accounts.paging import page


@require_GET
@for_verb("manage_departments")
def departments_list(request: HttpRequest) -> HttpResponse:
    query = names.tidy(request.GET.get("q", ""))
    found = page(_search(query), after=request.GET.get("after", ""))
    context = {"page": found, "query": query, "form": DepartmentsFileForm()}
    return render(request, "accounts/departments.html", context)


@require_http_methods(["GET", "POST"])
@for_verb("manage_departments")
def department(request: HttpRequest, pk: int) -> HttpResponse:
    subject, by = get_object_or_404(Department, pk=pk), signed_in(request)
    form = DepartmentForm(request.POST or None, instance=get_object_or_404(Department, pk=pk))
    if carried_out(
        form,
        lambda: departments.change(
            subject, values=form.cleaned_data, aliases=form.cleaned_data["aliases"], by=by
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("accounts:department", pk)
    return _show(request, subject, form, RenameForm())


@require_POST
@for_verb("manage_departments")
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    subject, by = get_object_or_404(Department, pk=pk), signed_in(request)
    form = RenameForm(request.POST)
    if carried_out(form, lambda: departments.rename(subject, by=by, **form.cleaned_data)):
        messages.success(request, _("Renamed; the old name still finds the department."))
        return redirect("accounts:department", pk)
    return _show(request, subject, DepartmentForm(instance=subject), form)


@require_POST
@for_verb("manage_departments")
def upload(request: HttpRequest) -> HttpResponse:
    """All rows of the file or none; refused with every problem listed."""
    form = DepartmentsFileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a CSV file first."))
        return redirect("accounts:departments")
    try:
        rows = departments_file.read(form.cleaned_data["file"].read())
        loaded = reference.load_departments(rows, by=signed_in(request))
    except FileRefused as refused:
        context = {"problems": refused.problems, "form": DepartmentsFileForm()}
        return render(request, "accounts/departments_refused.html", context, status=409)
    sentence = _(
        "Departments added: %(created)s, changed: %(updated)s, unchanged: %(unchanged)s; "
        "regions added: %(regions)s."
    )
    messages.success(request, sentence % vars(loaded))
    return redirect("accounts:departments")


def _show(
    request: HttpRequest, subject: Department, form: DepartmentForm, rename_form: RenameForm
) -> HttpResponse:
    known = subject.names.order_by("kind", "pk")
    context = {"subject": subject, "names": known, "form": form, "rename_form": rename_form}
    return render(request, "accounts/department.html", context)


def _search(query: str) -> QuerySet[Department]:
    """By any name, or by pinyin initials."""
    found = Department.objects.select_related("region", "counterpart")
    if not query:
        return found
    key = names.matching(query)
    named = DepartmentName.objects.filter(department=OuterRef("pk"), matching__contains=key)
    return found.filter(Q(name__icontains=query) | Q(pinyin__startswith=key) | Q(Exists(named)))
