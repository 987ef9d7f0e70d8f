"""任务分解 on its pages: choose, look, done; and what new members are offered."""

import re

import pytest

from accounts.models import DepartmentGroup
from obligations.models import Dispatch, DispatchMember, Obligation

NEW = "/dispatches/new/"


@pytest.fixture
def page(signed_in, coordinator):
    return signed_in(coordinator)


@pytest.fixture
def group(police):
    made = DepartmentGroup.objects.create(name="省直相关部门")
    made.memberships.create(department=police)
    return made


def digest_in(answer):
    return re.search(r'name="digest" value="(\w+)"', answer.content.decode())[1]


def choose(page, *items, address=NEW, duty="catalogue", **said):
    chosen = {"item": [one.pk for one in items], "duty": [duty]}
    return page.post(address, chosen | said)


def test_from_the_choice_to_the_obligations(page, make_item, police, health):
    one, other = make_item(police), make_item(health)
    said = {"lead": [f"department:{police.pk}"], "supporting": [f"department:{health.pk}"]}

    answer = choose(page, one, **said, **{"due-catalogue": "2099-06-30"})
    preview = page.get(answer["Location"])
    text = preview.content.decode()
    assert "确认分解 2 项（待下达）" in text
    assert not Obligation.objects.exists()
    address = f"{answer['Location']}confirm/"
    done = page.post(address, {"digest": digest_in(preview)}, follow=True)

    assert "新增责任事项 2 项" in done.content.decode()
    assert Obligation.objects.filter(item=one, due_on="2099-06-30").count() == 2
    assert not Obligation.objects.filter(item=other).exists()


def test_all_of_a_filter(page, make_item, police, health):
    home = make_item(police, title="甲类资源", scenes="、出生一件事、")
    make_item(police, title="乙类资源", scenes="、出生一件事、")
    make_item(health, title="丙类资源")
    said = {"lead": ["own"], "all": "yes", "duty": ["use"]}
    narrowed = (
        ("q=资源", 3),
        ("q=甲类", 1),
        ("scene=出生", 2),
        (f"body={health.pk}", 1),
        (f"list={home.list_id}", 3),
        ("batch=7", 3),
        (f"item={home.pk}", 1),
    )
    for query, count in narrowed:
        page.post(f"{NEW}?{query}", said)
        assert Dispatch.objects.latest("pk").items.count() == count, query


def test_what_was_wrong_is_said_and_the_choice_stays(page, make_item, police):
    item = make_item(police)
    answer = choose(page, item, lead=["own"], **{"due-catalogue": "尽快"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "尽快" in text
    assert re.search(r'id="own-bodies"[^>]*checked', text)
    assert "请至少选择一个" in choose(page, lead=["own"]).content.decode()


def test_names_that_nobody_bears_are_shown_and_cannot_be_confirmed(page, make_item, police):
    answer = choose(page, make_item(police), lead_names="省公安厅、省公安局", follow=True)
    text = page.get(answer["Location"]).content.decode()
    assert "没有名为“省公安局”的单位或分组" in text
    assert "确认分解" not in text


def test_the_choice_can_be_changed(page, make_item, police, health):
    answer = choose(page, make_item(police), lead_names=police.name, note="请抓紧")
    row = Dispatch.objects.get()
    text = page.get(f"{NEW}?again={row.pk}").content.decode()
    assert police.name in text
    assert "请抓紧" in text
    assert re.search(r'id="duty-catalogue"[^>]*checked', text)
    page.post(f"{answer['Location']}discard/")
    row.refresh_from_db()
    assert row.state == "discarded"


def test_a_changed_situation_is_409_and_shown_anew(page, owe, make_item, police):
    item = make_item(police)
    address = choose(page, item, lead=["own"])["Location"]
    seen = digest_in(page.get(address))
    owe(police, item=item, duty="catalogue")

    answer = page.post(f"{address}confirm/", {"digest": seen})
    assert answer.status_code == 409
    assert "预览之后情况已有变化" in answer.content.decode()
    assert page.post(f"{address}confirm/").status_code == 428


def test_item_and_list_lead_to_it_for_coordinators_only(page, signed_in, leader, make_item, police):
    item = make_item(police)
    for address in (f"/items/{item.pk}/", f"/lists/{item.list_id}/"):
        assert NEW in page.get(address).content.decode()
        assert NEW not in signed_in(leader).get(address).content.decode()


def test_anothers_dispatch_is_not_found(signed_in, page, make_item, police, make_user, city):
    address = choose(page, make_item(police), lead=["own"])["Location"]
    theirs = signed_in(make_user("city", "coordinator", region=city))
    assert theirs.get(address).status_code == 404
    assert theirs.post(f"{address}confirm/", {"digest": "x"}).status_code == 404


def test_new_members_are_shown_on_the_home_page_and_decided(page, make_item, police, health, group):
    address = choose(page, make_item(police), lead=[f"group:{group.pk}"])["Location"]
    page.post(f"{address}confirm/", {"digest": digest_in(page.get(address))})
    assert "新成员待分解" not in page.get("/").content.decode()
    group.memberships.create(department=health)

    assert "新成员待分解 1 项" in page.get("/").content.decode()
    offer = page.get("/new-members/")
    said = {"digest": digest_in(offer), "department": [health.pk]}
    refused = page.post(f"/new-members/{group.pk}/dismiss/", said | {"reason": ""})
    assert refused.status_code == 409
    answer = page.post(f"/new-members/{group.pk}/accept/", said | {"issue": "on"}, follow=True)

    assert "新增责任事项 1 项" in answer.content.decode()
    assert Obligation.objects.get(department=health).status == "issued"
    assert page.post(f"/new-members/{group.pk}/accept/", said).status_code == 409
    assert "没有新成员待分解" in page.get("/new-members/").content.decode()


def test_a_new_member_is_left_out(page, make_item, police, health, group):
    address = choose(page, make_item(police), lead=[f"group:{group.pk}"])["Location"]
    page.post(f"{address}confirm/", {"digest": digest_in(page.get(address))})
    group.memberships.create(department=health)
    said = {"digest": digest_in(page.get("/new-members/")), "department": [health.pk]}

    page.post(f"/new-members/{group.pk}/dismiss/", said | {"reason": "无相关职能"})

    assert DispatchMember.objects.get(department=health).outcome == "dismissed"
    assert page.post(f"/new-members/{group.pk}/dismiss/", {"reason": "x"}).status_code == 428
