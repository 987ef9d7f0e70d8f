"""The bulletin, read back from the Word file: its layout, and the figures of the tables."""

import datetime as dt
import re
from decimal import Decimal
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Length, Mm

from obligations.models import Block
from reports import (
    bulletin,
    bulletin_demands,
    bulletin_ranking,
    bulletin_styles,
    bulletin_summary,
    snapshots,
)
from reports.models import FigureLine
from reports.tables import Frozen, table
from tests.reports.conftest import AS_OF

SECTIONS = ["一、总体情况", "二、先进与滞后", "三、逾期清单", "四、需协调事项", "五、下步要求"]


@pytest.fixture(scope="module")
def kept():
    """The bulletin is made once, by the first test; every test only reads it."""
    return {}


@pytest.fixture
def written(request, kept, tmp_path_factory):
    if not kept:
        snapshot = request.getfixturevalue("snapshot")
        path = tmp_path_factory.mktemp("bulletin") / "bulletin.docx"
        assert bulletin.write(snapshot, to=path).count == 0
        kept.update(path=path, **figures(snapshot))
    return kept["path"]


@pytest.fixture
def document(written):
    return Document(str(written))


def figures(snapshot):
    """The tables that the bulletin has to agree with."""
    return {
        code: rows(table(snapshot, code)) for code in ("departments", "overdue", "coordination")
    }


def rows(one):
    keys = [column.key for column in one.columns]
    found = [dict(zip(keys, row.values, strict=True)) for row in one.rows()]
    total = [dict(zip(keys, one.total.values, strict=True))] if one.total else []
    return found + total


def texts(document):
    return [paragraph.text for paragraph in document.paragraphs]


def section(document, name):
    """The paragraphs below a heading, up to the next one."""
    found = texts(document)
    start = found.index(name)
    later = [found.index(one) for one in SECTIONS if found.index(one) > start]
    return "\n".join(found[start + 1 : min(later, default=None)])


def table_named(document, name):
    """The rows of a table as texts, found by what stands above it."""
    above = next(p for p in document.paragraphs if re.fullmatch(f"表\\d　{name}", p.text))
    element = above._p.getnext()
    [found] = [one for one in document.tables if one._tbl is element]
    return [[cell.text for cell in row.cells] for row in found.rows]


def percent(value):
    return f"{value * 100:.1f}%" if isinstance(value, Decimal) else value


def test_the_sections_stand_in_the_order_of_a_bulletin(document):
    headings = [p.text for p in document.paragraphs if p.style.name == bulletin_styles.FIRST]
    assert headings == SECTIONS
    assert texts(document)[0] == "内部资料"
    title = [p.text for p in document.paragraphs if p.style.name == bulletin_styles.TITLE]
    assert title == ["【示例】关于全省数据共享责任清单", "落实情况的通报"]
    assert "各有关部门、单位：" in texts(document)


def test_the_overview_says_the_sums_of_the_departments_table(document, kept):
    total = kept["departments"][-1]
    said = section(document, SECTIONS[0])
    assert f"计入指标{total['counted']}项" in said
    assert f"已核验销号{total['verified']}项，完成率{percent(total['completion_rate'])}" in said
    assert (
        f"到期{total['fell_due']}项、按期完成{total['on_time']}项，"
        f"按期完成率{percent(total['on_time_rate'])}"
    ) in said
    assert f"待核验{total['endorsed']}项，待部门审签{total['claimed']}项" in said
    assert f"红灯{total['red']}项，黄灯{total['yellow']}项，蓝灯{total['blue']}项" in said
    summed = table_named(document, "各类清单落实情况")[-1]
    assert summed == [
        "合计",
        *(str(total[key]) for key in ("counted", "verified")),
        percent(total["completion_rate"]),
        *(str(total[key]) for key in ("fell_due", "on_time")),
        percent(total["on_time_rate"]),
        *(str(total[key]) for key in ("red", "yellow", "blue", "purple", "green")),
    ]


