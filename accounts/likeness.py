"""Which of many names a misspelt one may mean: by look, sound, short form or former name. Pure."""

from __future__ import annotations

import difflib
import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from accounts import pinyin

# Why a name is offered; what people read for it is for the pages.
LOOK, SOUND, SHORT, FORMER, INITIALS, PART = "look", "sound", "short", "former", "initials", "part"
# Looked at closely; the rest shares too little with the text.
_CLOSELY = 40
_WORTH_A_WORD = 0.5
_LIKELY, _AHEAD = 0.75, 0.05
# 各市州 names no place.
_PLACE = re.compile(
    "^(?!各).{0,8}?(?:特别行政区|自治区|自治州|省|市(?!场|监)|州|盟|县|区(?!域)|国家|国务院)"
)
_ENDING = re.compile("(?:委员会|办公室|总局|委|办|局|厅|部|署|院|会|处)$")
# 与, 和 and 及 are written for each other and left out: 发展改革 is 发展和改革.
_AND = str.maketrans("", "", "和与及暨、")
# What the reforms since 2013 made of bodies whose old names documents go on using.
_FORMERLY = {
    "卫生和计划生育": "卫生健康",
    "卫生计生": "卫生健康",
    "卫计": "卫健",
    "国土资源": "自然资源",
    "国土": "自然资源",
    "环境保护": "生态环境",
    "环保": "生态环境",
    "农牧": "农业农村",
    "农业委": "农业农村",
    "工商行政管理": "市场监督管理",
    "工商": "市场监督管理",
    "质量技术监督": "市场监督管理",
    "质监": "市场监督管理",
    "食品药品监督管理": "药品监督管理",
    "食药监": "药品监督管理",
    "安全生产监督管理": "应急管理",
    "安监": "应急管理",
    "旅游发展": "文化和旅游",
    "新闻出版广电": "广播电视",
    "扶贫开发": "乡村振兴",
    "扶贫": "乡村振兴",
    "经济和信息化": "工业和信息化",
    "经信": "工信",
    "外事侨务": "外事",
    "大数据": "数据",
    "法制": "司法",
    "地方税务": "税务",
    "地税": "税务",
    "物价": "发展和改革",
}


class Near(NamedTuple):
    """A known name, how near it is (1.0: the same), and why. `elsewhere`: of another place."""

    name: str
    score: float
    why: str
    elsewhere: bool


class _Form(NamedTuple):
    """A name in the ways in which it is compared."""

    text: str
    place: str
    core: str
    sounds: tuple[str, ...]
    core_sounds: tuple[str, ...]


class Likeness:
    """Names as accounts.names.matching writes them, prepared to be compared with many texts."""

    def __init__(self, names: Iterable[str]) -> None:
        self._forms = [_form(name) for name in names]
        self._initials = [pinyin.initials(form.text) for form in self._forms]
        self._by_sign: dict[str, list[int]] = defaultdict(list)
        self._by_sound: dict[str, list[int]] = defaultdict(list)
        for number, form in enumerate(self._forms):
            for sign in set(form.text):
                self._by_sign[sign].append(number)
            for sound in set(form.core_sounds):
                self._by_sound[sound].append(number)

    def near(self, text: str) -> list[Near]:
        """Names that the text may mean, nearest first."""
        if text.isascii():
            return self._by_initials(text)
        best: dict[str, Near] = {}
        for form, is_former in _readings(text):
            for number in self._sharing(form):
                found = _compare(form, self._forms[number], is_former=is_former)
                known = best.get(found.name)
                if found.score >= _WORTH_A_WORD and (not known or known.score < found.score):
                    best[found.name] = found
        return sorted(best.values(), key=lambda near: -near.score)

    def _sharing(self, form: _Form) -> list[int]:
        """The names that share most with the text."""
        shared: Counter[int] = Counter()
        for sign in set(form.text):
            shared.update(self._by_sign.get(sign, ()))
        for sound in set(form.core_sounds):
            shared.update(self._by_sound.get(sound, ()))
        size = len(form.text) + len(form.core)

        def share(number: int) -> float:
            known = self._forms[number]
            return shared[number] / (size + len(known.text) + len(known.core))

        return heapq.nlargest(_CLOSELY, shared, key=share)

    def _by_initials(self, text: str) -> list[Near]:
        if len(text) < 2:
            return []
        found = [
            Near(form.text, 0.95 if initials == text else 0.8, INITIALS, elsewhere=False)
            for form, initials in zip(self._forms, self._initials, strict=True)
            if initials.startswith(text)
        ]
        return sorted(found, key=lambda near: (-near.score, len(near.name)))


def stands_out(found: Sequence[tuple[float, bool]]) -> bool:
    """Whether the first of (score, of another place) is near, and clearly nearer than the rest."""
    score, elsewhere = found[0]
    rest = found[1][0] if len(found) > 1 else 0.0
    return not elsewhere and score >= _LIKELY and score - rest >= _AHEAD


def _compare(text: _Form, known: _Form, *, is_former: bool) -> Near:
    score, why = max(_ways(text, known))
    if is_former:
        score, why = score * 0.97, FORMER
    places = text.place and known.place
    elsewhere = bool(
        places and not text.place.endswith(known.place) and not known.place.endswith(text.place)
    )
    # Another place's body is another body, however alike its name is; one of no place, mostly.
    weight = 0.75 if elsewhere else 0.92 if text.place and not known.place else 1.0
    return Near(known.text, score * weight, why, elsewhere)


def _ways(text: _Form, known: _Form) -> Iterator[tuple[float, str]]:
    """(score, why) of each way to compare; the core of a name says more than its frame."""
    full = _ratio(text.text, known.text)
    yield 0.4 * full + 0.6 * _ratio(text.core, known.core), LOOK
    sounds = _ratio(text.sounds, known.sounds)
    # Weighs a little less than the look, so that it is the reason only where it is nearer.
    yield 0.97 * (0.4 * sounds + 0.6 * _ratio(text.core_sounds, known.core_sounds)), SOUND
    if sorted(text.text) == sorted(known.text):
        yield 0.95, LOOK
    if _abbreviates(text.core, known.core):
        yield 0.8 + 0.1 * full, SHORT
    shorter, longer = sorted((text.text, known.text), key=len)
    if len(shorter) >= 3 and shorter in longer:
        yield 0.55 + 0.2 * full, PART


def _abbreviates(short: str, full: str) -> bool:
    """人社 for 人力资源和社会保障: its signs in order, beginning with the first one."""
    if not 2 <= len(short) < len(full) or short[0] != full[0]:
        return False
    rest = iter(full)
    return all(sign in rest for sign in short)


def _readings(text: str) -> Iterator[tuple[_Form, bool]]:
    """The text, and what became of the body where it is called as in former days."""
    yield _form(text), False
    for old, new in _FORMERLY.items():
        if old in text and new not in text:
            yield _form(text.replace(old, new)), True
            return


def _form(text: str) -> _Form:
    found = _PLACE.match(text)
    place = found[0] if found else ""
    core = _ENDING.sub("", text[len(place) :]).translate(_AND)
    if len(core) < 2:
        core = text
    return _Form(text, place, core, _sounds(text), _sounds(core))


def _sounds(text: str) -> tuple[str, ...]:
    return tuple(_sound(sign) for sign in text)


@lru_cache(maxsize=10_000)
def _sound(sign: str) -> str:
    return pinyin.syllable(sign)


def _ratio(one: Sequence[str], other: Sequence[str]) -> float:
    if one == other:
        return 1.0
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
