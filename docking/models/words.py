"""What a probe finds wrong, and why a state turned, each in a word."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Word(models.TextChoices):
    """The first thing that was wrong."""

    TIMEOUT = "timeout", pgettext_lazy("probe", "no complete answer within 5 seconds")
    REFUSED = "refused", pgettext_lazy("probe", "connection refused")
    NO_ROUTE = "no_route", pgettext_lazy("probe", "host cannot be reached")
    NO_NAME = "no_name", pgettext_lazy("probe", "host name does not exist")
    CLOSED = "closed", pgettext_lazy("probe", "connection broken off")
    CERTIFICATE = "certificate", pgettext_lazy("probe", "certificate is not valid")
    TLS = "tls", pgettext_lazy("probe", "encryption failed")
    NOT_HTTP = "not_http", pgettext_lazy("probe", "answer is not HTTP")
    REDIRECT = "redirect", pgettext_lazy("probe", "redirects, which is not followed")
    STATUS = "status", pgettext_lazy("probe", "another status than expected")
    TOO_LONG = "too_long", pgettext_lazy("probe", "answer longer than 64 kB")
    NO_TEXT = "no_text", pgettext_lazy("probe", "expected text is missing")
    NOT_JSON = "not_json", pgettext_lazy("probe", "answer is not JSON")
    NO_FIELD = "no_field", pgettext_lazy("probe", "JSON field is missing")
    OTHER_VALUE = "other_value", pgettext_lazy("probe", "JSON field has another value")
    SLOW = "slow", pgettext_lazy("probe", "slower than its limit")
    # What says nothing about the other side.
    ADDRESS = "address", pgettext_lazy("probe", "name leads to an address that is not approved")
    NAMES = "names", pgettext_lazy("probe", "our name service does not answer")
    NETWORK = "network", pgettext_lazy("probe", "our own network is down")


# Why nothing is known any more: what people did.
FORBIDDEN, CHANGED = "forbidden", "changed"
_ACTS = {
    FORBIDDEN: _("the host was taken off the list"),
    CHANGED: _("the endpoint was changed"),
}


def label_of(word: str) -> str:
    """What people read for a word; itself where it is none of ours."""
    return str(Word(word).label if word in Word.values else _ACTS.get(word, word))
