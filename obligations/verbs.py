"""What verbs and conditions are called. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERB_LABELS: Mapping[str, Promise] = {
    "import_list": _("import"),
    "undo_import": _("take an edition back"),
    "fan_out": _("dispatch"),
    "issue": _("issue"),
    "accept": _("accept"),
    "plan": _("plan"),
    "attach_evidence": _("attach evidence"),
    "remove_evidence": _("remove evidence"),
    "report_progress": _("report on a period"),
    "answer_round": _("answer the monthly round"),
    "download_evidence": _("download evidence"),
    "claim": _("claim completion"),
    "withdraw_claim": _("take the claim back"),
    "endorse": _("endorse"),
    "send_back": _("send back"),
    "verify": _("verify"),
    "reopen": _("reopen"),
    "withdraw": _("withdraw"),
    "ask_block": _("report a block"),
    "confirm_block": _("confirm the block"),
    "refuse_block": _("refuse the block"),
    "lift_block": _("lift the block"),
    "ask_exemption": _("ask for exemption"),
    "grant_exemption": _("grant the exemption"),
    "refuse_exemption": _("refuse the exemption"),
    "end_exemption": _("end the exemption"),
    "ask_extension": _("ask for an extension"),
    "approve_extension": _("approve the extension"),
    "refuse_extension": _("refuse the extension"),
    "object": _("object"),
    "uphold_objection": _("uphold the objection"),
    "refuse_objection": _("reject the objection"),
    "record_opening": _("record the opening"),
    "keep_contact": _("name who is in charge"),
    "plan_milestones": _("plan milestones"),
    "reach_milestone": _("record a milestone"),
    "amend": _("amend by the list"),
    "record_delivery": _("record a delivery"),
    "take_back_delivery": _("take back a delivery"),
    "recount_dates": _("recount of dates"),
    "say_usable": _("say whether it is usable"),
}

# The names that obligations.transitions uses, as facts.
CONDITION_LABELS: Mapping[str, Promise] = {
    "another_person": _("not one's own claim or endorsement"),
    "no_block": _("no block is asked for or open"),
    "block_waits": _("a block waits for its decision"),
    "block_of_another": _("the block was asked for by another person"),
    "block_confirmed": _("a confirmed block is open"),
    "not_blocked": _("no confirmed block is open"),
    "no_exemption": _("no exemption is asked for or in force"),
    "no_exemption_in_force": _("no exemption is in force"),
    "exemption_waits": _("an exemption waits for its decision"),
    "exemption_of_another": _("the exemption was asked for by another person"),
    "exemption_in_force": _("an exemption is in force"),
    "due_day": _("there is a due date"),
    "due_day_not_past": _("the due date has not passed"),
    "no_extension_waits": _("no extension waits for its decision"),
    "extension_waits": _("an extension waits for its decision"),
    "extension_of_another": _("the extension was asked for by another person"),
    "no_objection_waits": _("no objection waits for its ruling"),
    "contestable": _("the light is red or the claim was returned, and nobody ruled on it yet"),
    "objection_in_time": _("the days to object are not over"),
    "objection_waits": _("an objection waits for its ruling"),
    "objection_of_another": _("the objection was made by another person"),
    "not_the_returner": _("not who returned the claim, unless there is no other coordinator"),
}
CASE_LABELS: Mapping[str, Promise] = {
    "endorsement_required": _("the department endorses"),
    "endorsement_off": _("endorsement is switched off"),
    "objection_to_light": _("against a red light"),
    "objection_to_return": _("against a return"),
}