def test_each_number_of_the_overview_stands_under_its_own_name():
    whole = FigureLine(
        total=160,
        item_count=90,
        idle_item_count=12,
        applicable=101,
        verified=23,
        grey=40,
        endorsed=4,
        claimed=5,
        in_progress=6,
        issued=7,
        waiting_in_time=8,
        fell_due=31,
        on_time=17,
        originally_fell_due=33,
        originally_on_time=11,
        docking=9,
        docking_verified=2,
        decided=14,
        decided_in_time=13,
        red=51,
        yellow=52,
        blue=53,
        purple=54,
        green=55,
    )
    frozen = SimpleNamespace(whole=whole, figures={"list": [whole, whole, whole]}, external={"": 7})
    assert bulletin_summary._size(frozen) == (
        "共涉及责任清单3份、清单事项102条，形成责任事项160项（本级各部门承担153项，上级单位承担7项），其中计入指标101项，"
        "不计入59项（待下达、已撤销、不适用和上级单位承担的）。"
        "另有12条清单事项（不予共享等）不产生责任。"
    )
    assert bulletin_summary._completion(whole) == (
        "已核验销号23项，完成率22.8%；待核验4项，待部门审签5项，推进中6项，待签收7项。"
        "按现行时限，到期31项、按期完成17项，按期完成率54.8%。"
        "按原定时限，到期33项、按期完成11项，按期完成率33.3%。"
        "按期申报待核验的8项单独反映，不作到期事项计算。"
        "系统对接责任9项，已核验销号2项，对接完成率22.2%。"
        "统筹部门应作出核验决定的申报14次，按时作出13次，核验及时率92.9%。"
    )
    assert bulletin_summary._lights(whole) == (
        "计入指标的101项中，红灯51项，黄灯52项，蓝灯53项，紫灯54项，绿灯55项。"
    )


def test_sums_and_demands_count_what_they_are_about_and_name_the_worst(snapshot, province):
    def line(name, **facts):
        assert snapshot.lines.filter(obligation_id=province[name].pk).update(**facts)

    line("unendorsed", light_reason="mending", mend_until=AS_OF)
    line("draft", light_reason="mending", mend_until=dt.date(2025, 11, 1))
    line("late", light="red", light_reason="claimed_late", overdue_days=34, title="【示例】最久")
    line("ongoing", light="red", light_reason="not_a_known_one")
    line("waiting", decide_by=AS_OF, light_reason="due_close")
    line("external", waiting_days=900, dependant_count=3)
    line("in time", blocked=True)

    assert bulletin_summary.overdue(snapshot) == (
        "红灯事项3项，涉及省公安厅、省卫生健康委员会，其中逾期未申报1项、逾期申报1项、"
        "其他原因1项。逾期最长的为省公安厅“【示例】最久”，已逾期34个工作日。"
    )
    assert bulletin_summary.coordination(snapshot) == (
        "需协调事项3项，其中经确认受阻2项、上级尚未开放1项。"
        "等待最长的为公安部“【示例】人口管理系统”，已等待900个工作日。"
        "受阻事项在受阻期间不计入按期完成率。"
    )
    line("external", blocked=True, light_reason="due_soon", due_on=dt.date(2025, 1, 1))
    line("draft", external=True, dependant_count=4)
    doubted = snapshot.lines.get(obligation_id=province["overdue"].pk)
    for number in (1, 2):
        sides = {"claim": "已销号", "found": "打不开", "weight": 90, "recurrence": 0}
        doubted.contradictions.create(
            snapshot=snapshot, case_id=number, found_on=AS_OF, code="x", **sides
        )
    frozen = Frozen(snapshot)
    said = dict(one for make in bulletin_demands._DEMANDS for one in make(snapshot.lines, frozen))
    assert "正式申报的2项，最早2025年9月30日、最晚2025年11月26日到期" in said["按时申报临期事项"]
    assert said["及时补正退回事项"].startswith("退回补正的1项，请省卫生健康委员会在")
    assert said["及时补正退回事项"].endswith("最早的一项补正期限为2025年11月21日。")
    assert said["按期核验"].endswith("，尚在期限内的最早一项期限为2025年11月21日。")
    assert "已超过" not in said["按期核验"]
    assert said["核实印证疑点"].startswith("申报情况与印证情况不一致的疑点2个，请省公安厅核实")
    assert said["协调解决受阻事项"].startswith("受阻2项，请省公安厅继续")
    assert said["协调解决受阻事项"].endswith(
        "上级尚未开放2项，影响省内事项7项，由统筹部门负责对接。"
    )


