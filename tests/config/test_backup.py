"""What deploy/backup copies."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from django.conf import settings

BACKUP = Path(settings.BASE_DIR) / "deploy" / "backup"


def test_a_backup_holds_whole_files_only_and_says_what_they_are(tmp_path):
    data, copies = tmp_path / "data", tmp_path / "copies"
    (data / "files" / "evidence").mkdir(parents=True)
    (data / "files" / "evidence" / "whole").write_text("whole")
    (data / "files" / "evidence" / "half.part").write_text("ha")
    (data / "secret.key").write_text("key")
    with closing(sqlite3.connect(data / "qingdan.sqlite3")) as database, database:
        database.execute("CREATE TABLE t AS SELECT 7 AS n")

    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(data), "VENV": sys.prefix}
    said = subprocess.run(
        [BACKUP, copies], env=environment, check=True, capture_output=True, text=True
    )

    copy = Path(said.stdout.strip())
    kept = {str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()}
    files = {"files/evidence/whole", "qingdan.sqlite3", "secret.key"}
    assert kept == files | {"SHA256SUMS"}
    assert {line.split("./")[1] for line in (copy / "SHA256SUMS").read_text().splitlines()} == files
    with closing(sqlite3.connect(copy / "qingdan.sqlite3")) as database:
        assert database.execute("SELECT n FROM t").fetchall() == [(7,)]
