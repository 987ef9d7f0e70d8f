"""The desk: the most urgent first, what is expected, and what is done on it in place."""

import datetime as dt

import pytest
from django.test import Client

from obligations import completion, dispatch, rounds
from obligations.models import Block, Evidence, Obligation, ProgressReport
from obligations.today import today
from sharing_lists.models import SharingTerms

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


@pytest.fixture
def press(signed_in):
    """press(user, obligation, do, **fields): one button of the row, as htmx sends it."""

    def post(user, row, do, *, htmx=True, **fields):
        fields.setdefault("version", Obligation.objects.get(pk=row.pk).version)
        headers = HTMX if htmx else {}
        address = f"/obligations/{row.pk}/desk/"
        return signed_in(user).post(address, {"do": do, **fields}, headers=headers)

    return post


def sections(page):
    return [one.section.code for one in page.context["desk"].lines]


@pytest.fixture
def everything(owe, police, coordinator, officer, reviewer, day):
    """One obligation for each section, the most urgent made last."""

    def make(due, *, accept=True):
        row = owe(police, due_on=today() + dt.timedelta(days=due), on=day)
        dispatch.issue(row, by=coordinator, on=day)
        if accept:
            dispatch.accept(row, by=officer, on=day)
        return row

    paper = [completion.NewEvidence("document", "示例政数〔2025〕7号")]
    made = {"doing": make(90), "asked": make(95)}
    rounds.open_round(month=today(), cut_off_on=today(), by=coordinator, on=today())
    made["asked"].round_answers.exclude(obligation=made["asked"]).delete()
    made["doing"].round_answers.all().delete()
    made |= {name: make(80) for name in ("waiting", "endorse", "blocked", "lifted", "returned")}
    made |= {"soon": make(1), "accept": make(70, accept=False), "overdue": make(-1)}
    for name in ("waiting", "endorse", "returned"):
        completion.claim(made[name], by=officer, on=day, with_evidence=paper)
    completion.endorse(made["waiting"], by=reviewer, on=day)
    completion.send_back(made["returned"], by=reviewer, on=day, reason="缺少目录代码")
    Obligation.objects.filter(pk=made["blocked"].pk).update(blocked=True)
    about = {"asked_on": day, "asked_by": officer, "decided_on": day, "decided_by": coordinator}
    Block.objects.create(
        obligation=made["lifted"],
        cause="technical",
        reason="示例",
        outcome="confirmed",
        decided_at=made["lifted"].created_at,
        ended_on=today(),
        ended_by=coordinator,
        **about,
    )
    return made


def test_an_officer_reads_what_to_do_in_order_of_urgency(signed_in, officer, everything):
    page = signed_in(officer).get("/")

    order = ["returned", "overdue", "accept", "lifted", "soon", "asked", "endorse", "doing"]
    assert sections(page) == [*order, "blocked", "waiting"]
    found = {one.section.code: one.obligation for one in page.context["desk"].lines}
    assert found == everything
    assert "按退回理由补正" in page.text
    assert "缺少目录代码" in page.text
    assert "佐证示例" in page.text


def test_a_reviewer_reads_first_what_to_endorse(signed_in, reviewer, everything):
    page = signed_in(reviewer).get("/")

    assert sections(page)[:2] == ["endorse", "returned"]
    assert "查看并审签" in page.text
    assert "progress_note" not in page.text


def test_a_section_can_be_looked_at_alone(signed_in, officer, everything):
    page = signed_in(officer).get("/?section=soon")

    assert sections(page) == ["soon"]
    assert page.context["desk"].total == 10
    assert sections(signed_in(officer).get("/?section=none"))[0] == "returned"


def test_2000_rows_come_in_pages_and_none_is_missed(signed_in, officer, many):
    many(240)
    client = signed_in(officer)

    pages = [client.get(f"/?page={number}").context["desk"] for number in (1, 2, 3)]

    keys = [one.obligation.pk for page in pages for one in page.lines]
    assert [len(page.lines) for page in pages] == [50, 50, 20]
    assert len(set(keys)) == 120
    for odd in ("0", "-1", "x", "9" * 30, "99"):
        assert client.get(f"/?page={odd}").status_code == 200


def test_progress_and_plan_are_kept_in_place_and_the_contact_stays(
    press, in_progress, officer, day
):
    dispatch.plan(in_progress, by=officer, on=day, contact=("一处", "张三", "123"))

    answer = press(officer, in_progress, "plan", progress_note="已联调", planned_on="2030-01-02")

    in_progress.refresh_from_db()
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<tr")
    assert (in_progress.progress_note, str(in_progress.planned_on)) == ("已联调", "2030-01-02")
    assert in_progress.contact_name == "张三"
    assert f'name="version" value="{in_progress.version}"' in answer.text


@pytest.mark.parametrize("htmx", [True, False])
def test_a_stale_row_keeps_what_was_written_beside_what_stands_there(
    press, in_progress, officer, coordinator, htmx
):
    seen = in_progress.version
    dispatch.plan(in_progress, by=coordinator, on=today(), planned_on=dt.date(2031, 1, 1))

    answer = press(officer, in_progress, "plan", htmx=htmx, version=seen, progress_note="我写的话")

    in_progress.refresh_from_db()
    assert answer.status_code == 409
    assert ">我写的话</textarea>" in answer.text
    assert "2031-01-01" in answer.text
    assert "coordinator" in answer.text
    assert in_progress.progress_note == ""
    assert f'name="version" value="{in_progress.version}"' in answer.text


