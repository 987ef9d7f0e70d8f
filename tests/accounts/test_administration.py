"""Three administrators who are never one: pages, rights and rules."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from accounts import attempts, context, grants, people, signin, tokens
from accounts.errors import RuleViolation
from accounts.models import AuditEntry, Department, User
from tests.conftest import PASSWORD

NOW = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
OWNERS = {
    "accounts:people": "sysadmin",
    "accounts:new-account": "sysadmin",
    "accounts:account": "sysadmin",
    "accounts:departments": "sysadmin",
    "accounts:department": "sysadmin",
    "accounts:grants": "secadmin",
    "accounts:grant": "secadmin",
    "accounts:audit": "auditor",
    "accounts:audit-export": "auditor",
}
POSTS = {
    "accounts:deactivate": "sysadmin",
    "accounts:activate": "sysadmin",
    "accounts:rename": "sysadmin",
    "accounts:upload-departments": "sysadmin",
    "accounts:reset-password": "secadmin",
    "accounts:unlock": "secadmin",
}


def address(name, pk):
    wants_key = name.removeprefix("accounts:") in {
        *("account", "department", "grant", "deactivate", "activate"),
        *("rename", "reset-password", "unlock"),
    }
    return reverse(name, args=[pk] if wants_key else [])


@pytest.mark.parametrize("name", [*OWNERS, *POSTS])
def test_each_page_has_one_role_and_answers_others_403(client, people, police, name):
    url = address(name, police.pk if "department" in name or "rename" in name else 1)
    ask = client.post if name in POSTS else client.get
    owner = {**OWNERS, **POSTS}[name]
    for role, user in people.items():
        client.force_login(user)
        if role != owner:
            assert ask(url).status_code == 403, role
    client.logout()
    assert ask(url)["Location"].startswith("/account/login/")
    assert not AuditEntry.objects.exclude(verb__in=["sign_in", "sign_out"]).exists()


@pytest.mark.parametrize("name", OWNERS)
def test_a_page_takes_few_queries_and_speaks_chinese(
    client, people, police, name, django_assert_max_num_queries
):
    key = police.pk if name == "accounts:department" else people["officer"].pk
    client.force_login(people[OWNERS[name]])
    with django_assert_max_num_queries(20):
        response = client.get(address(name, key))
        body = b"".join(response) if response.streaming else response.content
    assert response.status_code == 200
    assert any("\u4e00" <= letter <= "\u9fff" for letter in body.decode())


@pytest.mark.parametrize("name", ["accounts:people", "accounts:grants"])
def test_a_list_takes_no_query_for_each_row_and_turns_pages_by_key(
    client, people, police, name, django_assert_max_num_queries
):
    User.objects.bulk_create(
        User(username=f"u{number:03}", role="officer", department=police) for number in range(120)
    )
    client.force_login(people[OWNERS[name]])
    seen, after = [], ""
    with django_assert_max_num_queries(18):
        while True:
            page = client.get(reverse(name), {"after": after}).context["page"]
            seen += [user.pk for user in page.rows]
            after = page.next
            if not after:
                break
    assert seen == sorted(User.objects.values_list("pk", flat=True))


def test_an_account_is_opened_by_one_and_given_role_and_password_by_another(
    client, sysadmin, secadmin, police
):
    client.force_login(sysadmin)
    form = {"username": "lisi", "display_name": "李四", "department": police.pk, "role": "secadmin"}
    client.post("/administration/accounts/new/", form)
    user = User.objects.get(username="lisi")
    assert (user.role, user.has_usable_password(), user.department) == ("", False, police)

    client.force_login(secadmin)
    granted = {"role": "officer", "department": police.pk, "region": ""}
    client.post(f"/administration/roles/{user.pk}/", granted)
    page = client.post(f"/administration/roles/{user.pk}/password/")
    password = page.context["password"]
    assert password in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    user.refresh_from_db()
    assert (user.role, user.check_password(password)) == ("officer", True)
    log = AuditEntry.objects.filter(object_type="accounts.user", object_id=str(user.pk))
    acts = log.exclude(verb="sign_in").values_list("verb", "username").order_by("pk")
    assert list(acts) == [
        ("open_account", "sysadmin"),
        ("grant_role", "secadmin"),
        ("reset_password", "secadmin"),
    ]
    assert password not in str(list(AuditEntry.objects.values_list("detail")))


def test_nobody_grants_to_themselves(secadmin):
    for act in (
        lambda: grants.grant(secadmin, role="auditor", department=None, region=None, by=secadmin),
        lambda: grants.reset_password(secadmin, by=secadmin),
    ):
        with pytest.raises(RuleViolation):
            act()
    secadmin.refresh_from_db()
    assert (secadmin.role, secadmin.check_password(PASSWORD)) == ("secadmin", True)


@pytest.mark.parametrize("role", ["auditor", "secadmin", "officer"])
def test_an_administrators_account_gets_no_second_role(sysadmin, secadmin, police, role):
    with pytest.raises(RuleViolation, match="三员分立"):
        grants.grant(sysadmin, role=role, department=police, region=None, by=secadmin)
    sysadmin.refresh_from_db()
    assert sysadmin.role == "sysadmin"


@pytest.mark.parametrize("between", ["", "officer"])
def test_who_was_one_administrator_never_becomes_another(make_user, secadmin, police, between):
    make_user("sysadmin2", "sysadmin")
    user = make_user("sysadmin", "sysadmin")

    def give(role):
        grants.grant(user, role=role, department=police, region=None, by=secadmin)

    give("")
    give(between)
    with pytest.raises(RuleViolation, match="曾担任其他管理员"):
        give("auditor")
    give("sysadmin")
    assert User.objects.get(pk=user.pk).role == "sysadmin"


def test_an_account_made_by_command_for_an_administrator_is_remembered(db, secadmin):
    facts = {"password": PASSWORD, "by": None}
    people.register("sysadmin", role="sysadmin", **facts)
    user = people.register("sysadmin2", role="sysadmin", **facts)
    User.objects.filter(pk=user.pk).update(role="")
    with pytest.raises(RuleViolation, match="曾担任其他管理员"):
        grants.grant(user, role="auditor", department=None, region=None, by=secadmin)


def test_the_last_active_administrator_of_a_kind_keeps_the_role(make_user, auditor, secadmin):
    second = make_user("auditor2", "auditor")
    second.is_active = False
    second.save()

    def take_away(user):
        grants.grant(user, role="", department=None, region=None, by=secadmin)

    with pytest.raises(RuleViolation, match="最后一个"):
        take_away(auditor)
    assert User.objects.get(pk=auditor.pk).role == "auditor"
    people.activate(second, by=secadmin)
    take_away(auditor)
    assert User.objects.get(pk=auditor.pk).role == ""
    with pytest.raises(RuleViolation, match="最后一个"):
        take_away(second)


def test_an_officer_is_granted_only_with_a_department_of_the_province(
    officer, secadmin, ministry, make_user
):
    for department in (None, ministry):
        with pytest.raises(RuleViolation):
            grants.grant(officer, role="officer", department=department, region=None, by=secadmin)


def test_a_region_is_kept_for_coordinators_and_leaders_only(officer, secadmin, police, city):
    grants.grant(officer, role="leader", department=police, region=city, by=secadmin)
    officer.refresh_from_db()
    assert officer.region == city
    grants.grant(officer, role="officer", department=police, region=city, by=secadmin)
    officer.refresh_from_db()
    assert officer.region is None


def test_the_system_administrator_does_not_move_an_account_that_has_a_role(
    client, officer, sysadmin, health
):
    client.force_login(sysadmin)
    form = {"display_name": "张三", "department": health.pk, "phone": ""}
    page = client.post(f"/administration/accounts/{officer.pk}/", form)
    assert "安全管理员" in page.content.decode()
    before = officer.department
    officer.refresh_from_db()
    assert officer.department == before


def test_a_closed_account_is_signed_out_and_keeps_its_rows(client, officer, sysadmin):
    client.force_login(officer)
    assert client.get("/own/tokens/").status_code == 200
    people.deactivate(officer, by=sysadmin)
    assert client.get("/own/tokens/").status_code == 302
    people.activate(officer, by=sysadmin)
    assert AuditEntry.objects.filter(verb__contains="activate_account").count() == 2


def test_nobody_closes_themselves_or_the_last_of_an_administrators_role(
    sysadmin, secadmin, make_user
):
    with pytest.raises(RuleViolation):
        people.deactivate(sysadmin, by=sysadmin)
    with pytest.raises(RuleViolation, match="最后一个"):
        people.deactivate(secadmin, by=sysadmin)
    make_user("secadmin2", "secadmin")
    people.deactivate(secadmin, by=sysadmin)
    assert not User.objects.get(pk=secadmin.pk).is_active


def test_unlocking_lets_the_person_try_again(client, officer, secadmin):
    for _ in range(5):
        signin.check("officer", "wrong", address=None, at=NOW)
    assert attempts.locked_until("officer", address=None, at=NOW)
    client.force_login(secadmin)
    client.post(f"/administration/roles/{officer.pk}/unlock/")
    assert attempts.locked_until("officer", address=None, at=NOW) is None


def test_a_reset_password_ends_tokens_and_sessions(client, officer, secadmin):
    tokens.issue(officer, by=officer)
    client.force_login(officer)
    grants.reset_password(officer, by=secadmin)
    assert client.get("/own/tokens/").status_code == 302
    assert not tokens.standing(at=NOW).exists()


def test_departments_are_loaded_from_a_file_on_the_page(client, sysadmin):
    client.force_login(sysadmin)
    good = SimpleUploadedFile("a.csv", "name,level\n省林业局,省\n".encode("gb18030"))
    client.post("/administration/departments/upload/", {"file": good})
    assert AuditEntry.objects.get(verb="add_department").username == "sysadmin"
    bad = SimpleUploadedFile("a.csv", "name,level\n省水利厅,部\n".encode())
    page = client.post("/administration/departments/upload/", {"file": bad})
    assert page.status_code == 409
    assert "请填写国家、省、市、县之一" in page.content.decode()
    assert not Department.objects.filter(name="省水利厅").exists()


def test_departments_are_found_by_any_name_and_by_pinyin(client, load, sysadmin):
    load({"name": "省教育厅", "aliases": "教委"}, {"name": "省水利厅"})
    client.force_login(sysadmin)
    for query in ("教育", "教委", "sjyt"):
        page = client.get("/administration/departments/", {"q": query}).context["page"]
        assert [department.name for department in page.rows] == ["省教育厅"]


def test_a_department_is_changed_and_renamed_on_its_page(client, load, sysadmin):
    load({"name": "省教育厅"}, {"name": "教育部", "level": "国家"})
    department = Department.objects.get(name="省教育厅")
    central = Department.objects.get(name="教育部")
    client.force_login(sysadmin)
    url = f"/administration/departments/{department.pk}/"
    client.post(
        url,
        {"short_name": "教厅", "level": "province", "counterpart": central.pk, "aliases": "甲、乙"},
    )
    client.post(f"{url}rename/", {"name": "省教育委员会", "on": "2026-01-01"})
    department.refresh_from_db()
    assert (department.name, department.counterpart) == ("省教育委员会", central)
    kept = set(department.names.values_list("kind", "name"))
    assert kept == {
        ("official", "省教育委员会"),
        ("former", "省教育厅"),
        ("short", "教厅"),
        ("alias", "甲"),
        ("alias", "乙"),
    }
    wrong = {"level": "province", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}
    assert "早于" in client.post(url, wrong).content.decode()
    department.refresh_from_db()
    assert department.valid_to is None


@pytest.mark.parametrize("on", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"])
def test_a_department_is_not_renamed_at_the_ends_of_time(client, sysadmin, police, on):
    client.force_login(sysadmin)
    url = f"/administration/departments/{police.pk}/rename/"
    page = client.post(url, {"name": "省公安局", "on": on})
    assert "2000 年至 2099 年" in page.content.decode()
    police.refresh_from_db()
    assert police.name == "省公安厅"


def test_a_token_is_shown_once_and_revoked_by_its_owner_only(client, officer, officer2):
    client.force_login(officer)
    page = client.post("/own/tokens/", {"days": "30"})
    text = page.context["text"]
    assert text in page.content.decode()
    assert text not in client.get("/own/tokens/").content.decode()
    token = tokens.standing(at=NOW).get()
    client.force_login(officer2)
    assert client.post(f"/own/tokens/{token.pk}/revoke/").status_code == 404
    client.force_login(officer)
    client.post(f"/own/tokens/{token.pk}/revoke/")
    assert not tokens.standing(at=NOW).exists()


def test_the_frame_offers_each_role_its_own_entries(client, people):
    def entries(role):
        client.force_login(people[role])
        return {entry["url"] for entry in client.get("/own/tokens/").context["nav"]}

    assert "/administration/accounts/" in entries("sysadmin")
    assert "/administration/roles/" not in entries("sysadmin")
    assert entries("secadmin") == {"/administration/roles/"}
    assert entries("auditor") == {"/administration/audit/"}
    assert not [url for url in entries("officer") if url.startswith("/administration/")]


def test_every_entry_of_the_frame_leads_somewhere():
    assert [name for name, _label, _verb in context.ENTRIES if not reverse(name)] == []


@translation.override("zh-hans")  # a request leaves its language to the thread
def test_pages_are_chinese_whatever_the_browser_prefers_until_somebody_switches(client, officer):
    client.force_login(officer)
    page = client.get("/own/tokens/", headers={"Accept-Language": "en-US,en"})
    assert "接口令牌" in page.content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/own/tokens/"})
    assert "API tokens" in client.get("/own/tokens/").content.decode()
