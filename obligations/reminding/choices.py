"""How each person wants to be reminded, and what coordinators open to departments."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation, StaleVersion
from accounts.models import Department, User
from obligations.models import ReminderChoice, WebhookTarget


def of(user: User) -> ReminderChoice:
    """What the person chose; an unsaved one for whoever has chosen nothing yet."""
    return ReminderChoice.objects.filter(user=user).first() or ReminderChoice(user=user)


def choose(
    user: User,
    *,
    by_mail: bool,
    mail_address: str,
    targets: Iterable[WebhookTarget],
    version: int,
) -> ReminderChoice:
    """Everybody chooses for themselves alone; the application reminds in any case."""
    permissions.require(user, "be_reminded")
    address = mail_address.strip()
    if by_mail and not address:
        raise RuleViolation(_("Write down the mailbox that the reminders shall go to."))
    if address:
        _require_address(address)
    chosen = list(targets)
    with transaction.atomic():
        ReminderChoice.objects.get_or_create(user=user)
        row = ReminderChoice.objects.select_for_update().get(user=user)
        if row.version != version:
            raise StaleVersion(_("You changed your choice in another window: reload the page."))
        allowed = set(WebhookTarget.objects.open_to(user).values_list("pk", flat=True))
        if any(target.pk not in allowed for target in chosen):
            raise RuleViolation(_("This robot is not open to your department."))
        row.by_mail, row.mail_address, row.version = by_mail, address, row.version + 1
        row.save()
        row.targets.set(chosen)
        said = {"by_mail": by_mail, "robots": [target.name for target in chosen]}
        audit.record(user, verb="choose_reminders", by=user, detail=said)
    return row


def open_target(
    target: WebhookTarget, *, departments: Collection[Department], by: User, version: int
) -> None:
    """Say whose people may use a robot, within the coordinator's own scope."""
    permissions.require(by, "open_robots")
    scope = Department.objects.visible_to(by)
    if Department.objects.filter(pk__in=[one.pk for one in departments]).exclude(
        pk__in=scope.values("pk")
    ):
        raise RuleViolation(_("You may open a robot to departments of your own scope only."))
    with transaction.atomic():
        row = WebhookTarget.objects.select_for_update().get(pk=target.pk)
        require_version(row, version)
        before = set(row.departments.filter(pk__in=scope.values("pk")).values_list("pk", flat=True))
        after = {one.pk for one in departments}
        row.departments.remove(*before - after)
        row.departments.add(*after - before)
        row.version += 1
        row.save(update_fields=["version"])
        said = {"opened": sorted(after - before), "closed": sorted(before - after)}
        audit.record(row, verb="open_robot", by=by, detail=said)


def require_version(row: WebhookTarget, version: int) -> None:
    if row.version != version:
        raise StaleVersion(_("Somebody changed this robot meanwhile: look at its present state."))


def _require_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        raise RuleViolation(_("This is not an e-mail address: check its spelling.")) from error
