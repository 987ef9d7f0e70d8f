"""Signed receipts over HTTP; peer: a bare Django view of the same server that inserts one row.

Every receipt is new and moves its promise: verified, matched, kept, judged, dated, with history.
The target is a ratio of at most 2.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from accounts.models import Department, User
from bench import database, measure
from config.children import die_with_parent
from obligations import history
from obligations.models import ListItem, Obligation, ResponsibilityList
from obligations.today import today
from reports.sampling import province
from sharing_lists import promise_rules, push_keys, receipts
from sharing_lists.models import Delivery, SharingTerms

RECEIPTS = 200
PEER = "bare view"
TARGET = 2.0
_ROUNDS = 5
_ROOT = Path(__file__).resolve().parent.parent
_BARE = "/bench/bare/"


def run() -> str:
    """On a database and a server of its own."""
    with database.own():
        sender = _load()
        database.settle()
        with _server() as port:
            talk = Talk(port)
            days = count(1)
            numbers = count()

            def ours() -> None:
                day = today() - dt.timedelta(days=20 - next(days))
                for number in range(RECEIPTS):
                    talk.post("/api/v1/receipts/", *sender.receipt(number, day), expects=201)

            def peer() -> None:
                for number in range(RECEIPTS):
                    body = sender.body(number, today())
                    mark = {"X-Mark": f"b{next(numbers)}"}
                    talk.post(_BARE, body, mark, expects=201)

            ratio = measure.in_turn(ours, peer, rounds=_ROUNDS)
            made = Delivery.objects.count()
    if made != RECEIPTS * (_ROUNDS + 1):
        raise RuntimeError(f"only {made} receipts were kept")
    if ratio.value > TARGET:
        print(f"receipts: ratio {ratio.value:.2f} is over {TARGET}", file=sys.stderr)
    return measure.line("receipts", RECEIPTS, ratio, peer=PEER)


class Sender:
    """A department's system with its key."""

    def __init__(self, code: str, secret: str) -> None:
        self._code, self._secret = code, secret.encode()

    def body(self, number: int, day: dt.date) -> bytes:
        said = {
            "resource": f"3070010{number:05d}",
            "period_from": day.isoformat(),
            "period_to": day.isoformat(),
            "rows": 1000 + number,
            "sha256": "0" * 64,
        }
        return json.dumps(said).encode()

    def receipt(self, number: int, day: dt.date) -> tuple[bytes, dict[str, str]]:
        """The body and the header that signs it."""
        body, at, nonce = self.body(number, day), str(int(time.time())), secrets.token_hex(16)
        signature = receipts.sign(self._secret, timestamp=at, nonce=nonce, body=body)
        parts = f"key={self._code}, timestamp={at}, nonce={nonce}, signature={signature}"
        return body, {"Authorization": f"{receipts.SCHEME} {parts}"}


class Talk:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def post(self, path: str, body: bytes, headers: dict[str, str], *, expects: int) -> None:
        self._line.request("POST", path, body, {"Content-Type": "application/json", **headers})
        answer = self._line.getresponse()
        said = answer.read()
        if answer.status != expects:
            raise RuntimeError(f"{path} answered {answer.status}: {said[:300]!r}")


def _load() -> Sender:
    province.ensure()
    department = Department.objects.filter(level="province").order_by("pk")[0]
    officer = User.objects.create_user("bench-officer", role="officer", department=department)
    promise_rules.seed(on=today() - dt.timedelta(days=60))
    held = ResponsibilityList.objects.create(kind="sharing", batch=1, title="【示例】清单")
    items = ListItem.objects.bulk_create(
        ListItem(
            list=held,
            position=number,
            title=f"【示例】数据资源{number}",
            body=department,
            deadline_kind="ongoing",
            identity_hash=f"receipt{number}",
            row_hash=f"receipt{number}",
        )
        for number in range(RECEIPTS)
    )
    SharingTerms.objects.bulk_create(
        SharingTerms(
            item=one,
            catalogue_code=f"3070010{one.position:05d}",
            share_mode="batch",
            update_cycle="daily",
        )
        for one in items
    )
    rows = Obligation.objects.bulk_create(_verified(one, department) for one in items)
    history.record_many([row.pk for row in rows], on=today() - dt.timedelta(days=30))
    made, secret = push_keys.make(department, system="测速", by=officer)
    return Sender(made.code, secret)


def _verified(item: ListItem, department: Department) -> Obligation:
    day = today() - dt.timedelta(days=30)
    return Obligation(
        item=item,
        department=department,
        duty="supply",
        status="verified",
        raised_on=day,
        due_kind="ongoing",
        completed_on=day,
        verified_on=day,
    )


@contextmanager
def _server() -> Iterator[int]:
    """gunicorn as ./run starts it, with one address more."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    own = {"DATABASE_URL": _address(), "DJANGO_SETTINGS_MODULE": "bench.receipts_server"}
    words = [
        *(sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--workers", "1", "--threads", "4", "--keep-alive", "75"),
        *("--no-control-socket", "--log-level", "warning"),
    ]
    server = subprocess.Popen(
        words, cwd=_ROOT, env={**os.environ, **own}, preexec_fn=die_with_parent
    )
    try:
        _wait(port)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _address() -> str:
    """Of the benchmark's own database."""
    own = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{own['NAME']}"
    place = f"{own['HOST']}:{own['PORT']}" if own["PORT"] else own["HOST"]
    if str(own["HOST"]).startswith("/"):
        place = quote(str(own["HOST"]), safe="")
    return f"postgres://{quote(own['USER'])}:{quote(own['PASSWORD'])}@{place}/{own['NAME']}"
