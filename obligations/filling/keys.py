"""The hidden sheet: which rows the workbook holds, as they were, sealed against every change."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from obligations.filling.facts import Line, key_of

FORMAT = 2
# A workbook of before has no questions of rounds; what it says of the rest holds.
_READ = (1, FORMAT)
_SALT = "qingdan.filling"
_CHUNK = 30_000  # a cell holds 32,767 characters


class Broken(Exception):
    """The sheet is not one of ours as it was made: `why` is foreign, newer or altered."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Kept:
    """One row as it was when the workbook was made; `claims` counts those made until then, `asked`
    is the open round's question about it, with its own version."""

    pk: int
    version: int
    claims: int
    known: dict[str, str]
    filled: dict[str, str]
    asked: int | None = None
    asked_version: int = 0


@dataclass(frozen=True)
class Keys:
    """What the hidden sheet says. `altered`: rows of it whose seal does not hold."""

    department: int
    made_at: dt.datetime
    rows: dict[str, Kept]
    altered: int = 0
    row_count: int = 0


@dataclass(frozen=True)
class _Head:
    said: dict[str, Any] = field(default_factory=dict)
    seal: str = ""


def table(lines: Sequence[Line], *, department: int, made_at: dt.datetime) -> list[list[str]]:
    """The cells of the hidden sheet, row by row: seal, then what is sealed."""
    packed = [_pack(_facts(line)) for line in lines]
    digest = hashlib.sha256("\n".join(packed).encode()).hexdigest()
    head = {
        "format": FORMAT,
        "installation": installation(),
        "department": department,
        "made_at": made_at.isoformat(),
        "rows": len(lines),
        "digest": digest,
    }
    text = _pack(head)
    seal = _seal("head", text)
    return [[seal, text], *([_seal(seal, row), *_chunks(row)] for row in packed)]


def read(table_read: Sequence[Sequence[str]]) -> Keys:
    """What a hidden sheet says that came back; raises Broken where nothing of it can be trusted."""
    head = _head(table_read)
    rows: dict[str, Kept] = {}
    altered = 0
    for seal, *chunks in table_read[1:]:
        text = "".join(chunks)
        if not _holds(seal, head.seal, text):
            altered += 1
            continue
        kept = Kept(**_unpack(text))
        rows[key_of(kept.pk)] = kept
    said = head.said
    made_at = dt.datetime.fromisoformat(said["made_at"])
    return Keys(said["department"], made_at, rows, altered, said["rows"])


def installation(secret: str = "") -> str:
    """What tells this installation from others, without telling its secret."""
    made = salted_hmac(f"{_SALT}.installation", "", secret=secret or None, algorithm="sha256")
    return made.hexdigest()[:24]


def _head(table_read: Sequence[Sequence[str]]) -> _Head:
    if not table_read or len(table_read[0]) < 2:
        raise Broken("altered")
    seal, text = table_read[0][0], "".join(table_read[0][1:])
    if _holds(seal, "head", text):
        said = _unpack(text)
        if said["format"] not in _READ:
            raise Broken("newer")
        return _Head(said, seal)
    # Nothing unsealed is believed: it only says which sentence helps.
    raise Broken("altered" if installation() in _glance(text) else "foreign")


def _glance(text: str) -> str:
    try:
        inflater = zlib.decompressobj()
        return inflater.decompress(base64.b64decode(text[:2_000]), 2_000).decode(errors="replace")
    except (ValueError, zlib.error):
        return installation()  # unreadable: altered rather than foreign


def _facts(line: Line) -> dict[str, Any]:
    known = {
        label: value if isinstance(value, str) else value.isoformat()
        for label, value in line.known.items()
    }
    return {
        "pk": line.pk,
        "version": line.version,
        "claims": line.claim_count,
        "known": known,
        "filled": line.filled,
        "asked": line.asked,
        "asked_version": line.asked_version,
    }


def _pack(facts: dict[str, Any]) -> str:
    """As letters and digits that no spreadsheet program changes."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 6)).decode()


def _unpack(text: str) -> dict[str, Any]:
    """Only of what is sealed: its maker was this program."""
    found: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(text)))
    return found


def _chunks(text: str) -> list[str]:
    return [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]


def _seal(bound_to: str, text: str, secret: str | bytes = "") -> str:
    """Bound to its workbook: a row of another one does not fit, however genuine."""
    return salted_hmac(
        _SALT, f"{bound_to}|{text}", secret=secret or None, algorithm="sha256"
    ).hexdigest()


def _holds(seal: str, bound_to: str, text: str) -> bool:
    """By the present secret, or one that was the secret before."""
    secrets = ("", *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(seal, _seal(bound_to, text, one)) for one in secrets)
