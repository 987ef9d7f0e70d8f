"""Installations whose jobs have short leases."""

import pytest

from tests.faults.database import Server
from tests.installation import Installation


@pytest.fixture
def install(tmp_path_factory):
    """install(NAME="value"): an installation with short leases and an empty queue."""
    made = []

    def make(**environment):
        place = Installation(
            tmp_path_factory.mktemp("q"),
            **{
                "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
                "JOB_LEASE_SECONDS": "2",
                "JOB_SWEEP_SECONDS": "1",
                **environment,
            },
        )
        made.append(place)
        place.start_broker()
        return place

    yield make
    for place in made:
        place.stop()


@pytest.fixture(scope="module")
def make_installation(tmp_path_factory):
    """make_installation(): one with tables and nothing else, neither broker nor worker."""
    made = []

    def make():
        place = Installation(tmp_path_factory.mktemp("q"))
        made.append(place)
        return place

    yield make
    for place in made:
        place.stop()


@pytest.fixture(scope="session")
def server():
    """A database server that may be restarted."""
    made = Server()
    yield made
    made.remove()
