"""What people do on the page of an obligation, and what a refusal shows."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry
from obligations import dispatch
from obligations.today import today

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def do(signed_in):
    """do(user, obligation, deed, **fields): post the deed's form with the version just seen."""

    def post(user, obligation, deed, **fields):
        obligation.refresh_from_db()
        fields.setdefault("version", obligation.version)
        answer = signed_in(user).post(f"/obligations/{obligation.pk}/{deed}/", fields)
        obligation.refresh_from_db()
        return answer

    return post


def slugs(page):
    return [deed.slug for deed, _form in page.context["deeds"]]


def test_the_whole_way_from_draft_to_verified(do, owe, police, coordinator, officer, reviewer):
    obligation = owe(police)

    do(coordinator, obligation, "issue")
    do(officer, obligation, "accept")
    file = SimpleUploadedFile("证明.pdf", PDF, content_type="application/pdf")
    do(officer, obligation, "claim", document="示例政数〔2025〕7号", file=file, note="已上线")
    do(reviewer, obligation, "endorse")
    answer = do(coordinator, obligation, "verify")

    assert answer.status_code == 302
    assert obligation.status == "verified"
    assert sorted(obligation.evidence.values_list("kind", flat=True)) == ["document", "file"]


def test_a_newer_version_is_attached_on_the_page_and_both_are_shown(
    do, signed_in, in_progress, officer
):
    do(officer, in_progress, "attach-evidence", catalogue="SL1")
    first = in_progress.evidence.get()

    wrong = do(officer, in_progress, "attach-evidence", interface="JK-1", replaces=first.pk)
    do(officer, in_progress, "attach-evidence", catalogue="SL2", replaces=first.pk)
    covered = do(officer, in_progress, "attach-evidence", document="1号", period_from="2026-01-01")

    assert (wrong.status_code, covered.status_code) == (422, 422)
    page = signed_in(officer).get(f"/obligations/{in_progress.pk}/").text
    assert "第 1 版" in page
    assert "第 2 版" in page
    assert "已被新版本替换" in page
    assert [one.text for one in in_progress.evidence.newest()] == ["SL2"]


def test_a_file_of_the_pages_is_an_attachment_that_runs_nothing(
    do, signed_in, in_progress, officer
):
    file = SimpleUploadedFile("证明.pdf", PDF, content_type="text/html")
    do(officer, in_progress, "attach-evidence", file=file)
    piece = in_progress.evidence.get()

    answer = signed_in(officer).get(f"/evidence/{piece.pk}/file/")

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%AF%81")
    assert piece.sha256 in signed_in(officer).get(f"/obligations/{in_progress.pk}/").text


def test_a_stale_page_is_told_who_changed_what_and_keeps_what_was_written(
    do, in_progress, officer, coordinator
):
    seen = in_progress.version
    dispatch.plan(in_progress, by=coordinator, on=today(), progress_note="已催办")

    answer = do(officer, in_progress, "claim", version=seen, document="示例〔2025〕9号")

    assert answer.status_code == 409
    assert "coordinator" in answer.text
    assert 'value="示例〔2025〕9号"' in answer.text
    assert f'name="version" value="{in_progress.version}"' in answer.text
    assert "重新加载" not in answer.text
    assert "保留在下方" in answer.text
    assert in_progress.status == "in_progress"


def test_the_one_who_changed_it_is_called_by_name(do, in_progress, officer, coordinator):
    seen = in_progress.version
    coordinator.last_name, coordinator.first_name = "王", "统筹"
    coordinator.save()
    dispatch.plan(in_progress, by=coordinator, on=today(), progress_note="已催办")

    answer = do(officer, in_progress, "claim", version=seen, document="示例〔2025〕9号")

    assert str(answer.context["refusal"]).startswith("王统筹")
    assert answer.context["refusal"].facts["changed_by"] == "coordinator"


def test_words_for_a_deed_that_is_no_longer_possible_are_not_lost(do, endorsed, coordinator):
    seen = endorsed.version
    do(coordinator, endorsed, "verify")

    answer = do(coordinator, endorsed, "send-back", version=seen, reason="缺少接口编码")

    assert answer.status_code == 409
    assert "send-back" not in slugs(answer)
    assert "缺少接口编码" in answer.text
    assert "保留在下方" not in answer.text
    assert endorsed.status == "verified"


