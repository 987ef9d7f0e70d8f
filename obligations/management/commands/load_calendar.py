"""Loads the shipped working-day calendar; loading it again changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from obligations import recounting


class Command(BaseCommand):
    help = "Load the national working-day calendar as shipped (announced and provisional years)."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = recounting.load_shipped()
        self.stdout.write(_("Calendar days written or removed: %(count)s") % {"count": changed})
