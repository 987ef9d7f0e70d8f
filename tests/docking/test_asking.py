"""Probes against a server that misbehaves: outcome, first error word, and what it got to see."""

import errno
import itertools
import socket
import threading
import time
from pathlib import Path

import pytest

from docking.probing import asking, questions
from docking.probing.questions import Limits, Question, Seen
from tests.docking.probed import Probed

QUICK = Limits(deadline=1.0, spacing=0.0)


@pytest.fixture(scope="module")
def server():
    with Probed() as running:
        yield running


def question(server, path="/ok", *, number=1, host="127.0.0.1", port=None, **more):
    port = port or server.port
    return Question(number, 1, f"http://{host}:{port}{path}", host, port, **more)


def told(*questions, limits=QUICK, **more):
    """Outcome and error word of each, in the order of the questions."""
    found = {one.endpoint: seen for one, seen in asking.ask_all(questions, limits=limits, **more)}
    return [(found[one.endpoint].outcome, found[one.endpoint].error) for one in questions]


CASES = [
    ("/ok", {}, ("up", "")),
    ("/ok", {"method": "HEAD", "expected_status": 204}, ("up", "")),
    ("/ok", {"json_field": "status", "json_value": "UP"}, ("up", "")),
    ("/ok", {"json_field": "parts.0.n", "json_value": "1"}, ("up", "")),
    ("/ok", {"json_field": "status", "json_value": "DOWN"}, ("down", "other_value")),
    ("/ok", {"json_field": "parts.3.n"}, ("down", "no_field")),
    ("/ok", {"json_field": "status.deeper"}, ("down", "no_field")),
    ("/text", {"text": "运行正常"}, ("up", "")),
    ("/text", {"text": "停机"}, ("down", "no_text")),
    ("/old", {"text": "运行正常"}, ("up", "")),
    ("/old", {"text": "停机"}, ("down", "no_text")),
    ("/marked", {"json_field": "status", "json_value": "UP"}, ("up", "")),
    ("/slow", {}, ("up", "")),
    ("/slow", {"latency_limit_ms": 100}, ("down", "slow")),
    ("/hang", {}, ("down", "timeout")),
    ("/drip", {}, ("down", "timeout")),
    ("/huge", {}, ("up", "")),
    ("/huge", {"text": "the end"}, ("down", "too_long")),
    ("/huge", {"json_field": "status"}, ("down", "too_long")),
    ("/redirect", {}, ("down", "redirect")),
    ("/redirect", {"expected_status": 302}, ("up", "")),
    ("/missing", {}, ("down", "status")),
    ("/missing", {"expected_status": 404}, ("up", "")),
    ("/broken", {"json_field": "status"}, ("down", "not_json")),
    ("/short", {}, ("down", "closed")),
    ("/silence", {}, ("down", "closed")),
    ("/garbage", {}, ("down", "not_http")),
]


def test_each_misbehaviour_has_its_outcome_and_first_error_word(server):
    asked = [
        question(server, path, number=number, **more)
        for number, (path, more, _outcome) in enumerate(CASES)
    ]
    started = time.monotonic()

    got = told(*asked)

    assert [(case[:2], one) for case, one in zip(CASES, got, strict=True)] == [
        (case[:2], case[2]) for case in CASES
    ]
    # All that hang do so together, for one deadline.
    assert time.monotonic() - started < 4


