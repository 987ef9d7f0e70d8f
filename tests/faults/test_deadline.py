"""Officers claim at the same moment, as in a deadline's last hour: nothing is lost or doubled."""

import json
import socket

import pytest

from bench import officers
from tests.installation import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.long]
OFFICERS, EACH = 8, 3
PASSWORD = "deadline-Pass-2026"
_LOAD = f"""
import json
from bench import due
print(json.dumps(due.load(officers={OFFICERS}, each={EACH}, password="{PASSWORD}")))
"""
KEPT = {
    "obligations": "SELECT COUNT(*) FROM obligations_obligation WHERE status = 'claimed'",
    "versions": "SELECT COUNT(*) FROM obligations_obligation WHERE version = 4",
    "states": "SELECT COUNT(*) FROM obligations_obligationstate WHERE status = 'claimed'",
    "claims": "SELECT COUNT(*) FROM obligations_claim WHERE outcome = ''",
    "documents": "SELECT COUNT(*) FROM obligations_evidence WHERE claim_id IS NOT NULL",
    "audit rows": "SELECT COUNT(*) FROM accounts_auditentry WHERE verb = 'claim'",
}


def serve(place):
    """Its web server, with two processes of four threads; the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    threads = ("--workers", "2", "--threads", "4", "--no-control-socket")
    place.start("gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", *threads)
    assert wait_until(lambda: listens(port), seconds=60)
    return port


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_every_accepted_claim_is_there_once_and_second_clicks_are_refused(make_installation):
    place = make_installation()
    place.manage("collectstatic", "--no-input", "-v", "0")
    due = json.loads(place.manage("shell", "-v", "0", "-c", _LOAD).splitlines()[-1])

    pace = officers.Pace(0, 0.05, doubled=EACH - 1)
    seen = officers.rush(due, port=serve(place), password=PASSWORD, pace=pace)

    assert (seen.accepted, seen.doubled, seen.errors) == (OFFICERS * EACH, 0, 0)
    assert seen.statuses[409] == OFFICERS
    kept = {what: place.count(sql) for what, sql in KEPT.items()}
    assert kept == dict.fromkeys(KEPT, OFFICERS * EACH)
