"""List files on their way, for processes that are killed or run at once: made, read, confirmed."""

import io

from accounts.models import Department, Region, Role, User
from jobs import running
from obligations.importing import Target, uploads
from obligations.models import Import
from tests.importing import books

ROWS = 60


def people(*names):
    """A province with one department, and coordinators by these names."""
    region, _made = Region.objects.get_or_create(name="示例省")
    police, made = Department.objects.get_or_create(name="省公安厅", region=region)
    if made:
        police.names.create(name=police.name, matching=police.name, kind="official")
    return [
        User.objects.filter(username=name).first()
        or User.objects.create_user(
            name, password="correct-horse-battery", role=Role.COORDINATOR, department=police
        )
        for name in names
    ]


def table(*, last="2027年9月底"):
    """A list of ROWS rows, of which the last has this deadline."""
    rows = [books.row(提供部门="省公安厅", 数据资源名称=f"资源{number}") for number in range(ROWS)]
    rows[-1] = books.row(提供部门="省公安厅", 数据资源名称="末项", 完成时限=last)
    return books.workbook(*rows)


def confirmed(data, *, by, issuer=""):
    """An import that waits to be applied: uploaded, read, confirmed."""
    target = Target(7, "province", issuer)
    upload = uploads.receive(
        io.BytesIO(data), name="清单.xlsx", kind="sharing", target=target, by=by
    )
    running.perform(upload.job_id)
    upload.refresh_from_db()
    return uploads.confirm(upload, by=by, version=upload.version)


def twin(upload, *, by, issuer):
    """The same file for another issuer, confirmed, without being read once more."""
    known = Import.objects.filter(pk=upload.pk).values().get()
    own = {"id": None, "issuer": issuer, "state": Import.State.READY, "job_id": None}
    copy = Import.objects.create(**known | own)
    return uploads.confirm(copy, by=by, version=copy.version)