def test_a_port_where_nobody_listens_is_refused(server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert told(question(server, port=port), question(server, number=2)) == [
        ("down", "refused"),
        ("up", ""),
    ]


def test_nothing_follows_a_redirect_and_nothing_is_carried_along(server):
    server.asked.clear()

    told(*(question(server, path, number=n) for n, path in enumerate(("/redirect", "/elsewhere"))))
    told(question(server, "/cookie"), limits=Limits(deadline=1.0, spacing=0.0, at_once=1))
    told(question(server, "/cookie"), question(server, "/ok", number=2))

    assert "/ok" not in server.paths()[:2]
    heads = [head.lower() for _at, _path, head in server.asked]
    assert len(heads) == 5
    assert all("user-agent: qingdan-probe/1\r\n" in head for head in heads)
    assert not any(word in head for head in heads for word in ("cookie:", "authorization:"))


def test_a_machine_is_asked_once_a_second_under_any_of_its_names_and_ports():
    with Probed(ports=2) as server:
        names = ("127.0.0.1", "one.example", "other.example")
        asked = [
            question(
                server,
                number=number,
                host=names[number % 3],
                port=server.ports[number % 2],
                approved=("127.0.0.1",),
            )
            for number in range(4)
        ]
        got = told(*asked, limits=Limits(), resolve=lambda _host, _port: ["127.0.0.1"])

        times = sorted(server.times())
    assert got == [("up", "")] * 4
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(gaps) == 3
    assert min(gaps) >= 1.0


def test_without_the_pace_they_come_all_at_once():
    """The negative control of the rate limit, and the limit of ten at once."""
    with Probed() as server:
        asked = [question(server, "/slow", number=number) for number in range(30)]
        assert told(*asked) == [("up", "")] * 30
        times = sorted(server.times())
        assert times[9] - times[0] < 0.5
        assert server.open_most <= 10


def test_a_name_is_looked_up_once_a_round_and_its_answer_is_pinned(server):
    """Rebinding: the second answer of the resolver would lead to another machine."""
    answers = iter([["127.0.0.1"], ["127.0.0.9"], ["127.0.0.9"]])
    asked = []

    def resolve(host, port):
        asked.append(host)
        return next(answers)

    named = {"host": "api.example", "approved": ("127.0.0.1",)}
    server.asked.clear()
    got = told(*(question(server, number=n, **named) for n in range(3)), resolve=resolve)

    assert got == [("up", "")] * 3
    assert asked == ["api.example"]
    assert len(server.asked) == 3
    assert f"host: api.example:{server.port}" in server.asked[0][2].lower()


@pytest.mark.parametrize(
    ("resolved", "approved", "outcome"),
    [
        (["127.0.0.1"], (), ("unclear", "address")),
        (["169.254.169.254"], (), ("unclear", "address")),
        (["::ffff:127.0.0.1"], (), ("unclear", "address")),
        (["0.0.0.0"], (), ("unclear", "address")),
        (["::1"], (), ("unclear", "address")),
        (["0.0.0.1"], (), ("unclear", "address")),
        (["255.255.255.255"], (), ("unclear", "address")),
        # IPv6 addresses that lead to an IPv4 one: translated, 6to4, compatible.
        (["64:ff9b::7f00:1"], (), ("unclear", "address")),
        (["2002:7f00:1::1"], (), ("unclear", "address")),
        (["::7f00:1"], (), ("unclear", "address")),
        (["127.0.0.9"], ("127.0.0.1",), ("unclear", "address")),
        ([], (), ("unclear", "address")),
        (["127.0.0.1"], ("127.0.0.1",), ("up", "")),
        (["127.0.0.9", "127.0.0.1"], ("127.0.0.1",), ("up", "")),
    ],
)
def test_a_name_leads_only_where_it_was_approved(server, resolved, approved, outcome):
    server.asked.clear()
    named = question(server, host="api.example", approved=approved)

    assert told(named, resolve=lambda _host, _port: resolved) == [outcome]
    assert len(server.asked) == (outcome[0] == "up")


def test_another_reading_of_the_address_asks_nothing(server):
    odd = Question(1, 1, f"http://127.0.0.1:{server.port}/ok", "127.0.0.1", 1)
    server.asked.clear()
    assert told(odd) == [("unclear", "address")]
    assert server.asked == []


@pytest.mark.parametrize(
    ("problem", "outcome"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), ("down", "no_name")),
        (socket.gaierror(socket.EAI_NODATA, "no address"), ("down", "no_name")),
        (UnicodeError("label too long"), ("down", "no_name")),
        (socket.gaierror(socket.EAI_AGAIN, "later"), ("unclear", "names")),
        (socket.gaierror(socket.EAI_FAIL, "broken"), ("unclear", "names")),
        (OSError(errno.EMFILE, "too many files"), ("unclear", "names")),
    ],
)
def test_a_name_that_is_not_found_and_a_name_service_that_is_silent(server, problem, outcome):
    def resolve(host, port):
        raise problem

    assert told(question(server, host="api.example"), resolve=resolve) == [outcome]


def test_a_name_that_breaks_the_resolver_is_one_answer_and_not_the_end_of_the_round(server):
    odd = question(server, host="a..b")
    assert told(odd, question(server, number=2)) == [("down", "no_name"), ("up", "")]


@pytest.mark.allow_hosts(["::1", "0:0::1"])
@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="no IPv6 here")
def test_an_ipv6_address_is_asked_however_it_is_written():
    with Probed(address="::1") as server:
        asked = Question(1, 1, f"http://[0:0::1]:{server.port}/ok", "::1", server.port)
        assert told(asked) == [("up", "")]


def test_an_approved_address_may_be_written_as_a_mapped_one(server):
    approved = questions.addresses_of("::ffff:127.0.0.1")
    asked = question(server, host="api.example", approved=approved)
    assert told(asked, resolve=lambda _host, _port: ["127.0.0.1"]) == [("up", "")]


def test_a_name_service_that_hangs_holds_up_nobody(server):
    released = threading.Event()

    def resolve(host, port):
        released.wait(20)
        return []

    started = time.monotonic()
    try:
        got = told(
            question(server, host="api.example"), question(server, number=2), resolve=resolve
        )
        assert time.monotonic() - started < 3
    finally:
        released.set()
    assert got == [("unclear", "names"), ("up", "")]


def test_what_is_not_asked_in_time_is_left_for_the_next_round(server):
    asked = [question(server, number=number) for number in range(50)]
    found = asking.ask_all(asked, limits=Limits(spacing=0.3, whole=0.7))
    assert 2 <= len(found) <= 4


def test_where_nobody_answers_it_is_our_own_network():
    def one(number, error):
        asked = Question(number, 1, "", f"host{number}", 80)
        return asked, Seen("up" if not error else "down", error)

    silent = [one(1, "timeout"), one(2, "no_route"), one(3, "timeout")]
    assert [seen for _one, seen in asking.blame(silent)] == [Seen("unclear", "network")] * 3
    # Two hosts may well be down together, and any answer proves that the line stands.
    assert asking.blame(silent[:2]) == silent[:2]
    assert asking.blame([*silent, one(4, "refused")])[0] == silent[0]
    assert asking.blame([*silent, one(4, "")])[0] == silent[0]
