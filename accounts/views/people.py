"""Accounts, for the system administrator."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import leaving, names, people
from accounts.access import for_verb, signed_in
from accounts.forms import AccountForm, NewAccountForm, carried_out
from accounts.models import User
from accounts.paging import page


@require_GET
@for_verb("manage_accounts")
def people_list(request: HttpRequest) -> HttpResponse:
    query = names.tidy(request.GET.get("q", ""))
    found = page(search(query), after=request.GET.get("after", ""))
    return render(request, "accounts/people.html", {"page": found, "query": query})


@require_http_methods(["GET", "POST"])
@for_verb("manage_accounts")
def new_account(request: HttpRequest) -> HttpResponse:
    form, by = NewAccountForm(request.POST or None), signed_in(request)
    if carried_out(form, lambda: people.open_account(by=by, **form.cleaned_data)):
        sentence = _(
            "The account is open. The security administrator now gives it a role and a password."
        )
        messages.success(request, sentence)
        return redirect("accounts:people")
    return render(request, "accounts/account.html", {"form": form})


@require_http_methods(["GET", "POST"])
@for_verb("manage_accounts")
def account(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User.objects.select_related("department"), pk=pk)
    by = signed_in(request)
    initial = {
        "display_name": user.display_name,
        "department": user.department_id,
        "phone": user.phone,
    }
    form = AccountForm(request.POST or None, initial=initial)
    if carried_out(form, lambda: people.change(user, by=by, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("accounts:people")
    leaving_now = leaving.of(user, on=timezone.localdate()) if user.is_active else None
    context = {"form": form, "subject": user, "leaving": leaving_now}
    return render(request, "accounts/account.html", context)


@require_POST
@for_verb("manage_accounts")
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    people.deactivate(get_object_or_404(User, pk=pk), by=signed_in(request))
    messages.success(request, _("The account is closed; it can no longer sign in."))
    return redirect("accounts:account", pk)


@require_POST
@for_verb("manage_accounts")
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    people.activate(get_object_or_404(User, pk=pk), by=signed_in(request))
    messages.success(request, _("The account is open again, with the role it had."))
    return redirect("accounts:account", pk)


def search(query: str) -> QuerySet[User]:
    """Users whose user name, name or department holds the text."""
    users = User.objects.select_related("department", "region")
    if not query:
        return users
    named = Q(username__icontains=query) | Q(first_name__icontains=query)
    return users.filter(named | Q(department__name__icontains=query))
