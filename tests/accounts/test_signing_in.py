"""Attempts are reserved before a password is checked; sentences tell nothing about accounts."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.test import RequestFactory

from accounts import attempts, signin
from accounts.models import AuditEntry, SignInAttempt
from tests.conftest import PASSWORD

NOW = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
LOGIN = "/account/login/"


def sign_in(client, username, password):
    return client.post(LOGIN, {"login": username, "password": password})


def test_the_right_password_signs_in_and_is_audited(client, officer):
    response = sign_in(client, "officer", PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert AuditEntry.objects.get(verb="sign_in").username == "officer"


def test_wrong_password_unknown_name_and_closed_account_read_the_same(client, officer, reviewer):
    reviewer.is_active = False
    reviewer.save()
    pages = [
        sign_in(client, "officer", "wrong"),
        sign_in(client, "nobody", "wrong"),
        sign_in(client, "reviewer", PASSWORD),
    ]
    sentence = "用户名或密码不正确，请核对后重试。"
    assert all(sentence in page.content.decode() for page in pages)
    assert all("_auth_user_id" not in client.session for _ in pages)


@pytest.mark.parametrize("username", ["officer", "nobody"])
def test_after_five_wrong_passwords_even_the_right_one_is_refused_until_the_time_told(
    client, officer, username
):
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(5):
            sign_in(client, username, "wrong")
        page = sign_in(client, username, PASSWORD).content.decode()
        assert "17:15 前不能登录" in page  # 09:00 UTC is 17:00 in Shanghai
        assert SignInAttempt.objects.count() == 5
        clock.shift(dt.timedelta(minutes=15, seconds=1))
        sign_in(client, username, PASSWORD)
        assert ("_auth_user_id" in client.session) is (username == "officer")


def test_a_failed_try_is_audited_without_repeating_unknown_names(officer):
    signin.check("officer", "wrong", address=None, at=NOW)
    signin.check("my-secret-password", "x", address=None, at=NOW)
    failed = AuditEntry.objects.filter(verb="fail_sign_in").order_by("pk")
    assert [(entry.username, entry.detail) for entry in failed] == [("officer", {}), ("", {})]


def test_spellings_of_a_name_share_one_count(officer):
    for name in ("officer", "OFFICER", "ｏfficer", " officer "):
        signin.check(name, "wrong", address=None, at=NOW)
    assert SignInAttempt.objects.filter(username="officer").count() == 4


def test_attempts_that_succeeded_do_not_count(officer):
    for _ in range(12):
        assert signin.check("officer", PASSWORD, address=None, at=NOW) == officer


def test_one_address_is_limited_over_all_names(db, settings):
    settings.SIGN_IN_ATTEMPTS_PER_ADDRESS = 3
    for number in range(3):
        signin.check(f"name{number}", "wrong", address="10.0.0.1", at=NOW)
    with pytest.raises(attempts.LockedOut):
        signin.check("name9", "wrong", address="10.0.0.1", at=NOW)
    assert signin.check("name9", "wrong", address="10.0.0.2", at=NOW) is None


def test_forgiven_attempts_count_no_more(officer):
    for _ in range(5):
        signin.check("officer", "wrong", address=None, at=NOW)
    assert attempts.forgive("Officer") == 5
    assert signin.check("officer", PASSWORD, address=None, at=NOW) == officer


def test_a_locked_account_costs_no_password_check(officer, monkeypatch):
    for _ in range(5):
        signin.check("officer", "wrong", address=None, at=NOW)
    monkeypatch.setattr(type(officer), "check_password", lambda *_: pytest.fail("checked"))
    with pytest.raises(attempts.LockedOut):
        signin.check("officer", PASSWORD, address=None, at=NOW)


def test_an_unknown_name_costs_one_password_hash_like_a_known_one(officer, monkeypatch):
    hashed = []
    monkeypatch.setattr(signin, "make_password", hashed.append)
    signin.check("nobody", "secret", address=None, at=NOW)
    signin.check("officer", "secret", address=None, at=NOW)
    assert hashed == ["secret"]


def test_basic_credentials_share_the_count_with_the_page(client, officer):
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1")
    for _ in range(5):
        assert authenticate(request, username="officer", password="wrong") is None
    assert authenticate(request, username="officer", password=PASSWORD) is None
    assert "次数过多" in sign_in(client, "officer", PASSWORD).content.decode()


def test_a_name_with_a_null_character_is_nobody(db):
    assert authenticate(None, username="of\x00ficer", password="x") is None


def test_nobody_signs_up_or_adds_an_address(client, officer):
    assert client.get("/account/signup/").status_code == 404
    client.force_login(officer)
    assert client.get("/account/email/").status_code == 404
    assert client.get("/account/password/reset/").status_code == 404


def test_tries_at_the_present_password_of_an_open_session_are_counted(client, officer):
    client.force_login(officer)
    new = {"password1": "Another-Horse-77", "password2": "Another-Horse-77"}
    for _ in range(5):
        client.post("/account/password/change/", {"oldpassword": "wrong", **new})
    page = client.post("/account/password/change/", {"oldpassword": PASSWORD, **new})
    assert "次数过多" in page.content.decode()
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_a_changed_password_is_audited_and_keeps_the_session(client, officer):
    client.force_login(officer)
    form = {"oldpassword": PASSWORD, "password1": "Another-Horse-77"}
    client.post("/account/password/change/", {**form, "password2": "Another-Horse-77"})
    officer.refresh_from_db()
    assert officer.check_password("Another-Horse-77")
    assert AuditEntry.objects.filter(verb="change_password", username="officer").exists()
    assert client.get("/own/tokens/").status_code == 200
