"""Page and styles of official documents (GB/T 9704-2012), set on a python-docx document."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section, _Footer, _Header
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from reports.texts import RESERVED

TITLE, SUBTITLE, BODY, ADDRESSEE = "公文标题", "公文副标题", "公文正文", "公文主送"
# The second level stands before its text, in the same paragraph.
FIRST, LEAD = "Heading 1", "公文二级标题"
CAPTION, HEAD, CELL, REMARK, SIGNATURE = "表题", "表头", "表格文字", "公文附注", "公文落款"
MARK = "公文标识"
TEXT_WIDTH_MM = 156
# 三号; 22 lines of it fill 225 mm, 28 characters 156 mm.
BODY_SIZE = 16
_LINE = Pt(28.95)
_FANG, _SONG, _KAI, _HEI = "仿宋_GB2312", "宋体", "楷体_GB2312", "黑体"
_TITLE_FONT = "方正小标宋简体"
_IDS = {HEAD: "QdHead", CELL: "QdCell"}
# Twips from line to line. Characters stand a quarter of a point closer than they are wide, by
# their style and not by the grid: programs disagree about which size the grid counts from.
_GRID = {"w:type": "lines", "w:linePitch": "579"}
_CLOSER = -5
# From the paper's edge to the page number, which stands 7 mm below the text.
_FOOTER = Mm(23)


def ids(style: str) -> str:
    """How the markup of table cells names a style."""
    return _IDS[style]


def prepare(document: Document) -> None:
    """Page, grid, page numbers and styles, for a document that is still empty."""
    _set_defaults(document)
    _lay_out(document.sections[0])
    document.settings.odd_and_even_pages_header_footer = True
    _add_styles(document)
    section = document.sections[0]
    _number_pages(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _number_pages(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    for header in (section.header, section.even_page_header):
        _reserve_mark(header)


def _lay_out(section: Section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance, section.header_distance = _FOOTER, Mm(15)
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    grid = OxmlElement("w:docGrid")
    for name, value in _GRID.items():
        grid.set(qn(name), value)
    properties.append(grid)


def _set_defaults(document: Document) -> None:
    """The template's theme would otherwise choose the fonts, and its language the punctuation.
    Figures are not Chinese: a program might part them at the end of a line."""
    root = document.styles.element
    for fonts in root.iter(qn("w:rFonts")):
        for name in [name for name in fonts.attrib if str(name).endswith(("Theme", "theme"))]:
            del fonts.attrib[name]
    for fonts in root.find(qn("w:docDefaults")).iter(qn("w:rFonts")):
        _name_fonts(fonts, _FANG)
    for language in root.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _add_styles(document: Document) -> None:
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    _shape(normal, _FANG, BODY_SIZE)
    centre = WD_ALIGN_PARAGRAPH.CENTER
    _shape(_new(document, MARK), _HEI, BODY_SIZE)
    title = _shape(_new(document, TITLE), _TITLE_FONT, 22, align=centre)
    _tighten(title, 35)
    _shape(_new(document, SUBTITLE), _KAI, BODY_SIZE, align=centre)
    _shape(_new(document, ADDRESSEE), _FANG, BODY_SIZE)
    _indent(_shape(_new(document, BODY), _FANG, BODY_SIZE, align=WD_ALIGN_PARAGRAPH.JUSTIFY))
    heading = document.styles[FIRST]
    assert isinstance(heading, ParagraphStyle)
    _indent(_shape(heading, _HEI, BODY_SIZE)).paragraph_format.keep_with_next = True
    lead = document.styles.add_style(LEAD, WD_STYLE_TYPE.CHARACTER)
    _name_fonts(lead.element.get_or_add_rPr().get_or_add_rFonts(), _KAI)
    caption = _shape(_new(document, CAPTION), _HEI, 12, align=centre)
    caption.paragraph_format.keep_with_next = True
    for name, font in ((HEAD, _HEI), (CELL, _FANG)):
        _tighten(_shape(_new(document, name), font, 10.5, align=centre), 15)
    remark = _indent(_shape(_new(document, REMARK), _FANG, 14))
    remark.paragraph_format.line_spacing = Pt(24)
    signature = _shape(_new(document, SIGNATURE), _FANG, BODY_SIZE)
    signature.paragraph_format.keep_together = True
    signature.paragraph_format.keep_with_next = True


def _new(document: Document, name: str) -> ParagraphStyle:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    if name in _IDS:
        style.element.set(qn("w:styleId"), _IDS[name])
    style.base_style = document.styles["Normal"]
    return style


def _shape(
    style: ParagraphStyle, font: str, size: float, *, align: WD_ALIGN_PARAGRAPH | None = None
) -> ParagraphStyle:
    style.font.name, style.font.size = font, Pt(size)
    style.font.bold = style.font.italic = False
    properties = style.element.get_or_add_rPr()
    for colour in properties.findall(qn("w:color")):
        properties.remove(colour)
    _name_fonts(properties.get_or_add_rFonts(), font)
    if size == BODY_SIZE:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(_CLOSER))
        # The schema wants it before the size.
        properties.find(qn("w:sz")).addprevious(spacing)
    shape = style.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing = _LINE
    shape.widow_control = False
    if align is not None:
        shape.alignment = align
    return style


def _name_fonts(fonts: Any, name: str) -> None:
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)


def _indent(style: ParagraphStyle) -> ParagraphStyle:
    """Two characters, whatever their size; readers that know no characters take the points."""
    size = style.font.size
    assert size is not None
    style.paragraph_format.first_line_indent = Pt(size.pt * 2)
    properties = style.element.get_or_add_pPr()
    properties.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")
    return style


def _tighten(style: ParagraphStyle, line: float) -> None:
    """Lines that stand as far apart as their own size needs, not on the grid."""
    style.paragraph_format.line_spacing = Pt(line)
    properties = style.element.get_or_add_pPr()
    # The schema wants these before the spacing; no room beside figures, so that days fit.
    for name in ("w:autoSpaceDE", "w:autoSpaceDN", "w:snapToGrid"):
        off = OxmlElement(name)
        off.set(qn("w:val"), "0")
        properties.find(qn("w:spacing")).addprevious(off)


def _number_pages(footer: _Footer, align: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 — in 四号宋体 on the outer side, one character from the edge."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = align
    edge = "right_indent" if align == WD_ALIGN_PARAGRAPH.RIGHT else "left_indent"
    setattr(paragraph.paragraph_format, edge, Pt(14))
    for piece in ("— ", None, " —"):
        run = paragraph.add_run(piece or "")
        run.font.size = Pt(14)
        _name_fonts(run._element.get_or_add_rPr().get_or_add_rFonts(), _SONG)
        if piece is None:
            _add_page_field(run._element)


def _reserve_mark(header: _Header) -> None:
    """Where each download says who took it: small and grey, above the text of every page."""
    header.is_linked_to_previous = False
    paragraph = header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(RESERVED)
    run.font.size = Pt(9)
    run.font.color.rgb = RGBColor(0x80, 0x80, 0x80)
    _name_fonts(run._element.get_or_add_rPr().get_or_add_rFonts(), _SONG)


def _add_page_field(run: Any) -> None:
    for kind in ("begin", "", "separate", "1", "end"):
        if kind == "":
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = " PAGE "
        elif kind == "1":
            element = OxmlElement("w:t")
            element.text = "1"
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run.append(element)
