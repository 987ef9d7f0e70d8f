"""The addresses that are probed, asked as probes ask; and the simulator as a process."""

import datetime as dt
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest
import time_machine

from config.children import die_with_parent
from docking.probing import asking
from docking.probing.questions import Limits, Question
from simulator import plan
from simulator.answering import Systems
from simulator.habits import SHANGHAI
from simulator.plan import Plan
from tests.installation import ROOT

QUICK = Limits(deadline=2.5, spacing=0.0)
UP = {"json_field": "status", "json_value": "UP"}
NOON = dt.datetime(2026, 12, 1, 12, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def port():
    stopping = threading.Event()
    with Systems(0, stopping=stopping) as systems:
        threading.Thread(target=systems.serve_forever, daemon=True).start()
        yield systems.port
        stopping.set()
        systems.shutdown()


def told(port, *asked):
    """Outcome and word of each, in order."""
    questions = [
        Question(number, 1, f"http://127.0.0.1:{port}{path}", "127.0.0.1", port, **more)
        for number, (path, more) in enumerate(asked)
    ]
    found = {one.endpoint: seen for one, seen in asking.ask_all(questions, limits=QUICK)}
    return [(found[one.endpoint].outcome, found[one.endpoint].error) for one in questions]


def test_each_address_answers_in_its_own_way(port):
    assert told(
        port,
        ("/health", UP),
        ("/health", {"method": "HEAD"}),
        ("/slow", {}),
        ("/slow", {"latency_limit_ms": 800}),
        ("/error", {}),
        ("/degraded", UP),
        ("/silent", {}),
        ("/nowhere", {}),
    ) == [
        ("up", ""),
        ("up", ""),
        ("up", ""),
        ("down", "slow"),
        ("down", "status"),
        ("down", "other_value"),
        ("down", "timeout"),
        ("down", "status"),
    ]


def test_one_address_is_up_and_down_for_four_rounds_each(port):
    found = []
    for minutes in range(0, 80, 5):
        with time_machine.travel(NOON + dt.timedelta(minutes=minutes)):
            found += told(port, ("/flapping", UP))
    states = [outcome for outcome, _word in found]
    assert sorted(states) == ["down"] * 8 + ["up"] * 8
    assert sum(one != other for one, other in itertools.pairwise(states)) == 3


def test_nobody_outside_this_machine_reaches_it():
    with Systems(0, stopping=threading.Event()) as systems:
        assert systems.server_address[0] == "127.0.0.1"


def start(tmp_path, port):
    path = tmp_path / "simulator.json"
    plan.write(Plan(port, ()), path)
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", str(path), "--url", "http://127.0.0.1:9"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    )


def test_it_ends_when_it_is_told_even_while_somebody_waits(tmp_path):
    process = start(tmp_path, 0)
    with process:
        port = int(process.stdout.readline().rsplit(" ", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as waiting:
            waiting.sendall(b"GET /silent HTTP/1.0\r\n\r\n")
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0


def test_it_says_that_its_port_is_taken(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with start(tmp_path, port) as process:
            assert process.wait(30) == 1
            assert str(port) in process.stdout.read()
