"""What the frame of a page and the desk show of reminders and urging notes."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from accounts.models import User
from accounts.permissions import may
from obligations.models import Digest, UrgingNote
from obligations.reminding import wording

register = template.Library()
NOTES_SHOWN = 10


@register.simple_tag(takes_context=True)
def unread_reminders(context: Context) -> int | None:
    """How many of the reader's reminders are unread; None for whoever is never reminded."""
    user = context.get("user")
    if not isinstance(user, User) or not may(user, "be_reminded"):
        return None
    return Digest.objects.visible_to(user).unread().count()


@register.simple_tag(takes_context=True)
def urging_notes_to_receive(context: Context) -> list[UrgingNote]:
    """Notes to the reader's department that nobody there has signed for."""
    user = context.get("user")
    if not isinstance(user, User) or not may(user, "receive_urging"):
        return []
    notes = UrgingNote.objects.visible_to(user).not_received().select_related("sent_by__department")
    return list(notes.order_by("answer_by", "pk")[:NOTES_SHOWN])


@register.filter
def heading(line: dict[str, Any]) -> str:
    """What one line of a reminder is about."""
    return wording.heading_of(line)


@register.filter
def stands_in(said: dict[str, str]) -> str:
    """For whom the reader stood in on the day."""
    return wording.stands_in(said)


@register.simple_tag
def where(digest: Digest, line: dict[str, Any]) -> str:
    """The address at which exactly the rows of a line stand."""
    return wording.address_of(digest, line)
