"""Decides from name and content, before parsing, whether a file may be read and as what."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Literal

from obligations.tables import compound, limits, opendocument, packages, texts
from obligations.tables.archives import Archive, open_archive
from obligations.tables.findings import Refused, refusal

Format = Literal["xlsx", "xls", "ods", "csv", "docx"]

# The names under which each format is read; .et holds what .xls holds.
SUFFIXES: dict[Format, tuple[str, ...]] = {
    "xlsx": (".xlsx",),
    "xls": (".xls", ".et"),
    "ods": (".ods",),
    "csv": (".csv",),
    "docx": (".docx",),
}
_READ = frozenset(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)
_ACTIVE = (".xlsm", ".xltm", ".xlam", ".docm", ".dotm")
# Content that is not read -> which sentence says how to save it.
_HOW = {
    **dict.fromkeys((".html", ".xml", ".xlsb", ".xltx", ".xla", ".mht"), "workbook"),
    **dict.fromkeys((".doc", ".rtf", ".dotx", ".odt"), "document"),
    ".xls 2–4": "workbook",
}

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OTHER_MAGIC = {
    b"%PDF": ".pdf",
    b"\x89PNG": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF8": ".gif",
    b"Rar!": ".rar",
    b"7z\xbc\xaf": ".7z",
    b"\x1f\x8b": ".gz",
    b"{\\rtf": ".rtf",
    b"SQLite format": ".sqlite",
    # Excel 2, 3 and 4 wrote their records without a container.
    b"\x09\x00\x04\x00": ".xls 2–4",
    b"\x09\x02\x06\x00": ".xls 2–4",
    b"\x09\x04\x06\x00": ".xls 2–4",
}
_MARKUP = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype html|html|head|meta|body|table|style)", re.I)
_XML = re.compile(rb"\s*<\?xml")
_MULTIPART = re.compile(rb"\s*mime-version:", re.IGNORECASE)
_BIDI = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def inspect(data: bytes, *, name: str) -> Format:
    """The format of the content; raises Refused. A name that says otherwise is refused, too."""
    check_name(name)
    check_size(len(data))
    if not texts.without_mark(data).strip(b"\0\t\n\r "):
        raise refusal("empty_file")
    suffix = _suffix(name)
    content = _content(data)
    if suffix in _ACTIVE and content in (".xlsx", ".docx"):
        raise refusal("macro_enabled")
    for form, suffixes in SUFFIXES.items():
        if content == suffixes[0]:
            if suffix not in suffixes:
                raise refusal("misnamed", suffix=suffix or "—", content=content)
            return form
    raise _not_read(suffix, content)


def check_name(name: str) -> None:
    """A name that cannot be shown, stored or trusted is refused."""
    if not name.strip() or name.strip(". ") == "":
        raise refusal("bad_filename", "empty")
    if len(name) > limits.NAME_CHARACTERS:
        raise refusal("bad_filename", "long", limit=limits.NAME_CHARACTERS)
    if "/" in name or "\\" in name:
        raise refusal("bad_filename", "path")
    if _BIDI.search(name) or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
        raise refusal("bad_filename", "control")


def check_size(size: int) -> None:
    """More bytes are not even looked at."""
    if size > limits.FILE_BYTES:
        raise refusal("too_large", size=-(-size // 2**20), limit=limits.FILE_BYTES // 2**20)


def _suffix(name: str) -> str:
    stem, dot, suffix = name.strip().rpartition(".")
    return f".{suffix.lower()}" if dot and stem else ""


def _content(data: bytes) -> str:
    """The usual suffix of what the bytes are; raises Refused where they may not come in at all."""
    if data.startswith(_ZIP):
        with open_archive(io.BytesIO(data)) as archive:
            return _package(archive)
    if data.startswith(compound.MAGIC):
        return compound.inspect(data)
    return _plain_content(data)


def _package(archive: Archive) -> str:
    packages.refuse_document_types(archive)
    if "mimetype" in archive and b"opendocument" in archive.read("mimetype")[:100]:
        return opendocument.inspect(archive)
    return packages.inspect(archive)


def _plain_content(data: bytes) -> str:
    """The usual suffix of content that is neither zip nor compound file; text counts as .csv."""
    for magic, content in _OTHER_MAGIC.items():
        if data.startswith(magic):
            return content
    start = texts.without_mark(data[:4096]).replace(b"\0", b"")
    if _MARKUP.match(start):
        return ".html"
    if _XML.match(start):
        return ".html" if b"<html" in start.lower() else ".xml"
    if _MULTIPART.match(start):
        return ".mht"
    return ".csv" if texts.looks_like_text(data) else ".bin"


def _not_read(suffix: str, content: str) -> Refused:
    """The refusal of content that is not read, whether or not its name says so."""
    kind = "misnamed" if suffix in _READ else "unsupported_type"
    return refusal(kind, _HOW.get(content, "other"), suffix=suffix or "—", content=content)
