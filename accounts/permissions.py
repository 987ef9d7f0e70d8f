"""Which role may use which verb; a verb that a role never has answers 403."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import Role, User

_COORDINATOR = frozenset({Role.COORDINATOR})
_OFFICER = frozenset({Role.OFFICER})
_REVIEWER = frozenset({Role.REVIEWER})
_READERS = frozenset({Role.COORDINATOR, Role.LEADER, Role.OFFICER, Role.REVIEWER})

VERBS: dict[str, frozenset[Role]] = {
    "read": _READERS,
    "import_list": _COORDINATOR,
    "undo_import": _COORDINATOR,
    "keep_groups": _COORDINATOR,
    "switch_endorsement": _COORDINATOR,
    "keep_rules": _COORDINATOR,
    "fan_out": _COORDINATOR,
    "issue": _COORDINATOR,
    "accept": _OFFICER,
    "plan": _OFFICER | _COORDINATOR,
    "attach_evidence": _OFFICER,
    "download_workbook": _COORDINATOR | _OFFICER | _REVIEWER,
    "upload_workbook": _OFFICER,
    "remove_evidence": _OFFICER,
    "claim": _OFFICER,
    "withdraw_claim": _OFFICER,
    "endorse": _REVIEWER,
    "send_back": _COORDINATOR | _REVIEWER,
    "verify": _COORDINATOR,
    "reopen": _COORDINATOR,
    "withdraw": _COORDINATOR,
    "ask_block": _OFFICER,
    "confirm_block": _COORDINATOR,
    "refuse_block": _COORDINATOR,
    "lift_block": _COORDINATOR,
    "ask_exemption": _OFFICER,
    "grant_exemption": _COORDINATOR,
    "refuse_exemption": _COORDINATOR,
    "end_exemption": _COORDINATOR,
    "ask_extension": _OFFICER,
    "approve_extension": _COORDINATOR,
    "refuse_extension": _COORDINATOR,
    "object": _OFFICER,
    "uphold_objection": _COORDINATOR,
    "refuse_objection": _COORDINATOR,
    "record_opening": _COORDINATOR,
    "keep_contact": _OFFICER | _REVIEWER,
    "report_progress": _OFFICER,
    "answer_round": _OFFICER,
    "keep_rounds": _COORDINATOR,
    "plan_milestones": _COORDINATOR | _OFFICER,
    "reach_milestone": _OFFICER,
    "keep_endpoints": _OFFICER,
    "keep_maintenance": frozenset({Role.OFFICER, Role.SYSTEM_ADMINISTRATOR}),
    "allow_probing": frozenset({Role.SYSTEM_ADMINISTRATOR}),
    "hand_over": _OFFICER | _REVIEWER,
    "keep_scores": _COORDINATOR,
    "object_to_score": _OFFICER,
    "run_checks": _COORDINATOR,
    "decide_contradiction": _COORDINATOR,
    "say_usable": _OFFICER | _REVIEWER,
    "name_consumers": _COORDINATOR,
    "make_report": _COORDINATOR | _OFFICER | _REVIEWER,
    "read_reports": _READERS,
    "verify_report": _READERS,
    "keep_report_plans": _COORDINATOR,
    "read_report_plans": frozenset({Role.COORDINATOR, Role.LEADER}),
    "be_reminded": _READERS | {Role.SYSTEM_ADMINISTRATOR},
    "take_own_part": _OFFICER | _REVIEWER,
    "review_report": _COORDINATOR,
    "send_back_report": _COORDINATOR,
    "publish_report": _COORDINATOR,
    "withdraw_report": _COORDINATOR,
    "tie_scores": _COORDINATOR,
    "untie_scores": _COORDINATOR,
    "remake_workbook": _COORDINATOR,
    "urge": _COORDINATOR,
    "receive_urging": _OFFICER | _REVIEWER,
    "read_deliveries": _READERS,
    "record_delivery": _OFFICER | _COORDINATOR,
    "record_request": _OFFICER | _COORDINATOR,
    "reply_request": _OFFICER | _COORDINATOR,
    "extend_request": _COORDINATOR,
    "deliver_request": _OFFICER | _COORDINATOR,
    "correct_request": _OFFICER | _COORDINATOR,
    "take_back_request": _OFFICER | _COORDINATOR,
    "import_deliveries": _COORDINATOR,
    "keep_push_keys": _OFFICER | _COORDINATOR,
    "keep_promises": _COORDINATOR,
    "open_robots": _COORDINATOR,
    "manage_robots": frozenset({Role.SYSTEM_ADMINISTRATOR}),
    "manage_accounts": frozenset({Role.SYSTEM_ADMINISTRATOR}),
    "manage_departments": frozenset({Role.SYSTEM_ADMINISTRATOR}),
    "grant_role": frozenset({Role.SECURITY_ADMINISTRATOR}),
    "unlock": frozenset({Role.SECURITY_ADMINISTRATOR}),
    "read_audit": frozenset({Role.AUDITOR}),
    "manage_calendar": frozenset({Role.SYSTEM_ADMINISTRATOR}),
    "see_operations": frozenset({Role.SYSTEM_ADMINISTRATOR}),
    "requeue_job": frozenset({Role.SYSTEM_ADMINISTRATOR}),
}


def may(user: User, verb: str) -> bool:
    """Whether the user's role has the verb at all; conditions on the object come on top."""
    return user.is_active and user.role in VERBS[verb]


def require(user: User, verb: str) -> None:
    """Raise PermissionDenied with a sentence when the user's role never has the verb."""
    if not may(user, verb):
        raise PermissionDenied(_("Your role may not do this."))
