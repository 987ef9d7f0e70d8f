"""A digest in words: its subject, its headings, and the text of a mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from obligations.channels.message import Count, Message
from obligations.models import Delivery, Digest
from obligations.reminding.sources import by_name


def label_of(source: str) -> str:
    """What the heading is called; one that is no longer asked keeps its name."""
    known = by_name().get(source)
    return str(known.label) if known else source


def heading_of(line: Mapping[str, Any]) -> str:
    """A heading of a digest: with its last day where it has one, and with the people for whom the
    reader stands in where it is theirs."""
    label, people = label_of(line["source"]), line.get("for_people")
    if line.get("until"):
        label = _("%(label)s (until %(day)s)") % {"label": label, "day": line["until"]}
    if not people:
        return label
    return _("%(label)s (for %(people)s)") % {"label": label, "people": _(", ").join(people)}


def address_of(digest: Digest, line: Mapping[str, Any]) -> str:
    """Where exactly these rows stand: by the digest itself, or the live filter for very many."""
    known = by_name().get(line["source"])
    if known is not None and known.page:
        page = reverse(known.page)
        return f"{page}?{known.query}" if known.query else page
    rows = reverse("obligations:list")
    if known is not None and line["count"] > len(line["ids"]):
        return f"{rows}?{known.query}"
    return f"{rows}?{urlencode({'reminded': '{}.{}'.format(digest.pk, line['source'])})}"


def stands_in(said: Mapping[str, str]) -> str:
    """That the digest holds what an absent person would have got."""
    sentence = _("You stand in for %(person)s until %(until)s: what waits for them stands here.")
    return sentence % said


def counts_of(digest: Digest) -> tuple[Count, ...]:
    return tuple(
        Count(line["source"], heading_of(line), line["count"], line["late"])
        for line in digest.lines
    )


def subject_of(digest: Digest) -> str:
    """For example 【清单提醒】2026-11-25：逾期 3，临期 2"""
    told = _(", ").join(f"{one.label} {one.count}" for one in counts_of(digest))
    return _("[Qingdan reminder] %(day)s: %(told)s") % {"day": digest.day, "told": told}


def message_of(delivery: Delivery) -> Message:
    """What is sent; the page in the application is the full account."""
    digest = delivery.digest
    return Message(
        name=delivery.name,
        username=digest.user.username,
        person=digest.user.display_name,
        day=digest.day,
        subject=subject_of(digest),
        text=_text(digest),
        counts=counts_of(digest),
        url=_absolute(reverse("obligations:reminders")),
    )


def _text(digest: Digest) -> str:
    said = {"person": digest.user.display_name, "day": digest.day}
    parts = [_("%(person)s, this waits for you at the start of %(day)s:") % said]
    if digest.missed_since:
        sentence = _("The reminders since %(day)s could not be made; this one stands for them.")
        parts.append(sentence % {"day": digest.missed_since})
    parts += [stands_in(one) for one in digest.standing_in]
    parts += [_section(digest, line) for line in digest.lines]
    parts.append(_footer())
    return "\n\n".join(parts) + "\n"


def _section(digest: Digest, line: Mapping[str, Any]) -> str:
    heading = f"■ {heading_of(line)} {line['count']}"
    if line["late"]:
        heading += _(" (past their day: %(count)s)") % {"count": line["late"]}
    lines = [heading]
    if settings.MAIL_TITLES:
        said = (f"  - {row['title']}  {row['department']}  {row['due_on']}" for row in line["rows"])
        lines += [text.rstrip() for text in said]
    link = _absolute(address_of(digest, line))
    return "\n".join([*lines, f"  {link}"] if link else lines)


def _footer() -> str:
    stop = _("To change how you are reminded, open “Reminder settings” in the menu of your name.")
    return f"--\n{stop}"


def _absolute(path: str) -> str:
    """Empty where the installation does not know its own address."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}" if settings.PUBLIC_URL else ""
