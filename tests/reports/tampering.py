"""Files that were changed, one way each, as somebody with an office program would."""

import shutil
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import load_workbook

from reports.sheets import proof


def edited(path, change):
    """The workbook after `change(book)`, saved by openpyxl."""
    book = load_workbook(path)
    change(book)
    made = path.with_name("edited.xlsx")
    book.save(made)
    return made


def repacked(path, change):
    """The package with each part as `change(name, content)` has it; None leaves it out."""
    made = path.with_name("repacked.xlsx")
    with ZipFile(path) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in reversed(old.namelist()):
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return made


def cut_off(path, *, keep):
    made = path.with_name("cut.xlsx")
    made.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    return made


def copied(path, name):
    return shutil.copyfile(path, path.with_name(name))


def set_entry(book, key, text):
    """What the sheet 校验 says under a key."""
    for row in book[proof.NAME].iter_rows():
        if row[0].value == key:
            row[2].value = text
