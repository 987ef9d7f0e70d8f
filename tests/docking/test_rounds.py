"""A round of probes: who is asked, what is left behind, and what a killed worker leaves."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry
from docking import availability, endpoints, hosts, maintenance, tidying
from docking.hysteresis import Standing, after
from docking.models import Endpoint, ProbeDay, ProbeResult
from docking.probing import rounds
from docking.probing.questions import Question, Seen, host_of, place_of
from jobs import queue, running
from jobs.claiming import claim
from jobs.models import Job
from obligations import rates
from obligations.indicators import Figure
from obligations.models import Obligation
from obligations.today import SHANGHAI, today
from tests.docking.probed import Probed

UP, DOWN, UNCLEAR = Seen("up", "", 200, 12), Seen("down", "timeout"), Seen("unclear", "network")
NOW = dt.datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)


def question(endpoint):
    return Question(endpoint.pk, endpoint.version, endpoint.url, endpoint.host, endpoint.port)


def see(endpoint, *seen, at=NOW):
    """Write one round for each finding, five minutes apart."""
    for number, one in enumerate(seen):
        with transaction.atomic():
            begun = at + dt.timedelta(minutes=5 * number)
            rounds.write([(question(endpoint), one)], at=begun, over_at=begun)
    endpoint.refresh_from_db()
    return endpoint


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(["up", "down", "unclear"]), max_size=30))
def test_three_failures_in_a_row_make_it_down_and_two_successes_up(outcomes):
    standing = Standing()
    for outcome in outcomes:
        before, standing = standing, after(standing, outcome)
        if outcome == "unclear":
            assert standing == before
    told = [one for one in outcomes if one != "unclear"]
    state = "unknown"
    for end in range(1, len(told) + 1):
        if end >= 3 and told[end - 3 : end] == ["down"] * 3:
            state = "down"
        if end >= 2 and told[end - 2 : end] == ["up"] * 2:
            state = "up"
    assert standing.state == state


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://Api.Gov.cn/health", ("api.gov.cn", 80)),
        ("https://10.1.2.3/", ("10.1.2.3", 443)),
        ("http://[2001:DB8::1]:8080/", ("2001:db8::1", 8080)),
        ("http://[2001:DB8:0:0::1]/", ("2001:db8::1", 80)),
        ("http://4a.gov.cn/", ("4a.gov.cn", 80)),
        # What some read as an address and others as a name.
        *((f"http://{host}/", None) for host in ("127.1", "2130706433", "0x7f.1", "1.2.3.4.5")),
        *((f"http://[{host}]/", None) for host in ("::ffff:10.0.0.1", "::1%25lo", "v1.x")),
        # What no name service takes.
        *((f"http://{host}/", None) for host in ("a..cn", f"{'a' * 64}.cn", "a-.cn")),
        ("http://user:key@10.1.2.3/", None),
        ("http://10.1.2.3/#part", None),
        ("http://10.1.2.3/a b", None),
        ("http://10.1.2.3\\@evil/", None),
        ("http://例子.cn/", None),
        ("ftp://10.1.2.3/", None),
        ("file:///etc/passwd", None),
        ("http://:80/", None),
        ("http://10.1.2.3:0/", None),
        ("http://10.1.2.3:99999/", None),
    ],
)
def test_an_address_names_one_place_or_is_refused(url, place):
    if place is None:
        with pytest.raises(ValueError, match=r".*"):
            place_of(url)
    else:
        assert place_of(url) == place


def test_a_host_is_written_in_one_way():
    assert host_of(" API.example ") == "api.example"
    assert host_of("[::ffff:10.0.0.1]") == "10.0.0.1"
    for wrong in ("", "a b", "a/b", "-a", "a:80", "a..b", "10.1", f"{'a.' * 127}cn"):
        with pytest.raises(ValueError, match=r".*"):
            host_of(wrong)


@pytest.mark.django_db
class TestWhoIsAsked:
    def chosen(self, at=None):
        return [one.endpoint for one in rounds.choose(at=at or timezone.now())]

    def test_nobody_without_the_list_and_exactly_host_and_port_with_it(self, row, name, allow):
        endpoint = name(row)
        assert self.chosen() == []
        allow(port=8081)
        allow(host="10.1.2.30")
        assert self.chosen() == []
        allow()
        assert self.chosen() == [endpoint.pk]

    def test_a_withdrawn_host_is_asked_no_more_and_nothing_is_known_of_it(
        self, row, name, allow, sysadmin
    ):
        endpoint, listed = name(row), allow()
        assert see(endpoint, UP, UP).state == "up"

        hosts.withdraw(listed, by=sysadmin, version=1)

        assert self.chosen() == []
        endpoint.refresh_from_db()
        assert (endpoint.state, endpoint.success_count) == ("unknown", 0)
        assert [one.why for one in endpoint.changes.order_by("pk")] == ["", "forbidden"]

    def test_nothing_of_a_retired_endpoint_or_a_withdrawn_obligation(
        self, connect, police, name, allow, officer
    ):
        allow()
        retired, gone = name(connect(police)), name(connect(police))
        endpoints.retire(retired, by=officer, version=1)
        Obligation.objects.filter(pk=gone.obligation_id).update(status="withdrawn")
        assert self.chosen() == []

    def test_no_probe_can_be_made_in_a_maintenance_window(
        self, connect, police, name, allow, officer
    ):
        allow()
        kept, other = name(connect(police)), name(connect(police))
        begin = timezone.now() + dt.timedelta(hours=1)
        end = begin + dt.timedelta(hours=2)
        window = maintenance.announce(
            kept.obligation,
            starts_at=begin,
            ends_at=end,
            reason="升级",
            by=officer,
            now=timezone.now(),
        )
        second = dt.timedelta(seconds=1)
        # The last round before it must be over when it begins.
        assert self.chosen(begin - 250 * second) == [kept.pk, other.pk]
        assert self.chosen(begin - 240 * second) == [other.pk]
        assert self.chosen(begin) == self.chosen(end - second) == [other.pk]
        assert self.chosen(end) == [kept.pk, other.pk]
        maintenance.end(window, by=officer, version=1)
        assert self.chosen(begin) == [kept.pk, other.pk]

    def test_the_system_administrator_stops_all_probing(self, row, name, allow, sysadmin):
        name(row), allow()
        now = timezone.now()
        hour = dt.timedelta(hours=1)
        maintenance.announce(
            None, starts_at=now, ends_at=now + hour, reason="网络检修", by=sysadmin, now=now
        )
        assert self.chosen(now + hour / 2) == []
        assert len(self.chosen(now + hour)) == 1

    def test_the_longest_unasked_come_first(self, connect, police, name, allow):
        allow()
        first, second, fresh = (name(connect(police)) for _number in range(3))
        see(second, UP)
        see(first, UP, at=NOW + dt.timedelta(minutes=5))
        assert self.chosen() == [fresh.pk, second.pk, first.pk]


@pytest.mark.django_db
class TestWhatIsLeftBehind:
    def test_the_state_turns_with_its_history_and_one_audit_row(self, row, name):
        endpoint = see(name(row), UP, UP, DOWN, DOWN, UNCLEAR, DOWN)

        assert (endpoint.state, endpoint.failure_count) == ("down", 3)
        turns = list(endpoint.changes.order_by("at").values_list("state", "why"))
        assert turns == [("up", ""), ("down", "timeout")]
        assert endpoint.state_since == NOW + dt.timedelta(minutes=25)
        runs = AuditEntry.objects.filter(verb="probe").order_by("pk")
        assert [one.detail for one in runs] == [{"up": [endpoint.pk]}, {"down": [endpoint.pk]}]

    def test_results_and_the_sums_of_the_day(self, row, name):
        endpoint = see(name(row), UP, DOWN, UNCLEAR)

        kept = endpoint.results.order_by("at").values_list("outcome", "status", "latency_ms")
        assert list(kept) == [("up", 200, 12), ("down", None, None), ("unclear", None, None)]
        [day] = ProbeDay.objects.values("day", "up_count", "down_count", "unclear_count")
        assert day == {
            "day": NOW.date(),
            "up_count": 1,
            "down_count": 1,
            "unclear_count": 1,
        }

    def test_the_day_is_that_of_shanghai(self, row, name):
        see(name(row), UP, at=dt.datetime(2026, 11, 22, 16, 30, tzinfo=dt.UTC))
        assert ProbeDay.objects.get().day == dt.date(2026, 11, 23)

    def test_what_was_changed_while_it_was_asked_says_nothing(self, row, name, officer):
        endpoint = name(row)
        before = question(endpoint)
        said = {field: getattr(endpoint, field) for field in endpoints.FIELDS}
        endpoints.change(endpoint, by=officer, version=1, **said | {"url": "http://10.9.9.9/"})
        with transaction.atomic():
            assert rounds.write([(before, UP)], at=NOW, over_at=NOW) == rounds.Counted()
        assert not ProbeResult.objects.exists()

    def test_what_came_into_maintenance_while_it_was_asked_is_not_counted(self, row, name, officer):
        endpoint, now = name(row), timezone.now()
        hour = dt.timedelta(hours=1)
        about = {"reason": "升级", "by": officer, "now": now}
        maintenance.announce(row, starts_at=now, ends_at=now + hour, **about)
        before = now - dt.timedelta(minutes=2)
        with transaction.atomic():
            counted = rounds.write([(question(endpoint), DOWN)], at=before, over_at=now)
        assert counted == rounds.Counted()
        assert not ProbeDay.objects.exists()

    def test_many_cost_no_more_statements_than_one(self, connect, police, name):
        made = [name(connect(police)) for _number in range(6)]

        def statements(chosen, at):
            with CaptureQueriesContext(connection) as captured, transaction.atomic():
                rounds.write([(question(one), UP) for one in chosen], at=at, over_at=at)
            return len([one for one in captured if "INSERT INTO" not in one["sql"]])

        assert statements(made[:1], NOW) == statements(made[1:], NOW + dt.timedelta(minutes=5))

    def test_availability_counts_what_could_tell_over_30_days(self, row, name):
        endpoint = see(name(row), UP, UP, DOWN, UNCLEAR)
        see(endpoint, UP, at=NOW - dt.timedelta(days=29))
        see(endpoint, DOWN, at=NOW - dt.timedelta(days=30))

        found = availability.of_obligations([row.pk, 0], on=NOW.date())

        assert found == {row.pk: Figure(3, 4), 0: Figure(0, 0)}
        assert str(found[row.pk]) == "75.0%"
        assert str(found[0]) == "—"

    def test_availability_stands_among_the_departments_indicators(self, row, name, connect, police):
        see(name(row), UP, DOWN)
        see(name(connect(police)), UP, UP, at=NOW + dt.timedelta(hours=1))
        connect(police)  # without an endpoint: no part of it
        on = NOW.date()

        found = rates.by(Obligation.objects.all(), "department", on=on, today=on)

        assert found[police.pk]["availability"] == Figure(3, 4)
        each = availability.of_each(Obligation.objects.all(), on)
        assert sorted(figure.denominator for figure in each.values()) == [2, 2]
        # Only of what the reader may see.
        seen = Obligation.objects.filter(pk=row.pk)
        assert availability.by_group(seen, on, "department_id") == {police.pk: Figure(1, 2)}
        # By whatever else figures are taken; and of what is applicable alone.
        by_list = rates.by(Obligation.objects.all(), "list", on=on, today=on)
        assert by_list[row.item.list_id]["availability"] == Figure(3, 4)
        Obligation.objects.filter(pk=row.pk).update(exempt=True)
        found = rates.by(Obligation.objects.all(), "department", on=on, today=on)
        assert found[police.pk]["availability"] == Figure(2, 2)

    def test_old_results_are_thinned_and_the_sums_stay(self, row, name):
        endpoint = name(row)
        old = NOW - dt.timedelta(days=90, hours=11)
        see(endpoint, Seen("up", "", 200, 10), Seen("up", "", 200, 21), DOWN, at=old)
        see(endpoint, UP, at=NOW - dt.timedelta(days=90))

        assert tidying.close_days(on=NOW.date()) == 2
        assert tidying.thin(on=NOW.date()) == 3
        assert tidying.thin(on=NOW.date()) == tidying.close_days(on=NOW.date()) == 0

        assert ProbeResult.objects.count() == 1
        day = ProbeDay.objects.order_by("day").first()
        assert (day.up_count, day.down_count, day.latency_ms) == (2, 1, 16)


@pytest.fixture
def served(row, name, allow):
    """A real server with an endpoint of the obligation that is allowed."""
    with Probed() as server:
        server.endpoint = name(row, f"http://127.0.0.1:{server.port}/ok")
        server.listed = allow("127.0.0.1", server.port)
        yield server


@pytest.mark.django_db(transaction=True)
class TestTheJob:
    def test_a_round_asks_and_writes(self, served):
        job = queue.enqueue("docking.probe")
        assert running.perform(job.pk)
        job.refresh_from_db()

        assert (job.state, served.paths()) == ("done", ["/ok"])
        assert ProbeResult.objects.get().outcome == "up"

    def test_nothing_leaves_the_house_without_the_list(self, served, sysadmin):
        """The negative control of the list: the same server, with its entry, was asked above."""
        hosts.withdraw(served.listed, by=sysadmin, version=1)
        running.perform(queue.enqueue("docking.probe").pk)

        assert served.asked == []
        assert not ProbeResult.objects.exists()

    def test_a_worker_that_lost_its_job_writes_nothing_and_the_next_one_all(self, served):
        job = queue.enqueue("docking.probe")
        stale = claim(job.pk)
        Job.objects.filter(pk=job.pk).update(token="another", attempts=0)

        running._attempt(stale)
        assert served.paths() == ["/ok"]
        assert not ProbeResult.objects.exists()
        assert not ProbeDay.objects.exists()
        assert Endpoint.objects.get().probed_at is None

        Job.objects.filter(pk=job.pk).update(state="queued", token="", lease_until=None)
        running.perform(job.pk)
        assert ProbeResult.objects.count() == 1

    def test_rounds_that_nobody_ran_are_not_made_up_for(self, served):
        old = queue.enqueue("docking.probe", period="2026-11-23T10:00")
        new = queue.enqueue("docking.probe", period="2026-11-23T10:05")
        running.perform(old.pk)
        assert served.asked == []
        running.perform(new.pk)
        assert served.paths() == ["/ok"]

    def test_tidying_leaves_failed_rounds_and_young_ones(self, db):
        rows = [queue.enqueue("docking.probe", period=f"p{number}") for number in range(3)]
        old = timezone.now() - dt.timedelta(days=9)
        Job.objects.filter(pk=rows[0].pk).update(state="done", finished_at=old)
        Job.objects.filter(pk=rows[1].pk).update(state="failed", finished_at=old)
        Job.objects.filter(pk=rows[2].pk).update(state="done", finished_at=timezone.now())

        job = queue.enqueue("docking.tidy", args={"on": today().isoformat()})
        running.perform(job.pk)

        assert set(Job.objects.filter(kind="docking.probe").values_list("pk", flat=True)) == {
            rows[1].pk,
            rows[2].pk,
        }
