"""Finds, for new items, the standing ones that they may replace: same body, similar title."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from difflib import SequenceMatcher

from obligations.tables import wording

_ALIKE, _SHORTEST_PART = 0.6, 4
# Only the titles that share most pairs of characters are compared in full.
_COMPARED = 5
# A pair of characters that so many titles of one body share says nothing.
_MOST_SHARING = 200


class Titles:
    """Titles of standing items by body, found by their pairs of characters."""

    def __init__(self, titles: Iterable[tuple[Hashable, str, int]]) -> None:
        """`titles`: (body, title, key)."""
        self._texts: dict[int, str] = {}
        self._holding: dict[tuple[Hashable, str], list[int]] = defaultdict(list)
        for body, title, key in titles:
            text = wording.matching(title)
            self._texts[key] = text
            for pair in _pairs(text):
                self._holding[body, pair].append(key)

    def nearest(self, body: Hashable, title: str) -> int | None:
        """The key of the title most like this one; None where none is like it."""
        text = wording.matching(title)
        shared: Counter[int] = Counter()
        for pair in _pairs(text):
            holders: Sequence[int] = self._holding.get((body, pair), ())
            if len(holders) <= _MOST_SHARING:
                shared.update(holders)
        likest = (
            (key, _likeness(text, self._texts[key])) for key, _ in shared.most_common(_COMPARED)
        )
        best = max(likest, key=lambda pair: pair[1], default=(None, 0.0))
        return best[0] if best[1] else None


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[start : start + 2] for start in range(len(text) - 1))


def _likeness(one: str, other: str) -> float:
    """0 where the two are not alike."""
    shorter, longer = sorted((one, other), key=len)
    contained = len(shorter) >= _SHORTEST_PART and shorter in longer
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return ratio if ratio >= _ALIKE or contained else 0.0
