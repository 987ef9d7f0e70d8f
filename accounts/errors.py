"""Refusals: each carries a sentence that a clerk understands."""

from __future__ import annotations

import errno
from typing import Any

from django.utils.translation import gettext as _

# A full disk, a quota, a limit on the size of files.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class RuleViolation(Exception):
    """A rule forbids this now (409). `facts` are JSON values for programs."""

    code = "rule_violation"

    def __init__(self, sentence: str, *, facts: dict[str, Any] | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence = str(sentence)
        self.facts = facts or {}


class StaleVersion(RuleViolation):
    """Somebody changed the object since it was read (409, or 412 for If-Match)."""

    code = "stale_version"


class VersionMissing(RuleViolation):
    """A write came without the version it is based on (428)."""

    code = "version_missing"


def without_room(exc: BaseException | None) -> RuleViolation | None:
    """What to say to whoever met a full disk; None where something else is the matter."""
    if isinstance(exc, OSError) and exc.errno in NO_ROOM:
        return RuleViolation(
            _("The disk of the server is full: tell the system administrator, then try again.")
        )
    return None
