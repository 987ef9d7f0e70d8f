"""Any past day: state, deadlines, names and lights from history, and what was recorded since."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import departments
from obligations import (
    as_it_was,
    blocks,
    completion,
    dispatch,
    extensions,
    fulfilment,
    late_records,
    paging,
    replay,
)
from obligations.evidence import NewEvidence
from obligations.models import Obligation
from obligations.today import SHANGHAI

D = dt.date
PAPER = NewEvidence(kind="document", text="示例政数〔2025〕7号")
TODAY = D(2025, 11, 21)
THEN = D(2025, 9, 30)

pytestmark = pytest.mark.django_db


def at(day, hour=10):
    return time_machine.travel(dt.datetime.combine(day, dt.time(hour), tzinfo=SHANGHAI))


@pytest.fixture(autouse=True)
def now():
    with at(TODAY):
        yield


@pytest.fixture
def lived(owe, police, coordinator, officer, reviewer):
    """Due on 25 September, extended and claimed in October, verified in November."""
    row = owe(police, due_on=D(2025, 9, 25))
    steps = [
        (D(2025, 8, 4), lambda on: dispatch.issue(row, by=coordinator, on=on)),
        (D(2025, 8, 5), lambda on: dispatch.accept(row, by=officer, on=on)),
        (D(2025, 9, 24), lambda on: extensions.ask(row, days=8, reason="联调", by=officer, on=on)),
        (D(2025, 10, 9), lambda on: extensions.approve(row, by=coordinator, on=on)),
        (
            D(2025, 10, 10),
            lambda on: completion.claim(row, by=officer, on=on, with_evidence=[PAPER]),
        ),
        (D(2025, 10, 10), lambda on: completion.endorse(row, by=reviewer, on=on)),
        (D(2025, 11, 3), lambda on: completion.verify(row, by=coordinator, on=on)),
    ]
    for day, step in steps:
        with at(day):
            step(day)
    row.refresh_from_db()
    return row


def shown(client, **asked):
    return client.get(reverse("obligations:list"), asked)


def test_the_list_shows_state_deadline_and_light_of_the_day(lived, signed_in, coordinator):
    page = shown(signed_in(coordinator), on=THEN.isoformat())

    [row] = page.context["listing"].page.rows
    assert (row.status, row.due_on, row.completed_on) == ("in_progress", D(2025, 9, 25), None)
    assert (row.light, row.light_reason) == ("red", "overdue")
    assert dict(page.context["listing"].by_light)["red"] == 1
    assert "按 2025年9月30日 24时 的记录还原" in page.text
    lived.refresh_from_db()
    assert lived.status == "verified"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"status": "in_progress"}, 1),
        ({"status": "verified"}, 0),
        ({"light": "red"}, 1),
        ({"light": "green"}, 0),
        ({"overdue": "true"}, 1),
        ({"due_to": "2025-09-25"}, 1),
        ({"due_from": "2025-09-26"}, 0),
        ({"waiting": "extension"}, 1),
        ({"waiting": "block"}, 0),
        ({"force": "in_force"}, 1),
        ({"force": "withdrawn"}, 0),
        ({"q": "数据资源"}, 1),
    ],
)
def test_every_filter_asks_for_the_facts_of_the_day(lived, signed_in, coordinator, asked, found):
    page = shown(signed_in(coordinator), on=THEN.isoformat(), **asked)

    assert page.context["listing"].count == found
    assert len(page.context["listing"].page.rows) == found


@pytest.mark.parametrize("order", ["due", "-due", "department", "completed", "new"])
def test_pages_go_on_by_the_dates_of_the_day(owe, police, order):
    for number in range(5):
        row = owe(police, due_on=D(2025, 9, 20) + dt.timedelta(number))
        # Since then the days were moved, so that they come the other way round.
        Obligation.objects.filter(pk=row.pk).update(due_on=D(2026, 1, 30) - dt.timedelta(number))
    rows, seen, after = replay.then(Obligation.objects.all(), on=THEN), [], ""
    while True:
        page = paging.page(rows, order=order, after=after, size=2, past=THEN)
        seen += page.rows
        after = page.next
        if not after:
            break
    assert len({row.pk for row in seen}) == len(seen) == 5
    days = [row.due_on for row in seen]
    assert days == sorted(days, reverse=order in ("-due", "new"))


def test_what_was_not_on_record_yet_is_not_shown(lived, owe, police, signed_in, coordinator):
    owe(police, on=D(2025, 10, 8))

    assert shown(signed_in(coordinator), on=THEN.isoformat()).context["listing"].total == 1
    assert shown(signed_in(coordinator)).context["listing"].total == 2


def test_a_department_sees_no_draft_of_a_past_day(lived, signed_in, officer):
    assert shown(signed_in(officer), on="2025-08-02").context["listing"].total == 0
    assert shown(signed_in(officer), on="2025-08-05").context["listing"].total == 1


def test_names_are_those_of_the_day(lived, police, signed_in, coordinator):
    departments.rename(police, name="省公安总队", on=D(2025, 10, 20), by=None)
    client = signed_in(coordinator)

    for address in (
        reverse("obligations:list"),
        reverse("obligations:detail", args=[lived.pk]),
        reverse("obligations:indicators"),
        "/",
    ):
        assert "省公安厅" in main(client.get(address, {"on": "2025-10-19"}))
        assert "省公安厅" not in main(client.get(address, {"on": "2025-10-20"}))
        assert "省公安总队" in main(client.get(address, {"on": "2025-10-20"}))


def main(page):
    """The page's own text, without the choices of filters and what was recorded since."""
    text = page.text
    for tag in ("select", "details"):
        while f"<{tag}" in text:
            head, _, rest = text.partition(f"<{tag}")
            text = head + rest.partition(f"</{tag}>")[2]
    return text


