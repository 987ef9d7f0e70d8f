"""How evidence of each kind is written, with an example; tolerant of what offices really write."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import RuleViolation
from obligations.changing import require_known_day
from obligations.models import Evidence

Kind = Evidence.Kind
MAX_LENGTH = 1000
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
# Codes of catalogues, platforms and gateways: letters, digits and the signs that join them.
_CODE = r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9._/:#()\-]{1,99}"


@dataclass(frozen=True)
class Format:
    """What the text must look like once width and spaces are tidied, and what to say otherwise."""

    pattern: re.Pattern[str]
    wrong: Promise
    example: str


FORMATS: Mapping[str, Format] = {
    Kind.DOCUMENT: Format(
        re.compile(r".{0,90}[0-9]+ ?号.{0,90}"),
        gettext_lazy(
            "A document number ends in a number and 号, for example %(example)s: “%(text)s” "
            "does not."
        ),
        "某政办发〔2026〕3号",
    ),
    Kind.CATALOGUE: Format(
        re.compile(_CODE),
        gettext_lazy(
            "A catalogue code has letters, digits and . _ / : # - only, for example %(example)s: "
            "“%(text)s” has others."
        ),
        "307001001/000001",
    ),
    Kind.REGISTRATION: Format(
        re.compile(_CODE),
        gettext_lazy(
            "A registration number has letters, digits and . _ / : # - only, for example "
            "%(example)s: “%(text)s” has others."
        ),
        "GGSJ-330000-2026-000117",
    ),
    Kind.INTERFACE: Format(
        re.compile(_CODE),
        gettext_lazy(
            "An interface code has letters, digits and . _ / : # - only, for example "
            "%(example)s: “%(text)s” has others."
        ),
        "JK-2026-0117",
    ),
    Kind.RECEIPT: Format(
        re.compile(r"(?=.*[0-9])[\w][\w ._/:#()〔〕\-]{1,99}"),
        gettext_lazy(
            "A receipt is named by its number, for example %(example)s: “%(text)s” is not one."
        ),
        "DS-20260331-0007",
    ),
    Kind.LINK: Format(
        re.compile(r"https?://[^\s]+", re.IGNORECASE),
        gettext_lazy("A link starts with http:// or https:// and has no spaces."),
        "https://example.cn/catalogue/117",
    ),
}


def tidied(kind: str, text: str) -> str:
    """The text as it is kept; RuleViolation with an example where it cannot be of this kind."""
    text = text.strip()
    if not text:
        raise RuleViolation(_("Please fill in the number, code or link of the evidence."))
    if len(text) > MAX_LENGTH or _CONTROL.search(text):
        raise RuleViolation(_("Evidence is at most 1,000 characters, without control characters."))
    form = FORMATS[kind]
    # Full-width digits and letters are digits and letters; 〔〕 stay what they are.
    narrow = unicodedata.normalize("NFKC", text) if kind != Kind.LINK else text
    if not form.pattern.fullmatch(narrow):
        raise RuleViolation(str(form.wrong) % {"example": form.example, "text": text[:60]})
    return text if kind in (Kind.LINK, Kind.DOCUMENT) else narrow


def require_name(name: str) -> str:
    """A file's own name without folders; RuleViolation where it cannot be one."""
    name = name.replace("\\", "/").rpartition("/")[2].strip()
    if not name or len(name) > 255 or _CONTROL.search(name):
        raise RuleViolation(_("The file's name must be 1 to 255 characters, without control ones."))
    return name


def require_period(
    kind: str, first: dt.date | None, last: dt.date | None
) -> tuple[dt.date | None, dt.date | None]:
    """The days that a piece covers: both or neither; a day alone is that day.

    A receipt must have them, what names something lasting (文号, codes of a catalogue or the
    registration platform) cannot; elsewhere they are welcome.
    """
    first, last = first or last, last or first
    require_known_day(first, last)
    if first and last and last < first:
        raise RuleViolation(_("The period ends before it begins: check its two days."))
    if kind == Kind.RECEIPT and first is None:
        raise RuleViolation(_("A delivery receipt needs the period that it covers."))
    if kind in Evidence.TIMELESS and first is not None:
        raise RuleViolation(
            _("A document, catalogue or registration number covers no period: leave it empty.")
        )
    return first, last
