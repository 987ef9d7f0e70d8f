"""manage.py verify_report FILE [--json]: is the file the report that was made, and does history
still say the same? Exit code 0 when it is, 1 otherwise."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext as _

from obligations.today import today
from reports.verifying import proving
from reports.verifying.verdicts import Verdict


class Command(BaseCommand):
    help = "Prove that a file is the report that was made, and recompute its figures from history."

    def run_from_argv(self, argv: list[str]) -> None:
        """Wrong words on the command line end with 1 like every other refusal, not with 2."""
        try:
            super().run_from_argv(argv)
        except SystemExit as end:
            sys.exit(1 if end.code == 2 else end.code)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = _verify(options["file"])
        if options["json"]:
            self.stdout.write(
                json.dumps(verdict.as_json(), ensure_ascii=False, indent=1, default=str)
            )
        else:
            for line in verdict.lines():
                self.stdout.write(line)
        if not verdict.ok:
            sys.exit(1)


def _verify(path: Path) -> Verdict:
    verdict = Verdict()
    try:
        if not path.is_file():
            verdict.add("unreadable", _("There is no file “%(name)s”.") % {"name": path})
            return verdict
        with path.open("rb") as file:
            return proving.verify(file, today=today())
    except OSError as error:
        text = _("The file “%(name)s” cannot be read: %(why)s")
        verdict.add("unreadable", text % {"name": path, "why": error.strerror or error})
    except DatabaseError as error:
        sentence = _("The database did not answer; nothing was verified. Please try again.")
        raise CommandError(sentence) from error
    return verdict
