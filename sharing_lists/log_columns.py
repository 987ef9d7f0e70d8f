"""What a log of the exchange platform or gateway may be called to hold. Pure."""

from __future__ import annotations

from obligations.kinds import Column, Kind

# Not a kind of list: its columns are found, chosen and remembered as those of lists are.
LOG = Kind(
    code="delivery_log",
    label="到数日志",
    terms_model="",
    title="title",
    body="provider",
    identity=(),
    columns=(
        Column(
            "code",
            "资源代码",
            "code",
            (
                "目录代码",
                "资源编码",
                "目录编码",
                "信息资源代码",
                "资源目录代码",
                "资源标识",
                "接口编码",
                "接口代码",
            ),
        ),
        Column(
            "title",
            "资源名称",
            "name",
            (
                "数据资源名称",
                "信息资源名称",
                "数据资源",
                "资源",
                "目录名称",
                "接口名称",
                "服务名称",
                "数据名称",
            ),
        ),
        Column(
            "provider",
            "提供部门",
            "name",
            ("提供单位", "数据提供部门", "数源部门", "所属部门", "责任部门", "资源提供方"),
        ),
        Column(
            "at",
            "时间",
            "text",
            (
                "日期",
                "统计日期",
                "统计时间",
                "调用时间",
                "调用日期",
                "交换时间",
                "交换日期",
                "到达时间",
                "到数时间",
                "完成时间",
                "推送时间",
                "日志时间",
            ),
            required=True,
        ),
        Column(
            "calls",
            "调用次数",
            "text",
            ("调用量", "调用总次数", "总调用次数", "请求次数", "访问次数", "接口调用次数"),
        ),
        Column(
            "failures",
            "失败次数",
            "text",
            ("调用失败次数", "失败量", "异常次数", "错误次数", "失败数"),
        ),
        Column(
            "successes",
            "成功次数",
            "text",
            ("调用成功次数", "成功量", "成功数", "成功调用次数"),
        ),
        Column(
            "rows",
            "数据量",
            "text",
            (
                "数据条数",
                "记录数",
                "条数",
                "交换数据量",
                "交换条数",
                "推送条数",
                "行数",
                "数据量(条)",
                "入库条数",
            ),
        ),
        Column(
            "newest",
            "最新数据时间",
            "text",
            (
                "数据最新时间",
                "最新业务时间",
                "数据更新时间",
                "最近更新时间",
                "最新更新时间",
                "数据最新日期",
                "最后更新时间",
            ),
        ),
    ),
    fan_out=lambda *_: ([], []),
)
