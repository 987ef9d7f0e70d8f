"""API tokens: shown once, kept as SHA-256, refused when expired or revoked."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from accounts import audit
from accounts.errors import RuleViolation
from accounts.models import ApiToken, User


@transaction.atomic
def issue(user: User, *, by: User | None, expires_at: dt.datetime | None = None) -> str:
    """Make a token and return its text, which is not kept."""
    if not user.is_active:
        raise RuleViolation(_("This account is not active; activate it first."))
    text = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, digest=digest(text), hint=text[:6], expires_at=expires_at
    )
    audit.record(token, verb="issue_token", by=by, department_id=user.department_id)
    return text


@transaction.atomic
def revoke(token: ApiToken, *, by: User, at: dt.datetime) -> None:
    """Refuse the token from now on."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        audit.record(token, verb="revoke_token", by=by)


def standing(*, at: dt.datetime) -> QuerySet[ApiToken]:
    """Tokens that are accepted: neither expired nor revoked, of active users."""
    lasting = Q(expires_at=None) | Q(expires_at__gt=at)
    return ApiToken.objects.filter(lasting, revoked_at=None, user__is_active=True)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class TokenAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token …` or `Authorization: Bearer …`."""

    keywords = ("token", "bearer")

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = authentication.get_authorization_header(request).split()
        if not words or words[0].decode("latin-1").lower() not in self.keywords:
            return None
        if len(words) != 2:
            raise exceptions.AuthenticationFailed(_("The header holds no single token."))
        return self.authenticate_credentials(words[1].decode("latin-1"))

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        accepted = standing(at=timezone.now()).filter(digest=digest(key))
        token = accepted.select_related("user__department", "user__region").first()
        if token is None:
            raise exceptions.AuthenticationFailed(
                _("The token is unknown, expired or revoked; make a new one.")
            )
        return token.user, token
