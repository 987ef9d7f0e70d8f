"""The tree as a whole: translations, sizes, templates, migrations, vendored files."""

import ast
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "jobs", "obligations", "sharing_lists", "docking", "reports", "config")
CATALOGUE = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"


def sources():
    for app in (*APPS, "simulator"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def templates():
    for folder in (ROOT / "templates", *(ROOT / app / "templates" for app in APPS)):
        yield from sorted(folder.rglob("*.html"))


def test_every_message_is_translated_and_none_is_fuzzy():
    catalogue = polib.pofile(str(CATALOGUE))
    assert [entry.msgid for entry in catalogue if not entry.msgstr or entry.fuzzy] == []


def test_the_compiled_catalogue_is_the_written_one():
    written = {(e.msgctxt, e.msgid): e.msgstr for e in polib.pofile(str(CATALOGUE))}
    compiled = {
        (e.msgctxt, e.msgid): e.msgstr for e in polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    }
    assert compiled == written


def test_placeholders_survive_translation():
    broken = [
        entry.msgid
        for entry in polib.pofile(str(CATALOGUE))
        if set(re.findall(r"%\(\w+\)s", entry.msgid)) != set(re.findall(r"%\(\w+\)s", entry.msgstr))
    ]
    assert broken == []


@pytest.fixture(scope="module")
def in_sources(tmp_path_factory):
    """The messages that the sources hold, as gettext finds them."""
    if not shutil.which("xgettext"):
        pytest.skip("gettext is not installed")
    tree = tmp_path_factory.mktemp("sources") / "tree"
    for folder in (*APPS, "templates"):
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "static")
        shutil.copytree(ROOT / folder, tree / folder, ignore=ignored)
    (tree / "locale").mkdir()
    subprocess.run(
        [
            shutil.which("python3") and __import__("sys").executable,
            "-m",
            "django",
            "makemessages",
            "-l",
            "zh_Hans",
            "--no-obsolete",
            "--no-wrap",
            "-v",
            "0",
        ],
        cwd=tree,
        check=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": "", "LANG": "C.UTF-8"},
    )
    found = polib.pofile(str(tree / "locale/zh_Hans/LC_MESSAGES/django.po"))
    return {(e.msgctxt or "", e.msgid) for e in found}


@pytest.fixture(scope="module")
def in_catalogue():
    return {(e.msgctxt or "", e.msgid) for e in polib.pofile(str(CATALOGUE))}


def test_every_message_of_the_sources_stands_in_the_catalogue(in_sources, in_catalogue):
    assert sorted(in_sources - in_catalogue) == []


def test_the_catalogue_holds_no_message_that_nothing_says(in_sources, in_catalogue):
    assert sorted(in_catalogue - in_sources) == []


def test_no_source_file_is_over_300_lines_and_no_function_over_40():
    long_files, long_functions = [], []
    for path in sources():
        text = path.read_text()
        if text.count("\n") > 300:
            long_files.append(str(path.relative_to(ROOT)))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = node.end_lineno - node.lineno + 1
                if length > 40:
                    long_functions.append(f"{path.relative_to(ROOT)}:{node.name}: {length}")
    assert long_files == []
    assert long_functions == []


def test_every_module_says_what_it_is():
    silent = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_every_template_is_used():
    text = "\n".join(path.read_text() for path in (*sources(), *templates()))
    used_by_frameworks = re.compile(r"(^|/)(4\d\d|500)\.html$|^account/")
    unused = []
    for path in templates():
        name = path.as_posix().split("/templates/")[-1]
        if name not in text and not used_by_frameworks.search(name):
            unused.append(name)
    assert unused == []


def test_templates_hold_no_inline_style_or_script():
    inline = re.compile(
        r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\b(?:src|type)=)", re.IGNORECASE
    )
    assert [path.name for path in templates() if inline.search(path.read_text())] == []


def test_the_architecture_names_modules_that_are_there():
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w./])[a-z_]+(?:\.[a-z_]+)+(?![\w(]*/)", text))
    assert len(named) > 40
    modules = [name for name in sorted(named) if not name.endswith(".md")]
    assert [name for name in modules if not _stands_for_code(name)] == []


def test_every_picture_that_the_docs_show_is_there():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    shown = {
        (page.parent / path).resolve()
        for page in pages
        for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    }
    assert [path for path in sorted(shown) if not path.is_file()] == []
    walks = {
        path
        for name in ("intake", "life", "voices")
        for path in (ROOT / "docs/images").glob(f"{name}-*")
    }
    assert walks <= shown


def _stands_for_code(name):
    """A module or package, or what is written in one; without its app where that is plain."""
    for app in ("", *APPS, "simulator"):
        path = ROOT.joinpath(app, *name.split("."))
        if path.is_dir() or path.with_suffix(".py").is_file():
            return True
        module = path.parent.with_suffix(".py")
        if module.is_file():
            return bool(re.search(rf"^(def|class|    def) {path.name}\b", module.read_text(), re.M))
    return False


def test_vendored_files_are_what_their_sums_say():
    sums = list((ROOT / "static/vendor").rglob("SHA256SUMS"))
    assert sums
    for file in sums:
        for line in file.read_text().splitlines():
            digest, name = line.split(maxsplit=1)
            content = (file.parent / name.lstrip("*")).read_bytes()
            assert hashlib.sha256(content).hexdigest() == digest, name


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", "--check", "--dry-run", "-v", "0")


def test_the_locks_name_packages_and_no_place_they_come_from():
    for lock in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / lock).read_text().splitlines()
        assert [line for line in lines if "://" in line or line.startswith("--")] == []
