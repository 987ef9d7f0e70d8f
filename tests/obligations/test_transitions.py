"""Every triple of status, verb and role does what the table says: process, page and API."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts import permissions
from accounts.errors import RuleViolation
from accounts.models import Role
from obligations import drawing, transitions
from obligations.api.actions import ACTIONS
from obligations.conditions import CONDITIONS
from obligations.models import Status
from obligations.today import today
from obligations.verbs import CASE_LABELS, CONDITION_LABELS, VERB_LABELS
from obligations.views.deeds import DEEDS
from tests.obligations import lives
from tests.thorough import QUICK

pytestmark = [pytest.mark.django_db, pytest.mark.early]

VERBS = transitions.VERBS


@pytest.fixture
def people(make_user, police, bureau):
    """One person of each role who may act."""
    own = {Role.OFFICER: police, Role.REVIEWER: police}
    return {role: make_user(f"the-{role}", role, department=own.get(role, bureau)) for role in Role}


@pytest.fixture
def owing(make_item, police, others):
    def make(status, verb, **facts):
        return lives.make(make_item(police), police, status, verb=verb, people=others, **facts)

    return make


@contextmanager
def undone(row):
    """The next one finds the row as this one did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    row.refresh_from_db()


def ends(verb, status, role, *, external=False):
    """The ends without special cases: the department endorses, objections are to lights."""
    rows = transitions.of(verb, status, role, external=external)
    usual = ("", "endorsement_required", "objection_to_light")
    return {row.end for row in rows if row.case in usual}


def outcome(verb, row, by):
    """What a process makes of it: the status afterwards, or the sort of refusal."""
    try:
        with transaction.atomic():
            lives.DOING[verb](row, by=by, on=today())
    except PermissionDenied:
        return 403
    except RuleViolation:
        return 409
    row.refresh_from_db()
    return row.status


def expected(verb, status, role):
    if role not in transitions.roles_of(verb):
        return 403
    found = ends(verb, status, role)
    return found.pop() if found else 409


@pytest.mark.parametrize("verb", VERBS)
def test_the_process_does_what_the_table_says(verb, owing, people):
    wrong = []
    for status in transitions.STATUSES:
        row = owing(status, verb)
        for role, by in people.items():
            with undone(row):
                got, wanted = outcome(verb, row, by), expected(verb, status, role)
                row.refresh_from_db()
                after = wanted if isinstance(wanted, str) else status
                if (got, row.status) != (wanted, after):
                    wrong.append((status, str(role), wanted, got, row.status))
    assert wrong == []


def answer_wanted(verb, status, role, *, done):
    """A draft does not exist for the department; what nobody's role has is 403 before that."""
    if role not in transitions.roles_of(verb):
        return 403
    if role in (Role.OFFICER, Role.REVIEWER) and status == "draft":
        return 404
    return done if ends(verb, status, role) else 409


def is_asked(verb, status, role):
    """Whom a verb is refused in every status the quick part of the tests asks in one."""
    return not QUICK or role in transitions.roles_of(verb) or status == "in_progress"


def compare(verb, owing, people, ask, *, done):
    wrong = []
    asking = {role: ask(by) for role, by in people.items()}
    for status in transitions.STATUSES:
        row = owing(status, verb)
        for role in [role for role in asking if is_asked(verb, status, role)]:
            wanted = answer_wanted(verb, status, role, done=done)
            with undone(row):
                got = asking[role](row)
                row.refresh_from_db()
                found = ends(verb, status, role) if wanted == done else {status}
                if got != wanted or {row.status} != found:
                    wrong.append((status, str(role), wanted, got, row.status))
    assert wrong == []


@pytest.mark.sampled
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.verb)
def test_the_page_does_what_the_table_says(deed, owing, people):
    def ask(by):
        client = Client()
        client.force_login(by, backend="accounts.signin.Backend")
        said = lives.fields(deed.verb)

        def post(row):
            address = f"/obligations/{row.pk}/{deed.slug}/"
            return client.post(address, {"version": row.version, **said}).status_code

        return post

    compare(deed.verb, owing, people, ask, done=302)


