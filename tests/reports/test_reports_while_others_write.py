"""Fifty people write: cover, rows, API and page say the same, and a report sees one moment."""

import json
import os
from pathlib import Path

import pytest

from tests.installation import Installation

WRITING = Path(__file__).with_name("writing.py").read_text()
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
# SQLite lets one write at a time: more of them only wait longer.
WRITERS = 50 if ON_POSTGRES else 10

pytestmark = pytest.mark.faults


def written(folder, **environment):
    place = Installation(folder, WRITERS=str(WRITERS), **environment)
    try:
        said = place.manage("shell", "-v", "0", "-c", WRITING)
        return json.loads(said.strip().splitlines()[-1])
    finally:
        place.stop()


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return written(tmp_path_factory.mktemp("writing"))


def test_totals_are_their_rows_and_no_pair_is_torn_while_others_write(found):
    assert found["while"] == []


def test_cover_rows_api_and_page_say_the_same_afterwards(found):
    # SQLite lets nobody write in between; so that pair was not issued there.
    issued = 2 * (WRITERS if ON_POSTGRES else WRITERS - 1)
    assert found["after"] == []
    assert found["applicable"] == dict.fromkeys(("cover", "rows", "api", "page"), issued)


def test_what_is_written_between_two_steps_of_the_freezing_is_not_in_the_report(found):
    assert found["between"] == []


@pytest.mark.skipif(not ON_POSTGRES, reason="on SQLite nobody can write in between")
def test_without_one_moment_the_report_would_be_torn(tmp_path_factory):
    assert written(tmp_path_factory.mktemp("torn"), TORN="1")["between"] == ["torn"]
