"""Whose turn it is: one question a second to each machine, so many at once."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable

from docking.probing.questions import Question

Place = tuple[str, int]


class Line:
    """The places (host, port) that have questions left, by the moment of their next turn.

    Whoever takes one has it alone until it is given back, so that its name is looked up once.
    """

    def __init__(self, questions: Iterable[Question], *, now: float, spacing: float) -> None:
        self._spacing = spacing
        self._waiting: dict[Place, deque[Question]] = {}
        for question in questions:
            self._waiting.setdefault((question.host, question.port), deque()).append(question)
        self._turns: list[tuple[float, int, Place]] = [
            (now, number, place) for number, place in enumerate(self._waiting)
        ]
        self._number = len(self._turns)
        self._taken: set[Place] = set()
        # By address: two names may lead to one machine.
        self._free_at: dict[str, float] = {}

    @property
    def is_over(self) -> bool:
        return not self._turns and not self._taken

    def take(self, *, now: float) -> Place | None:
        """A place whose turn has come."""
        if not self._turns or self._turns[0][0] > now:
            return None
        place = heapq.heappop(self._turns)[2]
        self._taken.add(place)
        return place

    def pause(self, *, now: float) -> float:
        """Seconds until the next turn."""
        return max(self._turns[0][0] - now, 0.0) if self._turns else 0.02

    def first(self, place: Place) -> Question:
        """What the place is asked next."""
        return self._waiting[place][0]

    def next(self, place: Place, address: str, *, now: float) -> Question | None:
        """The place's next question, which is to be asked at once; None where its machine was
        asked a moment ago. The place is given back either way."""
        self._taken.discard(place)
        free_at = self._free_at.get(address, now)
        if free_at > now:
            self._push(place, free_at)
            return None
        question = self._waiting[place].popleft()
        self._free_at[address] = now + self._spacing
        if self._waiting[place]:
            self._push(place, now + self._spacing)
        return question

    def drop(self, place: Place) -> list[Question]:
        """All questions of a place that cannot be asked; none is left."""
        self._taken.discard(place)
        return list(self._waiting.pop(place))

    def _push(self, place: Place, at: float) -> None:
        self._number += 1
        heapq.heappush(self._turns, (at, self._number, place))
