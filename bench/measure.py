"""What every benchmark shares: measuring two sides in turn, and the line that tells the ratio.

A benchmark is a module of this folder with `run() -> str`, named in bench/__main__.py.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 7
# Reads a clock in seconds; the difference of two readings is what counts.
Clock = Callable[[], float]


@dataclass(frozen=True)
class Ratio:
    """Median seconds of our side and of the peer's."""

    ours: float
    peer: float

    @property
    def value(self) -> float:
        return self.ours / self.peer


def in_turn(
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    rounds: int = ROUNDS,
    clock: Clock = time.perf_counter,
    between: Callable[[], object] = lambda: None,
) -> Ratio:
    """Measure the peer, then ours, so many times over; a first round warms up and is dropped.

    `between` runs before each round, unmeasured.
    """
    seconds: dict[str, list[float]] = {"ours": [], "peer": []}
    for _round in range(rounds + 1):
        between()
        seconds["peer"].append(_seconds(peer, clock))
        seconds["ours"].append(_seconds(ours, clock))
    return Ratio(statistics.median(seconds["ours"][1:]), statistics.median(seconds["peer"][1:]))


def line(name: str, size: str | int, ratio: Ratio, *, peer: str) -> str:
    """`NAME SIZE: ours S s, PEER S s, ratio R`; lower is better."""
    seconds = f"ours {ratio.ours:.3f} s, {peer} {ratio.peer:.3f} s"
    return f"{name} {size}: {seconds}, ratio {ratio.value:.2f}"


def _seconds(act: Callable[[], object], clock: Clock) -> float:
    gc.collect()
    start = clock()
    act()
    return clock() - start
