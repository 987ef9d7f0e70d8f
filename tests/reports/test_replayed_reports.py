"""Random lives of sixty days: each report's totals are its rows; a past day's report made later is
the one made that day, but for what was recorded since, and that is named."""

import datetime as dt
from collections import Counter

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts import tokens
from accounts.errors import RuleViolation
from accounts.models import Role
from obligations import completion, dispatch, fulfilment
from obligations.models.judged import FACTS
from obligations.today import SHANGHAI
from reports import changes, publishing, snapshots
from reports.models import ObligationLine
from tests.obligations.lives import DOING
from tests.thorough import sampled

FIRST = dt.date(2025, 8, 4)
DAYS = 60
LOOKED_AT = (12, 25, 41, DAYS - 1)
OF_OFFICERS = frozenset(
    {
        *("accept", "plan", "claim", "withdraw_claim", "ask_block", "ask_exemption"),
        *("ask_extension", "object", "report_progress"),
    }
)
VERBS = [verb for verb in DOING if verb not in ("attach_evidence", "remove_evidence")]
ACT = st.tuples(
    st.integers(0, DAYS - 1),
    st.integers(0, 3),  # of which obligation
    st.integers(0, len(VERBS) - 1),  # which verb is tried first
    st.sampled_from([0, 0, 0, 0, 1, 4, 9]),  # so many days late it is recorded
)

pytestmark = pytest.mark.django_db


def at(day, hour):
    return time_machine.travel(dt.datetime.combine(day, dt.time(hour), tzinfo=SHANGHAI), tick=False)


@pytest.fixture
def people(officer, reviewer, coordinator, make_user, bureau):
    other = make_user("coordinator2", Role.COORDINATOR, department=bureau)
    return {"officer": officer, "reviewer": reviewer, "coordinators": (coordinator, other)}


@pytest.fixture
def owed(owe, police, ministry, docking_item):
    def make():
        opened = owe(ministry, item=docking_item, duty="connect", external=True, on=FIRST)
        connect = {"item": docking_item, "duty": "connect", "depends_on": opened}
        return [
            owe(police, due_on=FIRST + dt.timedelta(30), on=FIRST),
            owe(police, due_on=FIRST + dt.timedelta(50), on=FIRST),
            owe(police, due_on=None, on=FIRST),
            owe(police, due_on=FIRST + dt.timedelta(20), on=FIRST, **connect),
        ]

    return make


def act(row, first, *, on, people):
    """The first verb, from a random one on, that is possible; nothing where none is."""
    for verb in VERBS[first:] + VERBS[:first]:
        for by in by_whom(verb, people):
            try:
                with transaction.atomic():
                    DOING[verb](row, by=by, on=on)
            except (RuleViolation, PermissionDenied, LookupError):
                row.refresh_from_db()
            else:
                return verb
    return None


def by_whom(verb, people):
    if verb in OF_OFFICERS:
        return [people["officer"]]
    return [people["reviewer"]] if verb == "endorse" else people["coordinators"]


def live(rows, acts, *, people, look):
    """Day after day: the night, the acts recorded on the day, and a look at some evenings."""
    by_day = {day: [] for day in range(DAYS)}
    for day, which, first, late in acts:
        by_day[day].append((rows[which], first, late))
    done = []
    for number, wanted in by_day.items():
        day = FIRST + dt.timedelta(number)
        with at(day, 1):
            fulfilment.judge(as_of=day, today=day)
        with at(day, 15):
            for row, first, late in wanted:
                on = max(FIRST, day - dt.timedelta(late))
                done.append((on, day, act(row, first, on=on, people=people)))
        if number in LOOKED_AT:
            with at(day, 23):
                fulfilment.judge(as_of=day, today=day)
                look(day)
    return done


# --- an oracle that adds up rows one by one ---------------------------------------------------


