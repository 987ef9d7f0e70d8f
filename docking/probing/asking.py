"""All questions of a round, ten at once, each machine once a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from docking.probing.pacing import Line, Place
from docking.probing.questions import Limits, Question, Seen
from docking.probing.talking import Resolve, Talker, look_up

# So many hosts, all without any answer, are less likely than one broken line of our own.
_SILENT_HOSTS = 3
_SILENCE = frozenset({"timeout", "no_route"})
# A turn may come sooner than it looked, when a name was found meanwhile.
_LONGEST_PAUSE = 0.1
_GENTLE = Limits()
Answers = list[tuple[Question, Seen]]


@dataclass
class _Round:
    line: Line
    talker: Talker
    limits: Limits
    found: Answers = field(default_factory=list)
    tell: Callable[[int], None] = lambda done: None


def ask_all(
    questions: Sequence[Question],
    *,
    resolve: Resolve = look_up,
    tell: Callable[[int], None] = lambda done: None,
    limits: Limits = _GENTLE,
) -> Answers:
    """Question and finding of all that could be asked in time; `tell` hears how many so far."""
    if not questions:
        return []
    return blame(asyncio.run(_ask_all(questions, resolve=resolve, tell=tell, limits=limits)))


async def _ask_all(
    questions: Sequence[Question],
    *,
    resolve: Resolve,
    tell: Callable[[int], None],
    limits: Limits,
) -> Answers:
    loop = asyncio.get_running_loop()
    over_at = loop.time() + limits.whole
    line = Line(questions, now=loop.time(), spacing=limits.spacing)
    async with Talker(resolve=resolve) as talker:
        held = _Round(line, talker, limits, tell=tell)
        await asyncio.gather(*(_work(held, over_at=over_at) for _number in range(limits.at_once)))
    return held.found


async def _work(held: _Round, *, over_at: float) -> None:
    loop = asyncio.get_running_loop()
    while not held.line.is_over and loop.time() < over_at:
        place = held.line.take(now=loop.time())
        if place is None:
            await asyncio.sleep(min(held.line.pause(now=loop.time()), _LONGEST_PAUSE))
            continue
        await _turn(held, place)
        held.tell(len(held.found))


async def _turn(held: _Round, place: Place) -> None:
    """Ask the place's next question, or answer them all where it has no address to be asked at."""
    loop = asyncio.get_running_loop()
    until = loop.time() + held.limits.deadline
    address = await held.talker.pin(held.line.first(place), until=until)
    if isinstance(address, Seen):
        held.found.extend((question, address) for question in held.line.drop(place))
        return
    question = held.line.next(place, address, now=loop.time())
    if question is not None:
        held.found.append((question, await held.talker.ask(question, until=until)))


def blame(found: Answers) -> Answers:
    """Where nobody at all answered, it is our own network that is down: nothing can be told."""
    told = [(question.host, seen) for question, seen in found if seen.outcome != "unclear"]
    hosts = {host for host, _seen in told}
    if len(hosts) < _SILENT_HOSTS or any(seen.error not in _SILENCE for _host, seen in told):
        return found
    unclear = Seen("unclear", "network")
    return [(one, unclear if seen.outcome == "down" else seen) for one, seen in found]
