"""The version that a write is based on: `If-Match` with the ETag, or the field `version`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.errors import VersionMissing

# No object ever has it: an ETag that is none of ours is stale, not missing.
_NEVER = 0
_LONGEST = 9


def etag(version: int) -> str:
    return f'"{version}"'


def required(request: Request, *, field: Any) -> int:
    """The version that the writer saw; VersionMissing (428) where neither place names one.

    `If-Match: *` names none: it would overwrite whatever is there.
    """
    header = request.headers.get("If-Match", "").strip()
    if header and header != "*":
        return _of_header(header)
    if isinstance(field, int):
        return field
    raise VersionMissing(
        _("Say which version you read: send its ETag as If-Match, or the field “version”.")
    )


def required_field(field: Any) -> int:
    """A second version that a write rests on; VersionMissing (428) where the body names none."""
    if isinstance(field, int):
        return field
    raise VersionMissing(_("Say of the obligation as well which version you read."))


def of_rows(rows: Sequence[Mapping[str, int]]) -> dict[int, int]:
    """Key -> version of many rows; VersionMissing (428) where one names none."""
    if any("version" not in row for row in rows):
        raise VersionMissing(_("Say of every row which version you read."))
    return {row["id"]: row["version"] for row in rows}


def _of_header(header: str) -> int:
    for tag in parse_etags(header):
        text = tag.strip('"')
        strong = not tag.startswith("W/")
        if strong and text.isascii() and text.isdecimal() and len(text) <= _LONGEST:
            return int(text)
    return _NEVER
