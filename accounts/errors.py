"""Refusals: each carries a sentence that a clerk understands."""

from __future__ import annotations

import errno
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

# A full disk, a quota, a limit on the size of files; and the words of lxml, through which the
# sheets of workbooks go into temporary files.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_ROOM_OF_LXML = ("IO_ENOSPC", "IO_EDQUOT", "IO_EFBIG")


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


def is_no_room(exc: BaseException | None) -> bool:
    """Whether something could not be written because the disk takes no more."""
    if isinstance(exc, etree.SerialisationError):
        return str(exc) in _NO_ROOM_OF_LXML
    return isinstance(exc, OSError) and exc.errno in _NO_ROOM


def without_room(exc: BaseException | None) -> RuleViolation | None:
    """What to say to whoever met a full disk; None where something else is the matter."""
    if is_no_room(exc):
        return RuleViolation(
            _("The disk of the server is full: tell the system administrator, then try again.")
        )
    return None