@pytest.mark.parametrize("version", ["", "abc", "9" * 30, "-1"])
def test_a_write_without_a_readable_version_is_428(do, issued, officer, version):
    answer = do(officer, issued, "accept", version=version)

    assert answer.status_code == 428
    assert issued.status == "issued"


def test_a_missing_reason_opens_the_form_again_with_what_is_wrong(do, endorsed, coordinator):
    answer = do(coordinator, endorsed, "send-back", reason="  ")

    assert answer.status_code == 422
    assert answer.context["opened"].slug == "send-back"
    assert endorsed.status == "endorsed"


def test_a_claim_without_evidence_is_refused_in_plain_words(do, in_progress, officer):
    answer = do(officer, in_progress, "claim", note="做完了")

    assert answer.status_code == 409
    assert "佐证" in answer.text
    assert "做完了" in answer.text
    assert in_progress.status == "in_progress"


def test_a_program_dressed_up_as_pdf_is_refused(do, in_progress, officer):
    file = SimpleUploadedFile("证明.pdf", b"MZ\x90\x00", content_type="application/pdf")

    answer = do(officer, in_progress, "claim", file=file)

    assert answer.status_code == 409
    assert in_progress.evidence.count() == 0


def test_nobody_is_offered_a_decision_on_their_own_claim(signed_in, claimed, officer, reviewer):
    assert "endorse" in slugs(signed_in(reviewer).get(f"/obligations/{claimed.pk}/"))
    assert "endorse" not in slugs(signed_in(officer).get(f"/obligations/{claimed.pk}/"))


def test_a_block_is_asked_confirmed_and_lifted(do, signed_in, in_progress, officer, coordinator):
    do(officer, in_progress, "ask-block", cause="technical", reason="接口联调失败")
    page = signed_in(coordinator).get(f"/obligations/{in_progress.pk}/")
    assert {"confirm-block", "refuse-block"} <= set(slugs(page))

    do(coordinator, in_progress, "confirm-block")
    assert in_progress.light == "purple"

    do(coordinator, in_progress, "lift-block", document_number="示例〔2025〕1号")
    assert in_progress.blocked is False


def test_an_exemption_is_asked_and_granted(do, in_progress, officer, coordinator):
    do(officer, in_progress, "ask-exemption", reason="无此职权")
    do(coordinator, in_progress, "grant-exemption", reason="情况属实")

    assert in_progress.exempt is True
    assert in_progress.light == "grey"


def test_plan_and_contact_are_kept_and_offered_again(do, signed_in, in_progress, officer):
    do(officer, in_progress, "plan", contact_name="李四", contact_phone="000", progress_note="一切")

    page = signed_in(officer).get(f"/obligations/{in_progress.pk}/plan/")

    assert 'value="李四"' in page.text


def test_withdrawing_needs_a_reason_and_stays_on_record(do, issued, coordinator):
    assert do(coordinator, issued, "withdraw").status_code == 422

    do(coordinator, issued, "withdraw", reason="清单调整")

    assert issued.status == "withdrawn"


def test_the_opening_of_a_ministrys_interface_is_recorded(do, owe, ministry, coordinator):
    external = owe(ministry, external=True)

    do(coordinator, external, "record-opening", opened_on=today().isoformat(), note="部里通知")

    assert external.opened_on == today()


def test_the_history_names_every_act(signed_in, endorsed, coordinator):
    page = signed_in(coordinator).get(f"/obligations/{endorsed.pk}/")

    verbs = [entry.verb for entry, _person in page.context["history"]]
    assert verbs == ["endorse", "claim", "accept", "issue"]


def test_evidence_comes_as_an_attachment_and_the_download_is_audited(
    do, signed_in, in_progress, officer, coordinator
):
    file = SimpleUploadedFile("证明.pdf", PDF, content_type="application/pdf")
    do(officer, in_progress, "claim", file=file)
    piece = in_progress.evidence.get()

    answer = signed_in(coordinator).get(f"/evidence/{piece.pk}/file/")

    assert answer.getvalue() == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.filter(verb="download_evidence", username="coordinator").exists()


