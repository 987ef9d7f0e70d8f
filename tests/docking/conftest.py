"""Docking obligations, their endpoints, and hosts that may be probed."""

import datetime as dt

import pytest
from django.test import Client

from docking import endpoints, hosts
from obligations.models import ResponsibilityList
from obligations.today import today


@pytest.fixture
def docking_list(db):
    return ResponsibilityList.objects.create(
        kind="docking", level="province", batch=5, title="【示例】对接责任清单（第五批）"
    )


@pytest.fixture
def connect(docking_list, make_item, owe):
    """connect(department): a duty to connect a system, accepted a week ago, due in 60 days."""

    def make(department, *, due_on=None, status="in_progress", **facts):
        due_on = due_on or today() + dt.timedelta(days=60)
        item = make_item(department, on_list=docking_list, due_on=due_on)
        on = today() - dt.timedelta(days=7)
        facts = {"duty": "connect", "status": status, **facts}
        return owe(department, item=item, due_on=due_on, on=on, **facts)

    return make


@pytest.fixture
def row(connect, police):
    return connect(police)


@pytest.fixture
def name(officer):
    """name(row, url): an endpoint of the obligation."""

    def make(row, url="http://10.1.2.3:8080/health", **said):
        said = {"name": "健康检查", "method": "GET", "expected_status": 200, **said}
        return endpoints.add(row, by=officer, url=url, **said)

    return make


@pytest.fixture
def allow(sysadmin):
    """allow(host, port): an entry of the list of allowed hosts."""

    def make(host="10.1.2.3", port=8080, **said):
        said = {"document_number": "示例政数〔2026〕1号", **said}
        return hosts.allow(host, port, by=sysadmin, **said)

    return make


@pytest.fixture
def signed_in():
    def client_of(user):
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(user, backend="accounts.signin.Backend")
        return client

    return client_of
