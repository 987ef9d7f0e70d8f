"""A database of a benchmark's own, removed afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import override_settings

# As deploy/qingdan.env.example asks of a province's server: shipped are 128 MB.
_AS_IN_A_PROVINCE = "shared_buffers=2GB"
_ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def own() -> Iterator[None]:
    """Migrated and empty, with a folder for files."""
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        settings = connection.settings_dict
        if connection.vendor == "sqlite":
            # A file as in an installation; by default a test database would lie in memory.
            settings["TEST"]["NAME"] = str(Path(folder) / "bench.sqlite3")
        original = settings["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(original, verbosity=0)


def settle() -> None:
    """What the database would have done by the next night."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def on_postgres(benchmark: str) -> str:
    """What the benchmark tells in a process whose DATABASE_URL names a PostgreSQL of its own."""
    again = [sys.executable, "-m", "tests.postgres", sys.executable, "-m", "bench", benchmark]
    settings = {**os.environ, "POSTGRES_SETTINGS": _AS_IN_A_PROVINCE}
    ended = subprocess.run(
        again, cwd=_ROOT, env=settings, stdout=subprocess.PIPE, text=True, check=True
    )
    return ended.stdout.strip()
