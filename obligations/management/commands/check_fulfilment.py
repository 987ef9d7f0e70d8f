"""Checks every department's fulfilment for a day, without any broker."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts import audit
from obligations import fulfilment
from obligations.models import Light
from obligations.today import today


class Command(BaseCommand):
    help = "Check every department's fulfilment for a day (default: today)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="the day, as 2026-11-23")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        on = _day(options["on"])
        result = fulfilment.check(as_of=on, today=today())
        audit.record_run("check_fulfilment", by=None, detail=result.as_json())
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json(), ensure_ascii=False))
        else:
            self._tell(result)
        if result.not_checked:
            sys.exit(1)

    def _tell(self, result: fulfilment.Checked) -> None:
        self.stdout.write(
            _("%(on)s: judged %(judged)s obligations, %(changed)s lights changed.")
            % {"on": result.on, "judged": result.judged, "changed": result.changed}
        )
        for light, count in result.by_light.items():
            self.stdout.write(f"  {Light(light).label}: {count}")
        for name in result.not_checked:
            self.stderr.write(_("Not checked: %(name)s") % {"name": name})


def _day(text: str | None) -> dt.date:
    if not text:
        return today()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            _("“%(text)s” is not a date: write it as 2026-11-23.") % {"text": text}
        ) from error
    if day > today():
        raise CommandError(
            _("“%(text)s” lies in the future: use today or earlier.") % {"text": text}
        )
    return day
