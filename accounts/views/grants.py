"""Roles, unlocking and fresh passwords, for the security administrator."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import attempts, grants, names
from accounts.access import for_verb, signed_in
from accounts.forms import GrantForm, carried_out
from accounts.models import User
from accounts.paging import page
from accounts.views.people import search


@require_GET
@for_verb("grant_role")
def grants_list(request: HttpRequest) -> HttpResponse:
    query = names.tidy(request.GET.get("q", ""))
    found = page(search(query), after=request.GET.get("after", ""))
    return render(request, "accounts/grants.html", {"page": found, "query": query})


@require_http_methods(["GET", "POST"])
@for_verb("grant_role")
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User.objects.select_related("department"), pk=pk)
    by = signed_in(request)
    initial = {"role": user.role, "department": user.department_id, "region": user.region_id}
    form = GrantForm(request.POST or None, initial=initial)
    if carried_out(form, lambda: grants.grant(user, by=by, **form.cleaned_data)):
        messages.success(request, _("The role is set and applies from now on."))
        return redirect("accounts:grants")
    until = attempts.locked_until(user.username, address=None, at=timezone.now())
    context = {"form": form, "subject": user, "locked_until": until}
    return render(request, "accounts/grant.html", context)


@require_POST
@never_cache
@for_verb("grant_role")
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """The new password stands in the answer to the form, and nowhere else."""
    user = get_object_or_404(User, pk=pk)
    password = grants.reset_password(user, by=signed_in(request))
    return render(request, "accounts/password_shown.html", {"subject": user, "password": password})


@require_POST
@for_verb("unlock")
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    grants.unlock(get_object_or_404(User, pk=pk), by=signed_in(request))
    messages.success(request, _("The account is unlocked; the person can try again."))
    return redirect("accounts:grant", pk)
