"""A sharing list as an office sends it: .xls, titles, two header rows, merged cells, old names."""

import io
from dataclasses import dataclass, field

import xlwt

# As written -> the department of the sample province that is meant.
MISNAMED = {
    "省人力资源与社会保障厅": "省人力资源和社会保障厅",
    "省住房城乡和建设厅": "省住房和城乡建设厅",
    "省民证厅": "省民政厅",
    "省公安庁": "省公安厅",
    "省卫生与健康委员会": "省卫生健康委员会",
    "省市场监督管理总局": "省市场监督管理局",
    "省自然资源局": "省自然资源厅",
    "省交通运输局": "省交通运输厅",
    "省医疗保障管理局": "省医疗保障局",
    "省退役军人事务局": "省退役军人事务厅",
    "省农业农村局": "省农业农村厅",
    "省生态环境局": "省生态环境厅",
}
RIGHT = ("省教育厅", "省科学技术厅", "省司法厅", "省财政厅", "省水利厅", "省商务厅")
UPPER = ("序\n号", "提供\n部门", "数据资源情况", "", "共享要求", "", "", "", "完成\n时限", "备注")
LOWER = (
    "",
    "",
    "数据资源\n名称",
    "信息项",
    "共享属性",
    "共享条件",
    "共享方式",
    "更新\n频率",
    "",
    "",
)
MERGED = ((0, 0), (1, 1), (8, 8), (9, 9))
TITLE, NOTE = (
    "【示例】政务数据共享责任清单（第九批）",
    "注：1.本表由各单位填报。2.完成时限精确到月。",
)
ROWS = 300
FIRST_ROW = 5  # of the sheet, counted from 1
# Row of the table (from 0) -> (column, what is wrong, what is right).
BAD = {
    17: (8, "尽快", "2027年9月底"),
    60: (4, "部分共享", "有条件共享"),
    61: (7, "偶尔", "每月"),
    128: (2, "", "【示例】补录的资源"),
    255: (8, "2027年13月", "2027年12月底"),
}


@dataclass
class Messy:
    """The rows of the table, and what is wrong with them."""

    rows: list[list[str]] = field(default_factory=list)

    def mend(self):
        for number, (column, _wrong, right) in BAD.items():
            self.rows[number][column] = right


def table():
    """300 rows: every name of MISNAMED three times, five bad cells."""
    names = [*MISNAMED, *RIGHT]
    found = Messy([_row(number, names[number % len(names)]) for number in range(ROWS)])
    for number, (column, wrong, _right) in BAD.items():
        found.rows[number][column] = wrong
    return found


def _row(number, body):
    shared = number % 3 != 2
    title = f"【示例】{body.removeprefix('省')}数据资源{number // 18 + 1}"
    terms = ["有条件", "用于政务服务核验", "接口", "每日"] if shared else ["不予", "", "", ""]
    items = f"姓名、证件号码、登记日期{number}" if shared else ""
    return [str(number + 1), body, title, items, *terms, "2027年6月底", ""]


def xls(messy):
    """The table as .xls: two title rows, two header rows, notes and a sum below, merged names."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("清单")
    sheet.write_merge(0, 0, 0, 9, TITLE)
    sheet.write(1, 0, "填报单位：省数据管理局")
    for column, text in enumerate(UPPER):
        if (column, column) in MERGED:
            sheet.write_merge(2, 3, column, column, text)
    sheet.write_merge(2, 2, 2, 3, UPPER[2])
    sheet.write_merge(2, 2, 4, 7, UPPER[4])
    for column, text in enumerate(LOWER):
        if text:
            sheet.write(3, column, text)
    for number, row in enumerate(messy.rows, start=FIRST_ROW - 1):
        for column, text in enumerate(row):
            if text:
                sheet.write(number, column, text)
    end = FIRST_ROW - 1 + len(messy.rows)
    sheet.write(end, 0, "合计")
    sheet.write(end, 2, f"{len(messy.rows)} 项")
    sheet.write_merge(end + 1, end + 1, 0, 9, NOTE)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
