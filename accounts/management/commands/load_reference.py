"""manage.py load_reference: provinces, central bodies, usual groups, as often as you like."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts import reference


class Command(BaseCommand):
    help = "Load the provinces of GB/T 2260, the central bodies and usual groups (may be repeated)."

    def handle(self, *args: Any, **options: Any) -> None:
        regions, bodies = reference.load(by=None)
        sentence = _(
            "Regions added: %(regions)s. Central bodies added: %(created)s, changed: %(updated)s, "
            "unchanged: %(unchanged)s."
        )
        self.stdout.write(sentence % {**vars(bodies), "regions": regions})
