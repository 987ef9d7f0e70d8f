"""Editions on their pages, lineage on the item, filters, and lists as official files."""

import datetime as dt
import io

import pytest
from django.core.management import call_command

from accounts.models import Role
from jobs.models import Job
from obligations import dispatch, importing
from obligations.importing import Target
from obligations.kinds import kinds
from obligations.models import Edition, ListItem, Obligation
from obligations.today import today
from tests.importing import books
from tests.importing.books import ON, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_due")]
SEVEN, EIGHT = Target(7, "province"), Target(8, "province")


@pytest.fixture
def bring(police, bureau, health, coordinator):
    """bring(rows…): the edition that a file of these rows becomes."""

    def bringing(*rows, target=SEVEN, labels=books.SHARING, **options):
        data = books.workbook(*rows, labels=labels)
        ticks = {"first_leads": True, "allow_unresolved": True}
        reading = importing.read(data, name="清单.xlsx", kind=kinds()["sharing"], on=ON, **ticks)
        applied = importing.apply(
            reading, target=target, by=coordinator, on=ON, source_name="清单.xlsx", **options
        )
        return applied.edition

    return bringing


@pytest.fixture
def amended(bring):
    """The second edition: one item changed, one withdrawn, one added."""
    bring(
        own(), own(数据资源名称="户籍信息"), row(提供部门="省卫生健康委员会", 数据资源名称="出生")
    )
    return bring(
        own(更新周期="每周"),
        row(提供部门="省卫生健康委员会", 数据资源名称="出生"),
        own(数据资源名称="车辆信息"),
    )


def own(**cells):
    return row(**{"提供部门": "省公安厅", **cells})


def address(edition):
    return f"/lists/{edition.list_id}/editions/{edition.number}/"


def issue_all(coordinator):
    dispatch.issue_many(Obligation.objects.filter(status="draft"), by=coordinator, on=ON)


def work():
    call_command("run_jobs", "--until-empty", stdout=io.StringIO())


def test_a_list_shows_its_editions(signed_in, leader, amended):
    page = signed_in(leader).get(f"/lists/{amended.list_id}/")
    assert [(line.edition.number, dict(line.counts)) for line in page.context["editions"]] == [
        (2, {"added": 1, "changed": 1, "withdrawn": 1, "replaced": 0, "continued": 0}),
        (1, {"added": 3, "changed": 0, "withdrawn": 0, "replaced": 0, "continued": 0}),
    ]
    assert address(amended) in page.text
    assert "清单.xlsx" in page.text


def test_an_edition_says_field_by_field_what_it_did(signed_in, leader, amended):
    page = signed_in(leader).get(address(amended))
    said = [(one.change.item.title, one.fields) for one in page.context["changes"]]
    assert said == [
        ("居住证信息", [["更新周期", "每日", "每周"]]),
        ("户籍信息", []),
        ("车辆信息", []),
    ]
    for sort, title in (
        ("changed", "居住证信息"),
        ("withdrawn", "户籍信息"),
        ("added", "车辆信息"),
    ):
        only = signed_in(leader).get(f"{address(amended)}?sort={sort}").context["changes"]
        assert [one.change.item.title for one in only] == [title]


def test_a_department_sees_what_was_done_to_its_own_items(
    signed_in, coordinator, officer2, amended
):
    issue_all(coordinator)
    page = signed_in(officer2).get(f"/lists/{amended.list_id}/")
    assert [line.edition.number for line in page.context["editions"]] == [1]
    assert page.context["editions"][0].counts["added"] == 1
    assert "户籍" not in page.text
    assert signed_in(officer2).get(address(amended)).status_code == 404


def test_the_form_says_what_will_happen_and_the_page_that_it_did(
    signed_in, coordinator, amended, transactional_db
):
    client = signed_in(coordinator)
    page = client.get(address(amended))
    assert "新增的 1 个事项及其 1 项责任事项予以撤销" in page.text
    version = page.context["undoing"].version

    answer = client.post(f"{address(amended)}undo/", {"version": version, "reason": "文件有误"})

    assert answer.status_code == 302
    assert client.get(address(amended)).context["undoing"].is_underway
    work()
    page = client.get(address(amended))
    assert page.context["undoing"] is None
    assert "文件有误" in page.text
    assert ListItem.objects.get(title="户籍信息").withdrawn_on is None


def test_a_reason_is_asked_for(signed_in, coordinator, amended):
    answer = signed_in(coordinator).post(f"{address(amended)}undo/", {"version": 2, "reason": ""})
    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_undoing_says_on_which_state_it_is_based(signed_in, coordinator, amended, bring):
    client = signed_in(coordinator)
    assert client.post(f"{address(amended)}undo/", {"reason": "重来"}).status_code == 428

    bring(own(更新周期="每月"), keep_missing=True)
    late = client.post(f"{address(amended)}undo/", {"version": 2, "reason": "重来"})

    assert late.status_code == 409
    assert "coordinator已使第 3 版生效" in late.text
    assert not Job.objects.exists()


def test_what_stands_against_undoing_is_said_beforehand(signed_in, coordinator, officer, amended):
    issue_all(coordinator)
    new = Obligation.objects.get(item__title="车辆信息")
    dispatch.accept(new, by=officer, on=ON)
    dispatch.plan(
        new, by=officer, on=ON, planned_on=ON + dt.timedelta(days=9), progress_note="已启动"
    )
    page = signed_in(coordinator).get(address(amended))
    assert "车辆信息" in page.context["undoing"].why
    assert "undo/" not in page.text


