"""Makes the files of this folder with LibreOffice: python -m tests.importing.corpus.office

They are kept beside this script, for LibreOffice is not everywhere where the tests run.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

import openpyxl
from openpyxl.styles import Font

from tests.importing import books

HERE = Path(__file__).resolve().parent
SHAPES = HERE.parent / "data" / "template-shapes.xlsx"
UPPER = ("序 \n号", "提供部门", "数据资源情况", None, "共享要求", None, None, "完成时限", "备注")
LOWER = (None, None, "数据资源名称", "信息项", "共享类型", "共享方式", "更新周期", None, None)
BODY = [
    (1, "公安部", "居住证信息", "姓名", "有条件共享", "服务接口", "每日", "2025年9月底", None),
    (None, None, None, "证号", "有条件共享", "服务接口", "每日", None, "=1+1"),
    (2, "公安部", "户籍信息", "姓名\n住址", "无条件共享", "批量交换", "每月", None, "=1/0"),
]
TOTAL = ("合计", None, 2)


def main():
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "list.xlsx"
        source.write_bytes(messy())
        for suffix, target in (("xls", "xls:MS Excel 97"), ("ods", "ods"), ("xlsx", "xlsx")):
            convert(source, target, HERE / f"list.{suffix}")
        shapes = shutil.copy(SHAPES, Path(folder) / "shapes.xlsx")
        for suffix, target in (("xls", "xls:MS Excel 97"), ("ods", "ods")):
            convert(shapes, target, HERE / f"shapes.{suffix}")
        page = Path(folder) / "list.html"
        page.write_text(markup(), encoding="utf-8")
        convert(page, "docx:MS Word 2007 XML", HERE / "list.docx", "--infilter=HTML (StarWriter)")
        convert(page, "odt", HERE / "list.odt", "--infilter=HTML (StarWriter)")
        convert(page, "doc:MS Word 97", HERE / "list.doc", "--infilter=HTML (StarWriter)")


def messy():
    """Titles, two header rows with groups, merged cells, a hidden row, formulas, a sum, a note."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "清单"
    sheet.append(("政务数据共享责任清单",))
    for row in (UPPER, LOWER, *BODY, TOTAL, ("注：本表由各单位填报。",)):
        sheet.append(row)
    day = sheet.cell(6, 8, books.ON)
    day.number_format = "yyyy-mm-dd"
    sheet["A1"].font = Font(size=22)
    upper = ("A2:A3", "B2:B3", "C2:D2", "E2:G2", "H2:H3", "I2:I3")
    for reference in ("A1:I1", *upper, "A4:A5", "B4:B5", "C4:C5", "H4:H5", "A8:I8"):
        sheet.merge_cells(reference)
    sheet.row_dimensions[6].hidden = True
    other = book.create_sheet("填表说明")
    other.append(("请如实填写",))
    other.sheet_state = "hidden"
    return books.saved(book)


def markup():
    rows = [
        "<tr><th>序号</th><th>提供部门</th><th>数据资源名称</th><th>信息项</th><th>共享类型</th>"
        "<th>共享方式</th><th>更新周期</th><th>完成时限</th></tr>",
        "<tr><td>1</td><td rowspan=2>公安部</td><td rowspan=2>居住证信息</td><td>姓名</td>"
        "<td>有条件共享</td><td>服务接口</td><td>每日</td><td>2025年9月底</td></tr>",
        "<tr><td>2</td><td>证号<br>住址</td><td colspan=3>有条件共享</td><td>持续推进</td></tr>",
    ]
    return f"<html><body><p>责任清单</p><table border=1>{''.join(rows)}</table></body></html>"


def convert(source, target, place, *options):
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", "--headless", *options, "--convert-to", target, "--outdir", folder]
        subprocess.run([*command, str(source)], check=True, capture_output=True)
        made = next(Path(folder).iterdir())
        shutil.copy(made, place)


if __name__ == "__main__":
    main()
