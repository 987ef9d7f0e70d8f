"""Decides from name and content, before parsing, whether a file may be read and as what."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Literal

from obligations.tables import limits, packages, texts
from obligations.tables.archives import open_archive
from obligations.tables.findings import Refused, refusal

Format = Literal["xlsx", "csv"]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
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
}
_MARKUP = re.compile(rb"\s*(<!doctype html|<html|<head|<meta|<body|<table|<style)", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml")
_BIDI = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def inspect(data: bytes, *, name: str) -> Format:
    """The format of the content; raises Refused. A name that says otherwise is refused, too."""
    check_name(name)
    check_size(len(data))
    if not texts.without_mark(data).strip(b"\0\t\n\r "):
        raise refusal("empty_file")
    suffix = _suffix(name)
    if data.startswith(_ZIP):
        return _inspect_zip(data, suffix=suffix)
    if data.startswith(_OLE):
        raise _refuse_ole(data, suffix=suffix)
    return _inspect_plain(data, suffix=suffix)


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


def _inspect_zip(data: bytes, *, suffix: str) -> Format:
    with open_archive(io.BytesIO(data)) as archive:
        content = packages.inspect(archive)
    if suffix == ".csv":
        raise refusal("not_csv", suffix=suffix, content=content)
    if suffix in (".et", ".ett"):
        raise refusal("wps_et")
    if suffix in (".xlsm", ".xltm"):
        raise refusal("macro_enabled")
    if content == ".xlsx" and suffix == ".xlsx":
        return "xlsx"
    if content == ".xlsx":
        raise refusal("unsupported_type", "renamed", suffix=suffix or "—", content=content)
    raise _mismatch(suffix, content)


def _refuse_ole(data: bytes, *, suffix: str) -> Refused:
    """Compound files: encrypted packages, old Excel and WPS workbooks, other old documents."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return refusal("encrypted")
    if suffix in (".et", ".ett"):
        return refusal("wps_et")
    workbook = any(f"{stream}\0".encode("utf-16-le") in data for stream in ("Workbook", "Book"))
    if workbook and suffix != ".csv":
        return refusal("legacy_xls")
    return _mismatch(suffix, ".xls" if workbook else ".doc")


def _inspect_plain(data: bytes, *, suffix: str) -> Format:
    content = _plain_content(data)
    if suffix in (".et", ".ett"):
        raise refusal("wps_et")
    if content == ".csv" and suffix == ".csv":
        return "csv"
    raise _mismatch(suffix, content)


def _plain_content(data: bytes) -> str:
    """The usual suffix of content that is neither zip nor compound file; text counts as .csv."""
    for magic, content in _OTHER_MAGIC.items():
        if data.startswith(magic):
            return content
    start = texts.without_mark(data[:4096]).replace(b"\0", b"")
    if _MARKUP.match(start):
        return ".html"
    if _XML.match(start):
        return ".xml"
    return ".csv" if texts.looks_like_text(data) else ".bin"


def _mismatch(suffix: str, content: str) -> Refused:
    """The refusal of content that is not what the name says, or that nobody asked for."""
    if suffix == ".csv":
        return refusal("not_csv", suffix=suffix, content=content)
    if suffix in (".xlsx", ".xls"):
        return refusal("not_xlsx", suffix=suffix, content=content)
    return refusal("unsupported_type", suffix=suffix or "—", content=content)
