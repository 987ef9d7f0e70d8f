"""Makes the digests of one day: everybody's content in a few queries, written in one go."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Max
from django.utils import timezone

from accounts import handovers
from accounts.models import Handover, User
from obligations import calendars
from obligations.chunks import CHUNK
from obligations.models import Delivery, Digest, ReminderChoice, ReminderDay
from obligations.reminding import people
from obligations.reminding.naming import Names
from obligations.reminding.people import Found
from obligations.reminding.source import Source
from obligations.reminding.sources import by_name

# A digest names so many rows of each heading by their titles.
TITLES = 5
# So long a digest is kept.
KEPT_DAYS = 180


@dataclass
class Content:
    """What will be written for one day; nothing is written while it is gathered."""

    day: dt.date
    missed_since: dt.date | None
    # Whether the day is a working day for anybody.
    is_working_day: bool
    lines: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    # By deputy, for whom they stand in.
    standing_in: dict[int, list[dict[str, str]]] = field(default_factory=dict)


def is_made(day: dt.date) -> bool:
    return ReminderDay.objects.filter(day=day).exists()


def gather(day: dt.date) -> Content:
    """Each person's lines, by user key; people for whom nothing waits have none."""
    present = people.at_work(day)
    content = Content(day, _missed_since(day), is_working_day=bool(present.users))
    asked = [(source, source.find(present, day)) for source in by_name().values()]
    named = _named(asked)
    written: dict[int, dict[str, Any]] = {}
    for source, told in asked:
        for user_pk, found in told.items():
            # People of a department share what was found, and so the line that says it.
            line = written.get(id(found))
            if line is None:
                known = named[source.naming]
                rows = [known[pk] for pk in found.ids[:TITLES] if pk in known]
                line = written[id(found)] = _line(source.name, found, rows)
            content.lines.setdefault(user_pk, []).append(line)
    for handover in handovers.deputies(on=day).values():
        _pass_on(content, handover)
    return content


def write(content: Content) -> int:
    """Store digests and what is to be sent, in the caller's transaction; how many digests.

    A day is made once: who comes second writes nothing. What is still on its way from an earlier
    day is overtaken, so that nobody gets two at once.
    """
    day, is_new = ReminderDay.objects.get_or_create(day=content.day)
    if not is_new:
        return 0
    # What somebody holds at this moment, its holder looks after.
    Delivery.objects.filter(state=Delivery.State.QUEUED, digest__day__lt=content.day).update(
        state=Delivery.State.OVERTAKEN, lease_until=None
    )
    digests = Digest.objects.bulk_create(
        (_digest(user_pk, lines, content) for user_pk, lines in content.lines.items()),
        batch_size=CHUNK,
    )
    Delivery.objects.bulk_create(_deliveries(digests), batch_size=CHUNK)
    ReminderDay.objects.filter(pk=day.pk).update(
        missed_since=content.missed_since, digest_count=len(digests)
    )
    return len(digests)


def forget(*, on: dt.date) -> None:
    """Let go of digests that nobody looks at any more; the days themselves stay on record."""
    before = on - dt.timedelta(days=KEPT_DAYS)
    Delivery.objects.filter(digest__day__lt=before).delete()
    Digest.objects.filter(day__lt=before).delete()


def read(digest: Digest) -> None:
    """Mark as read; the first time counts."""
    Digest.objects.filter(pk=digest.pk, read_at=None).update(read_at=timezone.now())


def read_all(user: User) -> int:
    return Digest.objects.visible_to(user).unread().update(read_at=timezone.now())


def _digest(user_pk: int, lines: Sequence[Mapping[str, Any]], content: Content) -> Digest:
    return Digest(
        user_id=user_pk,
        day=content.day,
        lines=lines,
        item_count=sum(line["count"] for line in lines),
        missed_since=content.missed_since,
        standing_in=content.standing_in.get(user_pk, []),
    )


def _pass_on(content: Content, handover: Handover) -> None:
    """What an absent person would get goes to the deputy; what both would get is told once."""
    theirs = content.lines.pop(handover.person_id, [])
    if not theirs:
        return
    own = content.lines.setdefault(handover.deputy_id, [])
    known = {line["source"]: line for line in own}
    name = handover.person.display_name
    for line in theirs:
        mine = known.get(line["source"])
        if mine is None:
            own.append({**line, "for_people": [name]})
        elif mine.get("for_people"):
            mine["for_people"].append(name)
    order = list(by_name())
    own.sort(key=lambda line: order.index(line["source"]))
    said = {"person": name, "until": handover.ends_on.isoformat()}
    content.standing_in.setdefault(handover.deputy_id, []).append(said)


def _deliveries(digests: Sequence[Digest]) -> Iterable[Delivery]:
    """To the mailbox and the robots that each person chose, and may still use."""
    mailboxes = dict(
        ReminderChoice.objects.filter(by_mail=True).values_list("user_id", "mail_address")
    )
    robots = defaultdict(list)
    usable = ReminderChoice.objects.filter(
        targets__in_use=True, targets__departments=F("user__department")
    )
    for user_pk, target_pk in usable.values_list("user_id", "targets").order_by("targets"):
        robots[user_pk].append(target_pk)
    for digest in digests:
        if digest.user_id in mailboxes:
            yield _delivery(digest, "mail", address=mailboxes[digest.user_id])
        for target_pk in robots[digest.user_id]:
            yield _delivery(digest, "webhook", target_id=target_pk)


def _delivery(digest: Digest, channel: str, **place: Any) -> Delivery:
    return Delivery(digest=digest, channel=channel, name=secrets.token_hex(16), **place)


def _line(source: str, found: Found, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "source": source,
        "count": found.count,
        "late": found.late,
        "until": found.until.isoformat() if found.until else None,
        "ids": found.ids,
        "rows": list(rows),
    }


def _named(
    asked: Iterable[tuple[Source, Mapping[int, Found]]],
) -> dict[Names, Mapping[int, dict[str, Any]]]:
    """What is said of the first rows of everybody, each way of naming them asked once."""
    wanted: dict[Names, set[int]] = defaultdict(set)
    for source, told in asked:
        for found in told.values():
            wanted[source.naming].update(found.ids[:TITLES])
    return {names: names(sorted(keys)) for names, keys in wanted.items()}


def _missed_since(day: dt.date) -> dt.date | None:
    """The first working day since the last reminders on which there were none."""
    before = ReminderDay.objects.filter(day__lt=day).aggregate(last=Max("day"))["last"]
    if before is None:
        return None
    following = calendars.current().add(before, 1)
    return following if following < day else None