def test_the_first_page_shows_figures_by_department_of_the_day(lived, signed_in, leader):
    page = signed_in(leader).get("/", {"on": THEN.isoformat()})

    [line] = page.context["lines"]
    assert (line.counts.red, line.counts.verified, line.counts.applicable) == (1, 0, 1)
    assert page.context["counts"] == line.counts
    today = signed_in(leader).get("/").context["counts"]
    assert (today.red, today.verified) == (0, 1)


@pytest.mark.parametrize("who", ["coordinator", "leader"])
def test_links_of_a_past_first_page_stay_on_the_day(lived, signed_in, request, who):
    page = signed_in(request.getfixturevalue(who)).get("/", {"on": THEN.isoformat()})

    assert "scope=own&amp;light=red&amp;on=2025-09-30" in page.text


def test_one_obligation_shows_what_had_happened_by_the_day(lived, signed_in, coordinator):
    page = signed_in(coordinator).get(
        reverse("obligations:detail", args=[lived.pk]), {"on": THEN.isoformat()}
    )

    row = page.context["obligation"]
    assert (row.status, row.due_on, row.verified_by) == ("in_progress", D(2025, 9, 25), None)
    [extension] = page.context["extensions"]
    assert (extension.is_waiting, extension.new_due_on) == (True, None)
    assert page.context["evidence"] == []
    verbs = [entry.verb for entry, _person in page.context["history"]]
    assert verbs == ["ask_extension", "accept", "issue"]


def test_between_claim_and_verification_it_waits_for_the_coordinator(lived, signed_in, officer):
    page = signed_in(officer).get(
        reverse("obligations:detail", args=[lived.pk]), {"on": "2025-10-31"}
    )

    row = page.context["obligation"]
    assert (row.status, row.endorsed_by.username) == ("endorsed", "reviewer")
    assert [piece.text for piece in page.context["evidence"]] == [PAPER.text]


def test_what_came_after_the_day_is_taken_back(
    owe, police, ministry, coordinator, officer, reviewer
):
    """Through the processes: stored columns, requests and who did what."""
    row = owe(police, due_on=D(2025, 12, 31))
    opened = owe(ministry, external=True)
    days = [D(2025, 9, number) for number in range(1, 8)]
    steps = [
        lambda on: dispatch.issue(row, by=coordinator, on=on),
        lambda on: dispatch.accept(row, by=officer, on=on),
        lambda on: completion.claim(row, by=officer, on=on, with_evidence=[PAPER]),
        lambda on: completion.endorse(row, by=reviewer, on=on),
        lambda on: completion.verify(row, by=coordinator, on=on),
        lambda on: completion.reopen(row, by=coordinator, on=on, reason="服务中断"),
        lambda on: dispatch.record_opening(
            opened, by=coordinator, on=on, opened_on=on, note="已开放"
        ),
    ]
    for day, step in zip(days, steps, strict=True):
        with at(day):
            step(day)
    Obligation.objects.filter(pk=row.pk).update(self_verified=True)

    def then(day):
        found = as_it_was.put_back(
            Obligation.objects.filter(pk__in=[row.pk, opened.pk]).order_by("pk"), on=day
        )
        for one in found:
            as_it_was.put_back_people(one, on=day)
        return found

    names = ("issued_at", "notice", "accepted_at", "claimed_by", "endorsed_by", "verified_by")
    names += ("self_verified", "reopened_count")
    told = []
    for day in (days[0] - dt.timedelta(1), *days):
        was, external = then(day)
        told.append(" ".join(name for name in names if getattr(was, name)))
        assert bool(external.opened_on) == (day == days[-1])
    accepted = "issued_at notice accepted_at"
    assert told == [
        "",
        "issued_at notice",
        accepted,
        f"{accepted} claimed_by",
        f"{accepted} claimed_by endorsed_by",
        f"{accepted} claimed_by endorsed_by verified_by self_verified",
        *[f"{accepted} reopened_count"] * 2,
    ]


