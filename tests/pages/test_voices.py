"""可用 / 不可用 on pages: one click of the consumer, seen by provider and coordinator."""

import pytest

from obligations import confirmation_rules
from obligations.models import CheckResult, Confirmation, ItemConsumer
from obligations.today import today

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_a_consumer_says_usable_with_one_click_on_the_first_page(signed_in, officer2, supplied):
    client = signed_in(officer2)
    home = client.get("/")
    assert 'hx-get="/voices/"' in home.text
    part = client.get("/voices/", headers=HTMX).text
    assert supplied.item.title in part
    assert f'action="/voices/{supplied.pk}/"' in part

    said = {"word": "usable", "version": "0"}
    row = client.post(f"/voices/{supplied.pk}/", said, headers=HTMX).text

    assert "已保存" in row
    assert Confirmation.objects.get().said_by == officer2
    assert client.get("/voices/", headers=HTMX).text.strip() == ""
    assert client.get("/voices/?only=open").context["lines"] == []


def test_without_scripts_it_leads_back_to_the_list(signed_in, officer2, supplied):
    answer = signed_in(officer2).post(f"/voices/{supplied.pk}/", {"word": "usable", "version": 0})
    assert (answer.status_code, answer["Location"]) == (302, "/voices/")


def test_what_was_written_stays_where_it_is_refused(signed_in, officer2, supplied):
    client = signed_in(officer2)
    said = {"word": "unusable", "reason": "每天中断", "version": "3"}
    answer = client.post(f"/voices/{supplied.pk}/", said, headers=HTMX)
    assert answer.status_code == 409
    assert "每天中断" in answer.text
    del said["version"]
    assert client.post(f"/voices/{supplied.pk}/", said).status_code == 428
    assert not Confirmation.objects.exists()


def test_a_consumer_reads_title_provider_terms_and_status_and_nothing_else(
    signed_in, officer2, supplied
):
    supplied.item.remark = "仅供提供部门阅知"
    supplied.item.save()
    client = signed_in(officer2)
    page = client.get("/voices/").text
    for told in (supplied.item.title, "省公安厅", "有条件共享", "已核验销号"):
        assert told in page
    for hidden in ("仅供提供部门阅知", "示例政数", f'href="/obligations/{supplied.pk}/"'):
        assert hidden not in page
    assert client.get(f"/obligations/{supplied.pk}/").status_code == 404
    assert client.get(f"/obligations/{supplied.pk}/verification/").status_code == 404


def test_who_does_not_use_it_finds_nothing_there(signed_in, officer, supplied):
    said = {"word": "usable", "version": "0"}
    assert signed_in(officer).post(f"/voices/{supplied.pk}/", said).status_code == 404


def test_provider_and_coordinator_see_the_words_and_the_silence(
    signed_in, coordinator, officer, supplied, doubted, make_department
):
    silent = make_department("省教育厅")
    item = supplied.item
    answer = signed_in(coordinator).post(
        f"/items/{item.pk}/consumers/", {"department": silent.pk, "note": "招生报名"}
    )
    assert answer["Location"] == f"/items/{item.pk}/"
    assert silent.name in signed_in(coordinator).get(f"/items/{item.pk}/").text
    for user in (coordinator, officer):
        page = signed_in(user).get(f"/obligations/{supplied.pk}/verification/").text
        assert "接口超时" in page
        assert silent.name in page
        assert "未反馈" in page
    detail = signed_in(officer).get(f"/obligations/{supplied.pk}/").text
    assert f'hx-get="/obligations/{supplied.pk}/verification/"' in detail


def test_a_coordinator_releases_a_consumer(signed_in, coordinator, supplied, make_department):
    item, other = supplied.item, make_department("省教育厅")
    client = signed_in(coordinator)
    client.post(f"/items/{item.pk}/consumers/", {"department": other.pk})
    named = ItemConsumer.objects.get()
    client.post(f"/items/{item.pk}/consumers/{named.pk}/end/")
    named.refresh_from_db()
    assert named.ended_by == coordinator
    assert not client.get(f"/items/{item.pk}/").context["consumers"].exists()


def test_coordinators_see_what_was_said_and_set_the_rhythm(signed_in, coordinator, doubted):
    client = signed_in(coordinator)
    assert "接口超时" in client.get("/voices/?word=unusable").text
    assert "接口超时" not in client.get("/voices/?word=usable").text
    begins = confirmation_rules.hearing(today()).next_on
    said = {"effective_from": begins.isoformat(), "months": 3, "answer_days": 8, "version": 0}
    client.post("/voices/rule/", said)
    assert confirmation_rules.at(begins, confirmation_rules.versions()).answer_days == 8
    assert "8" in client.get("/voices/").text
    again = client.post("/voices/rule/", said, follow=True)
    assert confirmation_rules.version() == 1
    assert "请先核对最新状态" in again.text


def test_the_page_of_checks_counts_what_stands_behind_its_links(
    signed_in, coordinator, doubted, supplied
):
    for code, outcome in (("meets_deadline", "pass"), ("consumer_says_usable", "fail")):
        CheckResult.objects.create(
            obligation=supplied, check_code=code, outcome=outcome, since=today()
        )
    client = signed_in(coordinator)
    page = client.get("/checks/")
    for check, _kind, counts in page.context["checks"]:
        assert str(check.source) in page.text
        for word, count in counts:
            found = client.get(f"/obligations/?scope=own&finding={check.code}.{word.value}")
            assert found.context["listing"].count == count
