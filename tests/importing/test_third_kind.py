"""A third kind of list is an app and one line in the settings: a real table comes in whole."""

import csv
import json
from pathlib import Path

import pytest

from tests.installation import ROOT, Installation

TABLE = Path(__file__).parent / "data" / "dingzhou-2021-task-division.csv"
APP = ROOT / "tests" / "task_lists"
IMPORT = ("import_list", str(TABLE), "--kind", "tasks", "--batch", "1", "--level", "city")
OFFICES = ["市行政审批局", "市发展和改革局", "市公安局", "市财政局"]
TOWNS = ["北城区街道", "清风店镇", "东亭镇"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An installation with the third kind, the table applied to it."""
    made = Installation(
        tmp_path_factory.mktemp("q"), DJANGO_SETTINGS_MODULE="tests.task_lists.settings"
    )
    made.manage("migrate", "-v", "0", "--skip-checks")
    made.manage("shell", "-v", "0", "-c", (APP / "city.py").read_text())
    made.said = json.loads(made.manage(*IMPORT, "--json"))
    yield made
    made.stop()


def written():
    """The cells of the file, row by row, as its own reader sees them."""
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    labels = ["".join(label.split()) for label in header]
    return [dict(zip(labels, row, strict=True)) for row in rows]


def owed(place, serial):
    """(department, role) of a row's obligations, in their order."""
    return place.rows(
        "SELECT d.name, o.role_in_item FROM obligations_obligation o "
        "JOIN obligations_listitem i ON i.id = o.item_id "
        f"JOIN accounts_department d ON d.id = o.department_id WHERE i.serial = '{serial}' "
        "ORDER BY o.id"
    )


def test_the_whole_table_is_accepted_and_every_row_is_an_item(place):
    assert (place.said["outcome"], place.said["problems"]) == ("accept", [])
    titles = place.rows("SELECT title FROM obligations_listitem ORDER BY position")
    assert [title for (title,) in titles] == [row["工作任务"] for row in written()]


def test_every_cell_is_kept_as_it_was_written(place):
    rows = place.rows("SELECT raw FROM obligations_listitem ORDER BY position")
    kept = [raw if isinstance(raw, list) else json.loads(raw) for (raw,) in rows]
    for (cells,), row in zip(kept, written(), strict=True):
        assert {label: text.strip() for label, text in cells.items()} == {
            label: text.strip() for label, text in row.items() if text
        }


def test_deadlines_in_words_are_days_and_keep_their_words(place):
    found = place.rows(
        "SELECT deadline_text, deadline_on FROM obligations_listitem ORDER BY position"
    )
    assert [(text, str(day)) for text, day in found] == [
        ("2021年9月底", "2021-09-30"),
        ("2021年9月底", "2021-09-30"),
        ("2021年12月底", "2021-12-31"),
    ]


def test_groups_and_the_mechanism_are_their_members_of_the_day(place):
    supporting = [(name, "supporting") for name in OFFICES[1:]]
    assert owed(place, 1) == [(OFFICES[0], "lead"), *supporting]
    assert owed(place, 2) == [(name, "lead") for name in OFFICES]
    assert owed(place, 3) == [
        *((name, "lead") for name in OFFICES[:2]),
        *((name, "supporting") for name in (*OFFICES[2:], *TOWNS)),
    ]
    assert place.count("SELECT count(*) FROM obligations_unresolvedunit") == 0


def test_the_same_table_again_changes_nothing(place):
    before = place.count("SELECT count(*) FROM obligations_edition")
    again = json.loads(place.manage(*IMPORT, "--json"))
    assert (again["diff"]["added"], again["diff"]["changed"]) == (0, 0)
    assert place.count("SELECT count(*) FROM obligations_edition") == before == 1


def test_every_page_shows_it_without_knowing_the_kind(place):
    said = json.loads(place.manage("shell", "-v", "0", "-c", (APP / "asking.py").read_text()))
    assert said.pop("cells")
    assert set(said.values()) == {200}


def test_neither_the_product_nor_the_app_wants_a_migration(place):
    assert "No changes" in place.manage("makemigrations", "--check", "--dry-run")