def test_a_block_that_was_lifted_later_still_stands(owe, police, coordinator, officer):
    row = owe(police, due_on=D(2025, 12, 31))
    steps = [
        lambda on: dispatch.issue(row, by=coordinator, on=on),
        lambda on: dispatch.accept(row, by=officer, on=on),
        lambda on: blocks.ask(row, by=officer, on=on, cause="not_opened", reason="接口未开放"),
        lambda on: blocks.confirm(row, by=coordinator, on=on),
        lambda on: blocks.lift(row, by=coordinator, on=on),
    ]
    days = [D(2025, 9, number) for number in range(1, 6)]
    for day, step in zip(days, steps, strict=True):
        with at(day):
            step(day)

    told = [as_it_was.undecided(row.blocks.all(), on=day) for day in days]
    found = [[(block.outcome, block.ended_on) for block in blocks_then] for blocks_then in told]
    assert found == [
        *([], [], [("", None)], [("confirmed", None)]),
        [("confirmed", days[-1])],
    ]


def test_a_day_before_it_was_on_record_is_not_found(lived, signed_in, coordinator, officer):
    address = reverse("obligations:detail", args=[lived.pk])

    assert signed_in(coordinator).get(address, {"on": "2025-07-31"}).status_code == 404
    assert signed_in(coordinator).get(address, {"on": "2025-08-01"}).status_code == 200
    assert signed_in(officer).get(address, {"on": "2025-08-01"}).status_code == 404


def test_nothing_can_be_written_from_the_page_of_a_past_day(lived, signed_in, coordinator):
    client = signed_in(coordinator)
    day = {"on": THEN.isoformat()}
    for address in (
        "/",
        reverse("obligations:list"),
        reverse("obligations:detail", args=[lived.pk]),
        reverse("obligations:indicators"),
    ):
        text = client.get(address, {**day, "status": "in_progress"}).text.partition("<main")[2]
        assert 'method="post"' not in text.replace('<form class="panel" method="post">', "")
        assert 'name="chosen"' not in text


@pytest.mark.parametrize("verb", ["issue-many", "verify-many", "withdraw-many"])
def test_an_act_on_all_rows_of_a_past_day_is_refused(lived, signed_in, coordinator, verb):
    address = f"{reverse(f'obligations:{verb}')}?on={THEN.isoformat()}&status=in_progress"

    refused = signed_in(coordinator).post(address, {"all": "1"})

    assert refused.status_code == 409
    assert "过去某一天" in refused.text


def test_what_was_recorded_since_is_counted_and_listed(
    owe, police, signed_in, coordinator, officer
):
    row, other = owe(police, due_on=D(2025, 9, 25)), owe(police, due_on=D(2025, 9, 25))
    with at(D(2025, 9, 20)):
        dispatch.issue(row, by=coordinator, on=D(2025, 9, 20))
    with at(D(2025, 10, 12)):
        dispatch.issue(other, by=coordinator, on=D(2025, 9, 20))
        dispatch.accept(row, by=officer, on=D(2025, 10, 12))

    page = shown(signed_in(coordinator), on=THEN.isoformat())

    assert page.context["past"].count == 1
    [line] = page.context["past"].lines
    assert (line.entry.verb, line.subject, line.effective_on) == ("issue", other, "2025-09-20")
    assert line.person == coordinator
    assert "此后补录 1 条" in page.text


def test_a_name_that_was_recorded_late_is_named_among_it(lived, police, signed_in, coordinator):
    departments.rename(police, name="省公安总队", on=D(2025, 9, 1), by=None)

    later = shown(signed_in(coordinator), on=THEN.isoformat()).context["past"]

    assert [(line.entry.verb, line.subject) for line in later.lines] == [
        ("rename_department", police)
    ]


def test_others_late_records_are_nobodys_business(
    lived, owe, health, signed_in, officer, coordinator
):
    dispatch.issue(owe(health), by=coordinator, on=D(2025, 9, 1))

    assert shown(signed_in(officer), on=THEN.isoformat()).context["past"].count == 0


