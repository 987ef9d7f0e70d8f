"""manage.py fan_out: the same preview and the same writing as the page."""

import io

import pytest
from django.core.management import CommandError, call_command

from obligations.models import Dispatch, Obligation

pytestmark = pytest.mark.django_db


def fan_out(*words):
    told, wrong = io.StringIO(), io.StringIO()
    call_command("fan_out", *words, stdout=told, stderr=wrong)
    return told.getvalue(), wrong.getvalue()


@pytest.fixture
def words(coordinator, make_item, police, health):
    item = make_item(police)
    return (
        *("--by", "coordinator", "--list", str(item.list_id), "--duty", "use=2099-06-30"),
        *("--lead", police.name, "--supporting", health.name),
    )


def test_it_shows_what_would_happen_and_writes_nothing(words):
    told, _wrong = fan_out(*words)
    assert "拟新增 2 项" in told
    assert not Obligation.objects.exists()
    assert Dispatch.objects.get().state == "discarded"


def test_with_yes_it_is_done(words):
    told, _wrong = fan_out(*words, "--yes", "--issue")
    assert "新增责任事项 2 项" in told
    assert set(Obligation.objects.values_list("status", "role_in_item")) == {
        ("issued", "lead"),
        ("issued", "supporting"),
    }


def test_more_than_a_page_waits_for_is_done_as_well(words, make_department):
    names = [make_department(f"部门{number}").name for number in range(201)]
    more = [word for name in names for word in ("--lead", name)]
    assert "203" in fan_out(*words, *more, "--yes")[0]
    assert Obligation.objects.count() == 203


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("--lead", "无此单位", "--yes"), "无此单位"),
        (("--by", "nobody"), "nobody"),
        (("--duty", "sing"), "责任类型"),
    ],
)
def test_a_refusal_is_a_sentence(words, wrong, sentence):
    with pytest.raises(CommandError, match=sentence):
        fan_out(*words, *wrong)
    assert not Obligation.objects.exists()


def test_items_must_be_named(coordinator):
    with pytest.raises(CommandError, match="--item"):
        fan_out("--by", "coordinator", "--duty", "use", "--own")
