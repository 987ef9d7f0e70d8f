"""Makes the province's progress report, without any broker."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from jobs.running import NotNow
from obligations import filing
from obligations.today import today
from obligations.verbs import VERB_LABELS
from reports import making, snapshots
from reports.forms import ReportForm
from reports.models import Snapshot
from reports.scopes import Scope

_TOLD = 20


class Command(BaseCommand):
    help = "Make the progress report of the whole province as a workbook."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="the day, as 2026-11-23 (default: today)")
        parser.add_argument("--output", metavar="FILE", required=True, help="where to write it")

    def handle(self, *args: Any, **options: Any) -> None:
        form = ReportForm({"on": options["on"] or today().isoformat()})
        if not form.is_valid():
            raise CommandError(
                _("“%(text)s” is not a date: write it as 2026-11-23.") % {"text": options["on"]}
            )
        output = Path(options["output"])
        if output.is_dir():
            raise CommandError(_("“%(name)s” is a folder: name a file in it.") % {"name": output})
        if not output.parent.is_dir():
            raise CommandError(_("There is no folder “%(name)s”.") % {"name": output.parent})
        try:
            making.require_lists(Scope(), on=form.cleaned_data["on"])
            snapshot = snapshots.take(as_of=form.cleaned_data["on"], today=today(), by=None)
        except RuleViolation as refusal:
            raise CommandError(refusal.sentence) from refusal
        try:
            written = making.write(snapshot)
        except NotNow as hindrance:
            raise CommandError(str(hindrance)) from hindrance
        report = making.record(snapshot, written, by=None, job=None)
        try:
            shutil.copyfile(filing.absolute(report.path), output)
        except OSError as error:
            raise CommandError(
                _("“%(name)s” cannot be written: %(why)s")
                % {"name": output, "why": error.strerror or error}
            ) from error
        self.stdout.write(f"{report.sha256}  {output}")
        self._tell_what_came_later(snapshot)

    def _tell_what_came_later(self, snapshot: Snapshot) -> None:
        """Of a past day: what is in the report and was put on record after the day."""
        later = snapshots.recorded_since_of(snapshot)
        count = later.count()
        if count:
            self.stdout.write(_("Recorded since: %(count)s.") % {"count": count})
        for entry in later.reverse()[:_TOLD]:
            said = {"verb": VERB_LABELS.get(entry.verb, entry.verb), "on": entry.detail["on"]}
            at = timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M")
            what = f"{entry.object_type.rpartition('.')[2]} {entry.object_id}"
            self.stdout.write(f"  {at}  {said['on']}  {said['verb']}  {what}  {entry.username}")
