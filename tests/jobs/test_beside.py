"""A row and the job at work on it are told of one moment."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client

from obligations.models import Import

pytestmark = pytest.mark.django_db(transaction=True)

LIST = (
    "序号,提供部门,数据资源名称,信息项,共享类型,共享方式,更新周期,完成时限\n"
    "1,省公安厅,居民身份证信息,姓名,无条件共享,服务接口,每日,2026年9月底\n"
)


class EndsInBetween:
    """The worker is done just after the page has read the file's row, before it reads the job's."""

    def __init__(self):
        self.done = False

    def __call__(self, execute, sql, params, many, context):
        if not self.done and sql.startswith("SELECT") and 'FROM "jobs_job"' in sql:
            self.done = True
            call_command("run_jobs", "--until-empty", stdout=io.StringIO())
        return execute(sql, params, many, context)


def test_a_file_that_is_read_just_now_is_not_called_stuck(coordinator, police):
    client = Client()
    client.force_login(coordinator, backend="accounts.signin.Backend")
    fields = {"kind": "sharing", "batch": 7, "level": "province"}
    client.post("/imports/new/", {**fields, "file": SimpleUploadedFile("清单.csv", LIST.encode())})
    address = f"/imports/{Import.objects.get().pk}/state/"
    assert client.get(address).status_code == 200

    with connection.execute_wrapper(EndsInBetween()):
        answer = client.get(address)

    assert answer.status_code == 286  # htmx asks no more: this is what the person goes on to see
    assert "确认并生效" in answer.text