@pytest.mark.sampled
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.verb)
def test_the_api_does_what_the_table_says(action, owing, people):
    def ask(by):
        program = APIClient()
        program.force_authenticate(by)

        def post(row):
            address = f"/api/v1/obligations/{row.pk}/{action.verb}/"
            said = {"version": row.version, **lives.body(action.verb)}
            return program.post(address, said, format="json").status_code

        return post

    compare(action.verb, owing, people, ask, done=200)


@pytest.mark.sampled
@pytest.mark.parametrize(("verb", "done"), [("attach_evidence", 201), ("remove_evidence", 204)])
def test_evidence_over_the_api_does_what_the_table_says(verb, done, owing, people):
    def ask(by):
        program = APIClient()
        program.force_authenticate(by)

        def send(row):
            if verb == "attach_evidence":
                address = f"/api/v1/obligations/{row.pk}/evidence/"
                said = {"version": row.version, **lives.body(verb)}
                return program.post(address, said, format="json").status_code
            address = f"/api/v1/evidence/{row.evidence.get().pk}/"
            seen = {"If-Match": f'"{row.version}"'}
            return program.delete(address, headers=seen).status_code

        return send

    compare(verb, owing, people, ask, done=done)


@pytest.mark.parametrize("verb", VERBS)
def test_what_a_central_body_owes_takes_only_what_the_table_says(verb, owing, people):
    wrong = []
    for status in ("draft", "withdrawn"):
        row = owing(status, verb, external=True)
        if verb == "remove_evidence":
            row.evidence.update(added_on=today())
        for role, by in people.items():
            with undone(row):
                got = outcome(verb, row, by)
            found = ends(verb, status, role, external=True)
            refused = 409 if role in transitions.roles_of(verb) else 403
            if got not in (found or {refused}):
                # A department never reaches what a central body owes; here it is its own row.
                wrong.append((status, str(role), found, got))
    assert wrong == []


def test_where_endorsement_is_off_a_claim_is_formal_at_once(owing, people, police):
    police.endorsement_required = False
    police.save()
    row = owing("in_progress", "claim")

    assert outcome("claim", row, people[Role.OFFICER]) == "endorsed"


def test_only_the_roles_of_the_table_have_its_verbs():
    granted = {verb: permissions.VERBS[verb] for verb in VERBS}

    assert granted == {verb: transitions.roles_of(verb) for verb in VERBS}


def test_the_table_speaks_of_every_status_and_of_nothing_else():
    assert list(transitions.STATUSES) == Status.values
    assert {row.start for row in transitions.TABLE} | {"withdrawn"} == set(Status.values)
    assert {row.end for row in transitions.TABLE} <= set(Status.values)
    assert not [row for row in transitions.TABLE if row.start == "withdrawn"]


def test_no_two_rows_of_one_case_contradict_each_other():
    keys = [(r.verb, r.start, r.role, r.external, r.case) for r in transitions.TABLE]

    assert len(keys) == len(set(keys))


def test_every_condition_has_a_meaning_and_a_name_and_is_used():
    used = {name for row in transitions.TABLE for name in row.conditions}

    assert used == CONDITIONS.keys() == CONDITION_LABELS.keys()
    assert {row.case for row in transitions.TABLE if row.case} == CASE_LABELS.keys()
    assert set(VERBS) <= VERB_LABELS.keys()


def test_every_verb_stands_on_the_page_and_in_the_api():
    elsewhere = {"attach_evidence", "remove_evidence"}

    assert {deed.verb for deed in DEEDS} == set(VERBS) - {"remove_evidence"}
    assert {action.verb for action in ACTIONS} == set(VERBS) - elsewhere


def test_the_drawn_page_is_what_the_table_says():
    drawn = Path(settings.BASE_DIR, "docs/states.md").read_text(encoding="utf-8")

    assert drawn == drawing.page(), "run manage.py draw_states"