def test_first_and_last_have_the_figures_and_places_of_the_table(document, kept):
    known = {row["department"]: row for row in kept["departments"]}
    _head, *found = table_named(document, "先进与滞后部门")
    assert [(row[0], row[2]) for row in found] == [
        ("先进", "省公安厅"),
        ("滞后", "省卫生健康委员会"),
    ]
    for _word, place, name, counted, verified, rate, on_time, red in found:
        row = known[name]
        assert [place, counted, verified, red] == [
            str(row[key]) for key in ("rank", "counted", "verified", "red")
        ]
        assert [rate, on_time] == [percent(row["completion_rate"]), percent(row["on_time_rate"])]
    assert "省公安厅（2/4）第1名，完成率50.0%" in section(document, SECTIONS[1])


def test_the_lists_are_the_rows_of_the_reports_tables(document, kept):
    for name, code, columns in (
        ("逾期清单", "overdue", bulletin._OVERDUE),
        ("需协调事项", "coordination", bulletin._COORDINATION),
    ):
        head, *found = table_named(document, name)
        assert head == [column.label for column in columns.values()]
        assert found == [[bulletin.text_of(row[key]) for key in columns] for row in kept[code]]
    assert "红灯事项1项，涉及省公安厅，其中逾期未申报1项。" in section(document, SECTIONS[2])
    assert "已逾期33个工作日" in section(document, SECTIONS[2])
    # As the sentences write it.
    assert "2025年9月30日" in table_named(document, "逾期清单")[1]


def test_days_in_tables_stand_in_one_line():
    # Seven characters of 10.5 points, and the edges of the cell.
    needed = 7 * 10.5 / 72 * 25.4 + 2
    for column in (bulletin._OVERDUE["due_on"], bulletin._COORDINATION["waiting_since"]):
        assert column.width_mm >= needed * 1.25


def test_what_is_asked_for_says_how_many_who_and_by_when(document):
    said = section(document, SECTIONS[4])
    assert "（一）抓紧办结红灯事项。红灯事项1项，请省公安厅逐项说明原因" in said
    assert "5个工作日内到期且尚未正式申报的1项，均于2025年11月26日到期。请省卫生健康委员会" in said
    assert "待签收1项，请省卫生健康委员会尽快签收" in said
    assert "待部门审签1项" in said
    assert "待核验1项，由统筹部门在核验期限内核验或者退回，其中已超过核验期限1项" in said
    assert "受阻1项，请省公安厅继续" in said
    assert "上级尚未开放1项，影响省内事项1项" in said


def test_a_demand_without_a_case_is_not_made(document):
    assert "退回补正" not in section(document, SECTIONS[4])


def test_who_issues_it_signs_with_the_day_and_the_sources_stand_below(document, snapshot):
    *_rest, body, day, note = [text for text in texts(document) if text]
    assert body == "省数据管理局"
    assert re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日", day)
    assert snapshot.rules_version in note
    assert "工作日历：国务院公布的放假安排" in note
    assert ".csv" not in note
    assert f"截止日之后补录的{snapshot.recorded_later_count}条操作已计入" in note
    snapshot.recorded_later_count = 0
    assert not any("补录" in one for one in bulletin._sources(snapshot))


