"""Why receipts are refused, in the words of the page that counts them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: Mapping[str, Promise] = {
    "unsigned": _("not signed, or not completely"),
    "unknown_key": _("unknown, replaced or revoked key"),
    "bad_signature": _("the signature does not fit"),
    "expired": _("signed too long ago"),
    "future": _("signed in the future"),
    "replayed": _("sent a second time"),
    "too_large": _("too large"),
    "malformed": _("not understood"),
    "not_yet": _("of a time that has not come"),
    "unknown_resource": _("a resource that the department does not owe"),
}