def test_a_row_without_its_version_is_428_and_a_bad_day_loses_no_words(press, in_progress, officer):
    missing = press(officer, in_progress, "plan", version="", progress_note="我写的话")
    bad = press(officer, in_progress, "plan", planned_on="1999-01-01", progress_note="我写的话")

    assert (missing.status_code, bad.status_code) == (428, 409)
    assert "我写的话" in missing.text
    assert "我写的话" in bad.text


def test_one_click_accepts(press, issued, officer):
    answer = press(officer, issued, "accept")

    issued.refresh_from_db()
    assert answer.status_code == 200
    assert issued.status == "in_progress"


@pytest.mark.parametrize("kind", ["no_change", "nothing"])
def test_one_click_says_that_nothing_changed(press, in_progress, officer, kind):
    assert press(officer, in_progress, kind, htmx=False).status_code == 302

    assert ProgressReport.objects.get().kind == kind


def test_one_click_on_the_obligations_own_page(signed_in, in_progress, officer):
    client = signed_in(officer)
    address = f"/obligations/{in_progress.pk}/"
    page = client.get(address)
    assert "本期无变化" in page.text

    client.post(f"{address}no-change/", {"version": in_progress.version})

    assert client.get(address).context["history"][0][0].detail["said"] == "no_change"
    assert ProgressReport.objects.get().said_by == officer


def test_others_may_not_press_the_buttons(press, signed_in, in_progress, officer2, reviewer):
    assert press(officer2, in_progress, "plan").status_code == 404
    assert press(reviewer, in_progress, "plan").status_code == 403
    assert press(reviewer, in_progress, "no_change").status_code == 403
    assert Client().post(f"/obligations/{in_progress.pk}/desk/").status_code == 302


@pytest.fixture
def claim(signed_in):
    """claim(user, row, **fields): the form in the row of the desk, as htmx sends it."""

    def post(user, row, *, htmx=True, **fields):
        fields.setdefault("version", Obligation.objects.get(pk=row.pk).version)
        headers = HTMX if htmx else {}
        address = f"/obligations/{row.pk}/desk/claim/"
        answer = signed_in(user).post(address, fields, headers=headers)
        row.refresh_from_db()
        return answer

    return post


def test_a_claim_is_made_without_leaving_the_desk(signed_in, claim, officer, everything):
    row = everything["soon"]
    client = signed_in(officer)
    page = client.get("/").text
    assert f'data-key="{row.pk}"' in page
    blank = page.partition('<template id="blank-claim">')[2].partition("</template>")[0]
    assert 'hx-post="/obligations/0/desk/claim/"' in blank
    assert 'id="claim-0-document"' in blank

    answer = claim(officer, row, document="示例政数〔2025〕9号", note="已共享")

    assert answer.status_code == 200
    assert f'id="desk-{row.pk}"' in answer.text
    assert "已申报，等待部门审签。" in answer.text
    assert "<html" not in answer.text
    assert (row.status, row.claim_note) == ("claimed", "已共享")
    assert row.evidence.get().text == "示例政数〔2025〕9号"


@pytest.mark.parametrize(
    ("said", "status", "told"),
    [
        ({"note": "都做完了"}, 409, "佐证"),
        ({"note": "都做完了", "catalogue": "x" * 3000}, 422, "3000"),
        ({"note": "都做完了", "document": "示例〔2025〕9号", "version": ""}, 428, ""),
        ({"note": "都做完了", "document": "示例〔2025〕9号", "version": 1}, 409, ""),
    ],
)
def test_a_refused_claim_stays_in_the_row_with_what_was_typed(
    claim, officer, everything, said, status, told
):
    row = everything["soon"]

    answer = claim(officer, row, **said)

    assert answer.status_code == status
    assert "都做完了" in answer.text
    assert told in answer.text
    assert f'name="version" value="{row.version}"' in answer.text
    assert (row.status, row.evidence.count()) == ("in_progress", 0)


def test_without_scripts_the_desk_leads_to_the_page_of_the_obligation(
    signed_in, claim, officer, reviewer, everything
):
    row = everything["soon"]
    page = signed_in(officer).get("/").text

    assert f'href="/obligations/{row.pk}/#deeds-title"' in page
    assert claim(officer, row, htmx=False, document="示例〔2025〕9号").status_code == 302
    assert claim(reviewer, row).status_code == 403
    assert "blank-claim" not in signed_in(reviewer).get("/").text


def test_the_row_brings_along_what_is_known_of_a_claim(signed_in, officer, everything):
    row, told = everything["soon"], everything["returned"]
    SharingTerms.objects.filter(item=row.item).update(catalogue_code="307001001/000001")
    Obligation.objects.filter(pk=told.pk).update(claim_note="已共享 & 已测")
    client = signed_in(officer)

    page = client.get("/").text

    assert 'data-value-catalogue="307001001/000001"' in page
    assert 'data-value-note="已共享 &amp; 已测"' in page
    Evidence.objects.create(
        obligation=row, kind="catalogue", text="307", added_by=officer, added_on=row.raised_on
    )
    assert "data-value-catalogue" not in client.get("/").text