def test_the_page_is_that_of_official_documents(document):
    [page] = document.sections
    sizes = [page.page_width, page.page_height, page.top_margin, page.bottom_margin]
    sizes += [page.left_margin, page.right_margin]
    assert [round(size.mm) for size in sizes] == [210, 297, 37, 35, 28, 26]
    pitch = int(page._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch")))
    body = document.styles[bulletin_styles.BODY].element.rPr
    space = int(body.find(qn("w:spacing")).get(qn("w:val")))
    text_height = Length(page.page_height - page.top_margin - page.bottom_margin).pt
    text_width = Length(page.page_width - page.left_margin - page.right_margin).pt
    assert int(text_height // (pitch / 20)) == 22
    assert int(text_width // (16 + space / 20)) == 28


@pytest.mark.parametrize(
    ("style", "font", "size"),
    [
        (bulletin_styles.TITLE, "方正小标宋简体", 22),
        (bulletin_styles.BODY, "仿宋_GB2312", 16),
        (bulletin_styles.FIRST, "黑体", 16),
        (bulletin_styles.LEAD, "楷体_GB2312", None),
        (bulletin_styles.CELL, "仿宋_GB2312", 10.5),
    ],
)
def test_every_style_names_its_font_for_all_scripts(document, style, font, size):
    found = document.styles[style]
    fonts = found.element.rPr.find(qn("w:rFonts"))
    assert {fonts.get(qn(f"w:{one}")) for one in ("ascii", "hAnsi", "eastAsia", "cs")} == {font}
    assert not [name for name in fonts.attrib if "heme" in name]
    assert (found.font.size.pt if found.font.size else None) == size


def test_body_lines_are_exactly_set_and_begin_two_characters_in(document):
    shape = document.styles[bulletin_styles.BODY].paragraph_format
    assert 28 <= shape.line_spacing.pt <= 29
    assert shape.line_spacing_rule.name == "EXACTLY"
    indent = shape.element.pPr.find(qn("w:ind"))
    assert indent.get(qn("w:firstLineChars")) == "200"


def test_page_numbers_stand_outside_on_odd_and_even_pages(document, written):
    assert document.settings.odd_and_even_pages_header_footer
    [page] = document.sections
    for footer, side in ((page.footer, "RIGHT"), (page.even_page_footer, "LEFT")):
        [paragraph] = footer.paragraphs
        assert paragraph.alignment.name == side
        assert paragraph.text == "— 1 —"
        assert {run.font.size.pt for run in paragraph.runs} == {14}
    with ZipFile(written) as archive:
        fields = [
            found
            for name in archive.namelist()
            if name.startswith("word/") and name.endswith(".xml")
            for found in re.findall(r"<w:instrText[^>]*>([^<]*)<", archive.read(name).decode())
        ]
    assert fields == [" PAGE ", " PAGE "]


def test_tables_repeat_their_heading_and_are_as_wide_as_the_text(document):
    for found in document.tables:
        head, *body = found._tbl.tr_lst
        assert head.trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:tblHeader")) is None for row in body)
        width = sum(int(one.get(qn("w:w"))) for one in found._tbl.tblGrid)
        assert abs(width - Mm(156).twips) <= len(found.columns)


def test_the_same_snapshot_gives_the_same_bytes(snapshot, tmp_path):
    one, two = tmp_path / "one.docx", tmp_path / "two.docx"
    bulletin.write(snapshot, to=one)
    bulletin.write(snapshot, to=two)
    assert one.read_bytes() == two.read_bytes()
    properties = Document(str(one)).core_properties
    assert (properties.author, properties.last_modified_by) == ("", "")
    assert properties.created.replace(tzinfo=None) == properties.modified.replace(tzinfo=None)


def test_text_from_people_stays_text_and_what_cannot_be_written_is_listed(
    province, coordinator, tmp_path
):
    odd = '{ PAGE } <w:p>&amp;\x0b\u202e=1+1 _x0041_ 😀"' + "长" * 40_000
    Block.objects.update(reason=odd)
    item = province["overdue"].item
    item.title = odd[:500]
    item.save()
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)

    cleanings = bulletin.write(taken, to=tmp_path / "odd.docx")

    document = Document(str(tmp_path / "odd.docx"))
    title = table_named(document, "逾期清单")[1][2]
    assert title.startswith("{ PAGE } <w:p>&amp;")
    assert title.endswith("……")
    assert "\x0b" not in title
    assert {found.removed for found in cleanings.listed if found.cell.startswith("表3")} == {1}


@pytest.mark.parametrize(
    ("verified", "leading", "lagging"),
    [
        # Of four, the best and the worst two; who shares the last place that counts is named.
        ([4, 3, 2, 1], [(1, "甲"), (2, "乙")], [(3, "丙"), (4, "丁")]),
        ([4, 4, 4, 1], [(1, "甲"), (1, "乙"), (1, "丙")], [(4, "丁")]),
        # The last of all do not lead, however few stand before them.
        ([4, 1, 1, 1], [(1, "甲")], [(2, "乙"), (2, "丙"), (2, "丁")]),
        # Nobody leads with nothing done, nobody lags with all done.
        ([4, 0, 0, 0], [(1, "甲")], [(2, "乙"), (2, "丙"), (2, "丁")]),
        ([4, 4, 4, 4], [], []),
        ([3, 3, 3, 3], [], []),
        # Who shares a place with those who lead does not lag.
        ([4, 3, 3, 3, 3, 1], [(1, "甲"), *((2, name) for name in "乙丙丁戊")], [(6, "己")]),
        ([2, 1], [(1, "甲")], [(2, "乙")]),
        ([3], [], []),
    ],
)
def test_first_and_last_with_ties(verified, leading, lagging):
    lines = [
        FigureLine(key=name, name=name, applicable=4, verified=number)
        for name, number in zip("甲乙丙丁戊己", verified, strict=False)
    ]
    ranking = bulletin_ranking.ranked(lines)
    assert [(place, line.name) for place, line in ranking.leading] == leading
    assert [(place, line.name) for place, line in ranking.lagging] == lagging


def test_who_owes_too_little_is_not_ranked_but_named():
    lines = [
        FigureLine(key="甲", name="甲", applicable=4, verified=1),
        FigureLine(key="乙", name="乙", applicable=2, verified=2),
        # Who owes nothing is not spoken of.
        FigureLine(key="丙", name="丙", applicable=0, verified=0),
    ]
    ranking = bulletin_ranking.ranked(lines)
    assert [line.name for _place, line in ranking.ranked] == ["甲"]
    assert [line.name for line in ranking.small] == ["乙"]
    why = "参加排名的部门不足两个，不作先进与滞后比较。"
    # How many take part is not said of one or none.
    assert bulletin_ranking.sentences(ranking) == [f"乙计入事项少于3项，不参加排名。{why}"]
    assert bulletin_ranking.sentences(bulletin_ranking.ranked([])) == [why]


def test_where_all_have_the_same_rate_it_is_said():
    lines = [FigureLine(key=name, name=name, applicable=4, verified=3) for name in "甲乙"]
    [_who, said] = bulletin_ranking.sentences(bulletin_ranking.ranked(lines))
    assert said == "参加排名的部门完成率均为75.0%，不分先进与滞后。"


def test_a_province_without_obligations_gets_a_bulletin_that_says_so(coordinator, tmp_path):
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    bulletin.write(taken, to=tmp_path / "empty.docx")
    document = Document(str(tmp_path / "empty.docx"))
    assert "尚不能计算完成率" in section(document, SECTIONS[0])
    assert section(document, SECTIONS[2]) == "没有红灯事项。"
    assert section(document, SECTIONS[3]) == "没有需要协调的事项。"
    # One paragraph alone bears no number.
    assert texts(document)[texts(document).index(SECTIONS[4]) + 1].startswith(
        "责任部门对亮灯有异议"
    )


def test_a_long_list_is_cut_and_says_how_much_is_left(snapshot, monkeypatch, tmp_path):
    monkeypatch.setattr(bulletin, "LISTED", 1)
    bulletin.write(snapshot, to=tmp_path / "cut.docx")
    document = Document(str(tmp_path / "cut.docx"))
    assert len(table_named(document, "需协调事项")) == 2
    assert "本表列出前1项，其余1项见同期报告工作簿“需协调事项”。" in texts(document)


def test_the_file_has_a_chinese_name(snapshot):
    assert (
        bulletin.file_name(snapshot) == "【示例】全省数据共享责任清单落实情况的通报-20251121.docx"
    )
