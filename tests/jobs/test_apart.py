"""Several jobs at once in one process, or one apart from the others."""

import threading
from contextlib import contextmanager

import pytest

from jobs.apart import Company


@contextmanager
def somebody(company, *, apart):
    """Somebody in a thread of their own who wants to work: has begun, may leave."""
    has_begun, may_leave = threading.Event(), threading.Event()

    def work():
        with company.joined(apart=apart):
            has_begun.set()
            assert may_leave.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield has_begun, may_leave
    finally:
        may_leave.set()
        thread.join()


def test_who_is_apart_waits_for_all_others_and_they_for_it():
    company = Company()
    with (
        somebody(company, apart=False) as (one_begun, one_leaves),
        somebody(company, apart=False) as (other_begun, other_leaves),
    ):
        assert one_begun.wait(10)
        assert other_begun.wait(10)
        with somebody(company, apart=True) as (alone_begun, alone_leaves):
            assert not alone_begun.wait(0.1)
            with somebody(company, apart=False) as (late_begun, _late_leaves):
                one_leaves.set()
                assert not alone_begun.wait(0.1)
                other_leaves.set()
                assert alone_begun.wait(10)
                assert not late_begun.wait(0.1)
                alone_leaves.set()
                assert late_begun.wait(10)


def test_who_stumbles_leaves_the_place_to_the_next():
    company = Company()
    for apart in (True, False, True):
        with pytest.raises(ZeroDivisionError), company.joined(apart=apart):
            raise ZeroDivisionError