def test_a_job_that_came_too_late_says_so_and_changes_nothing(
    signed_in, coordinator, amended, bring, transactional_db
):
    client = signed_in(coordinator)
    client.post(f"{address(amended)}undo/", {"version": 2, "reason": "重来"})
    bring(own(更新周期="每月"), keep_missing=True)
    work()
    page = client.get(address(amended))
    assert "第 3 版" in page.context["undoing"].failure
    assert Edition.objects.standing().count() == 3


def test_leaders_see_no_form_and_cannot_undo(signed_in, leader, amended):
    client = signed_in(leader)
    assert client.get(address(amended)).context["undoing"] is None
    answer = client.post(f"{address(amended)}undo/", {"version": 2, "reason": "重来"})
    assert answer.status_code == 403


def test_an_item_shows_its_lineage_and_what_it_said_before(signed_in, leader, bring, amended):
    bring(own(更新周期="每月"), target=EIGHT)
    item = ListItem.objects.get(title="居住证信息")
    lineage = signed_in(leader).get(f"/items/{item.pk}/").context["lineage"]
    assert [(one.change.edition.list.batch, one.change.change) for one in lineage.steps] == [
        (8, "continued"),
        (7, "changed"),
        (7, "added"),
    ]
    assert [dict(one.terms)["更新周期"] for one in lineage.earlier] == ["每周", "每日"]


def test_a_withdrawn_item_names_the_edition_and_a_successor_its_predecessor(
    signed_in, leader, bring
):
    bring(own())
    old = ListItem.objects.get()
    renamed = own(数据资源名称="居住证电子证照信息", 信息项="证照编号")
    second = bring(renamed, replacements=_offer(renamed, old))
    new = ListItem.objects.get(replaces=old)
    client = signed_in(leader)
    assert f"/items/{new.pk}/" in client.get(f"/items/{old.pk}/").text
    assert address(second) in client.get(f"/items/{old.pk}/").text
    assert f"/items/{old.pk}/" in client.get(f"/items/{new.pk}/").text


def _offer(cells, old):
    data = books.workbook(cells)
    reading = importing.read(data, name="清单.xlsx", kind=kinds()["sharing"], on=ON)
    return {reading.drafts[0].identity_hash: old.pk}


def test_a_supporting_department_does_not_read_what_is_for_the_provider(
    signed_in, coordinator, officer, make_user, bureau, bring
):
    labels = (*books.SHARING, "备注")
    together = own(提供部门="省数据管理局、省公安厅")
    bring((*together, "仅供提供部门"), labels=labels)
    bring((*together, "改为另一备注"), labels=labels)
    issue_all(coordinator)
    item = ListItem.objects.get()
    pages = [f"/items/{item.pk}/", address(Edition.objects.get(number=2))]
    pages.append(f"/obligations/{Obligation.objects.get(department__name='省公安厅').pk}/")
    lead = make_user("lead", Role.OFFICER, department=bureau)
    for page in pages:
        text = signed_in(officer).get(page).text
        assert "居住证信息" in text
        assert "仅供提供部门" not in text
        assert "改为另一备注" not in text
    assert "改为另一备注" in signed_in(lead).get(pages[0]).text
    assert "仅供提供部门" in signed_in(lead).get(pages[0]).text


def test_a_batch_holds_what_it_names_again(signed_in, coordinator, bring):
    bring(own(), own(数据资源名称="户籍信息"))
    eighth = bring(own(), target=EIGHT)
    client = signed_in(coordinator)

    def shown(query):
        rows = client.get(f"/obligations/?{query}").context["listing"].page.rows
        return sorted(one.item.title for one in rows)

    assert shown("batch=8") == ["居住证信息"]
    assert shown("batch=7") == ["居住证信息", "户籍信息"]
    assert shown(f"edition={eighth.pk}") == ["居住证信息"]
    assert "居住证信息" in client.get(f"/lists/{eighth.list_id}/").text


def test_in_force_leaves_out_what_was_withdrawn(signed_in, coordinator, amended):
    client = signed_in(coordinator)

    def titles(query):
        rows = client.get(f"/obligations/?{query}").context["listing"].page.rows
        items = client.get(f"/lists/{amended.list_id}/?{query}").context["items"]
        assert {one.item.title for one in rows} == {one.title for one in items}
        return {one.title for one in items}

    assert titles("force=in_force") == {"居住证信息", "出生", "车辆信息"}
    assert titles("force=withdrawn") == {"户籍信息"}
    assert len(titles("force=all")) == len(titles("")) == 4
    assert titles(f"edition={amended.pk}") == {"居住证信息", "户籍信息", "车辆信息"}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_list_and_view_are_given_back_as_files(signed_in, officer2, coordinator, amended, form):
    issue_all(coordinator)
    for page in (f"/lists/{amended.list_id}/official.{form}", f"/obligations/official.{form}"):
        answer = signed_in(coordinator).get(page)
        name = f"%E7%AC%AC7%E6%89%B9-{today():%Y%m%d}"
        assert name in answer["Content-Disposition"]
        assert answer["Content-Disposition"].startswith("attachment")
    sent = signed_in(officer2).get(f"/lists/{amended.list_id}/official.csv")
    text = b"".join(sent.streaming_content).decode()
    assert "出生" in text
    assert "居住证" not in text


def test_the_view_is_given_back_without_withdrawn_rows_unless_asked(
    signed_in, coordinator, amended
):
    client = signed_in(coordinator)

    def text(query):
        answer = client.get(f"/obligations/official.csv{query}")
        return b"".join(answer.streaming_content).decode()

    assert "户籍信息" not in text("")
    assert "户籍信息" in text("?force=all")
    assert "居住证信息" not in text("?q=车辆")
    assert client.get("/obligations/official.csv?q=没有").status_code == 409
