"""manage.py load_plans: the shipped plan of reports, where there is none yet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from obligations.today import today
from reports import plans


class Command(BaseCommand):
    help = "Plan the province's monthly report, on the third working day, unless there is a plan."

    def handle(self, *args: Any, **options: Any) -> None:
        made = plans.seed(on=today())
        self.stdout.write(_("Report plans added: %(count)s") % {"count": int(made is not None)})
