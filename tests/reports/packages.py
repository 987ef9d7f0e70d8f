"""What Excel would repair and no schema sees: what names something else, and lies beside others."""

import datetime as dt
import shutil
from zipfile import ZipFile

from tests import office

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SOFFICE = shutil.which("soffice")
CELL_TYPES = {"b", "d", "e", "inlineStr", "n", "s", "str"}


def faults(path):
    """Every way in which the workbook is not what it must be; an empty list for a good one."""
    trees = office.trees_of(path)
    styles, looks = trees["xl/styles.xml"], trees["xl/styles.xml"].find(f"{MAIN}dxfs")
    limits = {
        "styles": len(styles.find(f"{MAIN}cellXfs")),
        "dxfs": 0 if looks is None else len(looks),
        "strings": len(trees.get("xl/sharedStrings.xml", ())),
    }
    found = [*office.loose_ends(path), *_sheet_names(trees["xl/workbook.xml"]), *_formats(styles)]
    for name, tree in trees.items():
        if name.startswith("xl/worksheets/sheet"):
            found += _cells(name, tree, limits)
            found += _areas(name, tree, limits)
    return found


def rewritten(path, part, old, new, to):
    """The package with one part changed."""
    with ZipFile(path) as source, ZipFile(to, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new, 1)
            target.writestr(name, content)
    return to


def plain(value):
    """A value as both readers can say it: days are moments, nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    return float(value) if isinstance(value, int | float) else value


def _sheet_names(book):
    """Excel takes 31 characters, and no two names that only their case tells apart."""
    names = [sheet.get("name") for sheet in book.iter(f"{MAIN}sheet")]
    folded = [name.casefold() for name in names]
    found = [f"two sheets are called {name}" for name in names if folded.count(name.casefold()) > 1]
    return found + [f"no name of a sheet: {name}" for name in names if _is_no_name(name)]


def _is_no_name(name):
    quoted = name.startswith("'") or name.endswith("'")
    return quoted or not 0 < len(name.encode("utf-16-le")) // 2 <= 31 or set(name) & set("[]:*?/\\")


def _formats(styles):
    """What a format is made of is there."""
    made_of = {"fontId": "fonts", "fillId": "fills", "borderId": "borders", "xfId": "cellStyleXfs"}
    counts = {name: len(styles.find(f"{MAIN}{name}")) for name in made_of.values()}
    found = []
    for one in styles.iter(f"{MAIN}xf"):
        for attribute, name in made_of.items():
            if int(one.get(attribute, 0)) >= counts[name]:
                found.append(f"a format: {attribute} {one.get(attribute)} is not there")
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
