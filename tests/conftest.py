"""Shared fixtures: a small province, its people, and obligations in any state."""

import datetime as dt
import gc
import itertools

import pytest
from django.db import transaction

from accounts.models import Department, Level, Region, Role, User
from obligations import history
from obligations.models import ListItem, Obligation, ResponsibilityList
from obligations.tables import sandbox
from reports.verifying import asking
from sharing_lists.models import SharingTerms
from tests import migrated, parsers

pytest_plugins = ["tests.selection", "tests.settled"]
DAY = dt.date(2025, 8, 1)
PASSWORD = "correct-horse-battery"


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        migrated.begin(early=bool(config.getoption("numprocesses", default=None)))


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        migrated.end()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    with django_db_blocker.unblock(), migrated.for_tests():
        yield


def pytest_collection_finish():
    """What is there by now stays to the end: no time is lost on looking for garbage in it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="module")
def kept_data(django_db_setup, django_db_blocker):
    """What fixtures of a module write after it serves all its tests, and is taken back then."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def quiet_heartbeat(settings):
    """Jobs done within a test's own transaction are invisible to the connection of their heartbeat,
    which on a slow machine would take them for lost."""
    settings.JOB_PROGRESS_SECONDS = 600


@pytest.fixture
def nothing_due(settings):
    """A worker does what it is asked for, and not all that came due since the migration."""
    settings.JOB_SCHEDULE = {}


@pytest.fixture(autouse=True)
def parsers_at_hand(request, monkeypatch):
    """Files are parsed by processes that are forked, not started."""
    if not request.node.get_closest_marker("own_parser"):
        monkeypatch.setattr(sandbox, "subprocess", parsers.IN_PLACE)
        monkeypatch.setattr(asking, "subprocess", parsers.IN_PLACE)


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    """Every test has its own folder for files."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STATIC_ROOT = tmp_path  # WhiteNoise warns of a folder that is not there
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def region(db):
    return Region.objects.create(name="示例省")


@pytest.fixture
def city(region):
    return Region.objects.create(name="甲市", parent=region)


@pytest.fixture
def make_department(region):
    positions = itertools.count()

    def make(name, *, level=Level.PROVINCE, counterpart=None, at=None, **more):
        place = None if level == Level.CENTRAL else (at or region)
        department = Department.objects.create(
            name=name,
            level=level,
            region=place,
            counterpart=counterpart,
            position=next(positions),
            **more,
        )
        department.names.create(name=name, matching=name, kind="official")
        return department

    return make


@pytest.fixture
def ministry(make_department):
    return make_department("公安部", level=Level.CENTRAL)


@pytest.fixture
def bureau(make_department):
    return make_department("省数据管理局")


@pytest.fixture
def police(make_department, ministry):
    return make_department("省公安厅", counterpart=ministry)


@pytest.fixture
def health(make_department):
    return make_department("省卫生健康委员会")


@pytest.fixture
def make_user(db):
    def make(username, role, *, department=None, region=None):
        return User.objects.create_user(
            username, password=PASSWORD, role=role, department=department, region=region
        )

    return make


@pytest.fixture
def coordinator(make_user, bureau):
    return make_user("coordinator", Role.COORDINATOR, department=bureau)


@pytest.fixture
def officer(make_user, police):
    return make_user("officer", Role.OFFICER, department=police)


@pytest.fixture
def reviewer(make_user, police):
    return make_user("reviewer", Role.REVIEWER, department=police)


@pytest.fixture
def officer2(make_user, health):
    return make_user("officer2", Role.OFFICER, department=health)


@pytest.fixture
def leader(make_user, bureau):
    return make_user("leader", Role.LEADER, department=bureau)


@pytest.fixture
def auditor(make_user):
    return make_user("auditor", Role.AUDITOR)


@pytest.fixture
def secadmin(make_user):
    return make_user("secadmin", Role.SECURITY_ADMINISTRATOR)


@pytest.fixture
def sysadmin(make_user):
    return make_user("sysadmin", Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def sharing_list(db):
    return ResponsibilityList.objects.create(
        kind="sharing",
        level=Level.PROVINCE,
        batch=7,
        title="【示例】政务数据共享责任清单（第七批）",
    )


@pytest.fixture
def make_item(sharing_list):
    numbers = itertools.count(1)

    def make(body, *, on_list=None, due_on=dt.date(2025, 12, 31), title="", scenes=""):
        number = next(numbers)
        item = ListItem.objects.create(
            list=on_list or sharing_list,
            serial=str(number),
            position=number,
            title=title or f"【示例】数据资源{number}",
            body=body,
            deadline_text=due_on.isoformat() if due_on else "持续推进",
            deadline_kind="date" if due_on else "ongoing",
            deadline_on=due_on,
            scenes=scenes,
            identity_hash=f"identity{number}",
            row_hash=f"row{number}",
        )
        SharingTerms.objects.create(
            item=item,
            share_type="conditional",
            share_mode="interface",
            update_cycle="daily",
            data_items=["姓名"],
        )
        return item

    return make


@pytest.fixture
def owe(make_item):
    """An obligation of a department, as imported: a draft, recorded since `DAY`."""

    def make(department, *, item=None, due_on=dt.date(2025, 12, 31), on=DAY, **facts):
        item = item or make_item(department, due_on=due_on)
        obligation = Obligation.objects.create(
            item=item,
            department=department,
            duty=facts.pop("duty", "supply"),
            raised_on=on,
            due_on=due_on,
            original_due_on=due_on,
            due_kind="date" if due_on else "ongoing",
            due_text=item.deadline_text,
            **facts,
        )
        history.record(obligation, on=on)
        return obligation

    return make
