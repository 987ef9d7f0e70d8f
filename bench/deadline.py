"""200 officers at the deadline, each claiming 10 rows, 3 to 6 s between clicks: the whole product.

gunicorn as the unit in deploy/ starts it, on the PostgreSQL that DATABASE_URL names, or on one
made for it as for the tests. Officers sign in, eight at a time, and have the desk before them with
what its scripts fetch. Then all work at once: for each row a click that opens the form, which the
page has brought along, and one that sends it with token, version and a document number, and is
answered with the row. Everybody clicks the last form twice. Peer: the same of one officer alone.
"""

from __future__ import annotations

import os
import shlex
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from accounts.models import AuditEntry
from bench import database, due, measure, officers
from config.children import die_with_parent
from obligations.models import Claim, Evidence, Obligation, ObligationState, Status

OFFICERS, EACH = 200, 10
PEER = "alone"
TARGET_SECONDS = 1.5
_ROOT = Path(__file__).resolve().parent.parent
_UNIT = _ROOT / "deploy" / "systemd" / "qingdan-web.service"
_PASSWORD = "bench-Pass-2026"
_START_SECONDS = 60
_RUSH = officers.Pace(3, 6, doubled=EACH - 1)
_ONE = officers.Pace(0.1, 0.2)


def run() -> str:
    if connection.vendor != "postgresql":
        return database.on_postgres("deadline")
    with database.own(), tempfile.TemporaryDirectory(prefix="bench-") as folder:
        all_due = due.load(officers=OFFICERS + 1, each=EACH, password=_PASSWORD)
        name, rows = all_due.popitem()
        with product(Path(folder)) as port:
            alone = officers.rush({name: rows}, port=port, password=_PASSWORD, pace=_ONE)
            require_kept(len(rows))
            began = time.monotonic()
            seen = officers.rush(all_due, port=port, password=_PASSWORD, pace=_RUSH)
            lasted = time.monotonic() - began
        require_kept(OFFICERS * EACH + len(rows))
        return _line(seen, alone, lasted)


def require_kept(writes: int) -> None:
    """As many states, claims, documents and audit rows as accepted writes; each claim once."""
    claimed = Obligation.objects.filter(status=Status.CLAIMED)
    today = ObligationState.objects.filter(status=Status.CLAIMED, valid_to=None)
    found = {
        "claimed obligations": claimed.count(),
        "new states": today.values("obligation").distinct().count(),
        "audit rows": AuditEntry.objects.filter(verb="claim").count(),
        "claims": Claim.objects.filter(outcome="").count(),
        "documents under a claim": Evidence.objects.exclude(claim=None).count(),
        "versions": sum(claimed.values_list("version", flat=True)) - 3 * writes,
    }
    wrong = {what: count for what, count in found.items() if count != writes}
    if wrong:
        raise RuntimeError(f"of {writes} accepted writes there are {wrong}")


@contextmanager
def product(folder: Path) -> Iterator[int]:
    """Its web server on the database of this process, on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": _url(), "DEMO": "0"}
    static = [sys.executable, "-m", "config.preparing", "static"]
    subprocess.run(static, cwd=_ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    with (folder / "web.log").open("wb") as log:
        web = subprocess.Popen(
            _command(port),
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
        )
    try:
        _wait(port)
        yield port
    finally:
        web.terminate()
        web.wait(30)


def _url() -> str:
    server, _name = os.environ["DATABASE_URL"].rsplit("/", 1)
    return f"{server}/{connection.settings_dict['NAME']}"


def _command(port: int) -> list[str]:
    """What the unit starts, elsewhere."""
    lines = _UNIT.read_text(encoding="utf-8").splitlines()
    line = next(one for one in lines if one.startswith("ExecStart="))
    _program, *options = shlex.split(line.removeprefix("ExecStart="))
    options[options.index("--bind") + 1] = f"127.0.0.1:{port}"
    return [sys.executable, "-m", "gunicorn", *options]


def _wait(port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except (OSError, urllib.error.URLError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _line(seen: officers.Seen, alone: officers.Seen, lasted: float) -> str:
    writes = OFFICERS * EACH
    if seen.errors or seen.doubled or seen.accepted != writes:
        raise RuntimeError(f"{seen.accepted} of {writes} were accepted: {dict(seen.statuses)}")
    ratio = measure.Ratio(_p95(seen.claims), _p95(alone.claims))
    if max(ratio.ours, _p95(seen.pages)) > TARGET_SECONDS:
        print(f"deadline: a p95 is over {TARGET_SECONDS} s", file=sys.stderr)
    return (
        f"{measure.line('deadline (p95 of a claim)', writes, ratio, peer=PEER)}; "
        f"of the desk, {officers.SIGN_IN_AT_ONCE} coming at once, {_p95(seen.pages):.3f} s; "
        f"{OFFICERS} officers in {lasted:.0f} s: {writes} accepted writes = states = audit rows, "
        f"{seen.statuses[409]} second clicks refused, {seen.errors} server errors"
    )


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]
