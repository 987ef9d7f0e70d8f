"""Names that nobody bears, on pages: the step of the wizard, the queue, the count in view."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from accounts import groups
from accounts.models import Level
from accounts.names import Directory
from obligations.models import Import, ListItem, UnresolvedUnit
from obligations.today import today

HEADER = "序号,提供部门,数据资源名称,信息项,共享类型,共享方式,更新周期,完成时限\n"
NAMES = (
    ("省发展与改革委员会", "省发展和改革委员会"),
    ("省教玉厅", "省教育厅"),
    ("省科技厅厅", "省科学技术厅"),
    ("省民证厅", "省民政厅"),
    ("省人力资源与社会保障厅", "省人力资源和社会保障厅"),
    ("省国土资源厅", "省自然资源厅"),
    ("省环保厅", "省生态环境厅"),
    ("省住建委", "省住房和城乡建设厅"),
    ("省交通输运厅", "省交通运输厅"),
    ("省水利局", "省水利厅"),
    ("省卫计委", "省卫生健康委员会"),
    ("省应急管里厅", "省应急管理厅"),
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("nothing_due"),
]


def row(number, body):
    return f"{number},{body},数据资源{number},姓名,无条件共享,服务接口,每日,2026年9月底\n"


def work():
    call_command("run_jobs", "--until-empty", stdout=io.StringIO())


@pytest.fixture
def province(make_department):
    for _written, name in NAMES:
        made = make_department(name)
        if name == "省科学技术厅":
            made.names.create(name="省科技厅", matching="省科技厅", kind="short")


@pytest.fixture
def upload(signed_in, coordinator):
    """upload(bodies): a list of one row for each, read by a worker."""

    def send(*bodies, by=coordinator):
        text = HEADER + "".join(row(number, body) for number, body in enumerate(bodies, 1))
        file = SimpleUploadedFile("清单.csv", text.encode())
        fields = {"kind": "sharing", "batch": 7, "level": "province", "file": file}
        answer = signed_in(by).post("/imports/new/", fields)
        assert answer.status_code == 302, answer.text
        work()
        return Import.objects.latest("pk")

    return send


@pytest.fixture
def queued(upload, signed_in, coordinator):
    """queued(bodies): the list applied with its unresolved names, which wait."""

    def apply(*bodies, by=coordinator):
        received = upload(*bodies, by=by)
        client, address = signed_in(by), f"/imports/{received.pk}"
        form = {"version": received.version, "allow_unresolved": "on"}
        client.post(f"{address}/units/", form)
        work()
        received.refresh_from_db()
        client.post(f"{address}/confirm/", {"version": received.version})
        work()
        received.refresh_from_db()
        assert received.state == "applied", received.problems
        return received

    return apply


def as_shown(page):
    """What a browser sends when nothing is touched but the button."""
    form = page.context["form"]
    return {name.field: name.chosen for name in form.names}


def test_twelve_misnamed_departments_are_matched_with_one_click(
    signed_in, coordinator, upload, province
):
    received = upload(*(written for written, _name in NAMES))
    client = signed_in(coordinator)
    page = client.get(f"/imports/{received.pk}/units/")

    answer = client.post(
        f"/imports/{received.pk}/units/", {"version": received.version, **as_shown(page)}
    )

    assert answer["Location"] == f"/imports/{received.pk}/"
    work()
    received.refresh_from_db()
    assert (received.state, received.problems) == ("ready", [])
    directory = Directory(today())
    assert [directory.find(written).name for written, _name in NAMES] == [
        name for _written, name in NAMES
    ]


def test_a_name_may_be_written_out_or_left_for_the_queue(
    signed_in, coordinator, upload, police, health
):
    received = upload("某某甲办", "某某乙办")

    signed_in(coordinator).post(
        f"/imports/{received.pk}/units/",
        {
            "version": received.version,
            "choice-0": "later",
            "other-0": "省公安厅",
            "choice-1": "later",
            "allow_unresolved": "on",
        },
    )
    work()

    received.refresh_from_db()
    assert received.state == "ready"
    assert [one["text"] for one in received.unresolved] == ["某某乙办"]
    assert Directory(today()).find("某某甲办") == police


@pytest.mark.parametrize("choice", ["department:999999", "group:1", "nonsense", "department:x"])
def test_what_cannot_be_meant_is_said_at_the_name_and_nothing_is_learnt(
    signed_in, coordinator, upload, police, choice
):
    received = upload("某某甲办", "某某乙办")

    page = signed_in(coordinator).post(
        f"/imports/{received.pk}/units/",
        {
            "version": received.version,
            "choice-0": f"department:{police.pk}",
            "choice-1": choice,
        },
    )

    assert page.status_code == 422
    assert [bool(name.error) for name in page.context["form"].names] == [False, True]
    assert page.context["form"].names[0].chosen == f"department:{police.pk}"
    assert police.names.count() == 1


def test_a_match_that_is_refused_takes_all_others_with_it(
    signed_in, coordinator, upload, police, make_department
):
    received = upload("某某甲办", "某某乙办")
    make_department("某某乙办")  # meanwhile

    page = signed_in(coordinator).post(
        f"/imports/{received.pk}/units/",
        {
            "version": received.version,
            "choice-0": f"department:{police.pk}",
            "choice-1": f"department:{police.pk}",
        },
    )

    assert page.status_code == 409
    assert "某某乙办" in page.context["form"].names[1].error
    assert police.names.count() == 1
    received.refresh_from_db()
    assert received.state == "row_errors"


def test_several_bodies_in_a_cell_are_ticked_for_the_file(
    signed_in, coordinator, upload, police, health
):
    received = upload("省公安厅、省卫生健康委员会")
    client = signed_in(coordinator)
    page = client.get(f"/imports/{received.pk}/units/")
    assert page.context["several_count"] == 1

    client.post(
        f"/imports/{received.pk}/units/", {"version": received.version, "first_leads": "on"}
    )
    work()

    received.refresh_from_db()
    assert (received.state, received.first_leads) == ("ready", True)


@pytest.mark.parametrize(("version", "status"), [("", 428), ("999", 409)])
def test_matching_names_the_version_it_is_based_on(
    signed_in, coordinator, upload, police, version, status
):
    received = upload("某某甲办")

    answer = signed_in(coordinator).post(
        f"/imports/{received.pk}/units/",
        {"version": version, "choice-0": f"department:{police.pk}"},
    )

    assert answer.status_code == status
    assert police.names.count() == 1


def test_a_citys_coordinator_matches_only_the_own_departments(
    signed_in, make_user, make_department, city, upload, police
):
    own = make_department("甲市公安局", at=city, level=Level.CITY)
    person = make_user("city", "coordinator", region=city)
    received = upload("甲市公按局", "省公按厅", by=person)
    client = signed_in(person)

    page = client.get(f"/imports/{received.pk}/units/")
    first, second = page.context["form"].names
    assert [one.name for one in first.options] == [own.name]
    assert police.name not in [one.name for one in second.options]
    refused = client.post(
        f"/imports/{received.pk}/units/",
        {"version": received.version, "other-1": police.name},
    )

    assert refused.status_code == 422
    assert police.names.count() == 1


def test_another_coordinators_import_is_not_found(signed_in, make_user, city, upload, police):
    received = upload("某某甲办")
    client = signed_in(make_user("city", "coordinator", region=city))

    assert client.get(f"/imports/{received.pk}/units/").status_code == 404
    answer = client.post(f"/imports/{received.pk}/units/", {"version": received.version})
    assert answer.status_code == 404


def test_the_queue_shows_where_a_name_stands_and_the_count_is_in_view(
    signed_in, coordinator, queued, police
):
    queued("省公安亭", "某某乙办")
    client = signed_in(coordinator)

    page = client.get("/units/")

    assert {line["name"].text for line in page.context["lines"]} == {"省公安亭", "某某乙办"}
    for item in ListItem.objects.all():
        assert f"/items/{item.pk}/" in page.text
    for address in ("/", "/obligations/", "/groups/"):
        assert '<span class="nav-count">2</span>' in client.get(address).text


def test_a_decision_makes_the_obligations_and_the_same_file_finds_no_change(
    signed_in, coordinator, queued, upload, police
):
    queued("省公安亭")
    client = signed_in(coordinator)
    chosen = client.get("/units/").context["lines"][0]["name"].chosen
    assert chosen == f"department:{police.pk}"

    answer = client.post("/units/match/", {"text": "省公安亭", "choice": chosen}, follow=True)

    assert "省公安厅" in answer.text
    assert "nav-count" not in answer.text
    item = ListItem.objects.get()
    assert (item.body, item.obligations.get().department) == (police, police)
    again = upload("省公安亭")
    assert (again.state, again.plan["added"], again.plan["changed"]) == ("ready", 0, 0)


def test_a_name_that_names_no_unit_is_put_aside(signed_in, coordinator, queued, police):
    queued("某某乙办")

    answer = signed_in(coordinator).post(
        "/units/match/", {"text": "某某乙办", "choice": "nobody"}, follow=True
    )

    assert answer.context["lines"] == []
    assert UnresolvedUnit.objects.get().outcome == "dismissed"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"text": "某某乙办"}, 422),
        ({"text": "某某乙办", "choice": "nonsense"}, 422),
        ({"text": "某某乙办", "other": "没有这个厅"}, 422),
        ({"text": "从未有过", "choice": "nobody"}, 409),
        ({"text": "", "choice": "nobody"}, 409),
    ],
)
def test_a_decision_that_cannot_be_taken_is_refused_with_a_sentence(
    signed_in, coordinator, queued, police, form, status
):
    queued("某某乙办")

    page = signed_in(coordinator).post("/units/match/", form)

    assert page.status_code == status
    errors = [line["name"].error for line in page.context["lines"]]
    assert any(errors) or page.context["stray"].error
    assert UnresolvedUnit.objects.open().count() == 1


def test_a_name_that_was_learnt_elsewhere_is_offered_as_known(
    signed_in, coordinator, queued, upload, police
):
    queued("某某乙办")
    police.names.create(name="某某乙办", matching="某某乙办", kind="alias")
    client = signed_in(coordinator)

    name = client.get("/units/").context["lines"][0]["name"]

    assert name.chosen == f"department:{police.pk}"
    client.post("/units/match/", {"text": "某某乙办", "choice": name.chosen})
    assert not UnresolvedUnit.objects.open().exists()


def test_a_city_sees_the_names_of_its_own_imports_only(
    signed_in, make_user, city, queued, police, make_department
):
    make_department("甲市公安局", at=city, level=Level.CITY)
    person = make_user("city", "coordinator", region=city)
    queued("某某乙办")

    page = signed_in(person).get("/units/")

    assert page.context["lines"] == []
    assert "nav-count" not in page.text
    answer = signed_in(person).post("/units/match/", {"text": "某某乙办", "choice": "nobody"})
    assert answer.status_code == 409


def test_a_group_can_be_meant(signed_in, coordinator, queued, police, health):
    group = groups.make("市直相关部门", kind="group", rule="listed", by=coordinator)
    groups.add_members(group, [police, health], valid_from=None, by=coordinator, version=1)
    queued("市直有关部门")

    signed_in(coordinator).post("/units/match/", {"text": "市直有关部门", "other": "市直相关部门"})

    assert ListItem.objects.get().obligations.count() == 2
