"""Sign-in by name and password: one function for pages and for the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import get_client_ip
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import attempts, audit
from accounts.models import User

WRONG = _("The user name or the password is wrong. Check both and try again.")


def check(username: str, password: str, *, address: str | None, at: dt.datetime) -> User | None:
    """The active user with this name and password; raises attempts.LockedOut."""
    attempt = attempts.reserve(username, address=address, at=at)
    user = User.objects.filter(username=username.strip(), is_active=True).first()
    if user is None:
        # As much work as for a known name, so that the time taken does not tell them apart.
        make_password(password)
    elif user.check_password(password):
        attempts.succeed(attempt)
        return user
    # Who is named was not proven; a name that nobody has is not repeated in the log.
    audit.record(attempt, verb="fail_sign_in", by=user)
    return None


class Backend(ModelBackend):
    """What Django and DRF's basic authentication call."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if not username or not password or "\x00" in username:
            return None
        address = get_client_ip(request) if request else None
        try:
            return check(username, password, address=address, at=timezone.now())
        except attempts.LockedOut as locked:
            raise PermissionDenied(locked.sentence) from locked

    def get_user(self, user_id: int) -> User | None:
        """With the department, which the frame of every page names."""
        user = User.objects.select_related("department").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's hooks: nobody signs up; attempts are counted by us and not in a cache."""

    error_messages = {**DefaultAccountAdapter.error_messages, "username_password_mismatch": WRONG}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        username, password = credentials.get("username"), credentials.get("password")
        if not username or not password:
            return None
        try:
            return check(username, password, address=get_client_ip(request), at=timezone.now())
        except attempts.LockedOut as locked:
            raise ValidationError(locked.sentence, code=locked.code) from locked

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        audit.record(user, verb="sign_in", by=user, department_id=user.department_id)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            audit.record(request.user, verb="sign_out", by=request.user)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        audit.record(user, verb="change_password", by=user)
