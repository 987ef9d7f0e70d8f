"""Texts with the watermark's place, taken out of the sheets into one small part that they share.

Filling in the watermark is then a change of that part: no sheet needs to be unpacked for it.
"""

from __future__ import annotations

import re
from html import unescape
from xml.sax.saxutils import escape

from reports.texts import RESERVED

PART = "xl/sharedStrings.xml"
TYPES, RELATIONS = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
_SHEETS = "xl/worksheets/"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = (
    f'<Override PartName="/{PART}" ContentType="application/vnd.openxmlformats-officedocument'
    '.spreadsheetml.sharedStrings+xml"/>'
)
_RELATION = (
    '<Relationship Id="rIdShared" Target="sharedStrings.xml" Type="http://schemas.openxmlformats'
    '.org/officeDocument/2006/relationships/sharedStrings"/>'
)
# openpyxl writes what is not ASCII as numbers.
_PLACES = (RESERVED.encode(), RESERVED.encode("ascii", "xmlcharrefreplace"))
_MARKED = re.compile(
    rb' t="inlineStr"><is><t(?: xml:space="preserve")?>([^<]*(?:%s))</t></is></c>'
    % b"|".join(map(re.escape, _PLACES))
)


class SharedTexts:
    """The shared texts of one workbook, each once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._count = 0

    def rewritten(self, name: str, xml: bytes) -> bytes:
        """A part of the package, with what it needs for the sharing."""
        if name.startswith(_SHEETS):
            return _MARKED.sub(self._reference, xml)
        if name == TYPES and self._numbers:
            return xml.replace(b"</Types>", f"{_TYPE}</Types>".encode())
        if name == RELATIONS and self._numbers:
            return xml.replace(b"</Relationships>", f"{_RELATION}</Relationships>".encode())
        return xml

    def part(self) -> bytes:
        """The part with the texts; empty where there are none."""
        if not self._numbers:
            return b""
        start, end = '<si><t xml:space="preserve">', "</t></si>"
        texts = "".join(f"{start}{escape(text)}{end}" for text in self._numbers)
        sizes = f'count="{self._count}" uniqueCount="{len(self._numbers)}"'
        head = '<?xml version="1.0" encoding="UTF-8"?>\n'
        return f'{head}<sst xmlns="{_MAIN}" {sizes}>{texts}</sst>'.encode()

    def _reference(self, found: re.Match[bytes]) -> bytes:
        text = unescape(found[1].decode())
        self._count += 1
        number = self._numbers.setdefault(text, len(self._numbers))
        return b' t="s"><v>%d</v></c>' % number
