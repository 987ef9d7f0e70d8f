"""What a workbook's parts must be for Excel to open it without repair: ECMA-376, by hand."""

import posixpath
from xml.etree import ElementTree
from zipfile import ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
# CT_Worksheet, 18.3.1.99: the children in the only order that readers accept.
WORKSHEET = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr"),
    *("sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState"),
    *("dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr"),
    *("conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches"),
    *("ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "picture"),
    *("oleObjects", "controls", "webPublishItems", "tableParts", "extLst"),
)
# CT_Workbook, 18.2.27.
WORKBOOK = (
    *("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets"),
    *("functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize"),
    *("customWorkbookViews", "pivotCaches", "webPublishing", "fileRecoveryPr", "extLst"),
)
CELL_TYPES = {"b", "d", "e", "inlineStr", "n", "s", "str"}


def faults(path):
    """Every way in which the package is not what it must be; an empty list for a good one."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    trees = {name: ElementTree.fromstring(content) for name, content in parts.items()}
    styles = trees["xl/styles.xml"]
    limits = {
        "styles": len(styles.find(f"{MAIN}cellXfs")),
        "dxfs": len(styles.find(f"{MAIN}dxfs")),
        "strings": len(trees.get("xl/sharedStrings.xml", ())),
    }
    found = [*_types(trees), *_order("xl/workbook.xml", trees["xl/workbook.xml"], WORKBOOK)]
    for name, tree in trees.items():
        if name.endswith(".rels"):
            found += _targets(name, tree, parts)
        if name.startswith("xl/worksheets/sheet"):
            found += _order(name, tree, WORKSHEET)
            found += _cells(name, tree, limits)
            found += _areas(name, tree, limits)
    return found


def _types(trees):
    """Each part has one content type, and each override names a part."""
    tree = trees["[Content_Types].xml"]
    overrides = {one.get("PartName").lstrip("/") for one in tree.iter(f"{TYPES}Override")}
    defaults = {one.get("Extension") for one in tree.iter(f"{TYPES}Default")}
    missing = {
        name for name in trees if name not in overrides and name.rpartition(".")[2] not in defaults
    } - {"[Content_Types].xml"}
    return [f"no content type: {name}" for name in missing] + [
        f"type of nothing: {name}" for name in overrides - set(trees)
    ]


def _order(name, tree, allowed):
    tags = [child.tag.removeprefix(MAIN) for child in tree]
    unknown = [tag for tag in tags if tag not in allowed]
    if unknown:
        return [f"{name}: {unknown} has no place here"]
    places = [allowed.index(tag) for tag in tags]
    return [] if places == sorted(places) else [f"{name}: wrong order {tags}"]


def _targets(name, tree, parts):
    folder = posixpath.dirname(posixpath.dirname(name))
    found = []
    for relation in tree.iter(f"{RELATIONS}Relationship"):
        target = relation.get("Target")
        if relation.get("TargetMode") == "External":
            found.append(f"{name}: leads out of the file to {target}")
            continue
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        if posixpath.normpath(path) not in parts:
            found.append(f"{name}: {target} is not there")
    return found


def _cells(name, tree, limits):
    found, last_row, seen = [], 0, set()
    for row in tree.iter(f"{MAIN}row"):
        number = int(row.get("r"))
        if number <= last_row:
            found.append(f"{name}: row {number} after row {last_row}")
        if not 0 < float(row.get("ht", 1)) <= 409:
            found.append(f"{name}: row {number} is {row.get('ht')} high")
        last_row, last_column = number, 0
        for cell in row:
            letters = cell.get("r").rstrip("0123456789")
            column = column_number(letters)
            if cell.get("r") != f"{letters}{number}" or column <= last_column:
                found.append(f"{name}: {cell.get('r')} is out of its place")
            last_column = column
            found += _cell(name, cell, limits)
            seen.add(cell.get("t", "n"))
    return found + [f"{name}: cells of type {kind}" for kind in seen - CELL_TYPES]


def _cell(name, cell, limits):
    place, found = f"{name}!{cell.get('r')}", []
    if int(cell.get("s", 0)) >= limits["styles"]:
        found.append(f"{place}: style {cell.get('s')} is not there")
    if cell.find(f"{MAIN}f") is not None:
        found.append(f"{place}: a formula")
    value = cell.findtext(f"{MAIN}v")
    if cell.get("t") == "s" and int(value) >= limits["strings"]:
        found.append(f"{place}: string {value} is not there")
    if cell.get("t", "n") == "n" and value is not None:
        float(value)
    return found


def _areas(name, tree, limits):
    """Merged cells lie apart, rules have their style, filters and links lie on the sheet."""
    found, merged = [], []
    for area in tree.iter(f"{MAIN}mergeCell"):
        box = corners(area.get("ref"))
        found += [f"{name}: {area.get('ref')} overlaps" for one in merged if _overlap(box, one)]
        merged.append(box)
    for rule in tree.iter(f"{MAIN}cfRule"):
        if int(rule.get("dxfId")) >= limits["dxfs"]:
            found.append(f"{name}: rule without a look")
    for place in [*tree.iter(f"{MAIN}autoFilter"), *tree.iter(f"{MAIN}hyperlink")]:
        left, top, right, bottom = corners(place.get("ref"))
        if not (1 <= left <= right <= 16_384 and 1 <= top <= bottom <= 1_048_576):
            found.append(f"{name}: {place.get('ref')} is no area")
    return found


def corners(area):
    """(left, top, right, bottom) of A1 or A1:B2."""
    start, _, end = area.partition(":")
    cells = [start, end or start]
    columns = [column_number(cell.rstrip("0123456789")) for cell in cells]
    rows = [int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for cell in cells]
    return columns[0], rows[0], columns[1], rows[1]


def column_number(letters):
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _overlap(one, other):
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
