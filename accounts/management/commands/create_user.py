"""manage.py create_user NAME --role ROLE: make an account with role and password."""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import names, people
from accounts.errors import RuleViolation
from accounts.models import Department, Region, Role

ROLES_IN_CHINESE = {
    "统筹人员": Role.COORDINATOR,
    "填报人员": Role.OFFICER,
    "审签人员": Role.REVIEWER,
    "领导": Role.LEADER,
    "审计管理员": Role.AUDITOR,
    "安全管理员": Role.SECURITY_ADMINISTRATOR,
    "系统管理员": Role.SYSTEM_ADMINISTRATOR,
}


class Command(BaseCommand):
    help = "Make an account. Officers and reviewers need --department; a city's people --region."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, help="、".join(Role.values))
        parser.add_argument("--department", default="", help="name or alias of a department")
        parser.add_argument("--region", default="", help="name or code of a region")
        parser.add_argument("--display-name", default="")
        parser.add_argument("--password-stdin", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = people.register(
                options["username"],
                role=_role(options["role"]),
                department=_department(options["department"]),
                region=_region(options["region"]),
                display_name=options["display_name"],
                password=_password(from_stdin=options["password_stdin"]),
                by=None,
            )
        except RuleViolation as refused:
            raise CommandError(refused.sentence) from refused
        sentence = _("Account “%(name)s” made with the role %(role)s.")
        self.stdout.write(sentence % {"name": user.username, "role": user.get_role_display()})


def _role(text: str) -> str:
    role = ROLES_IN_CHINESE.get(text, text)
    if role not in Role.values:
        sentence = _("“%(text)s” is not a role; use one of %(roles)s.")
        raise CommandError(sentence % {"text": text, "roles": "、".join(Role.values)})
    return str(role)


def _department(text: str) -> Department | None:
    if not text:
        return None
    directory = names.Directory(on=timezone.localdate())
    department = directory.find(text)
    if department is None:
        near = directory.close_to(text)
        offer = _(" Did you mean “%(name)s”?") % {"name": near} if near else ""
        sentence = _("There is no department “%(text)s”; load departments first.")
        raise CommandError(sentence % {"text": text} + offer)
    return department


def _region(text: str) -> Region | None:
    if not text:
        return None
    region = Region.objects.filter(name=text).first() or Region.objects.filter(code=text).first()
    if region is None:
        sentence = _("There is no region “%(text)s”; it comes with the departments file.")
        raise CommandError(sentence % {"text": text})
    return region


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise CommandError(_("There is no password on standard input."))
        return password
    password = getpass.getpass(_("Password: "))
    if password != getpass.getpass(_("Password again: ")):
        raise CommandError(_("The two passwords differ; run the command again."))
    return password
