"""A recount waits for what is being written, and not for ever."""

import time

import psycopg
import pytest
from django.db import connection

from jobs.running import NotNow
from obligations import in_flight

pytestmark = pytest.mark.django_db

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one write at a time"
)


@pytest.fixture
def idle():
    """A session that has begun to write, and idles in its transaction."""
    words = connection.get_connection_params()
    place = {name: words.get(name) for name in ("host", "port", "user", "password", "dbname")}
    with psycopg.connect(**{name: value for name, value in place.items() if value}) as session:
        session.execute("SELECT txid_current()")
        yield session


@on_postgresql
def test_a_session_that_idles_in_its_transaction_is_not_waited_for_for_ever(idle):
    started = time.monotonic()

    with pytest.raises(NotNow, match="1"):
        in_flight.wait_for_acts(longest=0.3)

    assert time.monotonic() - started < 10


@on_postgresql
def test_the_wait_ends_with_the_transaction(idle):
    looks = []

    def end_it():
        looks.append(1)
        idle.rollback()

    in_flight.wait_for_acts(pause=end_it, longest=60)

    assert looks == [1]


@on_postgresql
def test_who_begins_later_is_not_waited_for(idle):
    def others_begin():
        idle.commit()
        idle.execute("SELECT txid_current()")

    in_flight.wait_for_acts(pause=others_begin, longest=60)


def test_where_nothing_is_being_written_there_is_no_wait():
    in_flight.wait_for_acts(pause=lambda: pytest.fail("waited"), longest=0)
