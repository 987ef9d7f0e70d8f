"""manage.py issue_token USERNAME: print a new API token, and nothing else, on standard output."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import tokens
from accounts.errors import RuleViolation
from accounts.models import User


class Command(BaseCommand):
    help = "Make an API token for an account; it is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--days", type=int, help="how long it is valid; without: until revoked")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            sentence = _("There is no account “%(name)s”.")
            raise CommandError(sentence % {"name": options["username"]})
        days = options["days"]
        if days is not None and not 1 <= days <= 3650:
            raise CommandError(_("--days takes 1 to 3650."))
        expires_at = timezone.now() + dt.timedelta(days=days) if days else None
        try:
            self.stdout.write(tokens.issue(user, by=None, expires_at=expires_at))
        except RuleViolation as refused:
            raise CommandError(refused.sentence) from refused
