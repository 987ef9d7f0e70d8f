"""A city with departments, towns, a group of each, and a mechanism. Run by manage.py shell."""

import datetime as dt

from accounts import groups
from accounts.models import Department, Level, Region, Role, User

province = Region.objects.create(name="示例省")
city = Region.objects.create(name="定州市", parent=province)
names = ("市行政审批局", "市发展和改革局", "市公安局", "市财政局")
towns = ("北城区街道", "清风店镇", "东亭镇")
made = {
    name: Department.objects.create(
        name=name, region=city, position=place, level=Level.CITY if name in names else Level.COUNTY
    )
    for place, name in enumerate((*names, *towns))
}
keeper = User.objects.create_user(
    "keeper", password="correct-horse-battery", role=Role.COORDINATOR, department=made[names[0]]
)


def group(name, members, kind="group"):
    one = groups.make(name, kind=kind, rule="listed", by=None)
    chosen = [made[member] for member in members]
    groups.add_members(one, chosen, valid_from=dt.date(2021, 1, 1), by=keeper, version=one.version)
    return one


offices = group("市直相关部门", names)
group("各乡镇（街道）", towns)
group("市政务数据共享协调机制", names[:2], kind="mechanism")
# Joined after the table was imported: it owes nothing of it.
late = Department.objects.create(name="市数据局", region=city, position=9, level=Level.CITY)
offices.refresh_from_db()
groups.add_members(
    offices, [late], valid_from=dt.date(2999, 1, 1), by=keeper, version=offices.version
)
