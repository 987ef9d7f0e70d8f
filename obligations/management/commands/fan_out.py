"""Dispatches list items from the command line: the same preview, the same writing as the page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import User
from jobs import running
from obligations import fanning_out
from obligations.fanning_out import OWN, Choice, DutyChoice, Named, Plan, acting
from obligations.fanning_out.choosing import BUREAUS
from obligations.models import Dispatch, Duty, ListItem
from obligations.models.lists import ListItemQuerySet
from obligations.today import today


class Command(BaseCommand):
    help = "Let list items become obligations of chosen bodies; shows what would happen first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", required=True, metavar="USERNAME", help="a coordinator")
        parser.add_argument("--list", type=int, metavar="N", help="all items in force of this list")
        parser.add_argument("--item", type=int, action="append", metavar="N", help="these items")
        parser.add_argument(
            "--duty",
            action="append",
            required=True,
            metavar="DUTY[=DUE]",
            help=f"{', '.join(Duty.values)}; with a due date of its own after “=”",
        )
        parser.add_argument("--lead", action="append", default=[], metavar="NAME")
        parser.add_argument("--supporting", action="append", default=[], metavar="NAME")
        parser.add_argument("--own", action="store_true", help="the bodies that each item names")
        parser.add_argument("--bureaus", choices=["lead", "supporting"], help="of all cities")
        parser.add_argument("--members-on", type=dt.date.fromisoformat, metavar="DATE")
        parser.add_argument("--document-number", default="", help="of the superior body")
        parser.add_argument("--issue", action="store_true", help="issue at once, with one notice")
        parser.add_argument("--yes", action="store_true", help="do it; else it is only shown")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(_("There is no account “%(name)s”.") % {"name": options["by"]})
        try:
            self._do(by, options)
        except RuleViolation as refusal:
            raise CommandError(refusal.sentence) from refusal

    def _do(self, by: User, options: dict[str, Any]) -> None:
        row = fanning_out.prepare(_items(options), _choice(options), by=by, on=today())
        plan = acting.look(row, by=by, on=today())
        self._tell(plan)
        if not options["yes"]:
            fanning_out.discard(row, by=by)
            return
        row = fanning_out.confirm(row, by=by, on=today(), digest=plan.digest())
        if row.state == Dispatch.State.RUNNING and row.job_id:
            running.perform(row.job_id)
            row.refresh_from_db()
        self.stdout.write(_("Obligations made: %(count)s") % {"count": row.made})

    def _tell(self, plan: Plan) -> None:
        counts = {"new": len(plan.missing), "there": len(plan.there), "late": len(plan.late)}
        self.stdout.write(
            _("To make: %(new)s; already there: %(there)s; late at once: %(late)s.") % counts
        )
        for line in (*plan.by_duty, *plan.by_department):
            self.stdout.write(f"  {line.label}: {line.new} + {line.there}")
        for one in plan.notices:
            self.stderr.write(one.sentence())


def _items(options: dict[str, Any]) -> ListItemQuerySet:
    if options["list"] is None and not options["item"]:
        raise CommandError(_("Say which items: --list or --item."))
    rows = ListItem.objects.all()
    if options["list"] is not None:
        rows = rows.filter(list=options["list"])
    return rows.filter(pk__in=options["item"]) if options["item"] else rows


def _choice(options: dict[str, Any]) -> Choice:
    duties = [text.partition("=") for text in options["duty"]]
    bodies = [
        Named(f"name:{name}", role) for role in ("lead", "supporting") for name in options[role]
    ]
    bodies += [Named(OWN)] if options["own"] else []
    bodies += [Named(BUREAUS, options["bureaus"])] if options["bureaus"] else []
    return Choice(
        duties=tuple(DutyChoice(code, due) for code, _sign, due in duties),
        bodies=tuple(bodies),
        members_on=options["members_on"] or today(),
        document_number=options["document_number"],
        issue=options["issue"],
    )
