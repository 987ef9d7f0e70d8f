"""Makes list files: ordinary ones, and such as only accident or malice produces."""

import datetime as dt
import io
import random
import struct
import zipfile

import openpyxl

from obligations.tables.headers import Known

SHARING = (
    "序号",
    "提供部门",
    "数据资源名称",
    "信息项",
    "共享类型",
    "共享方式",
    "更新周期",
    "完成时限",
)
ROW = (1, "公安部", "居住证信息", "姓名、证号", "有条件共享", "服务接口", "每日", "2025-09-30")
ON = dt.date(2025, 8, 1)
DOCKING = (
    "序号",
    "系统名称",
    "主管部门",
    "对接方式",
    "对接内容",
    "牵头部门",
    "配合部门",
    "完成时限",
)
DOCKED = (1, "人口系统", "公安部", "接口", "办件、数据", "省公安厅", "省数据管理局", "2025-12-31")
KNOWN = [
    Known("serial", "序号", ()),
    Known("body", "提供部门", ("责任部门",), True),
    Known("title", "数据资源名称", ("资源名称", "目录名称"), True),
    Known("data_items", "信息项", ()),
    Known("share_type", "共享类型", ("共享属性",), True),
    Known("share_mode", "共享方式", ()),
    Known("update_cycle", "更新周期", ()),
    Known("deadline", "完成时限", ("完成时间",), True),
]


def row(**cells):
    """The sample row with some cells changed, by label."""
    return tuple(cells.get(label, cell) for label, cell in zip(SHARING, ROW, strict=True))


def saved(book):
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def workbook(*rows, labels=SHARING, above=(), below=(), merged=(), change=None, title="清单"):
    """One sheet: rows above, labels, rows, rows below; `change(sheet)` does the rest."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in (*above, labels, *(rows or (ROW,)), *below):
        sheet.append(row)
    for reference in merged:
        sheet.merge_cells(reference)
    if change:
        change(sheet)
    return saved(book)


def csv(*rows, labels=SHARING, encoding="utf-8-sig", delimiter=","):
    lines = [delimiter.join(str(cell) for cell in row) for row in (labels, *(rows or (ROW,)))]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members, *, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_parts(data=None, **changes):
    """A workbook with parts added or replaced; a callable changes what is there."""
    members = parts(data or workbook())
    for name, content in changes.items():
        members[name] = content(members[name]) if callable(content) else content
    return packed(members)


SHEET = "xl/worksheets/sheet1.xml"


def sheet_xml(old, new, data=None):
    """A workbook whose sheet's XML was changed by hand."""
    members = parts(data or workbook())
    assert old in members[SHEET], members[SHEET][:2000]
    members[SHEET] = members[SHEET].replace(old, new)
    return packed(members)


def related(kind, target, *, external=False):
    """A workbook with one more relationship of its sheet."""
    mode = ' TargetMode="External"' if external else ""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return with_parts(
        **{
            "xl/worksheets/_rels/sheet1.xml.rels": (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                f'relationships"><Relationship Id="r9" Type="{base}/{kind}" '
                f'Target="{target}"{mode}/>'
                "</Relationships>"
            ).encode()
        }
    )


def doctype(content, *, encoding="utf-8"):
    text = content.decode("utf-8").partition("?>")[2] or content.decode("utf-8")
    text = text.lstrip()
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    head = f'<?xml version="1.0" encoding="{encoding}"?>{entity}'
    return (head + text).encode(encoding)


def twice_named():
    buffer = io.BytesIO(workbook())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(SHEET.replace("sheet1", "sheet2"), b"<x/>")
    return buffer.getvalue().replace(b"sheet2.xml", b"sheet1.xml")


def overlapping():
    """Two members of the directory that share the same bytes."""
    data = bytearray(workbook())
    end = data.rindex(b"PK\x05\x06")
    start = struct.unpack("<L", data[end + 16 : end + 20])[0]
    lengths = struct.unpack("<3H", data[start + 28 : start + 34])
    first = bytes(data[start : start + 46 + sum(lengths)])
    data[end:end] = first.replace(b"docProps/app.xml", b"docProps/bpp.xml")
    count = struct.unpack("<H", data[end + len(first) + 8 : end + len(first) + 10])[0] + 1
    end += len(first)
    data[end + 8 : end + 12] = struct.pack("<2H", count, count)
    size = struct.unpack("<L", data[end + 12 : end + 16])[0] + len(first)
    data[end + 12 : end + 16] = struct.pack("<L", size)
    return bytes(data)


def lying_about_size():
    """The directory says that a member is small; its own header knows better."""
    data = with_parts(**{"xl/media/image1.png": bytes(3 * 2**20)})
    real = struct.pack("<L", 3 * 2**20)
    at = data.rindex(real)
    return data[:at] + struct.pack("<L", 100) + data[at + 4 :]


def encrypted_member():
    data = bytearray(workbook())
    end = data.rindex(b"PK\x05\x06")
    start = struct.unpack("<L", data[end + 16 : end + 20])[0]
    data[start + 8] |= 1
    return bytes(data)


def fluffy(size):
    """Bytes that pack some forty to one: much, but not suspicious."""
    signs = random.Random(1).randbytes(size // 80)
    return b"".join(signs[n : n + 1] + bytes(79) for n in range(len(signs)))


def far_cell():
    """A styled, empty cell at the sheet's far corner."""
    return sheet_xml(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    )
