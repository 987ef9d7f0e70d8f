"""Whom the department names as the person in charge of its obligations."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from obligations import contacts
from obligations.forms import ContactForm
from obligations.models import DepartmentContact
from obligations.today import today
from obligations.views.versions import require_version_field


@require_http_methods(["GET", "POST"])
@for_verb("keep_contact")
def contact(request: HttpRequest) -> HttpResponse:
    """The department's own page; open obligations that name nobody else follow."""
    user = signed_in(request)
    department = user.department
    assert department is not None  # a constraint of accounts
    kept = DepartmentContact.objects.filter(department=department).first()
    known = {"office": kept.office, "name": kept.name, "phone": kept.phone} if kept else {}
    form = ContactForm(request.POST or None, initial=known)
    context: dict[str, Any] = {"form": form, "kept": kept, "department": department}
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(request, "obligations/contact.html", context, status=status)
    version = require_version_field(request.POST)
    try:
        count = contacts.keep(department, by=user, on=today(), version=version, **form.cleaned_data)
    except RuleViolation as refusal:
        kept = DepartmentContact.objects.filter(department=department).first()
        context |= {"refusal": refusal, "kept": kept}
        return render(request, "obligations/contact.html", context, status=409)
    messages.success(request, _("Saved; obligations that follow: %(count)s") % {"count": count})
    return redirect("obligations:contact")
