"""Runs benchmarks by name, all of them when none is named: python -m bench [NAME…]."""

from __future__ import annotations

import os
import sys
import tempfile
from importlib import import_module

# Name -> module with run(); the order in which they run.
BENCHMARKS = {
    "judge": "bench.judge",
    "judge-pg": "bench.judge_pg",
    "workbook": "bench.workbook",
    "workbook-openpyxl": "bench.workbook_openpyxl",
    "workbook-xlsxwriter": "bench.workbook_xlsxwriter",
    "workbook-zlib": "bench.workbook_zlib",
    "report": "bench.report",
    "replay": "bench.replay",
    "desk": "bench.desk",
    "import": "bench.importing",
    "import-pages": "bench.import_pages",
    "reminders": "bench.reminders",
    "probes": "bench.probes",
    "filling": "bench.filling",
    "dispatch": "bench.dispatch",
    "deadline": "bench.deadline",
    "receipts": "bench.receipts",
    "check": "bench.check",
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or _suitable():
        print(import_module(BENCHMARKS[name]).run(), flush=True)
    return 0


def _suitable() -> list[str]:
    """Each judges on the database that DATABASE_URL names."""
    on_postgres = os.environ.get("DATABASE_URL", "").startswith("postgres")
    # "workbook" is workbook-xlsxwriter once more.
    left_out = {"workbook", "judge" if on_postgres else "judge-pg"}
    return [name for name in BENCHMARKS if name not in left_out]


def _prepare(folder: str) -> None:
    """Django with a data folder of its own, so that no installation's data is touched."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["DATA_DIR"] = folder
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    import_module("django").setup()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench-") as own:
        _prepare(own)
        code = main(sys.argv[1:])
    sys.exit(code)
