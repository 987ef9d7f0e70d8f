"""What a file's tests begin with, made once for all of them: pytest.mark.settled("snapshot").

The fixture that is named, and all that it rests on, are called when the file begins; what they
wrote stays until its end. Each test gets copies of what they returned, and what it writes is taken
back after it, as ever. `at` is the moment at which they are called.
"""

from __future__ import annotations

import copy
import shutil
from contextlib import nullcontext
from inspect import isgeneratorfunction
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import override_settings

_module = pytest.StashKey["_Settled"]()
_copies = pytest.StashKey[dict[str, Any]]()
_HURRY = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}


class _Settled:
    """Values of fixtures by their names, and the functions that gave them."""

    def __init__(self, node: pytest.Item | pytest.Collector, *, files: Path) -> None:
        self._node, self._files = node, files
        self.values: dict[str, Any] = {"db": None}
        self.functions: dict[str, Any] = {}

    def make(self, name: str) -> Any:
        if name not in self.values:
            manager = self._node.session._fixturemanager
            found = manager.getfixturedefs(name, self._node)[-1]
            assert found.scope == "function", name
            assert not isgeneratorfunction(found.func), name
            needed = {one: self.make(one) for one in found.argnames}
            self.values[name] = found.func(**needed)
            self.functions[name] = found.func
        return self.values[name]

    def copies(self) -> dict[str, Any]:
        """For one test, with files of its own."""
        shutil.copytree(self._files, settings.MEDIA_ROOT, dirs_exist_ok=True)
        return copy.deepcopy(self.values)


@pytest.fixture(scope="module", autouse=True)
def _settled(request, tmp_path_factory):
    mark = request.node.get_closest_marker("settled")
    if mark is None:
        yield
        return
    request.getfixturevalue("kept_data")
    at = mark.kwargs.get("at")
    files = tmp_path_factory.mktemp("settled")
    made = _Settled(request.node, files=files)
    with (
        time_machine.travel(at, tick=False) if at else nullcontext(),
        override_settings(MEDIA_ROOT=files, **_HURRY),
    ):
        for name in mark.args:
            made.make(name)
    request.node.stash[_module] = made
    yield
    del request.node.stash[_module]


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    if fixturedef.scope != "function":
        return None
    item = request._pyfuncitem
    parent = item.getparent(pytest.Module)
    made = parent.stash.get(_module, None) if parent else None
    if made is None or made.functions.get(fixturedef.argname) is not fixturedef.func:
        return None
    if _copies not in item.stash:
        item.stash[_copies] = made.copies()
    value = item.stash[_copies][fixturedef.argname]
    fixturedef.cached_result = (value, fixturedef.cache_key(request), None)
    return value


def pytest_runtest_teardown(item):
    if _copies in item.stash:
        del item.stash[_copies]
