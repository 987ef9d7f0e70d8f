"""The data sharing list: its columns, the obligations it makes, its checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from obligations.fanning import owed_to_open
from obligations.kinds import (
    DEADLINE,
    OFFICE,
    REMARK,
    SCENES,
    SECURITY,
    SERIAL,
    Column,
    Kind,
    Panel,
)
from sharing_lists import following, panels, request_dates
from sharing_lists.availability import AVAILABILITY
from sharing_lists.cataloguing import CATALOGUING
from sharing_lists.contradictions import CONTRADICTIONS
from sharing_lists.fulfilment import CHECKS
from sharing_lists.reminders import REMINDERS
from sharing_lists.request_rates import INDICATORS

if TYPE_CHECKING:
    from obligations.fanning import Counterparts, Fanned

SHARE_TYPES = {
    "unconditional": ("无条件共享", ("无条件", "普遍共享")),
    "conditional": ("有条件共享", ("有条件", "受限", "受限共享")),
    "refused": ("不予共享", ("不予", "不共享", "不予提供")),
}
SHARE_MODES = {
    "interface": ("服务接口", ("接口", "数据接口", "API")),
    "query": ("查询核验", ("核验",)),
    "batch": ("批量交换", ("库表", "库表交换", "前置机")),
    "file": ("文件下载", ("文件",)),
    "other": ("其他", ()),
}
UPDATE_CYCLES = {
    "real_time": ("实时", ()),
    "daily": ("每日", ()),
    "workdaily": ("每工作日", ()),
    "weekly": ("每周", ()),
    "monthly": ("每月", ()),
    "quarterly": ("每季度", ("季度", "每季")),
    "half_yearly": ("每半年", ("半年",)),
    "yearly": ("每年", ()),
    "once": ("一次性", ()),
    "irregular": ("不定期", ("不定时", "按需", "适时")),
    "other": ("其他", ()),
}


def is_shared(values: Mapping[str, object]) -> bool:
    """Whether the row is shared at all: 不予共享 rows need fewer columns and owe nothing."""
    return values.get("share_type") not in ("refused", None)


def duties_without(terms: Any) -> frozenset[str]:
    """不予共享: nobody supplies it, and nobody applies for it."""
    return frozenset() if terms.share_type != "refused" else frozenset({"supply", "apply"})


def fan_out(values: Mapping[str, Any], counterparts: Counterparts) -> Fanned:
    """不予共享 owes nothing; else the body supplies, or the province applies to it."""
    if not is_shared(values):
        return [], []
    return owed_to_open(
        values["body"], own_duty="supply", counterpart_duty="apply", counterparts=counterparts
    )


def recount(on: dt.date) -> int:
    """Dates of promises and of requests; how many moved."""
    return following.recount(on) + request_dates.recount(on)


SHARING = Kind(
    code="sharing",
    label=_("data sharing responsibility list"),
    terms_model="sharing_lists.SharingTerms",
    title="title",
    body="body",
    identity=("body", "title", "data_items"),
    columns=(
        SERIAL,
        Column(
            "body",
            "提供部门",
            "body",
            (
                "提供单位",
                "数据提供部门",
                "数据提供方",
                "责任部门",
                "责任单位",
                "部门名称",
                "数源部门",
                "信息资源提供方",
            ),
            required=True,
            on_item=True,
        ),
        OFFICE,
        Column(
            "title",
            "数据资源名称",
            "name",
            ("资源名称", "信息资源名称", "数据名称", "共享数据名称", "目录名称"),
            required=True,
            on_item=True,
        ),
        Column("catalogue_code", "目录代码", "code", ("信息资源代码", "资源代码")),
        Column(
            "data_items",
            "信息项",
            "items",
            ("数据项", "信息项名称", "共享信息项", "数据内容", "字段"),
            required_when=is_shared,
        ),
        Column(
            "share_type", "共享类型", "choice", ("共享属性",), required=True, choices=SHARE_TYPES
        ),
        Column("share_conditions", "共享条件", "text", ("使用条件",)),
        Column("share_scope", "共享范围", "text", ("共享对象",)),
        Column(
            "share_mode",
            "共享方式",
            "choice",
            ("提供方式", "共享方式分类"),
            required_when=is_shared,
            choices=SHARE_MODES,
        ),
        Column(
            "update_cycle",
            "更新周期",
            "choice",
            ("更新频率", "更新频度"),
            required_when=is_shared,
            choices=UPDATE_CYCLES,
            text_field="update_cycle_text",
        ),
        DEADLINE,
        Column("source_system", "来源系统", "name"),
        SCENES,
        SECURITY,
        REMARK,
    ),
    fan_out=fan_out,
    checks=CHECKS,
    contradictions=CONTRADICTIONS,
    indicators=(AVAILABILITY, *CATALOGUING, *INDICATORS),
    duties_without=duties_without,
    follow=following.follow,
    recount=recount,
    item_joins=("promise",),
    reminders=REMINDERS,
    panels=(
        Panel("sharing_lists/partials/promise.html", panels.promise),
        Panel("sharing_lists/partials/requests.html", panels.requests),
    ),
)
