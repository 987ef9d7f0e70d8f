"""What a compound file (OLE) holds: an Excel workbook, another document, macros, a cipher."""

from __future__ import annotations

import io
import struct

import olefile

from obligations.tables.findings import Refused, refusal

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_WORKBOOKS = ("workbook", "book")  # Excel 97 and later, Excel 5 and 95
_ENCRYPTED = frozenset({"encryptedpackage", "encryptioninfo"})
_MACROS = frozenset({"_vba_project_cur", "_vba_project", "vba", "macros"})
_EMBEDDED = ("mbd", "\x01ole10native", "objectpool")
_DOCUMENTS = {"worddocument": ".doc", "powerpoint document": ".ppt", "visiodocument": ".vsd"}

# What olefile raises on bytes that are no compound file.
_DAMAGE = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    struct.error,
    OverflowError,
    RecursionError,
)


def inspect(data: bytes) -> str:
    """The usual suffix of the content: ".xls", ".doc", ".ppt", ".ole"; raises Refused."""
    names = _names(data)
    if names & _ENCRYPTED:
        raise refusal("encrypted")
    for name, suffix in _DOCUMENTS.items():
        if name in names:
            return suffix
    if not names.intersection(_WORKBOOKS):
        return ".ole"
    if names & _MACROS:
        raise refusal("macro_enabled")
    for name in sorted(names):
        if name.startswith(_EMBEDDED):
            raise refusal("embedded_object", part=name.strip("\x01"))
    return ".xls"


def workbook(data: bytes) -> bytes:
    """The stream of records of the Excel workbook in a compound file; raises Refused."""
    try:
        with _opened(data) as ole:
            for name in _WORKBOOKS:
                if ole.exists(name):
                    with ole.openstream(name) as stream:
                        return bytes(stream.read())
    except _DAMAGE as error:
        raise refusal("corrupt") from error
    raise refusal("corrupt", "part", part="Workbook")


def _opened(data: bytes) -> olefile.OleFileIO[bytes]:
    return olefile.OleFileIO(io.BytesIO(data))


def _names(data: bytes) -> set[str]:
    """All names of streams and storages, wherever they stand, in lower case."""
    try:
        with _opened(data) as ole:
            paths = ole.listdir(streams=True, storages=True)
    except _DAMAGE as error:
        raise refusal("corrupt") from error
    return {part.lower() for path in paths for part in path}


__all__ = ["MAGIC", "Refused", "inspect", "workbook"]
