"""校验: the hidden last sheet, by which a file can be proved years later."""

from __future__ import annotations

from collections.abc import Mapping

from reports import canonical, fingerprints
from reports.drafts import Draft
from reports.looks import Column, Form
from reports.models import Snapshot

NAME = "校验"
# Programs read the first column, people the second.
COLUMNS = (Column("key", 18), Column("项目", 24), Column("内容", 84, Form.CODE))
# What the cover says of a snapshot: key -> how it is called.
PARAMETERS = {
    "snapshot": "快照编号",
    "as_of": "数据截止",
    "made_at": "冻结时间",
    "scope": "报告范围",
    "rules": "亮灯规则",
    "calendar": "工作日历",
    "program": "程序版本",
}
FORMAT, OF_SNAPSHOT, WHOLE, SHEET = "format", "snapshot_sha256", "content_sha256", "sheet_sha256"
_WORDS = {
    FORMAT: "指纹格式",
    OF_SNAPSHOT: "快照指纹（SHA-256）",
    WHOLE: "全部可见工作表指纹（SHA-256）",
}
_NOTE = (
    "本表用于校验报告，请勿修改或删除。"
    "校验方法：“报告 → 校验文件”，或 manage.py verify_report 文件名"
)


def add(draft: Draft) -> None:
    """The sheet, once all others are complete."""
    of_sheets = draft.book.fingerprints()
    sheet = draft.book.add_sheet(NAME)
    sheet.sheet_state = "hidden"
    for letter, column in zip("ABC", COLUMNS, strict=True):
        sheet.column_dimensions[letter].width = column.width
    told = {
        FORMAT: canonical.FORMAT,
        **parameters(draft.snapshot),
        OF_SNAPSHOT: fingerprints.of_snapshot(draft.snapshot),
        WHOLE: canonical.whole(of_sheets),
    }
    rows = [tuple(column.label for column in COLUMNS)]
    rows += [(key, words(key), text) for key, text in told.items()]
    rows += [(SHEET, name, digest) for name, digest in of_sheets.items()]
    rows.append(("note", "说明", _NOTE))
    look = draft.book.looks.body(Form.CODE)
    for number, row in enumerate(rows, 1):
        for place, text in enumerate(row, 1):
            draft.book.put(sheet, number, place, text, look=look)


def parameters(snapshot: Snapshot) -> Mapping[str, str]:
    """What was set when the snapshot was taken, as texts that can be compared."""
    return {
        "snapshot": str(snapshot.pk),
        "as_of": snapshot.as_of.isoformat(),
        "made_at": snapshot.taken_at.isoformat(timespec="microseconds"),
        "scope": snapshot.scope_name,
        "rules": snapshot.rules_version,
        "calendar": snapshot.calendar_version,
        "program": snapshot.program_version,
    }


def words(key: str) -> str:
    """How people call an entry."""
    return PARAMETERS.get(key) or _WORDS[key]
