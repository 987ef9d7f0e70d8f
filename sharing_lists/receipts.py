"""Signed receipts: whose they are, whether they are fresh and whole, and what they report."""

from __future__ import annotations

import datetime as dt
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Department
from jobs.queue import enqueue
from obligations.channels import sealing
from obligations.today import date_of
from sharing_lists import deliveries, matching, promises, push_keys
from sharing_lists.deliveries import Arrival
from sharing_lists.models import Delivery, PushKey, ReceiptRefusal
from sharing_lists.promises import Terms

MOST_BYTES = 16 * 2**10
# The clock of a sender may be so far off.
TOLERANCE_SECONDS = 300
# What receipts move is written together, so many seconds' worth at a time.
SETTLE_JOB = "sharing_lists.settle_receipts"
SETTLE_SECONDS = 15
SCHEME = "QD-HMAC-SHA256"
# Quicker to run than to compose: it stands before every receipt.
_KEY = f"SELECT * FROM {PushKey._meta.db_table} WHERE code = %s"
_NONCE = range(8, 65)
_asked = 0


class ReceiptRefused(Exception):
    """A receipt of which nothing is kept: `reason` is counted, the sentence is answered."""

    def __init__(self, reason: str, status: int, sentence: str, *, key_code: str = "") -> None:
        super().__init__(sentence)
        self.reason, self.status, self.sentence = reason, status, str(sentence)
        self.key_code = key_code


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands in the header beside the receipt."""

    key: str
    timestamp: str
    nonce: str
    signature: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a receipt; `is_new` is False where the same was there already."""

    ids: list[int]
    outcome: str
    is_new: bool


def signature_of(header: str) -> Signature:
    """`QD-HMAC-SHA256 key=…, timestamp=…, nonce=…, signature=…` taken apart."""
    scheme, _space, rest = header.strip().partition(" ")
    if scheme.upper() != SCHEME:
        raise ReceiptRefused(
            "unsigned", 401, _("The receipt is not signed: send the header Authorization.")
        )
    named = (part.strip().partition("=")[::2] for part in rest.split(","))
    parts = {name: value.strip('"') for name, value in named}
    try:
        found = Signature(*(parts[name] for name in Signature.__slots__))
    except KeyError as missing:
        raise ReceiptRefused(
            "unsigned",
            401,
            _("The signature is not complete: “%(part)s” is missing.") % {"part": missing.args[0]},
        ) from missing
    if len(found.nonce) not in _NONCE or not found.nonce.isascii():
        raise ReceiptRefused("unsigned", 401, _("A nonce has 8 to 64 characters."))
    return found


def verified(said: Signature, body: bytes, *, at: dt.datetime) -> PushKey:
    """The key that signed the body just now; raises ReceiptRefused."""
    key = next(iter(PushKey.objects.raw(_KEY, [said.key[:40]])), None)
    if key is None or not key.is_standing(at):
        raise ReceiptRefused(
            "unknown_key", 401, _("The key is unknown, replaced or revoked: use the present one.")
        )
    try:
        secret = push_keys.secret_of(key)
    except sealing.Unreadable as error:
        raise ReceiptRefused(
            "unknown_key", 401, _("The key can no longer be read: make a new one.")
        ) from error
    expected = sign(secret, timestamp=said.timestamp, nonce=said.nonce, body=body)
    if not hmac.compare_digest(expected.encode(), said.signature.lower().encode()):
        raise ReceiptRefused(
            "bad_signature",
            401,
            _("The signature does not fit: check the secret, and sign the body as it is sent."),
            key_code=key.code,
        )
    _require_fresh(said, key, at=at)
    return key


def sign(secret: bytes, *, timestamp: str, nonce: str, body: bytes) -> str:
    """HMAC-SHA256 over time, nonce and body, each on a line of its own, in hexadecimal digits."""
    message = f"{timestamp}\n{nonce}\n".encode() + body
    return hmac.new(secret, message, "sha256").hexdigest()


def take(
    said: Mapping[str, Any], *, key: PushKey, nonce: str, body: bytes, at: dt.datetime
) -> Taken:
    """Keep a receipt that is signed and well-formed, for what the key's department owes."""
    on = date_of(at)
    _require_past(said, key, on=on, at=at)
    terms = matching.of_department(said["resource"], key.department_id)
    if not terms:
        raise ReceiptRefused(
            "unknown_resource",
            422,
            _("%(department)s owes no resource with the code or title “%(resource)s”.")
            % {"department": key.department.name, "resource": said["resource"][:100]},
            key_code=key.code,
        )
    content = json.dumps(said, sort_keys=True, default=str, ensure_ascii=False)
    arrival = Arrival(
        source=Delivery.Source.RECEIPT,
        arrived_at=at,
        fingerprint=deliveries.fingerprint(key.department_id, content),
        covers_from=said["period_from"],
        covers_to=said["period_to"],
        rows=said.get("rows"),
        newest_data_at=said.get("newest_data_at"),
        calls=said.get("calls"),
        failures=said.get("failures"),
        fields=tuple(said["fields"]) if "fields" in said else None,
        sha256=said.get("sha256", ""),
        raw=body.decode(),
        key=key,
        nonce=nonce,
    )
    return _kept(terms, arrival)


