"""Which tests run, and in which order.

On PostgreSQL only those run that a database can change; the others ran the same way on SQLite. Left
out are browsers, whose pages and story also run without one; what has a database of its own,
of the same sort in every run; and tests that open no connection: pytest-django lets a test use the
database only where it asks for it by a mark or a fixture.
Kept is whatever might open one otherwise: where processes are started, and where a fixture may
choose others while it runs.
"""

from __future__ import annotations

import os

import pytest

_ASKING = frozenset({"db", "transactional_db", "django_db_setup"})
_SLOW = ("long", "services", "browser", "faults")
_MARKS = ("django_db", "services", "faults")
_MODULES = frozenset({"tests.installation", "tests.migrated", "tests.postgres"})
_said = pytest.StashKey[int]()


def _may_open_a_connection(item: pytest.Item) -> bool:
    if any(item.get_closest_marker(name) for name in _MARKS) or _ASKING & set(item.fixturenames):
        return True
    return _starts_installations(item) or _may_reach_one(item)


def _starts_installations(item: pytest.Item) -> bool:
    found = vars(item.module).values()
    return any(
        getattr(one, "__module__", getattr(one, "__name__", "")) in _MODULES for one in found
    )


def _may_reach_one(item: pytest.Item) -> bool:
    """What the test or a fixture of ours takes `request` or the blocker for is not known before."""
    info = item._fixtureinfo
    ours = [
        one
        for found in info.name2fixturedefs.values()
        for one in found
        if one.baseid.startswith("tests/")  # those of tests/conftest.py are known
    ]
    taken = {name for one in ours for name in one.argnames}.union(info.argnames)
    return not taken.isdisjoint({"request", "django_db_blocker"})


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """First what needs no database, which is being migrated meanwhile; then what takes long, so
    that no core waits for it at the end."""
    items.sort(key=lambda item: (_may_open_a_connection(item), not _is_slow(item)))
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    left_out = [item for item in items if not _is_for_postgres(item)]
    config.stash[_said] = len(left_out)
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if _is_for_postgres(item)]


def _is_for_postgres(item: pytest.Item) -> bool:
    elsewhere = item.get_closest_marker("browser") or item.get_closest_marker("own_database")
    return not elsewhere and _may_open_a_connection(item)


def _is_slow(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in _SLOW)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash.get(_said, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    node.config.stash[_said] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    if count := config.stash.get(_said, 0):
        terminalreporter.write_line(f"{count} tests open no connection to PostgreSQL: left out")
