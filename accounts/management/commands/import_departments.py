"""manage.py import_departments FILE.csv: add or update departments by name."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts import departments_file, reference
from accounts.department_rows import FileRefused


class Command(BaseCommand):
    help = "Add or update departments from a CSV file (UTF-8 or GB18030); only the name is needed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            rows = departments_file.read(path.read_bytes())
            loaded = reference.load_departments(rows, by=None)
        except OSError as error:
            sentence = _("The file “%(file)s” cannot be read (%(why)s); check its path.")
            raise CommandError(sentence % {"file": path, "why": error.strerror}) from error
        except FileRefused as refused:
            sentence = _("“%(file)s” was not imported; nothing was changed.")
            place = sentence % {"file": path.name}
            raise CommandError(f"{place}\n{refused.sentence}") from refused
        sentence = _(
            "Departments added: %(created)s, changed: %(updated)s, unchanged: %(unchanged)s; "
            "regions added: %(regions)s."
        )
        self.stdout.write(sentence % vars(loaded))