def count(refused: ReceiptRefused, *, at: dt.datetime) -> None:
    """One more refusal of the day; nothing of the receipt is kept."""
    day = date_of(at)
    with transaction.atomic():
        row, _made = ReceiptRefusal.objects.get_or_create(
            day=day, reason=refused.reason, key_code=refused.key_code
        )
        ReceiptRefusal.objects.filter(pk=row.pk).update(count=F("count") + 1, last_at=at)


def refused_of(department: Department, *, since: dt.date) -> list[ReceiptRefusal]:
    """Refusals under the keys of a department, newest first."""
    codes = PushKey.objects.filter(department=department).values("code")
    found = ReceiptRefusal.objects.filter(key_code__in=codes, day__gte=since)
    return list(found.order_by("-day", "-count"))


def _kept(terms: Mapping[int, Terms], arrival: Arrival) -> Taken:
    try:
        with transaction.atomic():
            made = deliveries.keep(arrival, terms)
            _have_settled(arrival.arrived_at)
        return Taken([one.pk for one in made], made[0].outcome, is_new=True)
    except IntegrityError:
        there = _there(terms, arrival)
        if not there:
            raise
        return Taken([one.pk for one in there], there[0].outcome, is_new=False)


def _there(terms: Mapping[int, Terms], arrival: Arrival) -> list[Delivery]:
    """The same receipt, as it was kept; raises ReceiptRefused where its nonce was used."""
    if Delivery.objects.filter(key=arrival.key, nonce=arrival.nonce).exists():
        raise _replayed(arrival)
    same = Delivery.objects.filter(source=arrival.source, fingerprint=arrival.fingerprint)
    return list(same.filter(obligation__in=list(terms)).order_by("pk"))


def _have_settled(at: dt.datetime) -> None:
    """One job for all receipts of some seconds, after these; this process asks for it once."""
    global _asked
    span = int(at.timestamp()) // SETTLE_SECONDS
    if _asked == span:
        return
    wait = (span + 1) * SETTLE_SECONDS - at.timestamp() + 1
    enqueue(SETTLE_JOB, key=f"receipts {span}", delay_seconds=wait)
    transaction.on_commit(partial(_remember, span))


def _remember(span: int) -> None:
    global _asked
    _asked = span


def _replayed(arrival: Arrival) -> ReceiptRefused:
    return ReceiptRefused(
        "replayed",
        409,
        _("This signature was used already: sign each request with a nonce of its own."),
        key_code=arrival.key.code if arrival.key else "",
    )


def _require_fresh(said: Signature, key: PushKey, *, at: dt.datetime) -> None:
    written = said.timestamp
    if not (written.isascii() and written.isdecimal() and len(written) <= 12):
        raise ReceiptRefused(
            "unsigned", 401, _("The timestamp is the Unix time in seconds."), key_code=key.code
        )
    late = at.timestamp() - int(written)
    if abs(late) <= TOLERANCE_SECONDS:
        return
    facts = {"minutes": TOLERANCE_SECONDS // 60}
    if late > 0:
        sentence = _("The signature is older than %(minutes)s minutes: sign anew, check the clock.")
        raise ReceiptRefused("expired", 401, sentence % facts, key_code=key.code)
    sentence = _("The signature is more than %(minutes)s minutes in the future: check the clock.")
    raise ReceiptRefused("future", 401, sentence % facts, key_code=key.code)


def _require_past(said: Mapping[str, Any], key: PushKey, *, on: dt.date, at: dt.datetime) -> None:
    newest = said.get("newest_data_at")
    ahead = newest is not None and newest > at + dt.timedelta(seconds=TOLERANCE_SECONDS)
    far = said["period_to"] > on + dt.timedelta(days=promises.MOST_AHEAD_DAYS)
    if said["period_from"] > on or far or ahead:
        raise ReceiptRefused(
            "not_yet",
            422,
            _("The receipt speaks of a time that has not come yet: check its period."),
            key_code=key.code,
        )
