"""The system docking list: its columns, the obligations it makes, its checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from docking import panels
from docking.availability import AVAILABILITY
from docking.contradictions import CONTRADICTIONS
from docking.fulfilment import CHECKS
from docking.reminders import REMINDERS
from obligations.fanning import owed_to_connect
from obligations.kinds import DEADLINE, OFFICE, REMARK, SECURITY, SERIAL, Column, Kind, Panel

if TYPE_CHECKING:
    from obligations.fanning import Counterparts, Fanned

TIERS = {
    "central": ("国垂", ("国垂系统",)),
    "provincial": ("省垂", ("省垂系统",)),
    "city": ("市垂", ("市垂系统",)),
    "own": ("自建", ("自建系统",)),
}
MODES = {
    "interface": ("接口", ()),
    "sso": ("单点登录", ()),
    "embedded": ("页面嵌入", ()),
    "front_end": ("前置机", ()),
    "gateway": ("网关代理", ()),
    "batch": ("批量交换", ()),
    "other": ("其他", ()),
}
CONTENTS = {
    "matters": ("事项", ()),
    "cases": ("办件", ()),
    "licences": ("证照", ()),
    "data": ("数据", ()),
    "return": ("数据回流", ()),
}
REACH = {"province": ("省", ("省级",)), "city": ("市", ("市级",)), "county": ("县", ("县级",))}


def fan_out(values: Mapping[str, Any], counterparts: Counterparts) -> Fanned:
    """The central owner opens; 牵头 and 配合 connect; a blank 牵头 is the owner's own side."""
    return owed_to_connect(
        values["body"],
        lead=values.get("lead_names") or (),
        supporting=values.get("supporting_names") or (),
        counterparts=counterparts,
    )


DOCKING = Kind(
    code="docking",
    label=_("vertical system docking responsibility list"),
    terms_model="docking.DockingTerms",
    title="title",
    body="body",
    identity=("body", "title", "contents"),
    columns=(
        SERIAL,
        Column(
            "title",
            "系统名称",
            "name",
            ("业务系统名称", "信息系统名称", "垂管系统名称"),
            required=True,
            on_item=True,
        ),
        Column(
            "body",
            "主管部门",
            "body",
            ("系统主管部门", "国务院部门", "建设单位"),
            required=True,
            on_item=True,
        ),
        OFFICE,
        Column("tier", "系统层级", "choice", choices=TIERS),
        Column("mode", "对接方式", "choice", ("对接形式",), choices=MODES),
        Column(
            "contents",
            "对接内容",
            "choices",
            ("对接事项", "业务事项"),
            required=True,
            choices=CONTENTS,
        ),
        Column("reach", "对接层级", "choices", ("覆盖层级",), choices=REACH),
        Column("technical_standard", "技术规范", "text"),
        Column("lead_names", "牵头部门", "body", ("牵头单位", "省级牵头部门")),
        Column("supporting_names", "配合部门", "bodies", ("配合单位", "协同部门")),
        DEADLINE,
        SECURITY,
        REMARK,
    ),
    fan_out=fan_out,
    checks=CHECKS,
    contradictions=CONTRADICTIONS,
    indicators=(AVAILABILITY,),
    reminders=REMINDERS,
    panels=(Panel("docking/panel.html", panels.context),),
)
