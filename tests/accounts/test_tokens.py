"""API tokens: only their digest is kept; expired and revoked ones are refused."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.urls import path
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import tokens
from accounts.errors import RuleViolation
from accounts.models import ApiToken, AuditEntry


class WhoAmI(APIView):
    def get(self, request):
        return Response({"me": request.user.username})


urlpatterns = [path("api/me", WhoAmI.as_view())]
pytestmark = pytest.mark.urls(__name__)


def ask(client, header):
    return client.get("/api/me", headers={"Authorization": header})


@pytest.mark.parametrize("word", ["Token", "Bearer", "bearer"])
def test_a_token_acts_for_its_user(client, officer, word):
    text = tokens.issue(officer, by=officer)
    assert ask(client, f"{word} {text}").json() == {"me": "officer"}


def test_only_the_digest_is_kept(officer):
    text = tokens.issue(officer, by=officer)
    token = ApiToken.objects.get()
    assert text not in {token.digest, token.hint}
    assert len(token.digest) == 64
    assert text.startswith(token.hint)
    assert text not in str(AuditEntry.objects.get(verb="issue_token").detail)


@pytest.mark.parametrize("header", ["Token nonsense", "Token", "Token a b", "Token ÿ", "Basic x"])
def test_anything_else_is_401(client, officer, header):
    response = ask(client, header.encode("latin-1"))
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"


def test_an_expired_a_revoked_and_a_closed_accounts_token_are_refused(client, officer, reviewer):
    now = timezone.now()
    expired = tokens.issue(officer, by=None, expires_at=now - dt.timedelta(seconds=1))
    revoked = tokens.issue(officer, by=officer)
    tokens.revoke(ApiToken.objects.get(digest=tokens.digest(revoked)), by=officer, at=now)
    closed = tokens.issue(reviewer, by=reviewer)
    reviewer.is_active = False
    reviewer.save()
    assert [ask(client, f"Token {text}").status_code for text in (expired, revoked, closed)] == [
        401,
        401,
        401,
    ]
    with pytest.raises(RuleViolation):
        tokens.issue(reviewer, by=None)


def test_the_command_prints_the_token_alone(client, officer, capsys):
    call_command("issue_token", "officer", "--days", "30")
    text = capsys.readouterr().out.removesuffix("\n")
    assert ask(client, f"Token {text}").json() == {"me": "officer"}
    assert ApiToken.objects.get().expires_at > timezone.now() + dt.timedelta(days=29)


@pytest.mark.parametrize("words", [["nobody"], ["officer", "--days", "0"]])
def test_the_command_refuses_in_a_sentence(officer, words):
    with pytest.raises(CommandError):
        call_command("issue_token", *words)
    assert not ApiToken.objects.exists()
