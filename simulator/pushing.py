"""Pushes receipts with the client that departments use; one after the other, as they fall due."""

from __future__ import annotations

import datetime as dt
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from clients import qingdan_push
from simulator.habits import SHANGHAI, newest, receipt
from simulator.plan import Habit, Plan, Resource, System

_FAULT_SECONDS = 600.0
_PATH = "/api/v1/receipts/"
_Say = Callable[[str], None]


@dataclass
class Pusher:
    """What was pushed up to now; `say` is told what became of each."""

    plan: Plan
    url: str
    say: _Say
    # The faults of a broken system: each once, so far apart, then now and then, in turn.
    soon_seconds: float = 6.0
    _pushed: dict[tuple[str, str], dt.datetime] = field(default_factory=dict)
    _faults: int = 0
    _fault_at: float = 0.0

    def push_next(self) -> bool:
        """One receipt, or one fault, that is due: False where none is, or nobody answers."""
        try:
            return self._push_due() or self._make_fault()
        except qingdan_push.Unreached:
            return False

    def _push_due(self) -> bool:
        for system, resource, moment in self._due():
            said = receipt(resource, moment=moment)
            self._push(system, said, secret=system.secret)
            # A refused one as well: it would be refused again.
            self._pushed[system.key, resource.name] = moment
            return True
        return False

    def _due(self) -> Iterator[tuple[System, Resource, dt.datetime]]:
        now = dt.datetime.fromtimestamp(time.time(), tz=SHANGHAI)
        for system in self.plan.systems:
            if system.habit == Habit.BROKEN:
                continue
            for resource in system.resources:
                moment = newest(resource, habit=system.habit, at=now)
                if moment and self._pushed.get((system.key, resource.name)) != moment:
                    yield system, resource, moment

    def _make_fault(self) -> bool:
        broken = [one for one in self.plan.systems if one.habit == Habit.BROKEN and one.resources]
        if not broken or time.monotonic() < self._fault_at:
            return False
        fault = FAULTS[self._faults % len(FAULTS)]
        fault(self, broken[self._faults // len(FAULTS) % len(broken)])
        self._faults += 1
        is_early = self._faults < len(FAULTS)
        self._fault_at = time.monotonic() + (self.soon_seconds if is_early else _FAULT_SECONDS)
        return True

    def _push(self, system: System, said: dict[str, Any], *, secret: str) -> None:
        about = f"{system.name} {said['resource']} {said['period_from']}"
        try:
            answer = qingdan_push.push(self.url, said, key=system.key, secret=secret, tries=1)
        except qingdan_push.Refused as refused:
            self.say(f"{about}: {refused.status} {refused.sentence}")
        else:
            self.say(f"{about}: {'taken' if answer['new'] else 'known'}")

    # --- what a broken system does ---------------------------------------------------------------

    def wrong_secret(self, system: System) -> None:
        """Signed with a secret that was replaced long ago."""
        self._push(system, _today(system), secret="replaced-long-ago")

    def wrong_digest(self, system: System) -> None:
        """A digest that is none."""
        self._push(system, _today(system) | {"sha256": "0" * 63}, secret=system.secret)

    def wrong_resource(self, system: System) -> None:
        """A resource that the department does not owe."""
        said = _today(system) | {"resource": "【示例】已停用的目录"}
        self._push(system, said, secret=system.secret)

    def wrong_day(self, system: System) -> None:
        """A period that has not come."""
        said = _today(system) | {"period_from": "2099-01-01", "period_to": "2099-01-01"}
        self._push(system, said, secret=system.secret)

    def unsigned(self, system: System) -> None:
        """No signature at all: the departments' client would not do this."""
        body = json.dumps(_today(system), ensure_ascii=False).encode()
        request = urllib.request.Request(self.url.rstrip("/") + _PATH, body, method="POST")
        request.add_header("Content-Type", "application/json")
        try:
            urllib.request.urlopen(request, timeout=30).close()
        except urllib.error.HTTPError as refused:
            self.say(f"{system.name} unsigned: {refused.code}")
            refused.close()
        except OSError as error:
            raise qingdan_push.Unreached(str(error)) from error


FAULTS = (
    Pusher.wrong_secret,
    Pusher.wrong_digest,
    Pusher.unsigned,
    Pusher.wrong_resource,
    Pusher.wrong_day,
)


def _today(system: System) -> dict[str, Any]:
    now = dt.datetime.fromtimestamp(time.time(), tz=SHANGHAI)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return receipt(system.resources[0], moment=midnight)