def test_many_late_records_are_counted_and_the_newest_shown(owe, police, coordinator, signed_in):
    for _number in range(late_records.SHOWN + 2):
        dispatch.issue(owe(police), by=coordinator, on=D(2025, 9, 1))

    later = shown(signed_in(coordinator), on=THEN.isoformat()).context["past"]

    assert (later.count, len(later.lines), later.more) == (22, 20, 2)


def test_notes_and_contacts_are_those_of_the_day(owe, police, coordinator, officer, signed_in):
    row = owe(police, due_on=D(2025, 12, 31))
    with at(D(2025, 8, 4)):
        dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
        dispatch.accept(row, by=officer, on=D(2025, 8, 4))
    for day, note in ((D(2025, 9, 1), "正在编目"), (D(2025, 10, 15), "正在联调")):
        with at(day):
            dispatch.plan(row, by=officer, on=day, progress_note=note)
    client = signed_in(coordinator)

    def note_of(day):
        page = client.get(reverse("obligations:detail", args=[row.pk]), {"on": day})
        return page.context["obligation"].progress_note

    assert [note_of(day) for day in ("2025-08-31", "2025-09-01", "2025-10-14", "2025-10-15")] == [
        *("", "正在编目", "正在编目", "正在联调"),
    ]


def test_the_light_is_judged_for_the_day_even_where_no_night_was(lived, signed_in, coordinator):
    """Nothing was ever checked here: the stored lights are those of the acts."""
    client = signed_in(coordinator)

    def light(day):
        return shown(client, on=day).context["listing"].page.rows[0].light_reason

    assert [light(day) for day in ("2025-09-25", "2025-09-26", "2025-10-09", "2025-10-10")] == [
        *("due_soon", "overdue", "due_soon", "waiting"),
    ]
    fulfilment.check(as_of=TODAY, today=TODAY)
    assert light("2025-09-26") == "overdue"


def test_an_export_of_a_past_day_holds_that_day(lived, police, signed_in, coordinator):
    departments.rename(police, name="省公安总队", on=D(2025, 10, 20), by=None)
    answer = signed_in(coordinator).get(
        reverse("obligations:export-csv"), {"on": THEN.isoformat(), "status": "in_progress"}
    )
    text = b"".join(answer.streaming_content).decode("utf-8-sig")

    assert "20250930" in answer["Content-Disposition"]
    assert "推进中" in text
    assert "2025-09-25" in text
    assert "省公安厅" in text


@pytest.mark.parametrize("said", ["2099-01-01", "31.12.2025", "2025-02-30", "", "1999-01-01"])
def test_a_day_to_come_or_one_that_cannot_be_read_is_today(lived, signed_in, coordinator, said):
    client = signed_in(coordinator)
    assert shown(client, on=said).context["past"] is None
    assert "past" not in client.get("/", {"on": said}).context


def test_no_page_of_a_past_day_asks_more_for_more_rows(many, signed_in, coordinator, leader):
    def queries(user, address):
        client = signed_in(user)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    def taken(first):
        # `many` puts its rows on record today, which is over tomorrow.
        with at(TODAY + dt.timedelta(1)):
            day = f"?on={TODAY.isoformat()}"
            pages = ["/", "/obligations/", f"/obligations/{first}/", "/indicators/"]
            return {
                (user.username, page): queries(user, page + day)
                for user in (coordinator, leader)
                for page in pages
            }

    first = many(100)[0].pk
    few = taken(first)
    rows = list(Obligation.objects.values_list("pk", flat=True))
    assert len(rows) == 100
    assert {page: count for page, count in few.items() if count > 21} == {}


@pytest.mark.parametrize("said", ["2025-11-22", "soon", "1999-12-31", "2025-02-30"])
def test_a_day_that_cannot_be_shown_is_told(client, lived, coordinator, said):
    client.force_login(coordinator)
    listed = client.get(reverse("obligations:list"), {"on": said}, headers={"HX-Request": "true"})
    for page in (
        listed,
        *(
            client.get(address, {"on": said})
            for address in (
                reverse("obligations:home"),
                reverse("obligations:indicators"),
                reverse("obligations:detail", args=[lived.pk]),
            )
        ),
    ):
        assert page.text.count(f"“{said}”不是可以查看的日期，现显示今天的情况。") == 1
    today = client.get(reverse("obligations:home"), {"on": TODAY.isoformat()})
    assert "不是可以查看的日期" not in today.text