def test_markup_in_a_reason_is_shown_as_text(do, signed_in, endorsed, coordinator, officer):
    do(coordinator, endorsed, "send-back", reason="<script>alert(1)</script>")

    page = signed_in(officer).get(f"/obligations/{endorsed.pk}/")

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_every_field_of_the_page_has_an_id_of_its_own(signed_in, endorsed, coordinator):
    page = signed_in(coordinator).get(f"/obligations/{endorsed.pk}/")

    ids = re.findall(r'\bid="([^"]+)"', page.text)
    assert sorted(ids) == sorted(set(ids))


def test_a_reopened_obligation_says_so_and_why(do, signed_in, endorsed, coordinator, officer):
    do(coordinator, endorsed, "verify")
    do(coordinator, endorsed, "reopen", reason="接口停用")

    page = signed_in(officer).get(f"/obligations/{endorsed.pk}/").text
    assert "接口停用" in page
    assert "已复开" in page
    assert "原核验销号不再有效" in page
    assert "已退回" not in page


@pytest.fixture
def under_a_ministry(owe, police, ministry, coordinator, officer):
    """(what the ministry owes, what the police accepted), under one item."""
    own = owe(police)
    external = owe(ministry, item=own.item, external=True)
    dispatch.issue(own, by=coordinator, on=today())
    dispatch.accept(own, by=officer, on=today())
    return external, own


def test_a_block_names_what_the_central_body_has_not_opened(
    do, signed_in, under_a_ministry, coordinator, officer
):
    external, own = under_a_ministry
    offered = f'<option value="{external.pk}"'
    assert offered in signed_in(officer).get(f"/obligations/{own.pk}/ask-block/").text

    do(
        officer,
        own,
        "ask-block",
        cause="not_opened",
        reason="未开放",
        external_obligation=external.pk,
    )
    assert own.blocks.get().external_obligation == external
    asked = signed_in(coordinator).get(f"/obligations/{own.pk}/").text
    assert f"{offered} selected" in asked
    do(coordinator, own, "confirm-block")

    block = own.blocks.get()
    assert (block.outcome, block.external_obligation) == ("confirmed", external)


def test_the_coordinator_may_name_it_when_confirming(do, under_a_ministry, coordinator, officer):
    external, own = under_a_ministry
    do(officer, own, "ask-block", cause="not_opened", reason="未开放")
    assert own.blocks.get().external_obligation is None

    do(coordinator, own, "confirm-block", external_obligation=external.pk)
    assert own.blocks.get().external_obligation == external


def test_a_block_names_nothing_of_another_item(do, owe, under_a_ministry, ministry, officer):
    _external, own = under_a_ministry
    elsewhere = owe(ministry, external=True)
    for named in (elsewhere.pk, own.pk):
        fields = {"cause": "not_opened", "reason": "未开放", "external_obligation": named}
        assert do(officer, own, "ask-block", **fields).status_code == 422
    assert not own.blocks.exists()


def test_an_item_without_central_body_asks_for_none(signed_in, in_progress, officer):
    page = signed_in(officer).get(f"/obligations/{in_progress.pk}/")
    assert "等待上级部门的事项" not in page.text


def test_what_comes_next_stands_open_and_other_forms_come_when_they_are_asked_for(
    signed_in, in_progress, officer
):
    client, home = signed_in(officer), f"/obligations/{in_progress.pk}/"
    page = client.get(home).text

    part = client.get(f"{home}ask-extension/", headers={"HX-Request": "true"}).text
    whole = client.get(f"{home}ask-extension/").text

    assert 'id="claim-document"' in page
    assert 'id="ask-extension-reason"' not in page
    assert f'hx-get="{home}ask-extension/"' in page
    assert 'id="ask-extension-reason"' in part
    assert f'name="version" value="{in_progress.version}"' in part
    assert "<html" not in part
    assert 'id="ask-extension-reason"' in whole
    assert 'id="claim-document"' in whole
    assert "note-error" not in whole


def test_a_form_of_what_can_no_longer_be_done_says_so(signed_in, claimed, officer, leader):
    address = f"/obligations/{claimed.pk}/claim/"

    part = signed_in(officer).get(address, headers={"HX-Request": "true"}).text

    assert "现在已不能办理" in part
    assert "<form" not in part
    assert "已不能" in signed_in(officer).get(address).text
    assert signed_in(leader).get(address).status_code == 403
