"""Every write to an obligation and to what it rests on carries the version it is based on."""

import datetime as dt
import re

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Role
from obligations.models import Obligation
from obligations.today import today
from tests.access import ACCESS
from tests.obligations import lives

pytestmark = pytest.mark.django_db

# Writes that overwrite nothing of an obligation that somebody else may have changed.
WITHOUT = {
    "api/v1/obligations/<int:pk>/deliveries/": "a delivery is added, and moves no status",
    "obligations/<int:pk>/deliveries/": "a delivery is added, and moves no status",
}
MANY = re.compile(r"obligations/[a-z_-]+/$")
ACTORS = {
    "coordinator": Role.COORDINATOR,
    "officer": Role.OFFICER,
    "reviewer": Role.REVIEWER,
}
STATUS = {
    **dict.fromkeys(("issue", "record_opening", "lift_blocks"), "draft"),
    **dict.fromkeys(("accept",), "issued"),
    **dict.fromkeys(("endorse", "withdraw_claim"), "claimed"),
    **dict.fromkeys(("verify", "send_back"), "endorsed"),
    "reopen": "verified",
}


def writes():
    for route, methods in ACCESS.items():
        plain = route.removeprefix("api/v1/")
        if plain.startswith(("obligations/", "evidence/", "contact/")):
            for method, who in methods.items():
                if method != "GET" and route not in WITHOUT:
                    yield pytest.param(route, who, id=route)


@pytest.fixture
def people(make_user, police, bureau):
    own = {Role.COORDINATOR: bureau}
    return {
        name: make_user(f"the-{name}", role, department=own.get(role, police))
        for name, role in ACTORS.items()
    }


@pytest.fixture
def row(make_item, police, ministry, make_user, bureau):
    def make(verb):
        others = (
            make_user("other-officer", Role.OFFICER, department=police),
            make_user("other-reviewer", Role.REVIEWER, department=police),
            make_user("other-coordinator", Role.COORDINATOR, department=bureau),
        )
        external = verb in ("record_opening", "lift_blocks")
        body = ministry if external else police
        status = STATUS.get(verb, "in_progress")
        found = lives.make(
            make_item(body), body, status, verb=verb, people=others, external=external, version=7
        )
        if verb == "lift_blocks":
            Obligation.objects.filter(pk=found.pk).update(opened_on=today())
            found = _blocked_by(found, police, make_item, others)
        return found

    return make


def _blocked_by(external, police, make_item, others):
    """Something that the opening unblocks: its version is what counts."""
    blocked = lives.make(
        make_item(police), police, "in_progress", verb="lift_block", people=others, version=7
    )
    blocked.blocks.update(external_obligation=external)
    return blocked


def actor(route, able):
    """Who acts; coordinators have another first page than the desk."""
    return "officer" if verb_of(route) == "desk" else sorted(able)[0]


def verb_of(route):
    named = {
        "api/v1/obligations/<int:pk>/evidence/": "attach_evidence",
        "api/v1/evidence/<int:pk>/": "remove_evidence",
        "evidence/<int:pk>/remove/": "remove_evidence",
    }
    return named.get(route) or route.rstrip("/").split("/")[-1].replace("-", "_")


class Writer:
    """Sends one write, by page or API, with or without a version."""

    def __init__(self, route, user, row):
        self.route, self.row, self.verb = route, row, verb_of(route)
        self.is_api = route.startswith("api/")
        self.is_many = bool(MANY.search(route)) or self.verb == "lift_blocks"
        self.is_deletion = self.is_api and self.verb == "remove_evidence"
        pk = self._subject()
        self.address = "/" + route.replace("<int:pk>", str(pk))
        self.client = APIClient() if self.is_api else Client()
        if self.is_api:
            self.client.force_authenticate(user)
        else:
            self.client.force_login(user, backend="accounts.signin.Backend")

    def _subject(self):
        if self.verb == "lift_blocks":
            return self.row.blocks.get().external_obligation_id
        return self.row.evidence.get().pk if self.verb == "remove_evidence" else self.row.pk

    def send(self, version, **headers):
        if self.is_deletion:  # a DELETE has no body to say it in
            seen = {} if version is None else {"If-Match": f'"{version}"'}
            return self.client.delete(self.address, headers=seen | headers)
        said = self._said(version)
        more = {"format": "json"} if self.is_api else {}
        return self.client.post(self.address, said, headers=headers, **more)

    def _said(self, version):
        if self.verb == "remove_evidence":
            return {} if version is None else {"version": version}
        if self.verb == "contact":
            return {"name": "张三"} | ({} if version is None else {"version": version})
        if self.verb == "desk":
            return {"do": "plan"} | ({} if version is None else {"version": version})
        said = lives.body(self.verb) if self.is_api else lives.fields(self.verb)
        said = dict(said)
        if self.is_many:
            return said | self._chosen(version) | self._extra()
        return said if version is None else said | {"version": version}

    def _extra(self):
        return {"planned_on": dt.date(2030, 1, 8).isoformat()} if self.verb == "plan" else {}

    def _chosen(self, version):
        if self.is_api:
            one = {"id": self.row.pk} | ({} if version is None else {"version": version})
            return {"rows": [one]}
        return {"rows": str(self.row.pk) if version is None else f"{self.row.pk}:{version}"}


@pytest.mark.parametrize(("route", "who"), list(writes()))
def test_without_a_version_it_is_428_and_with_an_old_one_it_is_refused_with_who_changed_what(
    route, who, people, row
):
    user = people[actor(route, who & people.keys())]
    made = row(verb_of(route))
    writer = Writer(route, user, made)
    before = Obligation.objects.values().get(pk=made.pk)

    assert writer.send(None).status_code == 428
    stale = writer.send(5 if writer.verb == "contact" else 6)
    assert stale.status_code == (412 if writer.is_deletion else 409)
    if writer.is_api and not writer.is_many:
        matched = writer.send(None, **{"If-Match": '"5"'})
        assert matched.status_code == 412
        assert "seen" in matched.json()["facts"]

    assert Obligation.objects.values().get(pk=made.pk) == before


@pytest.mark.parametrize(("route", "who"), list(writes()))
def test_with_the_present_version_it_is_done(route, who, people, row):
    user = people[actor(route, who & people.keys())]
    made = row(verb_of(route))
    writer = Writer(route, user, made)

    answer = writer.send(0 if writer.verb == "contact" else made.version)

    assert answer.status_code in (200, 201, 204, 302), answer.content.decode()[:400]


@pytest.mark.parametrize("verb", ["attach_evidence", "remove_evidence"])
def test_nobody_claims_on_other_evidence_than_they_saw(verb, people, row):
    made = row(verb)
    seen = made.version
    lives.DOING[verb](made, by=people["officer"], on=today())

    address = f"/obligations/{made.pk}/claim/"
    client = Client()
    client.force_login(people["officer"], backend="accounts.signin.Backend")
    stale = client.post(address, {"document": lives.PAPER.text, "version": seen})

    assert stale.status_code == 409
    assert "the-officer" in stale.content.decode()
    assert Obligation.objects.get(pk=made.pk).version == seen + 1
