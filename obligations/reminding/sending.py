"""Sends what waits. One holder each: a claim by a conditional UPDATE, fenced by its token.

Sending and recording are two acts, so there is a window between them: whoever dies in it leaves
the delivery in hand, the next holder sends it again under the same name, and `unsure_count` says
so. At least once, and exactly once wherever `unsure_count` is 0.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db.models import Case, F, When
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from jobs.models import database_time
from obligations.channels import posting, sealing
from obligations.channels.mail import Mailer
from obligations.channels.message import Message, TryLater, Undeliverable
from obligations.channels.robots import ROBOTS
from obligations.models import Delivery, ReminderDay, WebhookHost, WebhookTarget
from obligations.models.reminders import DeliveryQuerySet
from obligations.reminding import wording

log = structlog.get_logger(__name__)

# Seconds until the second, third… try; after the last one it has failed.
PAUSES = (60, 300, 900, 3600, 7200)
_AT_ONCE = 50
# Short waits are waited out; for longer ones a job of its own comes back.
_WAITED_OUT = 5.0
_WAITED_OUT_IN_ALL = 120.0
_State = Delivery.State


@dataclass
class Sent:
    """What one round did; `again_in` is when something waits to be tried next, in seconds."""

    sent: int = 0
    failed: int = 0
    later: int = 0
    again_in: float | None = None


def send_due(*, progress: Callable[[int, int], None] = lambda done, total: None) -> Sent:
    """Send everything that is due, until nothing is left but what has to wait."""
    told, patience = Sent(), _WAITED_OUT_IN_ALL
    with Mailer() as mailer, translation.override(settings.LANGUAGE_CODE):
        while True:
            for delivery in claims():
                _attempt(delivery, mailer, told)
                progress(told.sent, told.sent + Delivery.objects.waiting().count())
            told.again_in = _next_in()
            if told.again_in is None or min(_WAITED_OUT, patience) < told.again_in:
                return told
            patience -= max(told.again_in, 0.1)
            time.sleep(max(told.again_in, 0.1))


def claims() -> Iterator[Delivery]:
    """Claim one after the other, as long as there are any to be had."""
    while True:
        keys = list(Delivery.objects.due().order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
        if not keys:
            return
        for key in keys:
            held = claim(key)
            if held is not None:
                yield held


def claim(key: int) -> Delivery | None:
    """Take a delivery that is due: the row with our token in it, or None when it is not ours."""
    token = secrets.token_hex(16)
    taken = (
        Delivery.objects.due()
        .filter(pk=key)
        .update(
            state=_State.SENDING,
            token=token,
            attempts=F("attempts") + 1,
            # In hand already: its holder vanished, and nobody knows whether it arrived.
            unsure_count=F("unsure_count") + Case(When(state=_State.SENDING, then=1), default=0),
            lease_until=database_time(plus_seconds=settings.DELIVERY_LEASE_SECONDS),
            tried_at=Now(),
        )
    )
    if not taken:
        return None
    found = Delivery.objects.select_related("digest__user", "target")
    return found.filter(pk=key, token=token).first()


def _attempt(delivery: Delivery, mailer: Mailer, told: Sent) -> None:
    if ReminderDay.objects.filter(day__gt=delivery.digest.day).exists():
        # Today's stands for it: nobody gets two at once.
        _end(delivery, state=_State.OVERTAKEN)
        return
    try:
        if delivery.target is not None and not may_post(delivery.target):
            _put_off(delivery, delivery.target)
            return
        _send(delivery, mailer)
    except Undeliverable as problem:
        told.failed += _end(delivery, state=_State.FAILED, error=str(problem)[:300])
    except TryLater as problem:
        _come_back(delivery, problem, told)
    else:
        told.sent += _end(delivery, state=_State.SENT, sent_at=Now(), error="")


def _send(delivery: Delivery, mailer: Mailer) -> None:
    if not delivery.digest.user.is_active:
        raise Undeliverable(_("The account is closed."))
    message = wording.message_of(delivery)
    if delivery.target is None:
        mailer.send(message, to=delivery.address)
        return
    if not delivery.target.in_use:
        raise Undeliverable(_("The system administrator has switched this robot off."))
    post_to(delivery.target, message)


def post_to(target: WebhookTarget, message: Message) -> None:
    """Post it now; TryLater or Undeliverable say why it was not taken."""
    try:
        keys = sealing.unseal(target.sealed)
    except sealing.Unreadable as error:
        raise Undeliverable(
            _("The robot's key can no longer be read: the system administrator enters it anew.")
        ) from error
    robot = ROBOTS[target.kind]
    post = robot.write(message, keys["secret"], timezone.now())
    query = "&".join(part for part in (keys["query"], post.query) if part)
    url = f"{target.address}?{query}" if query else target.address
    allowed = set(WebhookHost.objects.values_list("host", "port"))
    robot.read(posting.post(url, post.body, headers=post.headers, allowed=allowed))


def may_post(target: WebhookTarget) -> bool:
    """Whether the robot takes a message now; if so, the next one has to wait its pause."""
    pause = ROBOTS[target.kind].pause_seconds
    if not pause:
        return True
    ready = WebhookTarget.objects.filter(pk=target.pk).exclude(ready_at__gt=database_time())
    return bool(ready.update(ready_at=database_time(plus_seconds=pause)))


def _put_off(delivery: Delivery, target: WebhookTarget) -> None:
    """Not tried: it waits until the robot takes messages again."""
    pause = ROBOTS[target.kind].pause_seconds
    _held(delivery).update(
        state=_State.QUEUED,
        token="",
        attempts=F("attempts") - 1,
        lease_until=database_time(plus_seconds=pause),
    )


def _come_back(delivery: Delivery, problem: TryLater, told: Sent) -> None:
    unsure = F("unsure_count") + int(problem.unsure)
    if delivery.attempts > len(PAUSES):
        ended = {"state": _State.FAILED, "error": str(problem)[:300]}
        told.failed += _end(delivery, unsure_count=unsure, **ended)
        return
    told.later += _held(delivery).update(
        state=_State.QUEUED,
        token="",
        unsure_count=unsure,
        error=str(problem)[:300],
        lease_until=database_time(plus_seconds=PAUSES[delivery.attempts - 1]),
    )


def _end(delivery: Delivery, **facts: object) -> int:
    ended = _held(delivery).update(token="", lease_until=None, **facts)
    if not ended:
        log.warning("delivery_taken_over", delivery=delivery.pk)
    return ended


def _held(delivery: Delivery) -> DeliveryQuerySet:
    return Delivery.objects.filter(pk=delivery.pk, token=delivery.token, state=_State.SENDING)


def _next_in() -> float | None:
    """Seconds by the database's clock until something may be tried again; None: nothing waits."""
    soonest = Delivery.objects.waiting().order_by(F("lease_until").asc(nulls_first=True))
    found = soonest.values_list("lease_until", Now()).first()
    if found is None:
        return None
    at, now = found
    return 0.0 if at is None else max(0.0, (at - now).total_seconds())
