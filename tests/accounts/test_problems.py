"""The API refuses with RFC 9457 problems, pages with a page; both in plain Chinese."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import Region

RAISED = {
    "rule": RuleViolation("先签收，再申报。", facts={"status": "issued"}),
    "stale": StaleVersion("张三已修改。"),
    "version": VersionMissing("缺少版本。"),
    "denied": PermissionDenied("您无权核验。"),
    "absent": Http404(),
    "locked": OperationalError("database is locked"),
    "gone": InterfaceError("connection already closed"),
    "wait": exceptions.Throttled(wait=7),
    "format": exceptions.UnsupportedMediaType("text/x"),
}


class Form(serializers.Serializer):
    name = serializers.CharField()
    rows = serializers.ListField(child=serializers.IntegerField())


class View(APIView):
    permission_classes = ()

    def get(self, request, what):
        raise RAISED[what]

    def post(self, request, what):
        Form(data=request.data).is_valid(raise_exception=True)


class Facts(APIView):
    def get(self, request):
        facts = {"day": dt.date(2026, 1, 5), "rate": Decimal("12.5"), "label": _("Save")}
        return Response({**facts, "at": dt.datetime(2026, 1, 5, tzinfo=dt.UTC), 7: (1, 2)})


def page(request, what):
    raise RAISED[what]


def frame(request):
    return HttpResponse("ok" if request.user else "")


urlpatterns = [
    path("api/facts", Facts.as_view()),
    path("api/<slug:what>", View.as_view()),
    path("page/<slug:what>", page),
    path("frame", frame),
    path("account/", include("accounts.signin_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
handler403 = "accounts.refusals.permission_denied"
handler404 = "accounts.refusals.not_found"
handler500 = "accounts.refusals.server_error"
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.mark.parametrize(
    ("what", "status", "detail"),
    [
        ("rule", 409, "先签收，再申报。"),
        ("stale", 409, "张三已修改。"),
        ("version", 428, "缺少版本。"),
        ("denied", 403, "您无权核验。"),
        ("absent", 404, "对象不存在，或不在您的权限范围内。"),
        ("locked", 503, "数据库暂时无法访问，请数秒后重试。"),
        ("gone", 503, "数据库暂时无法访问，请数秒后重试。"),
        ("format", 415, "text/x"),
        ("wait", 429, "7"),
    ],
)
def test_a_refusal_is_a_problem_with_a_sentence(client, what, status, detail):
    response = client.get(f"/api/{what}")
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "detail", "instance"} <= problem.keys()
    assert (problem["status"], problem["instance"]) == (status, f"/api/{what}")
    assert detail in problem["detail"]


def test_a_rule_gives_its_facts_and_a_fault_says_when_to_come_back(client):
    assert client.get("/api/rule").json()["facts"] == {"status": "issued"}
    assert client.get("/api/rule").json()["code"] == "rule_violation"
    assert client.get("/api/locked")["Retry-After"] == "5"
    assert client.get("/api/wait")["Retry-After"] == "7"


def test_a_stale_version_in_if_match_is_412(client):
    assert client.get("/api/stale", headers={"If-Match": '"3"'}).status_code == 412


def test_invalid_input_names_each_place(client):
    response = client.post("/api/any", {"rows": ["x"]}, content_type="application/json")
    assert response.status_code == 400
    pointers = [error["pointer"] for error in response.json()["errors"]]
    assert pointers == ["#/name", "#/rows/0"]
    assert all(error["detail"] for error in response.json()["errors"])


def test_an_unreadable_body_an_unknown_method_and_address_are_problems(client):
    broken = client.post("/api/any", "{", content_type="application/json")
    for response, status in (
        (broken, 400),
        (client.delete("/api/any"), 405),
        (client.get("/api/no/such/address"), 404),
        (client.get("/api/rule", headers={"Accept": "text/csv"}), 406),
    ):
        assert response.status_code == status
        assert response["Content-Type"] == "application/problem+json"


def test_who_is_not_signed_in_is_challenged(client):
    response = client.get("/api/facts")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"
    assert response.json()["title"] == "未登录"


def test_json_carries_dates_decimals_and_lazy_words(client, officer):
    client.force_login(officer)
    assert client.get("/api/facts").json() == {
        "day": "2026-01-05",
        "rate": "12.5",
        "label": "保存",
        "at": "2026-01-05T00:00:00Z",
        "7": [1, 2],
    }


@pytest.mark.parametrize(
    ("what", "status", "sentence"),
    [
        ("rule", 409, "先签收，再申报。"),
        ("stale", 409, "张三已修改。"),
        ("version", 428, "缺少版本。"),
        ("denied", 403, "您无权核验。"),
        ("locked", 503, "数据库暂时无法访问"),
    ],
)
def test_a_page_refuses_in_plain_words(client, what, status, sentence):
    response = client.get(f"/page/{what}")
    assert response.status_code == status
    assert sentence in response.content.decode()
    assert response.get("Retry-After") == ("5" if status == 503 else None)


@pytest.mark.parametrize(("what", "status"), [("rule", 409), ("denied", 403)])
def test_htmx_gets_only_the_note(client, what, status):
    response = client.get(f"/page/{what}", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Retarget"]) == (status, "#main")
    assert "<html" not in response.content.decode()


def test_a_database_that_fails_in_middleware_is_a_503_too(client, officer, monkeypatch):
    client.force_login(officer)
    client.raise_request_exception = False

    def fail(*_args, **_kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fail)
    response = client.get("/frame")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "数据库暂时无法访问" in response.content.decode()


def test_pages_say_sample_only_with_sample_data(client):
    assert "【示例】" not in client.get("/account/login/").content.decode()
    Region.objects.create(name="示例省")
    assert "【示例】" in client.get("/account/login/").content.decode()