def added_up(lines, on):
    found = Counter(total=len(lines))
    for line in lines:
        found[line.light] += 1
        if not line.counted:
            continue
        done = line.status == "verified"
        found.update(applicable=1, verified=done)
        found["docking"] += line.duty == "connect"
        found["docking_verified"] += done and line.duty == "connect"
        if line.status in ("issued", "in_progress", "claimed", "endorsed"):
            found[line.status] += 1
        found["decided"] += line.decided_count
        found["decided_in_time"] += line.decided_in_time_count
        for name, due in (("", line.due_on), ("originally_", line.original_due_on)):
            in_time = bool(due and line.completed_on and line.completed_on <= due)
            waits = line.status == "endorsed" and in_time
            if not name:
                found["waiting_in_time"] += waits
            if due and due <= on and not line.blocked and not waits:
                found[f"{name}fell_due"] += 1
                found[f"{name}on_time"] += done and in_time
    found["item_count"] = len({line.item_id for line in lines})
    return found


def belonging(line, figure):
    if figure.grouping == "scene":
        scenes = [one for one in line.scenes.split("、") if one]
        return figure.key in scenes if figure.key else bool(scenes)
    if figure.grouping == "department":
        return not line.external and str(line.department_id) == figure.key
    key = {"whole": "", "kind": line.kind, "list": str(line.list_id)}[figure.grouping]
    return key == figure.key


def wrong_totals(snapshot):
    lines = list(snapshot.lines.all())
    for figure in snapshot.figures.all():
        rows = [line for line in lines if belonging(line, figure)]
        for name, number in added_up(rows, snapshot.as_of).items():
            if getattr(figure, name) != number:
                yield figure.grouping, figure.key, name, getattr(figure, name), number


def figures_of(snapshot):
    return {
        (one.grouping, one.key): {
            field.name: getattr(one, field.name)
            for field in one._meta.local_fields
            if field.name not in ("id", "snapshot")
        }
        for one in snapshot.figures.all()
    }


def rows_of(snapshot):
    names = (*FACTS, "light", "light_reason", "counted", "decided_count", "decided_in_time_count")
    names += ("overdue_days", "department_name", "block_cause", "blocked_on")
    # What no state keeps.
    names += ("progress_note", "returned_count", "reopened_count", "return_reason", "self_verified")
    rows = ObligationLine.objects.filter(snapshot=snapshot)
    return {row[0]: row[1:] for row in rows.values_list("obligation_id", *names)}


def named_late(snapshot):
    """The obligations that the report's own table of 补录 names, or whose department it names."""
    named = set(snapshot.late_acts.values_list("obligation_id", flat=True)) - {None}
    bodies = snapshot.late_acts.filter(obligation_id=None).values("department_id")
    rows = ObligationLine.objects.filter(snapshot=snapshot, department_id__in=bodies)
    return named | set(rows.values_list("obligation_id", flat=True))


@sampled(8, quick=2)
@given(acts=st.lists(ACT, min_size=15, max_size=60))
def test_totals_are_rows_and_a_past_day_made_again_is_the_same_but_for_what_is_named(
    owed, people, acts
):
    with transaction.atomic():
        chief = people["coordinators"][0]
        then = {}

        def look(day):
            then[day] = snapshots.take(as_of=day, today=day, by=chief)
            assert list(wrong_totals(then[day])) == []
            assert different(then[day], day, day, chief=chief) == []

        live(owed(), acts, people=people, look=look)
        last = FIRST + dt.timedelta(DAYS - 1)
        with at(last, 23):
            for day, first in then.items():
                again = snapshots.take(as_of=day, today=last, by=chief)
                assert list(wrong_totals(again)) == []
                assert different(again, day, last, chief=chief) == []
                before, after = rows_of(first), rows_of(again)
                changed = {key for key in before | after if before.get(key) != after.get(key)}
                assert changed <= named_late(again)
                if not named_late(again):
                    assert figures_of(first) == figures_of(again)
        transaction.set_rollback(True)


