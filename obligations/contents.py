"""What a file of evidence really is: its ending and its content must agree, and hold no program."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from accounts.errors import RuleViolation

# Ending -> (media type, how the content begins; None is text that decodes).
_TYPES: dict[str, tuple[str, bytes | None]] = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        b"PK\x03\x04",
    ),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    ".csv": ("text/csv", None),
    ".txt": ("text/plain", None),
}
_MAIN_PART = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml"}
# What a browser or a computer would run, whatever its name says.
_RUNS = (b"mz", b"\x7felf", b"#!", b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<?php")
_PROGRAM_PARTS = ("vbaproject", "/macrosheets/", "/activex/", "/embeddings/")
_CONTENT_TYPES, _CONTENT_TYPES_BYTES = "[Content_Types].xml", 2**20
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError),
    *(OSError, ValueError, RuntimeError, KeyError),
)


def require_media_type(file: IO[bytes], *, name: str) -> str:
    """The media type that ending and content agree on; RuleViolation naming what would be right."""
    ending = Path(name).suffix.lower()
    known = _TYPES.get(ending)
    if known is None:
        raise RuleViolation(
            _("“%(name)s” is not an accepted type: use pdf, png, jpg, docx, xlsx, csv or txt.")
            % {"name": name}
        )
    media_type, magic = known
    file.seek(0)
    agrees = file.read(len(magic)) == magic if magic else _is_plain_text(file)
    file.seek(0)
    if not agrees or not _is_package(file, ending, name=name):
        raise RuleViolation(
            _("The content of “%(name)s” is not what its ending says: save it again as %(type)s.")
            % {"name": name, "type": ending.lstrip(".")}
        )
    return media_type


def _is_plain_text(file: IO[bytes]) -> bool:
    """Text as offices write it, and nothing that runs when somebody opens it."""
    content = file.read()
    head = content[:256].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not content or b"\x00" in content or head.startswith(_RUNS):
        return False
    return any(_decodes(content, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_package(file: IO[bytes], ending: str, *, name: str) -> bool:
    """Whether an Office file is one; RuleViolation where a program is inside."""
    part = _MAIN_PART.get(ending)
    if part is None:
        return True
    try:
        with zipfile.ZipFile(file) as package:
            names = [one.lower() for one in package.namelist()]
            with package.open(_CONTENT_TYPES) as types:
                declared = types.read(_CONTENT_TYPES_BYTES).lower()
    except _DAMAGE:
        return False
    finally:
        file.seek(0)
    if b"macroenabled" in declared or any(one in name for name in names for one in _PROGRAM_PARTS):
        raise RuleViolation(
            _("“%(name)s” holds macros or embedded objects: save it without them, or as a pdf.")
            % {"name": name}
        )
    return part in names
