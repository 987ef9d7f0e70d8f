"""What workers can do, what people call it, and when it is due; settings name it JOB_…."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# Job kind -> handler; named here so that processes never import tasks.
HANDLERS: dict[str, str] = {
    "noop": "jobs.handlers.noop",
    "jobs.canary": "jobs.handlers.canary",
    "docking.probe": "docking.handlers.probe",
    "docking.tidy": "docking.handlers.tidy",
    "obligations.check": "obligations.check_handler.check_fulfilment",
    "obligations.check_part": "obligations.check_handler.check_part",
    "obligations.accept_members": "obligations.dispatch_handler.accept_members",
    "obligations.apply_filling": "obligations.filling_handlers.apply_filling",
    "obligations.dispatch": "obligations.dispatch_handler.carry_out",
    "obligations.draft_scores": "obligations.check_handler.draft_scores",
    "obligations.import": "obligations.handlers.import_list",
    "obligations.read_filling": "obligations.filling_handlers.read_filling",
    "obligations.read_list": "obligations.handlers.read_list",
    "obligations.undo_edition": "obligations.handlers.undo_edition",
    "obligations.open_round": "obligations.handlers.open_round",
    "obligations.recount": "obligations.handlers.recount",
    "obligations.rejudge": "obligations.check_handler.rejudge",
    "obligations.rounds": "obligations.handlers.open_rounds",
    "obligations.remind": "obligations.reminder_handlers.remind",
    "obligations.send_reminders": "obligations.reminder_handlers.send_reminders",
    "sharing_lists.read_log": "sharing_lists.handlers.read_log",
    "sharing_lists.apply_log": "sharing_lists.handlers.apply_log",
    "sharing_lists.take_from_inbox": "sharing_lists.handlers.take_from_inbox",
    "sharing_lists.settle_receipts": "sharing_lists.handlers.settle_receipts",
    "sharing_lists.keep_promises": "sharing_lists.handlers.keep_promises",
    "reports.make": "reports.handlers.make_report",
    "reports.plans": "reports.plan_handlers.plan_reports",
    "reports.make_form": "reports.form_handlers.make_form",
    "reports.remake": "reports.handlers.remake_workbook",
}
# What a person calls a job of this kind.
LABELS = {
    "noop": _("Test job"),
    "jobs.canary": _("Canary"),
    "docking.probe": _("Round of probes"),
    "docking.tidy": _("Tidying of probe results"),
    "obligations.check": _("Fulfilment check"),
    "obligations.check_part": _("Part of a fulfilment check"),
    "obligations.accept_members": _("Dispatch to new members"),
    "obligations.rejudge": _("Lights by a new rule"),
    "obligations.apply_filling": _("Applying a workbook"),
    "obligations.dispatch": _("Dispatch of list items"),
    "obligations.draft_scores": _("Drafting of scores"),
    "obligations.import": _("List import"),
    "obligations.read_filling": _("Reading a workbook"),
    "obligations.read_list": _("Reading a list file"),
    "obligations.undo_edition": _("Taking an edition back"),
    "obligations.open_round": _("Opening a monthly round"),
    "obligations.recount": _("Recount of dates"),
    "obligations.rounds": _("Monthly round"),
    "obligations.remind": _("Making the day's reminders"),
    "obligations.send_reminders": _("Sending reminders"),
    "sharing_lists.read_log": _("Reading a log of deliveries"),
    "sharing_lists.apply_log": _("Taking over a log of deliveries"),
    "sharing_lists.take_from_inbox": _("Logs from the folder"),
    "sharing_lists.settle_receipts": _("Dates moved by receipts"),
    "sharing_lists.keep_promises": _("Recount of promises"),
    "reports.make": _("Progress report"),
    "reports.plans": _("Planned reports"),
    "reports.make_form": _("Form of a report"),
    "reports.remake": _("Workbook of a report, made anew"),
}
# Job kind -> queue, where it is not the common one.
QUEUES = {"docking.probe": "probes"}
# Done many times an hour: the page of jobs shows them only where they wait or failed.
QUIET = (
    "docking.probe",
    "jobs.canary",
    "obligations.check_part",
    "sharing_lists.take_from_inbox",
)


def _due(kind: str, every: str, at: str = "", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "every": every, "at": at, **more}


# What is due when in Asia/Shanghai: beat asks whether the row of the period is there.
# `only_if` says whether there is anything to do; `key` lets one such job wait or run at a time.
# `takes` and `grace` are minutes: so long it may take, and so much longer nobody is alarmed.
SCHEDULE = {
    # One at a time, so that canaries nobody takes do not pile up.
    "canary": _due("jobs.canary", "minute", takes=1, grace=2, key="canary"),
    "promises": _due("sharing_lists.keep_promises", "day", "00:05", takes=10, grace=60),
    "nightly check": _due("obligations.check", "day", "00:10", takes=30, grace=90),
    "probe results": _due("docking.tidy", "day", "03:40", takes=30, grace=120),
    "inbox of logs": _due(
        "sharing_lists.take_from_inbox",
        "10 minutes",
        takes=10,
        grace=20,
        key="inbox",
        only_if="sharing_lists.inbox.has_waiting",
    ),
    "monthly round": _due("obligations.rounds", "day", "07:05", takes=10, grace=60),
    # Before the reminders, which tell who has to publish what was made.
    "planned reports": _due("reports.plans", "day", "07:20", takes=10, grace=60),
    "reminders": _due("obligations.remind", "day", "08:30", takes=15, grace=60),
    "probes": _due("docking.probe", "5 minutes", takes=5, grace=10),
}
# What /metrics tells: each names a function that gives families of metrics.
METRICS = (
    "jobs.metrics.families",
    "sharing_lists.metrics.families",
    "docking.metrics.families",
    "reports.metrics.families",
)
