"""The sheet 填报说明: how the workbook is filled in and handed back."""

from __future__ import annotations

from collections.abc import Iterator

from obligations.filling import columns

_STEPS = (
    (
        "一、填什么",
        "“填报表”页每行一项本部门尚未办结的责任事项。只填浅黄色单元格；已有内容是系统里的现状，没有变化的保持原样，不必重填。",
    ),
    (
        "二、怎么存",
        "用 Excel、WPS 或 LibreOffice 打开都可以；存为 .xlsx（“Excel 工作簿”），"
        "不要另存为 .xls、.et、.ods 或 .csv。",
    ),
    (
        "三、怎么交",
        "由填报人员在系统“填报表”页上传。系统先逐行列出将要改动的内容，核对后确认才生效；要么全部生效，要么一项也不改。",
    ),
    (
        "四、可以做的",
        "可以筛选、隐藏、删除不填的行（删除的行按“无变化”处理）；可以粘贴文字和使用公式（按计算结果读取）。需要排序时，先“撤销工作表保护”（无密码），并选中整行一起排。",
    ),
    (
        "五、不要做的",
        "不要改“编号”列，不要自己加行，不要把内容复制到别的文件里再交：没有编号的行不能识别。灰色单元格改了也不会采用，系统会提示。",
    ),
    (
        "六、日期和电话",
        "日期写 2026-09-30、2026年9月30日、2026年9月底都可以，全角数字也可以；"
        "没写年份的按下载时的年份理解。",
    ),
    (
        "七、申报完成",
        "确已完成的，把“完成情况”改选“申报完成”，并填写文号、目录代码、接口编码、链接中的至少一项。提交后由本部门审签人员审签，再由统筹部门核验销号。文件类佐证请在系统里上传。",
    ),
    (
        "八、同时有人改",
        "下载之后别人在系统里改过同一单元格的，上传时逐行列出“下载时、现在、您填的”，由您选用哪一个。",
    ),
    ("九、注意保密", "不得填写国家秘密、工作秘密和共享数据本身。"),
)


def lines() -> Iterator[tuple[str, str]]:
    """(heading, text) of every line: the steps, then each column that is filled in."""
    yield from _STEPS
    yield "各列填写要求", ""
    for column in columns.FILLED:
        yield column.label, column.hint
