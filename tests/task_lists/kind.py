"""The division of tasks: its columns, the obligations it makes."""

from obligations.bodies import in_roles
from obligations.kinds import DEADLINE, REMARK, SERIAL, Column, Duty, Kind
from tests.task_lists.fulfilment import CHECKS


def fan_out(values, counterparts):
    """All that the first cell means lead, those of the second support; each once."""
    duties = {}
    for department, role in in_roles(values["body"]):
        duties.setdefault(department.pk, Duty(department.pk, "catalogue", role))
    for body in values["taking_part"]:
        for department in body.departments:
            duties.setdefault(department.pk, Duty(department.pk, "catalogue", "supporting"))
    return list(duties.values()), []


TASKS = Kind(
    code="tasks",
    label="任务分工表",
    terms_model="task_lists.TaskTerms",
    title="title",
    body="body",
    identity=("body", "title"),
    columns=(
        SERIAL,
        Column("title", "工作任务", "name", ("重点任务",), required=True, on_item=True),
        Column("body", "牵头单位", "body", ("牵头部门",), required=True, on_item=True),
        Column("taking_part", "责任单位", "bodies", ("配合单位",)),
        DEADLINE,
        REMARK,
    ),
    fan_out=fan_out,
    checks=CHECKS,
)
