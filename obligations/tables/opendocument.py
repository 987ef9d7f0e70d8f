"""What an OpenDocument package holds; reads the sheets of an .ods as a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from obligations.tables import opencells, packages
from obligations.tables.archives import Archive, open_archive
from obligations.tables.findings import Refused, refusal
from obligations.tables.grids import Grid
from obligations.tables.opencells import OFFICE, TABLE
from obligations.tables.sheet import forget

_CONTENT, _STYLES, _MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
_TYPE = "application/vnd.oasis.opendocument."
_SUFFIXES = {"spreadsheet": ".ods", "text": ".odt", "presentation": ".odp"}
_MACROS = ("basic/", "scripts/")
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|//|\.\./", re.IGNORECASE)

_LINKS = frozenset(
    {f"{TABLE}table-source", f"{TABLE}cell-range-source", f"{OFFICE}dde-source", f"{TABLE}dde-link"}
)
_PICTURES = frozenset({f"{_DRAW}image", f"{_DRAW}object", f"{_DRAW}plugin", f"{_DRAW}applet"})
_SHEET, _ROW, _COLUMN = f"{TABLE}table", f"{TABLE}table-row", f"{TABLE}table-column"
_NULL_DATE, _ANY_STYLE = f"{TABLE}null-date", f"{_STYLE}style"
_ENDS = (_ROW, _COLUMN, _NULL_DATE, _ANY_STYLE, *_LINKS, *_PICTURES)


def inspect(archive: Archive) -> str:
    """The usual suffix of the document's kind; raises Refused for ciphers, macros, objects."""
    names = archive.names
    if "encrypted-package" in names or b"encryption-data" in _manifest(archive):
        raise refusal("encrypted")
    kind = archive.read("mimetype")[:200].decode("ascii", errors="replace").strip()
    suffix = _SUFFIXES.get(kind.removeprefix(_TYPE), ".odf")
    if suffix != ".ods":
        return suffix
    if any(name.startswith(_MACROS) and not name.endswith("/") for name in names):
        raise refusal("macro_enabled")
    _refuse_objects(archive)
    return suffix


def _manifest(archive: Archive) -> bytes:
    return archive.read(_MANIFEST) if _MANIFEST in archive else b""


def _refuse_objects(archive: Archive) -> None:
    """Charts are objects, too, and do no harm."""
    if _MANIFEST not in archive:
        return
    for entry in packages.parse(archive, _MANIFEST):
        facts = {str(name).rpartition("}")[2]: str(value) for name, value in entry.items()}
        path, kind = facts.get("full-path", ""), facts.get("media-type", "")
        is_chart = kind.startswith(f"{_TYPE}chart")
        if path != "/" and path.endswith("/") and kind.startswith(_TYPE) and not is_chart:
            raise refusal("embedded_object", part=path)
        if kind == "application/vnd.sun.star.oleobject":
            raise refusal("embedded_object", part=path)


def read_sheets(data: bytes) -> Iterator[Grid]:
    """The grids of all sheets, in order."""
    with open_archive(BytesIO(data)) as archive, archive.open(_CONTENT) as member:
        around = _printed(archive)
        tags = (_SHEET, *_ENDS)
        events = etree.iterparse(member, events=("start", "end"), tag=tags, **packages.SAFE)
        try:
            for grid in _sheets(events):
                grid.around = around
                yield grid
        except etree.XMLSyntaxError as error:
            raise refusal("corrupt", "part", part=_CONTENT) from error


def _printed(archive: Archive) -> list[str]:
    """What is printed on each page."""
    if _STYLES not in archive:
        return []
    parts = packages.parse(archive, _STYLES).iter(f"{_STYLE}header", f"{_STYLE}footer")
    texts = ("".join(map(str, p.itertext())).strip() for part in parts for p in part.iter("{*}p"))
    return [text for text in texts if text]


class _Reading:
    """The sheet that is being read, and what was said before it."""

    def __init__(self) -> None:
        self.depth = 0
        self.date1904 = False
        self.hidden_styles: set[str] = set()
        self.sheet: opencells.Sheet | None = None


def _sheets(events: Iterator[tuple[str, etree._Element]]) -> Iterator[Grid]:
    reading = _Reading()
    count = 0
    for event, element in events:
        tag = element.tag
        if tag == _SHEET:
            reading.depth += 1 if event == "start" else -1
            if event == "start" and reading.depth == 1:
                reading.sheet = _begin(element, reading)
            elif event == "end" and reading.depth == 0 and reading.sheet:
                count += 1
                yield reading.sheet.grid
                reading.sheet = None
                forget(element)
        elif event == "end":
            _take(element, reading)
    if not count:
        raise refusal("corrupt", "part", part=_CONTENT)


def _begin(element: etree._Element, reading: _Reading) -> opencells.Sheet:
    grid = Grid(name=str(element.get(f"{TABLE}name", "")), date1904=reading.date1904)
    grid.hidden = str(element.get(f"{TABLE}style-name", "")) in reading.hidden_styles
    return opencells.Sheet(grid)


def _take(element: etree._Element, reading: _Reading) -> None:
    tag, sheet = element.tag, reading.sheet
    if tag in _LINKS:
        raise refusal("external_links", part=_CONTENT)
    if tag in _PICTURES:
        if _OUTSIDE.match(str(element.get(_HREF, "")).removeprefix("./")):
            raise refusal("external_links", part=_CONTENT)
    elif tag == _NULL_DATE:
        reading.date1904 = str(element.get(f"{TABLE}date-value", "")).startswith("1904-01-01")
    elif tag == _ANY_STYLE:
        shown = element.find(f"{_STYLE}table-properties")
        if shown is not None and shown.get(f"{TABLE}display") == "false":
            reading.hidden_styles.add(str(element.get(f"{_STYLE}name", "")))
    elif sheet is not None and reading.depth == 1:
        if sheet.grid.overflow is None:
            try:
                sheet.take_row(element) if tag == _ROW else sheet.take_columns(element)
            except Refused as overflow:
                sheet.grid.overflow = overflow
        forget(element)


__all__ = ["Refused", "inspect", "read_sheets"]
