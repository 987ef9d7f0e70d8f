"""A small province in motion: every status, several lights, both kinds, two cities."""

import datetime as dt

import pytest
from openpyxl import load_workbook

from accounts.models import Level, Role
from docking.models import DockingTerms
from obligations import blocks, completion, dispatch
from obligations.evidence import NewEvidence
from obligations.models import ListItem, ResponsibilityList
from reports import publishing, snapshots, workbooks
from reports.models import Report
from sharing_lists.models import SharingTerms

AS_OF = dt.date(2025, 11, 21)
PAPER = NewEvidence(kind="document", text="示例政数〔2025〕7号")


def day(month, number):
    return dt.date(2025, month, number)


@pytest.fixture
def docking_list(db):
    return ResponsibilityList.objects.create(
        kind="docking",
        level=Level.CENTRAL,
        batch=5,
        title="【示例】垂直管理业务系统对接责任清单（第五批）",
        is_demo=True,
    )


@pytest.fixture
def docking_item(docking_list, ministry):
    item = ListItem.objects.create(
        list=docking_list,
        serial="1",
        position=1,
        title="【示例】人口管理系统",
        body=ministry,
        deadline_text="2025年9月底",
        deadline_on=day(9, 30),
        scenes="、新生儿出生、企业开办、",
        identity_hash="docking1",
        row_hash="docking1",
    )
    DockingTerms.objects.create(
        item=item, tier="central", mode="interface", contents=["matters", "data"], reach=["city"]
    )
    return item


@pytest.fixture
def to_reviewer(make_user, health):
    return make_user("reviewer2", Role.REVIEWER, department=health)


@pytest.fixture
def advance(coordinator, officer, officer2, reviewer, to_reviewer):
    """Take an obligation up to a status, with the day of its claim."""

    def go(obligation, status, *, claimed_on=dt.date(2025, 9, 1)):
        mine = obligation.department_id == officer.department_id
        clerk, chief = (officer, reviewer) if mine else (officer2, to_reviewer)
        steps = [
            ("issued", lambda: dispatch.issue(obligation, by=coordinator, on=day(8, 4))),
            ("in_progress", lambda: dispatch.accept(obligation, by=clerk, on=day(8, 5))),
            (
                "claimed",
                lambda: completion.claim(
                    obligation, by=clerk, on=claimed_on, note="已完成", with_evidence=[PAPER]
                ),
            ),
            ("endorsed", lambda: completion.endorse(obligation, by=chief, on=claimed_on)),
            (
                "verified",
                lambda: completion.verify(
                    obligation, by=coordinator, on=claimed_on + dt.timedelta(1)
                ),
            ),
        ]
        for reached, step in steps:
            step()
            if reached == status:
                return obligation
        return obligation

    return go


@pytest.fixture
def irregular(make_item):
    """make_item, whose resources promise no day: nothing falls due after the verification."""

    def make(*args, **facts):
        item = make_item(*args, **facts)
        SharingTerms.objects.filter(item=item).update(update_cycle="irregular")
        return item

    return make


@pytest.fixture
def province(owe, advance, police, health, ministry, docking_item, irregular, officer, coordinator):
    """police: one in time, one late, one overdue, one blocked; health: the rest."""
    made = {
        "in time": advance(
            owe(police, item=irregular(police, due_on=day(9, 30)), due_on=day(9, 30)), "verified"
        ),
        "late": advance(
            owe(police, item=irregular(police, due_on=day(8, 15)), due_on=day(8, 15)), "verified"
        ),
        "overdue": advance(owe(police, due_on=day(9, 30)), "in_progress"),
        "waiting": advance(owe(health, due_on=day(9, 30)), "endorsed"),
        "unendorsed": advance(owe(health, due_on=day(12, 31)), "claimed"),
        "due soon": advance(owe(health, due_on=day(11, 26)), "issued"),
        "ongoing": advance(owe(health, due_on=None), "in_progress"),
        "draft": owe(health),
    }
    external = owe(ministry, item=docking_item, due_on=day(9, 30), duty="connect", external=True)
    made["external"] = external
    made["blocked"] = advance(
        owe(police, item=docking_item, due_on=day(9, 30), duty="connect", depends_on=external),
        "in_progress",
    )
    blocks.ask(
        made["blocked"], by=officer, on=day(9, 1), cause="not_opened", reason="=部里接口未开放"
    )
    blocks.confirm(made["blocked"], by=coordinator, on=day(9, 2))
    return made


@pytest.fixture
def snapshot(province, coordinator):
    return snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)


@pytest.fixture
def second(make_user, bureau):
    return make_user("coordinator2", Role.COORDINATOR, department=bureau)


@pytest.fixture
def filed():
    """filed(snapshot): a report of it, with a file that is only named."""

    def make(snapshot):
        return Report.objects.create(
            snapshot=snapshot,
            name=workbooks.file_name(snapshot),
            path=f"reports/{snapshot.pk}",
            sha256="0" * 64,
            size=1,
            made_by=snapshot.taken_by,
        )

    return make


@pytest.fixture
def bring(coordinator, second):
    """bring(snapshot, state): up to a state, by the processes."""

    def go(snapshot, state, *, on=AS_OF):
        steps = {
            "reviewed": lambda: publishing.review(snapshot, by=coordinator, on=on),
            "published": lambda: publishing.publish(snapshot, by=second, on=on),
            "withdrawn": lambda: publishing.withdraw(snapshot, by=second, on=on, reason="有误"),
        }
        order = ["draft", *steps]
        for reached in order[order.index(snapshot.state) + 1 : order.index(state) + 1]:
            steps[reached]()
            assert snapshot.state == reached
        return snapshot

    return go


@pytest.fixture(scope="module")
def kept():
    """The workbook is made once, by the first test of a module; every test only reads it."""
    return {}


@pytest.fixture
def written(request, kept, tmp_path_factory):
    if not kept:
        snapshot = request.getfixturevalue("snapshot")
        path = tmp_path_factory.mktemp("report") / "report.xlsx"
        assert workbooks.progress(snapshot, to=path).count == 0
        kept.update(path=path, snapshot=snapshot)
    return kept["path"]


@pytest.fixture
def book(written):
    """What is seen of it."""
    found = load_workbook(written)
    assert found["校验"].sheet_state == "hidden"
    del found["校验"]
    return found
