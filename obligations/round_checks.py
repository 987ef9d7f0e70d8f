"""What must hold before an answer of a monthly round is kept; each refusal says why."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import User
from accounts.versions import require_same
from obligations.models import Round, RoundAnswer, Said


def require_may(row: RoundAnswer, *, by: User) -> None:
    if row.department_id != by.department_id:
        raise PermissionDenied(_("This belongs to another department."))
    require_open(row.round)


def require_open(held: Round) -> None:
    if not held.is_open:
        raise RuleViolation(_("This round is closed: say it in the next one."))


def require_version(row: RoundAnswer, version: int) -> None:
    if row.version == version:
        return
    if row.answered_by is None:
        require_same(row.version, version)
    raise StaleVersion(
        _("%(who)s answered this meanwhile. Look at what stands there, then save again.")
        % {"who": row.answered_by},
        facts={"version": row.version, "seen": version},
    )


def require_words(row: RoundAnswer, kind: str, texts: dict[str, str]) -> None:
    if kind not in Said.values:
        raise RuleViolation(_("Say what changed, that nothing did, or that there is nothing."))
    if kind == Said.CHANGED and not texts["progress"]:
        raise RuleViolation(_("Say in one sentence what has been done, or choose “No change”."))
    written = [name for name, text in texts.items() if text and text != getattr(row, name).strip()]
    if kind != Said.CHANGED and written:
        raise RuleViolation(_("You wrote something new: press “Save”, so that it is kept."))
