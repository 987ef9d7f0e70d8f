"""二、先进与滞后: who stands first and last, by the same ranks as the workbook's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from obligations import rates
from reports import bulletin_styles
from reports.bulletin_paper import Column, Paper
from reports.bulletin_summary import several
from reports.models import FigureLine
from reports.tables import Frozen

# So many places at each end; those who share one are all named.
_PLACES = 5
# So many rows at each end: with a hundred first places the workbook has the others.
_ROWS = 20
_COLUMNS = [
    Column("类别", 15),
    Column("名次", 13),
    Column("责任部门", 46, centred=False),
    *(Column(label, 14) for label in ("计入", "已销号")),
    Column("完成率", 19),
    Column("按期完成率", 22),
    Column("红灯", 13),
]


@dataclass(frozen=True)
class Ranking:
    """Departments with their places, the best first, and those who are too small to be ranked."""

    ranked: list[tuple[int, FigureLine]]
    small: list[FigureLine]

    @property
    def is_level(self) -> bool:
        """Whether there is no first and no last."""
        return len({place for place, _line in self.ranked}) < 2

    @property
    def leading(self) -> list[tuple[int, FigureLine]]:
        """As far as the last place that counts, but the last of all: who has done nothing is."""
        return [
            (place, line)
            for place, line in self.ranked
            if place <= self._places and place < self._last
        ]

    @property
    def lagging(self) -> list[tuple[int, FigureLine]]:
        """From the first place that counts from behind, unless they lead; who has done all stands
        first."""
        ahead = {line.key for _place, line in self.leading}
        behind = [place for place, _line in self.ranked[-self._places :]]
        return [
            (place, line)
            for place, line in self.ranked
            if place >= max(behind[0], 2) and line.key not in ahead
        ]

    @property
    def _last(self) -> int:
        return max((place for place, _line in self.ranked), default=1)

    @property
    def _places(self) -> int:
        return min(_PLACES, len(self.ranked) // 2)


def ranked(lines: Sequence[FigureLine]) -> Ranking:
    """By 完成率, with the least denominator and the ties of every ranking."""
    places = rates.ranks({line.key: line.counts.completion_rate for line in lines})
    found = [(places[line.key], line) for line in lines if line.key in places]
    small = [line for line in lines if line.key not in places and line.applicable]
    return Ranking(sorted(found, key=lambda one: one[0]), small)


def add(paper: Paper, frozen: Frozen) -> None:
    """The section and its table."""
    ranking = ranked(frozen.figures[FigureLine.Grouping.DEPARTMENT])
    paper.write("二、先进与滞后", style=bulletin_styles.FIRST)
    for sentence in sentences(ranking):
        paper.write(sentence)
    rows = [
        [word, *_row(place, line)]
        for word, lines in (("先进", ranking.leading), ("滞后", ranking.lagging[-_ROWS:]))
        for place, line in lines[:_ROWS]
    ]
    if rows:
        paper.table("先进与滞后部门", _COLUMNS, rows)


def sentences(ranking: Ranking) -> list[str]:
    """Who takes part, who stands first and who last."""
    count = len(ranking.ranked)
    small = [line.name for line in ranking.small]
    left_out = f"{several(small)}计入事项少于{rates.LEAST}项，不参加排名。" if small else ""
    if count < 2:
        return [f"{left_out}参加排名的部门不足两个，不作先进与滞后比较。"]
    least = f"计入事项不少于{rates.LEAST}项的{count}个部门参加排名"
    found = [f"按完成率排名，{least}，完成率相同的名次并列。{left_out}"]
    if ranking.is_level:
        rate = ranking.ranked[0][1].counts.completion_rate
        return [*found, f"参加排名的部门完成率均为{rate}，不分先进与滞后。"]
    if ranking.leading:
        found.append(f"完成率居前的有：{_listed(ranking.leading)}。")
    if ranking.lagging:
        found.append(f"完成率居后的有：{_listed(ranking.lagging)}。")
    return found


def _listed(lines: list[tuple[int, FigureLine]]) -> str:
    """Those who share a place are named together, with numerator and denominator."""
    shares: dict[int, list[FigureLine]] = {}
    for place, line in lines:
        shares.setdefault(place, []).append(line)
    return "；".join(_place(place, sharing) for place, sharing in shares.items())


def _place(place: int, sharing: list[FigureLine]) -> str:
    shown = several([f"{line.name}（{line.verified}/{line.applicable}）" for line in sharing])
    tie = "并列" if len(sharing) > 1 else ""
    return f"{shown}{tie}第{place}名，完成率{sharing[0].counts.completion_rate}"


def _row(place: int, line: FigureLine) -> list[str]:
    counts = line.counts
    return [
        str(place),
        line.name,
        str(counts.applicable),
        str(counts.verified),
        str(counts.completion_rate),
        str(counts.on_time_rate),
        str(counts.red),
    ]
