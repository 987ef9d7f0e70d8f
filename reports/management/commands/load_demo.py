"""manage.py load_demo: the sample province with its accounts, lists and a year of history."""

from __future__ import annotations

import os
import secrets
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from obligations.today import today
from reports.sampling import demo, province, staff


class Command(BaseCommand):
    help = "Load the sample province (may be repeated). DEMO_PASSWORD is the accounts' password."

    def handle(self, *args: Any, **options: Any) -> None:
        province.ensure()
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(12)
        made = staff.open_accounts(password)
        if made:
            self.stdout.write(_("Accounts made: %(names)s") % {"names": "、".join(made)})
            self.stdout.write(_("Password: %(password)s") % {"password": password})
        if demo.is_loaded():
            self.stdout.write(_("The sample lists are there already: nothing was changed."))
            return
        checked = demo.load(today=today())
        self.stdout.write(_("Sample obligations: %(count)s") % {"count": checked.judged})
