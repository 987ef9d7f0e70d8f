"""The deadline rules as shipped: the clocks of Decree 809, and this product's policy. Pure."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

DECREE_FROM = dt.date(2025, 8, 1)
# Policy has held ever since, so that every event finds its rule.
POLICY_FROM = dt.date(2000, 1, 1)
_POLICY = "统筹办理规则（系统默认）"


class ShippedRule(NamedTuple):
    """One clock, as the columns of the table of rules."""

    clock: str
    days: int
    unit: str
    max_extension_days: int
    owed_by: str
    starts_with: str
    source: str
    basis: str
    effective_from: dt.date


def _law(
    clock: str,
    days: int,
    article: str,
    *,
    owed_by: str,
    starts_with: str,
    extension: int = 0,
    unit: str = "working_days",
) -> ShippedRule:
    source = f"《政务数据共享条例》（国务院令第809号）{article}"
    return ShippedRule(
        clock, days, unit, extension, owed_by, starts_with, source, "law", DECREE_FROM
    )


def _policy(clock: str, days: int, *, owed_by: str, starts_with: str) -> ShippedRule:
    return ShippedRule(
        clock, days, "working_days", 0, owed_by, starts_with, _POLICY, "policy", POLICY_FROM
    )


def shipped(clock: str) -> ShippedRule:
    """The rule as shipped."""
    return next(one for one in SHIPPED if one.clock == clock)


SHIPPED: tuple[ShippedRule, ...] = (
    _law(
        "catalogue_update",
        10,
        "第十七条",
        owed_by="department",
        starts_with="法律法规、国务院决定或者部门职责发生变化之日",
        extension=5,
    ),
    _law("catalogue_review", 2, "第十七条", owed_by="coordinator", starts_with="收到更新目录之日"),
    _law(
        "reply_unconditional",
        1,
        "第二十一条",
        owed_by="provider",
        starts_with="收到无条件共享类申请之日",
        extension=10,
    ),
    _law(
        "reply_conditional",
        10,
        "第二十一条",
        owed_by="provider",
        starts_with="收到有条件共享类申请之日",
        extension=10,
    ),
    _law("delivery", 20, "第二十二条", owed_by="provider", starts_with="答复同意共享之日"),
    _law("correction", 10, "第二十六条", owed_by="provider", starts_with="收到校核申请之日"),
    _law(
        "keep_records",
        3,
        "第二十九条",
        owed_by="demander",
        starts_with="使用共享数据之日",
        unit="years",
    ),
    _policy("accept", 3, owed_by="department", starts_with="下达之日"),
    _policy("verify", 5, owed_by="coordinator", starts_with="部门正式申报之日"),
    _policy("mend", 5, owed_by="department", starts_with="首次退回之日"),
    _policy("reopen", 10, owed_by="department", starts_with="复开之日"),
    _policy("resume", 1, owed_by="department", starts_with="解除受阻之日（按申请受阻时剩余天数）"),
    _policy("objection", 5, owed_by="department", starts_with="亮灯或者退回之日"),
    _policy("extension", 20, owed_by="department", starts_with="现行要求完成时限"),
    _policy("due_soon", 5, owed_by="department", starts_with="每日检查之日"),
)
