"""Loads the shipped rules of grace; loading them again changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from obligations.today import today
from sharing_lists import promise_rules


class Command(BaseCommand):
    help = "Load the rules of grace of update cycles as shipped, in force from today."

    def handle(self, *args: Any, **options: Any) -> None:
        added = promise_rules.seed(on=today())
        self.stdout.write(_("Rules of grace added: %(count)s") % {"count": added})
