"""The version that a form carries: what its writer saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.errors import StaleVersion, VersionMissing
from accounts.models import AuditEntry, User


class Versioned(Protocol):
    """A row that counts what people do with it."""

    pk: Any
    version: int
    _meta: Any


def require_version_field(data: QueryDict) -> int:
    """The form's `version`; VersionMissing (428) when there is none that can be read."""
    written = data.get("version", "")
    if not written.isascii() or not written.isdecimal() or len(written) > 9:
        raise VersionMissing(
            _("The request did not say which version it was based on: reload the page.")
        )
    return int(written)


def require_same(stored: int, seen: int) -> None:
    """StaleVersion when the writer saw an older one."""
    if stored != seen:
        raise StaleVersion(
            _("It was changed meanwhile: look at the present state first."),
            facts={"version": stored, "seen": seen},
        )


def require_present(
    row: Versioned, seen: int | None, *, words: Mapping[str, str | Promise]
) -> None:
    """StaleVersion, saying who changed what, when the writer saw an older version of the row.

    `words` calls verbs of the audit trail by their names; None was seen by who holds the lock.
    """
    if seen is None or seen == row.version:
        return
    last = AuditEntry.objects.of(row._meta.label_lower, row.pk).last()
    facts: dict[str, Any] = {"version": row.version, "seen": seen}
    if last is None:
        raise StaleVersion(
            _("It was changed meanwhile: look at the present state first."), facts=facts
        )
    facts |= {"changed_by": last.username, "verb": last.verb, "at": last.at.isoformat()}
    raise StaleVersion(
        _("%(who)s changed this meanwhile: “%(verb)s”, %(at)s. Look at the present state first.")
        % {
            "who": _shown_name(last) or _("The system"),
            "verb": words.get(last.verb, last.verb),
            "at": timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M"),
        },
        facts=facts,
    )


def _shown_name(entry: AuditEntry) -> str:
    """The name people know the actor by; the account where there is no such user any more."""
    user = User.objects.filter(pk=entry.user_id).first() if entry.user_id else None
    return user.display_name if user else entry.username
