"""Where this installation may post, which robots there are, and what did not arrive."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from jobs import queue
from obligations.channels import posting, sealing
from obligations.channels.message import Message, TryLater, Undeliverable
from obligations.models import Delivery, ReminderDay, WebhookHost, WebhookTarget
from obligations.reminding import sending
from obligations.reminding.choices import require_version

# Printable ASCII: nothing that could end a header, or that two readers read differently.
_URL = re.compile(r"https?://[!-~]{1,900}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:]{2,45}")


@dataclass(frozen=True)
class Keys:
    """The address with its key, and the secret; both are sealed and never shown again."""

    url: str
    secret: str = ""


def allow_host(host: str, port: int, *, by: User, note: str = "") -> WebhookHost:
    """Posts may go to this host and port from now on."""
    permissions.require(by, "manage_robots")
    name = host.strip().lower()
    if not _HOST.fullmatch(name) or not 1 <= port <= 65535:
        raise RuleViolation(
            _(
                "Write the host as it stands in the address, for example qyapi.weixin.qq.com, and "
                "a port from 1 to 65535."
            )
        )
    try:
        with transaction.atomic():
            row = WebhookHost.objects.create(host=name, port=port, note=note, added_by=by)
            audit.record(row, verb="allow_host", by=by, detail={"host": str(row)})
    except IntegrityError as twin:
        raise RuleViolation(_("This host is allowed already.")) from twin
    return row


def forbid_host(row: WebhookHost, *, by: User) -> None:
    """Nothing is posted there any more; robots that live there stay and fail."""
    permissions.require(by, "manage_robots")
    with transaction.atomic():
        audit.record(row, verb="forbid_host", by=by, detail={"host": str(row)})
        row.delete()


def add(name: str, *, kind: str, keys: Keys, by: User) -> WebhookTarget:
    """A robot at an allowed host."""
    permissions.require(by, "manage_robots")
    title = name.strip()
    if not title:
        raise RuleViolation(_("Give the robot a name that people know it by."))
    row = WebhookTarget(name=title, kind=kind, **_sealed(keys, kind=kind))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            said = {"name": row.name, "kind": kind, "address": row.address}
            audit.record(row, verb="add_robot", by=by, detail=said)
    except IntegrityError as twin:
        raise RuleViolation(_("There is a robot with this name already.")) from twin
    return row


def change(
    target: WebhookTarget, *, in_use: bool, keys: Keys | None, by: User, version: int
) -> None:
    """Switch a robot on or off; `keys` replaces address and secret."""
    permissions.require(by, "manage_robots")
    with transaction.atomic():
        row = WebhookTarget.objects.select_for_update().get(pk=target.pk)
        require_version(row, version)
        said = {"in_use": [row.in_use, in_use], "new_keys": keys is not None}
        row.in_use, row.version = in_use, row.version + 1
        if keys is not None:
            for field, value in _sealed(keys, kind=row.kind).items():
                setattr(row, field, value)
        row.save()
        audit.record(row, verb="change_robot", by=by, detail=said)


def try_out(target: WebhookTarget, *, by: User, on: dt.date, version: int) -> str:
    """Post a message that says it is a test; why it was not taken, "" where it was.

    Nothing is locked meanwhile: the other side may take its seconds.
    """
    permissions.require(by, "manage_robots")
    row = WebhookTarget.objects.get(pk=target.pk)
    require_version(row, version)
    if not sending.may_post(row):
        raise RuleViolation(_("This robot takes a message every few seconds: try again shortly."))
    try:
        sending.post_to(row, _test_message(by=by, on=on))
        failure = ""
    except (TryLater, Undeliverable) as problem:
        failure = str(problem)
    audit.record(row, verb="test_robot", by=by, detail={"name": row.name, "failure": failure})
    return failure


def _test_message(*, by: User, on: dt.date) -> Message:
    subject = _("Qingdan: a test message, nothing to do")
    return Message(
        name=f"test-{secrets.token_hex(8)}",
        username=by.username,
        person=by.display_name,
        day=on,
        subject=subject,
        text=subject,
        counts=(),
        url="",
    )


def retry(delivery: Delivery, *, by: User) -> None:
    """Let what was not delivered start over, as long as no newer reminder stands for it."""
    permissions.require(by, "manage_robots")
    if ReminderDay.objects.filter(day__gt=delivery.digest.day).exists():
        raise RuleViolation(_("Newer reminders stand for this one: it is not sent any more."))
    with transaction.atomic():
        failed = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.FAILED)
        if not failed.update(state=Delivery.State.QUEUED, attempts=0, lease_until=None):
            raise RuleViolation(_("Only what was not delivered can be sent again."))
        audit.record(delivery, verb="retry_delivery", by=by)
        queue.enqueue("obligations.send_reminders", key=f"retry {delivery.pk}")


def _sealed(keys: Keys, *, kind: str) -> dict[str, str]:
    """The fields that hold an address: what is shown, and what is sealed."""
    url = keys.url.strip()
    try:
        if not _URL.fullmatch(url):
            raise ValueError(url)
        place = posting.place_of(url)
    except ValueError as error:
        raise RuleViolation(
            _(
                "This is not an address to post to: it starts with http:// or https:// and has no "
                "spaces, user name or “#”."
            )
        ) from error
    if not WebhookHost.objects.filter(host=place[0], port=place[1]).exists():
        raise RuleViolation(
            _("Posts to %(host)s are not allowed yet: add the host and its port to the list first.")
            % {"host": f"{place[0]}:{place[1]}"}
        )
    if kind == WebhookTarget.Kind.PLAIN and len(keys.secret) < 16:
        raise RuleViolation(_("The secret that signs posts needs at least 16 characters."))
    parts = urlsplit(url)
    shown = parts._replace(query="", fragment="").geturl()
    if len(shown) > 500:
        raise RuleViolation(_("This address is too long."))
    return {
        "address": shown,
        "sealed": sealing.seal({"query": parts.query, "secret": keys.secret}),
    }
