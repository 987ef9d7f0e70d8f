"""What lies over the cells of a sheet: charts, pictures, shapes, controls, notes that are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from obligations.tables import packages
from obligations.tables.archives import Archive
from obligations.tables.sheet import TRUE

CHART, PICTURE, SHAPE, CONTROL, NOTE = "chart", "picture", "shape", "control", "note"
_ANCHORS = ("{*}twoCellAnchor", "{*}oneCellAnchor", "{*}absoluteAnchor")
_SORTS = {"graphicFrame": CHART, "pic": PICTURE}
_HOLDS = ("graphicFrame", "pic", "sp", "grpSp", "cxnSp", "contentPart")


def of_sheet(archive: Archive, sheet: str) -> dict[str, int]:
    """How many of each sort; notes that open when somebody points at a cell do not count."""
    return dict(Counter(_found(archive, sheet)))


def _found(archive: Archive, sheet: str) -> Iterator[str]:
    for kind, part in packages.relations(archive, sheet).values():
        sort = kind.rpartition("/")[2]
        if part not in archive:
            continue
        if sort == "drawing":
            yield from _drawn(packages.parse(archive, part))
        elif sort == "vmlDrawing":
            yield from _drawn_of_old(archive.read(part))
        elif sort == "image":
            yield PICTURE


def _drawn(root: etree._Element) -> Iterator[str]:
    for anchor in root.iter(*_ANCHORS):
        # Alternatives say the same once more for older programs.
        if next(anchor.iterancestors("{*}Fallback"), None) is None and not _is_hidden(anchor):
            names = (str(one.tag).rpartition("}")[2] for one in anchor.iterdescendants())
            held = next((name for name in names if name in _HOLDS), "")
            yield _SORTS.get(held, SHAPE)


def _is_hidden(anchor: etree._Element) -> bool:
    named = next(anchor.iter("{*}cNvPr"), None)
    return named is not None and named.get("hidden") in TRUE


def _drawn_of_old(content: bytes) -> Iterator[str]:
    """Of a drawing in VML, which programs write with errors."""
    try:
        root = etree.fromstring(content, etree.XMLParser(**packages.SAFE, recover=True))
    except (etree.XMLSyntaxError, ValueError):
        return
    if root is None:
        return
    for data in root.iter("{*}ClientData"):
        if data.get("ObjectType") != "Note":
            yield CONTROL
        elif data.find("{*}Visible") is not None:
            yield NOTE
    for _image in root.iter("{*}imagedata"):
        yield PICTURE
