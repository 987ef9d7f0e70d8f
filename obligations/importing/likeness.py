"""Finds, for new items, the standing ones that they may replace: same body, similar title."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence

from obligations.tables import wording

# Shared pairs of characters, as a share of all (Dice), or of the shorter title.
_ALIKE, _CONTAINED, _FEWEST_PAIRS = 0.6, 0.95, 3
# A pair of characters that so many titles of one body share says nothing.
_MOST_SHARING = 200


class Titles:
    """Titles of standing items by body, found by their pairs of characters."""

    def __init__(self, titles: Iterable[tuple[Hashable, str, int]]) -> None:
        """`titles`: (body, title, key)."""
        self._pairs: dict[int, frozenset[str]] = {}
        self._holding: dict[tuple[Hashable, str], list[int]] = defaultdict(list)
        for body, title, key in titles:
            pairs = _pairs(title)
            self._pairs[key] = pairs
            for pair in pairs:
                self._holding[body, pair].append(key)

    def nearest(self, body: Hashable, title: str) -> int | None:
        """The key of the title most like this one; None where none is like it."""
        wanted = _pairs(title)
        shared: Counter[int] = Counter()
        for pair in wanted:
            holders: Sequence[int] = self._holding.get((body, pair), ())
            if len(holders) <= _MOST_SHARING:
                shared.update(holders)
        best, best_score = None, 0.0
        for key in shared:
            score = _likeness(wanted, self._pairs[key])
            if score > best_score:
                best, best_score = key, score
        return best


def _pairs(title: str) -> frozenset[str]:
    text = wording.matching(title)
    return frozenset(text[start : start + 2] for start in range(len(text) - 1))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0 where the two are not alike."""
    shared, fewest = len(one & other), min(len(one), len(other))
    dice = 2 * shared / (len(one) + len(other))
    contained = fewest >= _FEWEST_PAIRS and shared >= _CONTAINED * fewest
    return dice if dice >= _ALIKE or contained else 0.0
