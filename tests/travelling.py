"""An installation whose programs go by a clock that the test moves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from obligations.today import today
from tests.installation import Installation


class Travelling(Installation):
    def __init__(self, folder: Path, **environment: str) -> None:
        self._clock = folder / "clock"
        super().__init__(folder, CLOCK=str(self._clock), **environment)
        self.travel_to(0)

    @property
    def today(self) -> dt.date:
        return today() + dt.timedelta(days=int(self._clock.read_text()))

    def travel_to(self, day: int) -> None:
        """So many days after the real one."""
        new = self._clock.with_suffix(".new")
        new.write_text(str(day))
        new.replace(self._clock)

    def start(self, *words: str):
        return super().start("tests.clock", *words)

    def bear(self, *words: str):
        return super().bear("tests.clock", *words)
