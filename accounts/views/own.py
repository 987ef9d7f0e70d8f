"""The own account: API tokens. The password page is allauth's."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import tokens
from accounts.access import signed_in
from accounts.forms import TokenForm
from accounts.models import ApiToken


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def own_tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens; a new one is shown in the answer to the form, and never again."""
    user, form, text = signed_in(request), TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        expires_at = timezone.now() + dt.timedelta(days=form.cleaned_data["days"])
        text = tokens.issue(user, by=user, expires_at=expires_at)
        form = TokenForm()
    listed = tokens.standing(at=timezone.now()).filter(user=user).order_by("-pk")
    context = {"form": form, "text": text, "tokens": listed}
    return render(request, "accounts/tokens.html", context)


@login_required
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    token = get_object_or_404(ApiToken, pk=pk, user=user)
    tokens.revoke(token, by=user, at=timezone.now())
    messages.success(request, _("The token is revoked; programs that used it are refused."))
    return redirect("accounts:tokens")
