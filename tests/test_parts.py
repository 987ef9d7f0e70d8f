"""The two parts of the suite: together they are all of it, and what is long says so."""

import ast
import hashlib
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from tests.selection import PARTS, parts_of

ROOT = Path(settings.BASE_DIR)
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
STARTING = (ROOT / "tests/browser", ROOT / "tests/faults")
# They start programs, and are done within ten seconds or are the one test of their sort.
SHORT = {
    "tests/faults/test_dispatches_at_once.py",
    "tests/faults/test_imports_at_once.py",
    "tests/faults/test_recounts.py",
    "tests/story/test_main_job.py",
}


def marked(path):
    """The words of pytest.mark.… that a file says of all its tests."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            return {one.attr for one in ast.walk(node.value) if isinstance(one, ast.Attribute)}
    return set()


def item(*marks):
    return SimpleNamespace(get_closest_marker=lambda name: name in marks)


@pytest.mark.parametrize(
    ("marks", "parts"),
    [
        ((), {"quick"}),
        (("early", "services"), {"quick"}),
        (("long",), {"long"}),
        (("sampled",), {"quick", "long"}),
        (("sampled", "long"), {"long"}),
    ],
)
def test_every_test_has_a_part(marks, parts):
    assert parts_of(item(*marks)) == parts <= set(PARTS)


def test_what_starts_programs_is_long_or_named_here_as_short():
    starting = {
        path.relative_to(ROOT).as_posix(): marked(path)
        for path in TESTS
        if marked(path) & {"services", "browser"} or path.parent in STARTING
    }
    assert {name for name, marks in starting.items() if "long" not in marks} == SHORT


def test_whoever_takes_less_in_the_quick_part_takes_all_in_the_long_one():
    asking = re.compile(r"^from tests\.thorough import .*\bQUICK\b", re.MULTILINE)
    texts = {path.name: path.read_text(encoding="utf-8") for path in TESTS}
    taking_less = {name: text for name, text in texts.items() if asking.search(text)}
    assert taking_less
    assert [name for name, text in taking_less.items() if "pytest.mark.sampled" not in text] == []


def test_generated_tests_ask_one_place_how_many_examples_they_take():
    """Otherwise neither the quick part nor THOROUGH=1 could change it."""
    word = "max_" + "examples"
    assert [path.name for path in TESTS if word in path.read_text(encoding="utf-8")] == []


@pytest.fixture
def told(tmp_path):
    """told("--long", …): which tests ./test asks for, and what else it calls."""
    lock = (ROOT / "requirements-dev.txt").read_bytes()
    (tmp_path / "bin").mkdir()
    (tmp_path / ".installed-requirements-dev.txt").write_text(hashlib.sha256(lock).hexdigest())
    for name in ("python", "ruff", "mypy", "lint-imports", "djlint"):
        program = tmp_path / "bin" / name
        program.write_text('#!/bin/sh\necho "${0##*/} [$PART] $*"\n')
        program.chmod(0o700)

    def ask(*words):
        done = subprocess.run(
            [ROOT / "test", *words],
            env={"PATH": "/usr/bin:/bin", "VENV": str(tmp_path), "PART": "long"},
            capture_output=True,
            text=True,
            check=True,
        )
        lines = done.stdout.splitlines()
        tests = [line for line in lines if " -m pytest " in line]
        return tests[0].split()[1], tests[0], {line.split()[0] for line in lines} - {"python"}

    return ask


@pytest.mark.parametrize(
    ("words", "part", "checks"),
    [
        ([], "[quick]", True),
        (["--long"], "[long]", False),
        (["--tests"], "[]", False),
        (["--long", "-k", "lease"], "[long]", False),
        (["tests/jobs", "-k", "lease"], "[]", False),
        (["-k", "lease"], "[]", False),
    ],
)
def test_the_word_says_the_part_and_what_is_named_runs_of_either(told, words, part, checks):
    asked, line, others = told(*words)
    assert asked == part
    assert line.endswith(" ".join(word for word in words if word not in ("--long", "--tests")))
    assert others == ({"ruff", "mypy", "lint-imports", "djlint"} if checks else set())
