"""A Word document as GB/T 9704-2012 lays it out: A4, 22 lines of 28 characters, office fonts.

Nothing but what is written here becomes markup: words from data are text of runs and no more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from accounts.cell_text import clean
from reports import bulletin_styles as styles
from reports.overflow import Cleaning, Cleanings
from reports.rows import OFFICE_ZONE

# A cell that is longer is cut and says so: the workbook has the whole text.
_LONGEST_CELL = 150
_LONGEST_PARAGRAPH = 4_000
_CUT = "……"
# python-docx refuses more.
_LONGEST_PROPERTY = 255
_LEFTOVERS = ("/stylesWithEffects", "/thumbnail")


@dataclass(frozen=True)
class Column:
    """One column of a table on paper; all widths together are `styles.TEXT_WIDTH_MM`."""

    label: str
    width_mm: float
    centred: bool = True


class Paper:
    """A document in the making. The same content always gives the same bytes."""

    def __init__(self, *, made_at: dt.datetime, title: str, subject: str) -> None:
        self.cleanings = Cleanings()
        self._made_at = made_at.astimezone(OFFICE_ZONE).replace(tzinfo=None, microsecond=0)
        self._document = Document()
        self._tables = 0
        _drop_leftovers(self._document)
        styles.prepare(self._document)
        properties = self._document.core_properties
        properties.title, properties.subject = _property(title), _property(subject)
        properties.author = properties.last_modified_by = properties.comments = ""
        moment = made_at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
        properties.created = properties.modified = moment
        properties.revision, properties.language = 1, "zh-CN"

    def write(self, text: str, *, style: str = styles.BODY) -> Paragraph:
        """One paragraph; whatever breaks lines in the text becomes a space."""
        cleaned = self._cleaned(text, limit=_LONGEST_PARAGRAPH, where="正文")
        return self._document.add_paragraph(cleaned, style=style)

    def write_led(self, lead: str, text: str) -> None:
        """A paragraph that begins with its heading, as those of the second level do."""
        paragraph = self.write("")
        paragraph.add_run(lead, style=styles.LEAD)
        paragraph.add_run(self._cleaned(text, limit=_LONGEST_PARAGRAPH, where="正文"))

    def table(
        self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], *, total: int = 0
    ) -> None:
        """A numbered table whose heading stands on each page; the last `total` rows are sums."""
        self._tables += 1
        self.write(f"表{self._tables}　{name}", style=styles.CAPTION)
        element = _empty_table(columns)
        element.append(_row([column.label for column in columns], columns, styles.HEAD, head=True))
        written = list(rows)
        for number, values in enumerate(written, 1):
            look = styles.HEAD if number > len(written) - total else styles.CELL
            where = f"表{self._tables}第{number}行"
            texts = [self._cleaned(text, limit=_LONGEST_CELL, where=where) for text in values]
            element.append(_row(texts, columns, look))
        # Before the section's own settings, which end the body.
        body = self._document.element.body
        body.insert(len(body) - 1, element)

    def sign(self, body: str, day: str) -> None:
        """Who issues it above the day: the day four characters from the edge, the name centred
        above it, so that a seal covers both."""
        self.write("")
        indent = max(_DAY_INDENT + (_width(day) - _width(body)) / 2, 0)
        for text, characters in ((body, indent), (day, _DAY_INDENT)):
            paragraph = self.write(text, style=styles.SIGNATURE)
            paragraph.paragraph_format.right_indent = Pt(characters * styles.BODY_SIZE)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def save(self, path: Path) -> None:
        """Write the package with fixed times inside."""
        memory = BytesIO()
        self._document.save(memory)
        with ZipFile(memory) as made, ZipFile(path, "w", ZIP_DEFLATED) as archive:
            for name in made.namelist():
                info = ZipInfo(name, date_time=self._made_at.timetuple()[:6])
                info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
                archive.writestr(info, made.read(name))

    def _cleaned(self, text: str, *, limit: int, where: str) -> str:
        found = clean(text)
        kept = " ".join(found.text.split("\n"))
        if len(kept) > limit:
            kept = kept[: limit - len(_CUT)] + _CUT
        cut = found.cut + max(len(found.text) - limit, 0)
        if found.removed or cut:
            self.cleanings.add(Cleaning("通报", where, found.removed, cut))
        return kept


def _drop_leftovers(document: WordDocument) -> None:
    """What python-docx's template has besides: its own styles once more, for Word 2010 alone, which
    would contradict ours, and a picture of its first page."""
    for relations in (document.part.rels, document.part.package.rels):
        for key in [key for key, one in relations.items() if one.reltype.endswith(_LEFTOVERS)]:
            del relations[key]


def _property(text: str) -> str:
    """What a field of the document's properties can hold."""
    return " ".join(clean(text).text.split())[:_LONGEST_PROPERTY]


_DAY_INDENT = 4


def _width(text: str) -> float:
    """In Chinese characters: figures take half of one."""
    return sum(0.5 if character.isascii() else 1 for character in text)


def _empty_table(columns: Sequence[Column]) -> Any:
    table = OxmlElement("w:tbl")
    properties = _child(table, "w:tblPr")
    _child(properties, "w:tblW", type="dxa", w=str(sum(_twips(one.width_mm) for one in columns)))
    _child(properties, "w:jc", val="center")
    borders = _child(properties, "w:tblBorders")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        _child(borders, f"w:{edge}", val="single", sz="4", space="0", color="000000")
    _child(properties, "w:tblLayout", type="fixed")
    margins = _child(properties, "w:tblCellMar")
    for edge, twips in (("top", 28), ("left", 57), ("bottom", 28), ("right", 57)):
        _child(margins, f"w:{edge}", w=str(twips), type="dxa")
    grid = _child(table, "w:tblGrid")
    for column in columns:
        _child(grid, "w:gridCol", w=str(_twips(column.width_mm)))
    return table


def _row(
    values: Sequence[str], columns: Sequence[Column], style: str, *, head: bool = False
) -> Any:
    row = OxmlElement("w:tr")
    properties = _child(row, "w:trPr")
    _child(properties, "w:cantSplit")
    if head:
        _child(properties, "w:tblHeader")
    for text, column in zip(values, columns, strict=True):
        cell = _child(row, "w:tc")
        about = _child(cell, "w:tcPr")
        _child(about, "w:tcW", w=str(_twips(column.width_mm)), type="dxa")
        _child(about, "w:vAlign", val="center")
        paragraph = _child(cell, "w:p")
        look = _child(paragraph, "w:pPr")
        _child(look, "w:pStyle", val=styles.ids(style))
        if not column.centred and not head:
            _child(look, "w:jc", val="left")
        content = _child(_child(paragraph, "w:r"), "w:t")
        content.text = text
        content.set(qn("xml:space"), "preserve")
    return row


def _child(parent: Any, name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    parent.append(element)
    return element


def _twips(millimetres: float) -> int:
    return int(Mm(millimetres).twips)
