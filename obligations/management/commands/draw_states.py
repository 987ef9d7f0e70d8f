"""manage.py draw_states: the table of transitions as docs/states.md."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from obligations import drawing


class Command(BaseCommand):
    help = "Draws the table of transitions of an obligation as docs/states.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, default=None)

    def handle(self, *args: Any, output: Path | None, **options: Any) -> None:
        path = output or Path(settings.BASE_DIR) / "docs/states.md"
        path.write_text(drawing.page(), encoding="utf-8")
        self.stdout.write(str(path))