def different(snapshot, day, today, *, chief):
    """Where page or API say another number than the cover."""
    asked = {"on": day.isoformat(), "by": "department"}
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(chief, by=None)}")
    api = program.get("/api/v1/indicators/", asked).json()
    whole = snapshot.figures.get(grouping="whole")
    found = [
        (name, number, getattr(whole, name))
        for name, number in api["whole"]["counts"].items()
        if number != getattr(whole, name)
    ]
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(chief, backend="accounts.signin.Backend")
    page = client.get("/", {"on": day.isoformat()}).context
    for line in page["lines"]:
        figure = snapshot.figures.get(grouping="department", key=str(line.department.pk))
        found += [("page", line.counts, figure.counts)] if line.counts != figure.counts else []
    listing = client.get("/obligations/", {"on": day.isoformat()}).context["listing"]
    if dict(listing.by_light) != {light: getattr(whole, light) for light, _n in listing.by_light}:
        found.append(("list", listing.by_light, whole.counts))
    return found


def test_a_late_record_changes_the_report_made_again_and_is_named(owed, people):
    """The other way round: the property above would notice."""
    rows, chief = owed(), people["coordinators"][0]
    day = FIRST + dt.timedelta(10)
    with at(day, 23):
        first = snapshots.take(as_of=day, today=day, by=chief)
    with at(day + dt.timedelta(3), 9):
        DOING["issue"](rows[0], by=chief, on=day)
        again = snapshots.take(as_of=day, today=day + dt.timedelta(3), by=chief)
    assert rows_of(first)[rows[0].pk] != rows_of(again)[rows[0].pk]
    assert figures_of(first) != figures_of(again)
    assert (named_late(first), named_late(again)) == (set(), {rows[0].pk})
    assert again.recorded_later_count == 1


def test_what_no_state_keeps_is_that_of_the_day_as_well(owed, people):
    """A month's report is made some days later: it says nothing of what was reported meanwhile."""
    row = owed()[0]
    clerk, chief, (one, other) = people["officer"], people["reviewer"], people["coordinators"]
    day = FIRST + dt.timedelta(10)

    def say(on, note):
        dispatch.plan(row, planned_on=None, progress_note=note, by=clerk, on=on)

    with at(day, 10):
        DOING["issue"](row, by=one, on=day)
        DOING["accept"](row, by=clerk, on=day)
        say(day, "正在联调")
        DOING["claim"](row, by=clerk, on=day)
        DOING["endorse"](row, by=chief, on=day)
        completion.send_back(row, by=one, on=day, reason="佐证不全")
    with at(day, 23):
        first = snapshots.take(as_of=day, today=day, by=one)
        publishing.review(first, by=one, on=day)
        publishing.publish(first, by=other, on=day)
    later = day + dt.timedelta(3)
    with at(later, 10):
        say(later, "已全部完成")
        for _time in range(2):
            DOING["claim"](row, by=clerk, on=later)
            DOING["endorse"](row, by=chief, on=later)
            DOING["verify"](row, by=one, on=later)
            if not row.reopened_count:
                DOING["reopen"](row, by=one, on=later)
    with at(later, 23):
        again = snapshots.take(as_of=day, today=later, by=one)
        after = snapshots.take(as_of=later, today=later, by=one)

    def told(snapshot):
        line = snapshot.lines.get(obligation_id=row.pk)
        returned = (line.returned_count, line.return_reason)
        return line.progress_note, *returned, line.reopened_count, line.self_verified

    assert told(again) == told(first) == ("正在联调", 1, "佐证不全", 0, False)
    assert told(after)[0] == "已全部完成"
    assert named_late(again) == set()
    # What was reopened and verified again in between is news, whenever the report before was made.
    [reopened] = [sort for sort in changes.between(after, again) if sort.code == "reopened"]
    assert [line.obligation_id for line in reopened.lines] == [row.pk]
