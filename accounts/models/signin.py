"""Sign-in attempts, counted in the database, and hashed API tokens."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class SignInAttempt(models.Model):
    """One try, written before the password is looked at, so that parallel tries all count."""

    username = models.CharField(max_length=150)
    address = models.GenericIPAddressField(null=True)
    tried_at = models.DateTimeField(db_default=Now())
    succeeded = models.BooleanField(default=False)
    # Set when the security administrator unlocks the account: the try stays, but counts no more.
    forgiven = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["username", "tried_at"], name="signin_by_username"),
            models.Index(fields=["address", "tried_at"], name="signin_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.tried_at}"


class ApiToken(models.Model):
    """A token for the API; only its SHA-256 is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.hint}…"
