"""Only proxies of ours are believed when they say from which address somebody comes."""

import pytest
from django.conf import settings as configured

from accounts.models import AuditEntry, SignInAttempt

LOGIN = "/account/login/"
pytestmark = pytest.mark.django_db


def fail_from(client, forwarded, *, username="nobody"):
    form = {"login": username, "password": "wrong"}
    return client.post(LOGIN, form, headers={"X-Forwarded-For": forwarded})


def test_without_a_proxy_nobody_chooses_the_address_on_record(client):
    fail_from(client, "203.0.113.9")
    assert AuditEntry.objects.get(verb="fail_sign_in").address == "127.0.0.1"
    assert SignInAttempt.objects.get().address == "127.0.0.1"


def test_behind_one_proxy_the_address_it_saw_is_on_record(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    fail_from(client, "203.0.113.9, 10.1.2.3")
    assert AuditEntry.objects.get(verb="fail_sign_in").address == "10.1.2.3"
    assert SignInAttempt.objects.get().address == "10.1.2.3"


def test_behind_one_proxy_one_bad_address_does_not_lock_out_the_others(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.SIGN_IN_ATTEMPTS_PER_ADDRESS = 2
    for number in range(3):
        page = fail_from(client, "10.1.2.3", username=f"name{number}")
    assert "次数过多" in page.content.decode()
    page = fail_from(client, "10.1.2.4", username="name9")
    assert "用户名或密码不正确" in page.content.decode()


def test_the_example_of_an_environment_counts_the_proxy_of_the_example_of_nginx():
    deploy = configured.BASE_DIR / "deploy"
    places = (deploy / "nginx.conf").read_text().count("proxy_pass ")
    assert (deploy / "nginx.conf").read_text().count("X-Forwarded-For $remote_addr") == places > 1
    assert "TRUSTED_PROXIES=1" in (deploy / "qingdan.env.example").read_text().splitlines()
