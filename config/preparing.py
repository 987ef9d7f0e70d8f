"""What must stand before the first page: tables, reference data, sample data, static files."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

# Loading any of it again changes nothing.
_FIRST_DATA = ("load_reference", "load_calendar", "load_rules", "load_promises", "load_plans")


def prepare_database() -> None:
    """Bring tables and first data up to date; what is up to date costs a look."""
    if _migrations_wait():
        say("正在准备数据库… (preparing the database)")
        call_command("migrate", verbosity=0, interactive=False)
        for reference in _FIRST_DATA:
            call_command(reference, verbosity=0, stdout=io.StringIO())
    if settings.DEMO:
        _load_sample_province()
        call_command("plan_simulator", verbosity=0, stdout=io.StringIO())


def _migrations_wait() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _load_sample_province() -> None:
    """Into an installation without accounts only; a load that was broken off is taken up again."""
    unfinished = settings.DATA_DIR / "demo-unfinished"
    if get_user_model().objects.exists() and not unfinished.exists():
        return
    say("正在载入示例省份… (loading the sample province)")
    unfinished.touch()
    call_command("load_demo", verbosity=0, stdout=io.StringIO())
    unfinished.unlink()


def prepare_static() -> None:
    """Collect the static files when a source of theirs has changed."""
    mark = settings.STATIC_ROOT.with_suffix(".mark")
    current = _mark_of([Path(folder) for folder in settings.STATICFILES_DIRS])
    if mark.exists() and mark.read_text() == current:
        return
    say("正在整理静态文件… (collecting static files)")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    mark.write_text(current)


def _mark_of(folders: list[Path]) -> str:
    """Changes whenever a static source or an installed package does."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            about = path.stat()
            digest.update(f"{path}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def say(sentence: str) -> None:
    sys.stdout.write(f"  {sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    {"database": prepare_database, "static": prepare_static}[sys.argv[1]]()
