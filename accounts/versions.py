"""The version that a form carries: what its writer saw."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.errors import StaleVersion, VersionMissing


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
