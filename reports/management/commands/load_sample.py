"""manage.py load_sample: very many invented obligations, for load tests and benchmarks."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from obligations.today import today
from reports.sampling import crowd


class Command(BaseCommand):
    help = "Add invented obligations (both kinds, a year of history) to test with many rows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--obligations", type=int, required=True, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same")

    def handle(self, *args: Any, **options: Any) -> None:
        count: int = options["obligations"]
        if count < 1:
            raise CommandError(_("The number of obligations must be at least 1."))
        checked = crowd.load(obligation_count=count, seed=options["seed"], today=today())
        lights = "，".join(
            f"{light} {number}" for light, number in sorted(checked.by_light.items())
        )
        self.stdout.write(
            _("Obligations added: %(count)s. Lights of all now: %(lights)s")
            % {"count": count, "lights": lights}
        )
