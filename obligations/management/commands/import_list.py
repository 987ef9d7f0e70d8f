"""manage.py import_list FILE --kind KIND --batch N: read a list file, apply it when it is clean.

Works without broker and worker. Exit code 0 when the file was accepted, 1 otherwise.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import User
from obligations import importing
from obligations.importing import ListReading, Plan, Target, marked
from obligations.importing.keeping import SAMPLE_ROWS
from obligations.importing.local import read_file
from obligations.kinds import kinds
from obligations.tables.grids import column_number
from obligations.today import today

LEVELS = {"国家": "central", "省": "province", "市": "city"}


class Command(BaseCommand):
    help = "Import a responsibility list (.xlsx .xls .et .ods .csv .docx): all rows or none."

    def run_from_argv(self, argv: list[str]) -> None:
        """Wrong words on the command line end with 1 like every other refusal, not with 2."""
        try:
            super().run_from_argv(argv)
        except SystemExit as end:
            sys.exit(1 if end.code == 2 else end.code)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", required=True, choices=list(kinds()))
        parser.add_argument("--batch", required=True, type=_batch)
        parser.add_argument("--level", default="国家", choices=[*LEVELS, *LEVELS.values()])
        parser.add_argument("--issuer", default="")
        parser.add_argument("--issued-on", type=_day)
        parser.add_argument("--sheet", default="", help="the sheet to read, where several match")
        parser.add_argument(
            *("--column", "--map"),
            dest="columns",
            action="append",
            default=[],
            metavar="LETTERS=FIELD",
            type=_column,
            help="what a column means, such as C=title; C= for a column that is not used",
        )
        parser.add_argument("--header", type=_header, help="the header's rows, such as 2-3")
        parser.add_argument(
            "--first-leads",
            action="store_true",
            help="of several bodies where one is due, the first leads and the others support",
        )
        parser.add_argument(
            "--allow-unresolved",
            action="store_true",
            help="apply though nobody bears some names: they go to the queue",
        )
        parser.add_argument(
            "--keep-missing",
            action="store_true",
            help="the file is a supplement: items that it does not name stay in force",
        )
        parser.add_argument(
            "--marked-copy", type=Path, metavar="FILE.xlsx", help="where to put the marked table"
        )
        parser.add_argument("--by", default="", help="the coordinator who imports")
        parser.add_argument("--dry-run", action="store_true", help="read, say, write nothing")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--all-rows", action="store_true", help="every row in the sample")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        level = LEVELS.get(options["level"], options["level"])
        target = Target(options["batch"], level, options["issuer"], options["issued_on"])
        try:
            self._import(path, target, options)
        except (RuleViolation, PermissionDenied) as refusal:
            raise CommandError(str(refusal)) from refusal
        except DatabaseError as error:
            sentence = _("The database did not answer; nothing was written. Please try again.")
            raise CommandError(sentence) from error

    def _import(self, path: Path, target: Target, options: dict[str, Any]) -> None:
        by = _person(options["by"])
        reading, data = read_file(
            path,
            kind=kinds()[options["kind"]],
            on=today(),
            issued_on=target.issued_on,
            sheet=options["sheet"],
            **_mapping(options),
            first_leads=options["first_leads"],
            allow_unresolved=options["allow_unresolved"],
        )
        accepted = reading.outcome == "accept"
        keep = options["keep_missing"]
        plan = None
        if accepted:
            plan = importing.preview(reading, target=target, by=by, keep_missing=keep, on=today())
        applied = None
        if accepted and not options["dry_run"]:
            applied = importing.apply(
                reading,
                target=target,
                by=by,
                on=today(),
                source_name=path.name,
                source_sha256=hashlib.sha256(data).hexdigest(),
                keep_missing=keep,
            )
        if options["marked_copy"] and reading.problems and not reading.is_secret:
            options["marked_copy"].write_bytes(
                marked.copy_of(data, name=path.name, reading=reading)
            )
        if options["json"]:
            self.stdout.write(_as_json(reading, plan, all_rows=options["all_rows"]))
        else:
            self._say(reading, plan)
            self.stdout.write(applied.sentence() if applied else _("Nothing was written."))
        if not accepted:
            sys.exit(1)

    def _say(self, reading: ListReading, plan: Plan | None) -> None:
        self.stdout.write(_("Data rows read: %(count)s.") % {"count": reading.row_count})
        for problem in reading.problems:
            self.stdout.write(f"{_place(problem.row, problem.column)}{problem.message}")
        for name in reading.unresolved:
            near = "、".join(one["name"] for one in name.suggestions[:3])
            sentence = _("Nobody bears the name “%(name)s” (%(count)s cells). Near it: %(near)s.")
            facts = {"name": name.text, "count": len(name.rows), "near": near or "—"}
            self.stdout.write(sentence % facts)
        for notice in reading.warnings:
            self.stdout.write(_("Note: %(message)s") % {"message": notice.message})
        if plan:
            duties = sum(plan.obligations.values())
            sentence = _(
                "Items: %(items)s (new %(added)s, changed %(changed)s, named again %(continued)s, "
                "unchanged %(unchanged)s; withdrawn %(withdrawn)s). Obligations of new items: "
                "%(duties)s, external: %(external)s."
            )
            self.stdout.write(sentence % {**plan.as_json(), "duties": duties})


def _place(row: int | None, column: str) -> str:
    if row is None:
        return ""
    if not column:
        return _("Row %(row)s: ") % {"row": row}
    return _("Row %(row)s, column “%(column)s”: ") % {"row": row, "column": column}


def _as_json(reading: ListReading, plan: Plan | None, *, all_rows: bool) -> str:
    rows = reading.rows if all_rows else reading.rows[:SAMPLE_ROWS]
    answer = {
        "outcome": reading.outcome,
        "rows": reading.row_count,
        "problems": [asdict(problem) for problem in reading.problems],
        "warnings": [asdict(notice) for notice in reading.warnings],
        "sample": [dict(shown) for shown in rows],
        "diff": plan.diff if plan else None,
        "unresolved": [asdict(name) for name in reading.unresolved],
    }
    return json.dumps(answer, ensure_ascii=False, indent=1)


def _batch(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 9999):
        raise argparse.ArgumentTypeError(_("The batch is a number from 1 on."))
    return int(text)


def _column(text: str) -> tuple[str, str]:
    letters, sign, field = text.partition("=")
    if not sign or not column_number(letters.strip()):
        raise argparse.ArgumentTypeError(
            _("“%(text)s” says no column: write it like C=title.") % {"text": text}
        )
    return str(column_number(letters.strip())), field.strip()


def _header(text: str) -> tuple[int, int]:
    top, _dash, bottom = text.partition("-")
    rows = [part for part in (top, bottom or top) if part.isdecimal() and len(part) < 7]
    if len(rows) < 2 or not 1 <= int(rows[0]) <= int(rows[1]):
        raise argparse.ArgumentTypeError(
            _("“%(text)s” names no rows: write them like 2-3.") % {"text": text}
        )
    return int(rows[0]), int(rows[1])


def _mapping(options: dict[str, Any]) -> dict[str, Any]:
    """`mapping` as uploads take it; nothing where the columns are left to recognition."""
    if not options["columns"] and not options["header"]:
        return {}
    top, bottom = options["header"] or (0, 0)
    return {"mapping": {"top": top, "bottom": bottom, "columns": dict(options["columns"])}}


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        sentence = _("“%(text)s” is no day: write it like 2024-12-31.")
        raise argparse.ArgumentTypeError(sentence % {"text": text}) from error


def _person(username: str) -> User | None:
    if not username:
        return None
    found = User.objects.filter(username=username).first()
    if found is None:
        raise CommandError(_("There is no account “%(name)s”.") % {"name": username})
    return found
