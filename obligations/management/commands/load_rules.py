"""Loads the shipped rules of deadlines, lights and scores; loading them again changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from obligations import clocks, light_versions, score_rules


class Command(BaseCommand):
    help = "Load the deadline rules as shipped: the clocks of Decree 809 and the usual policy."

    def handle(self, *args: Any, **options: Any) -> None:
        added = clocks.seed()
        light_versions.seed()
        score_rules.seed()
        self.stdout.write(_("Deadline rules added: %(count)s") % {"count": added})
