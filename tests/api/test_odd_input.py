"""Whatever a program sends, the answer is a problem with a sentence and never a crash."""

import pytest

from accounts import rendering

API = "/api/v1"
BEYOND = str(2**63)


def body(client, path, text):
    return client.post(f"{API}/{path}", text, content_type="application/json")


@pytest.mark.parametrize("number", [BEYOND, "9" * 40, "9" * 5000, "0", "-1", "1.5", "x"])
@pytest.mark.parametrize(
    "address",
    [
        "obligations/?item=",
        "items/?list=",
        "items/?body=",
        "findings/?obligation=",
        "departments/?region=",
        "reports/?department=",
    ],
)
def test_a_number_that_no_row_can_have_is_told(leading, address, number):
    answer = leading.get(f"{API}/{address}{number}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"]


def test_the_largest_number_is_just_not_found(leading):
    answer = leading.get(f"{API}/departments/?region={2**63 - 1}")
    assert answer.json()["results"] == []


@pytest.mark.parametrize("text", [r'{"\ud800": 1}', r'{"on": "\udfff"}', '{"on": 9e999}'])
def test_half_a_character_is_refused_in_whole_ones(coordinating, text):
    answer = body(coordinating, "checks/", text)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_what_the_fast_encoder_refuses_is_written_all_the_same():
    assert rendering.dumps({"省\ud800": 2**70}) == '{"省?": 1180591620717411303424}'.encode()


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000], ids=["lists", "objects"])
@pytest.mark.parametrize("deed", ["claim", "evidence"])
def test_json_nested_without_end_is_the_senders_fault(
    coordinating, filling, in_progress, deed, text
):
    for answer in (
        body(coordinating, "checks/", text),
        body(coordinating, "reports/", text),
        body(filling, f"obligations/{in_progress.pk}/{deed}/", text),
    ):
        assert answer.status_code == 400
        assert "嵌套" in answer.json()["detail"]


def test_a_body_that_is_no_json_is_refused_in_a_sentence(coordinating):
    for body, told in (("{bad", "第 1 行第 2 列"), (b"\xff", "不是有效的 JSON。")):
        answer = coordinating.generic(
            "POST",
            "/api/v1/reports/",
            body,
            content_type="application/json",
            headers={"accept-language": "zh-hans"},
        )
        assert answer.status_code == 400
        assert told in answer.json()["detail"]
