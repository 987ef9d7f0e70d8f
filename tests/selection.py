"""Which tests run, and in which order.

Two parts are the whole: PART=quick leaves out what is marked `long`; PART=long runs that, and at
full size what is marked `sampled`, of which the quick part took little. Without PART all run.

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

PARTS = ("quick", "long")
_ASKING = frozenset({"db", "transactional_db", "django_db_setup"})
_SLOW = ("early", "long", "services", "browser", "faults")
_MARKS = ("django_db", "services", "faults")
_MODULES = frozenset({"tests.installation", "tests.migrated", "tests.postgres"})
_left_out = pytest.StashKey[dict[str, int]]()
_WHY = {
    "part": "{} tests stand in the other part of the suite: left out",
    "database": "{} tests open no connection to PostgreSQL: left out",
}


def parts_of(item: pytest.Item) -> frozenset[str]:
    """Where it runs: in one part at least, whatever its marks are."""
    if item.get_closest_marker("long"):
        return frozenset({"long"})
    return frozenset(PARTS if item.get_closest_marker("sampled") else {"quick"})


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
    config.stash[_left_out] = {}
    if part := os.environ.get("PART", ""):
        assert part in PARTS, f"PART is {' or '.join(PARTS)}"
        _keep(config, items, "part", lambda item: part in parts_of(item))
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        _keep(config, items, "database", _is_for_postgres)


def _keep(config: pytest.Config, items: list[pytest.Item], why: str, wanted) -> None:
    left_out = [item for item in items if not wanted(item)]
    config.stash[_left_out][why] = len(left_out)
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if wanted(item)]


def _is_for_postgres(item: pytest.Item) -> bool:
    elsewhere = item.get_closest_marker("browser") or item.get_closest_marker("own_database")
    return not elsewhere and _may_open_a_connection(item)


def _is_slow(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in _SLOW)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash.get(_left_out, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    node.config.stash[_left_out] = getattr(node, "workeroutput", {}).get("left_out", {})


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    for why, count in config.stash.get(_left_out, {}).items():
        if count:
            terminalreporter.write_line(_WHY[why].format(count))
