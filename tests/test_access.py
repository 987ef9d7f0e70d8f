"""The route census: every address answers those whom the table names, and nobody else."""

import re
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from accounts.models import Role
from tests.access import ACCESS, ANONYMOUS, FOUND_FIRST, SIGNED_BY_SYSTEMS, SIGNED_IN

pytestmark = pytest.mark.early
NOBODYS_ID = 999_999
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# The quick part asks for those who may do most, least and nothing; the long one for all others.
ASKED_FIRST = (ANONYMOUS, "without_role", "officer", "coordinator", "sysadmin")
PEOPLE = [
    pytest.param(person, marks=() if person in ASKED_FIRST else pytest.mark.long)
    for person in (ANONYMOUS, *sorted(SIGNED_IN))
]


def routes(patterns, prefix=""):
    for one in patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        else:
            yield route


def address(route):
    numbered = re.sub("<int:[a-z_]+>", str(NOBODYS_ID), route)
    return "/" + re.sub("<slug:[a-z_]+>", "nothing", numbered)


def verdict(answer, route):
    """ "answered", "refused" (the right status for such a refusal) or what else happened."""
    if answer.status_code >= 500 and route != "readyz":
        return f"failed with {answer.status_code}"
    if answer.status_code == 405:
        return "no such method"
    if answer.status_code == 403:
        return "refused"
    if answer.status_code == 401:
        return "sent to sign in" if answer.get("WWW-Authenticate") else "401 without challenge"
    if answer.status_code == 302 and answer["Location"].startswith("/account/login/?next="):
        return "sent to sign in"
    return "answered"


def expected(person, who, route):
    if person in who:
        return "answered"
    if person == ANONYMOUS or route in SIGNED_BY_SYSTEMS:
        return "sent to sign in"
    return "answered" if route in FOUND_FIRST else "refused"


@pytest.fixture
def client_of(make_user, police):
    def make(person):
        client = Client()
        if person != ANONYMOUS:
            role = "" if person == "without_role" else person
            own = police if role in (Role.OFFICER, Role.REVIEWER) else None
            client.force_login(make_user(person, role, department=own))
        return client

    return make


def ask(client, method, route):
    # A program's write has a body of JSON; the addresses of files take forms.
    json = route.startswith("api/v1/") and route != "api/v1/imports/"
    sent = {"content_type": "application/json", "data": "{}"} if json and method != "GET" else {}
    answer = client.generic(method, address(route), **sent)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def test_every_address_of_the_project_stands_in_the_table():
    found = list(routes(get_resolver().url_patterns))

    assert sorted(set(found) - ACCESS.keys()) == [], "say in tests/access.py who may call these"
    assert sorted(ACCESS.keys() - set(found)) == [], "these are gone: take them out"
    assert len(found) == len(set(found)), "one address has two meanings"


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_is_answered_as_the_table_says(person, client_of):
    client = client_of(person)
    wrong = []
    for route, methods in ACCESS.items():
        for method, who in methods.items():
            if route == "account/logout/" and method == "POST":
                continue
            got = verdict(ask(client, method, route), route)
            if got != expected(person, who, route):
                wrong.append(f"{method} /{route}: {got}")

    assert wrong == []


@pytest.mark.parametrize(
    "person", ["coordinator", pytest.param("sysadmin", marks=pytest.mark.long)]
)
def test_a_method_that_is_not_named_is_answered_to_nobody(person, client_of):
    client = client_of(person)
    wrong = []
    for route, methods in ACCESS.items():
        if route.startswith(("account/", "i18n/")):
            continue  # allauth's and Django's own views
        for method in set(METHODS) - methods.keys():
            got = verdict(ask(client, method, route), route)
            if got not in ("no such method", "refused"):
                wrong.append(f"{method} /{route}: {got}")

    assert wrong == []


@pytest.mark.parametrize("person", sorted(SIGNED_IN))
def test_signing_out_is_for_everybody(person, client_of):
    client = client_of(person)

    assert client.post("/account/logout/").status_code == 302
    assert client.get("/own/tokens/").status_code == 302


def test_the_census_sees_an_address_that_is_missing():
    found = [SimpleNamespace(pattern="new/<int:pk>/")]

    assert [route for route in routes(found) if route not in ACCESS] == ["new/<int:pk>/"]
