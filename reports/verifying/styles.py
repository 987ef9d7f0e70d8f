"""What the styles of a workbook let its readers see: formats, and text in the colour below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree
from openpyxl.styles.colors import COLOR_INDEX

from obligations.tables import packages, workbook
from obligations.tables.archives import Archive
from reports.verifying import formats

# Text that cannot be told from what is below it.
UNSEEN = "unseen"
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
# Of 255, in each of red, green and blue: paler differences are not seen on paper.
_NEAR = 24
_FALSE = ("0", "false")
# Theme colours that every program has alike: what is written on, and what is written with.
_THEME = {"0": _WHITE, "1": _BLACK}
_Colour = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Look:
    """What cells of one style show: of a number, and whether a text is hidden or replaced."""

    number: str
    text: str
    code: str


PLAIN = Look(formats.GENERAL, "", "General")


class Styles:
    """The styles of a workbook; each is looked at when a cell first has it."""

    def __init__(self, root: etree._Element | None) -> None:
        self._codes = _codes(root)
        self._formats = _children(root, "cellXfs")
        self._fonts = [_font_colour(font) for font in _children(root, "fonts")]
        self._fills = [_background(fill, by="fgColor") for fill in _children(root, "fills")]
        self._differential = _children(root, "dxfs")
        # By what cells say of their style.
        self.known: dict[str, Look] = {}
        # One object a code: whoever compares them by identity sees the same.
        self._of_codes: dict[tuple[str, bool], Look] = {}

    def look(self, style: str) -> Look:
        """A style that is not there shows all."""
        if style not in self.known:
            number = _number(style)
            known = -1 < number < len(self._formats)
            self.known[style] = self._look(self._formats[number]) if known else PLAIN
        return self.known[style]

    def rule_hides(self, rule: etree._Element) -> bool:
        """Whether a conditional format shows another value, or none."""
        if any(part.get("showValue") in _FALSE for part in rule.iter("{*}dataBar", "{*}iconSet")):
            return True
        number = _number(rule.get("dxfId", ""))
        known = self._differential[number : number + 1] if number >= 0 else []
        return any(map(_hides, [*known, *rule.iter("{*}dxf")]))

    def _look(self, found: etree._Element) -> Look:
        number = _number(found.get("numFmtId", "0"))
        code = self._codes.get(number) or formats.built_in(number)
        unseen = _are_near(self._of(self._fonts, found, "fontId"), self._fill(found))
        if (code, unseen) not in self._of_codes:
            text = "" if formats.tells_text(code) else formats.ODD
            look = Look(formats.shown_of_number(code), text, code)
            self._of_codes[code, unseen] = Look(UNSEEN, UNSEEN, code) if unseen else look
        return self._of_codes[code, unseen]

    def _fill(self, found: etree._Element) -> _Colour:
        return self._of(self._fills, found, "fillId") if self._fills else _WHITE

    def _of(self, parts: Sequence[_Colour], found: etree._Element, name: str) -> _Colour:
        number = _number(found.get(name, "0"))
        return parts[number] if -1 < number < len(parts) else None


def of_workbook(archive: Archive, main: str) -> Styles:
    path = workbook.related(archive, main, "styles")
    return Styles(packages.parse(archive, path) if path else None)


def _codes(root: etree._Element | None) -> dict[int, str]:
    return {
        _number(found.get("numFmtId", "")): found.get("formatCode", "") or ";"
        for found in _children(root, "numFmts")
    }


def _children(root: etree._Element | None, name: str) -> list[etree._Element]:
    parent = root.find(f"{{*}}{name}") if root is not None else None
    return [] if parent is None else list(parent)


def _number(text: str) -> int:
    """-1 where there is none."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 10 else -1


def _hides(differential: etree._Element) -> bool:
    code = differential.find("{*}numFmt")
    if code is not None and formats.shown_of_number(code.get("formatCode", "")) != formats.GENERAL:
        return True
    font, fill = differential.find("{*}font"), differential.find("{*}fill")
    if font is None or font.find("{*}color") is None:
        return False
    below = _WHITE if fill is None else _background(fill, by="bgColor")
    return _are_near(_font_colour(font), below)


def _font_colour(font: etree._Element) -> _Colour:
    colour = font.find("{*}color")
    return _BLACK if colour is None else _colour(colour)


def _background(fill: etree._Element, *, by: str) -> _Colour:
    """None where it is a pattern, a gradient, or not known."""
    pattern = fill.find("{*}patternFill")
    if pattern is None:
        return None
    # Conditional formats leave out that they are solid.
    sort = pattern.get("patternType", "solid" if by == "bgColor" else "none")
    colour = pattern.find(f"{{*}}{by}")
    if sort == "none" or colour is None:
        return _WHITE if sort == "none" else None
    return _colour(colour) if sort == "solid" else None


def _colour(found: etree._Element) -> _Colour:
    """None where it is not known: a theme's own colour, or one of the system."""
    rgb, index, theme = found.get("rgb", ""), found.get("indexed", ""), found.get("theme", "")
    if index and not rgb:
        rgb = COLOR_INDEX[_number(index)] if -1 < _number(index) < 64 else ""
    if rgb:
        return _of_hexadecimal(rgb)
    return _tinted(_THEME[theme], found.get("tint", "0")) if theme in _THEME else None


def _of_hexadecimal(text: str) -> _Colour:
    try:
        red, green, blue = bytes.fromhex(text[-6:])
    except ValueError:
        return None
    return red, green, blue


def _tinted(colour: tuple[int, int, int], tint: str) -> _Colour:
    """Black that is made lighter, white that is made darker."""
    try:
        share = float(tint)
    except ValueError:
        return None
    level = colour[0] * (1 + share) if share < 0 else colour[0] + (255 - colour[0]) * share
    grey = round(min(255.0, max(0.0, level))) if level == level else 0
    return grey, grey, grey


def _are_near(one: _Colour, other: _Colour) -> bool:
    if one is None or other is None:
        return False
    return all(abs(a - b) < _NEAR for a, b in zip(one, other, strict=True))
