"""manage.py create_user: an account with role and password, or a clear sentence."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, User

GOOD = "Blue-Harbour-77"


@pytest.fixture
def create(db, monkeypatch, police):
    def run(*words, password=GOOD):
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        call_command("create_user", *words, "--password-stdin")
        return User.objects.get(username=words[0])

    return run


@pytest.mark.parametrize("role", ["coordinator", "leader", "auditor", "secadmin", "sysadmin"])
def test_roles_without_a_department(create, role):
    user = create("someone", "--role", role)
    assert (user.role, user.check_password(GOOD)) == (role, True)


def test_a_chinese_role_an_alias_of_the_department_and_a_name(create, police):
    police.names.create(name="公安厅", matching="公安厅", kind="alias")
    words = ("--role", "填报人员", "--department", "公安厅", "--display-name", "张三")
    user = create("zhangsan", *words)
    assert (user.role, user.department, user.display_name) == ("officer", police, "张三")
    assert AuditEntry.objects.get(verb="register_account").object_id == str(user.pk)


def test_a_coordinator_of_one_city(create, city):
    assert create("jia", "--role", "coordinator", "--region", "甲市").region == city


@pytest.mark.parametrize(
    ("words", "password", "sentence"),
    [
        (["a", "--role", "boss"], GOOD, "不是有效的角色"),
        (["a", "--role", "officer"], GOOD, "必须有所属部门"),
        (["a", "--role", "reviewer", "--department", "省公安局"], GOOD, "是否为“省公安厅”"),
        (["a", "--role", "leader", "--region", "乙市"], GOOD, "乙市"),
        (["a b", "--role", "leader"], GOOD, "用户名"),
        (["a", "--role", "leader"], "short", "10"),
        (["a", "--role", "leader"], "1234567890", "密码"),
        (["a", "--role", "leader"], "", "标准输入中没有密码"),
        (["officer", "--role", "leader"], GOOD, "已存在"),
        (["OFFICER", "--role", "leader"], GOOD, "已存在"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_made(create, officer, words, password, sentence):
    before = User.objects.count()
    with pytest.raises(CommandError, match=sentence):
        create(*words, password=password)
    assert User.objects.count() == before


def test_people_of_central_bodies_get_no_account(create, ministry):
    with pytest.raises(CommandError, match="国家部委人员"):
        create("a", "--role", "officer", "--department", "公安部")
