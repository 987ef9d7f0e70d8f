"""Names that nobody bears, and groups, over the API."""

import pytest

from accounts import groups
from obligations.models import Obligation, UnresolvedUnit

UNITS = "/api/v1/units/"
MATCH = "/api/v1/units/match/"


@pytest.fixture
def waiting(make_item, coordinator):
    """waiting(text): an item whose 提供部门 nobody knows."""

    def make(text, by=coordinator):
        item = make_item(None)
        item.body_text = text
        item.save()
        item.list.created_by = by
        item.list.save()
        return UnresolvedUnit.objects.create(item=item, field="body", text=text, matching=text)

    return make


def test_what_waits_is_listed_cell_by_cell(coordinating, waiting):
    unit = waiting("省公安亭")
    waiting("某某办")

    found = coordinating.get(UNITS, {"count": 1, "page_size": 1}).json()

    assert found["count"] == 2
    assert found["results"][0] == {
        "id": unit.pk,
        "text": "省公安亭",
        "field": "body",
        "item_id": unit.item_id,
        "item_title": unit.item.title,
        "list_id": unit.item.list_id,
        "created_at": found["results"][0]["created_at"],
    }
    assert [one["text"] for one in coordinating.get(found["next"]).json()["results"]] == ["某某办"]
    assert coordinating.get(UNITS, {"item": unit.item_id, "count": 1}).json()["count"] == 1


def test_a_name_is_matched_to_a_department(coordinating, waiting, police):
    waiting("省公安亭")

    answer = coordinating.post(MATCH, {"text": "省公安亭", "department": police.pk})

    assert answer.json() == {"units": 1, "items": 1, "obligations": 1}
    assert Obligation.objects.get().department == police
    assert coordinating.get(UNITS).json()["results"] == []
    again = coordinating.post(MATCH, {"text": "省公安亭", "department": police.pk})
    assert (again.status_code, again.json()["code"]) == (409, "rule_violation")


def test_a_name_is_matched_to_a_group_or_dismissed(coordinating, waiting, coordinator, police):
    group = groups.make("市直相关部门", kind="group", rule="listed", by=coordinator)
    groups.add_members(group, [police], valid_from=None, by=coordinator, version=1)
    waiting("市直有关部门")
    waiting("某某办")

    matched = coordinating.post(MATCH, {"text": "市直有关部门", "group": group.pk})
    dismissed = coordinating.post(MATCH, {"text": "某某办", "dismiss": True})

    assert (matched.json()["obligations"], dismissed.json()["obligations"]) == (1, 0)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"text": "某某办"},
        {"text": "某某办", "department": 1, "dismiss": True},
        {"text": "某某办", "department": 1, "group": 1},
        {"text": "某某办", "department": 999_999},
        {"text": "某某办", "group": 999_999},
        {"text": "某某办", "department": 0},
        {"text": "某某办", "department": 2**64},
        {"text": "某某办", "dismiss": True, "reason": "?"},
        {"text": "", "dismiss": True},
    ],
)
def test_a_decision_must_be_understood(coordinating, waiting, said):
    waiting("某某办")

    assert coordinating.post(MATCH, said).status_code == 400
    assert UnresolvedUnit.objects.open().count() == 1


def test_a_city_neither_sees_nor_decides_what_the_province_imported(
    program_of, city_coordinator, waiting, police
):
    waiting("省公安亭")
    city = program_of(city_coordinator)

    assert city.get(UNITS).json()["results"] == []
    assert city.post(MATCH, {"text": "省公安亭", "dismiss": True}).status_code == 409
    assert city.post(MATCH, {"text": "省公安亭", "department": police.pk}).status_code == 403


def test_groups_are_listed_with_names_and_members(coordinating, coordinator, police):
    group = groups.make("市直相关部门", kind="mechanism", rule="listed", by=coordinator)
    groups.add_members(group, [police], valid_from=None, by=coordinator, version=1)

    found = coordinating.get("/api/v1/groups/").json()["results"]

    assert found == [
        {
            "id": group.pk,
            "name": "市直相关部门",
            "version": 2,
            "kind": "mechanism",
            "rule": "listed",
            "names": ["市直相关部门"],
            "members": [{"id": police.pk, "name": "省公安厅"}],
        }
    ]
