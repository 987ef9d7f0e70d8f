"""Who gets what from every address: the table that the census compares with the project.

Routes are written as Django prints them. Each method names the people who are answered; everybody
else is refused: the anonymous with 401 or the sign-in page, others with 403. A method that is not
named here is answered to nobody.
"""

COORDINATOR = frozenset({"coordinator"})
OFFICER = frozenset({"officer"})
REVIEWER = frozenset({"reviewer"})
AUDITOR = frozenset({"auditor"})
SECADMIN = frozenset({"secadmin"})
SYSADMIN = frozenset({"sysadmin"})
READERS = frozenset({"coordinator", "officer", "reviewer", "leader"})
REPORTERS = COORDINATOR | OFFICER | REVIEWER
SIGNED_IN = READERS | AUDITOR | SECADMIN | SYSADMIN | {"without_role"}
ANONYMOUS = "anonymous"
EVERYBODY = SIGNED_IN | {ANONYMOUS}

# What is done to one obligation -> who may do it; on the page and in the API the same.
VERBS = {
    "issue": COORDINATOR,
    "accept": OFFICER,
    "plan": OFFICER | COORDINATOR,
    "claim": OFFICER,
    "withdraw_claim": OFFICER,
    "endorse": REVIEWER,
    "verify": COORDINATOR,
    "send_back": COORDINATOR | REVIEWER,
    "reopen": COORDINATOR,
    "withdraw": COORDINATOR,
    "ask_block": OFFICER,
    "confirm_block": COORDINATOR,
    "refuse_block": COORDINATOR,
    "lift_block": COORDINATOR,
    "ask_exemption": OFFICER,
    "grant_exemption": COORDINATOR,
    "refuse_exemption": COORDINATOR,
    "end_exemption": COORDINATOR,
    "ask_extension": OFFICER,
    "approve_extension": COORDINATOR,
    "refuse_extension": COORDINATOR,
    "object": OFFICER,
    "uphold_objection": COORDINATOR,
    "refuse_objection": COORDINATOR,
    "record_opening": COORDINATOR,
}

# What is done to many at once.
MANY = (
    *("issue", "accept", "plan", "endorse", "verify", "send_back", "withdraw"),
    *("approve_extension", "refuse_extension"),
)

MACHINES = {
    "healthz": {"GET": EVERYBODY},
    "readyz": {"GET": EVERYBODY},
    "api/schema/": {"GET": EVERYBODY},
    "api/docs/": {"GET": EVERYBODY},
}
SIGNING_IN = {
    "account/login/": {"GET": EVERYBODY, "POST": EVERYBODY},
    "account/logout/": {"GET": EVERYBODY, "POST": EVERYBODY},
    "account/password/change/": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "account/inactive/": {"GET": EVERYBODY},
    "account/reauthenticate/": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    # Closed: nobody signs up; the address alone must exist.
    "account/signup/": {"GET": EVERYBODY, "POST": EVERYBODY},
    "i18n/setlang/": {"GET": EVERYBODY, "POST": EVERYBODY},
}
GROUPS = {
    "groups/": {"GET": COORDINATOR, "POST": COORDINATOR},
    "groups/<int:pk>/": {"GET": COORDINATOR, "POST": COORDINATOR},
    "groups/<int:pk>/names/": {"POST": COORDINATOR},
    "groups/<int:pk>/names/<int:name>/drop/": {"POST": COORDINATOR},
    "groups/<int:pk>/members/": {"POST": COORDINATOR},
    "groups/<int:pk>/members/<int:member>/end/": {"POST": COORDINATOR},
}
ADMINISTRATION = {
    "own/tokens/": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "own/tokens/<int:pk>/revoke/": {"POST": SIGNED_IN},
    "administration/accounts/": {"GET": SYSADMIN},
    "administration/accounts/new/": {"GET": SYSADMIN, "POST": SYSADMIN},
    "administration/accounts/<int:pk>/": {"GET": SYSADMIN, "POST": SYSADMIN},
    "administration/accounts/<int:pk>/deactivate/": {"POST": SYSADMIN},
    "administration/accounts/<int:pk>/activate/": {"POST": SYSADMIN},
    "administration/departments/": {"GET": SYSADMIN},
    "administration/departments/upload/": {"POST": SYSADMIN},
    "administration/departments/<int:pk>/": {"GET": SYSADMIN, "POST": SYSADMIN},
    "administration/departments/<int:pk>/rename/": {"POST": SYSADMIN},
    "administration/roles/": {"GET": SECADMIN},
    "administration/roles/<int:pk>/": {"GET": SECADMIN, "POST": SECADMIN},
    "administration/roles/<int:pk>/password/": {"POST": SECADMIN},
    "administration/roles/<int:pk>/unlock/": {"POST": SECADMIN},
    "administration/audit/": {"GET": AUDITOR},
    "administration/audit/export.csv": {"GET": AUDITOR},
}
JOBS = {
    "jobs/": {"GET": SIGNED_IN},
    "jobs/operations/": {"GET": SYSADMIN},
    "jobs/<int:pk>/": {"GET": SIGNED_IN},
    "jobs/<int:pk>/progress/": {"GET": SIGNED_IN},
    "jobs/<int:pk>/requeue/": {"POST": SYSADMIN},
    "jobs/<int:pk>/cancel/": {"POST": SIGNED_IN},
}
WORK = {
    "": {"GET": SIGNED_IN},
    "obligations/": {"GET": READERS},
    "obligations/export.csv": {"GET": READERS},
    "obligations/export.xlsx": {"GET": READERS},
    **{f"obligations/{verb.replace('_', '-')}/": {"POST": VERBS[verb]} for verb in MANY},
    "obligations/official.csv": {"GET": READERS},
    "obligations/official.xlsx": {"GET": READERS},
    "obligations/issue/": {"POST": COORDINATOR},
    "obligations/accept/": {"POST": OFFICER},
    "obligations/<int:pk>/": {"GET": READERS},
    "obligations/<int:pk>/lift-blocks/": {"POST": COORDINATOR},
    "dispatches/": {"GET": COORDINATOR},
    "dispatches/new/": {"GET": COORDINATOR, "POST": COORDINATOR},
    "dispatches/<int:pk>/": {"GET": COORDINATOR},
    "dispatches/<int:pk>/confirm/": {"POST": COORDINATOR},
    "dispatches/<int:pk>/discard/": {"POST": COORDINATOR},
    "new-members/": {"GET": COORDINATOR},
    "new-members/<int:group>/accept/": {"POST": COORDINATOR},
    "new-members/<int:group>/dismiss/": {"POST": COORDINATOR},
    "notices/": {"GET": READERS},
    "notices/<int:pk>/": {"GET": READERS},
    "contact/": {"GET": OFFICER | REVIEWER, "POST": OFFICER | REVIEWER},
    "obligations/<int:pk>/attach-evidence/": {"POST": OFFICER},
    **{
        f"obligations/<int:pk>/{verb.replace('_', '-')}/": {"POST": who}
        for verb, who in VERBS.items()
    },
    "evidence/<int:pk>/file/": {"GET": READERS},
    "lists/": {"GET": READERS},
    "lists/<int:pk>/": {"GET": READERS},
    "lists/<int:pk>/official.csv": {"GET": READERS},
    "lists/<int:pk>/official.xlsx": {"GET": READERS},
    "lists/<int:pk>/editions/<int:number>/": {"GET": READERS},
    "lists/<int:pk>/editions/<int:number>/undo/": {"POST": COORDINATOR},
    "items/<int:pk>/": {"GET": READERS},
    "checks/": {"GET": COORDINATOR},
    "checks/run/": {"POST": COORDINATOR},
    "imports/": {"GET": COORDINATOR},
    "imports/new/": {"GET": COORDINATOR, "POST": COORDINATOR},
    "imports/<int:pk>/": {"GET": COORDINATOR},
    "imports/<int:pk>/state/": {"GET": COORDINATOR},
    "imports/<int:pk>/confirm/": {"POST": COORDINATOR},
    "imports/<int:pk>/choose/": {"POST": COORDINATOR},
    "imports/<int:pk>/replace/": {"POST": COORDINATOR},
    "imports/<int:pk>/marked.xlsx": {"GET": COORDINATOR},
    "imports/<int:pk>/problems.json": {"GET": COORDINATOR},
    "imports/<int:pk>/discard/": {"POST": COORDINATOR},
    "imports/<int:pk>/columns/": {"GET": COORDINATOR, "POST": COORDINATOR},
    "imports/<int:pk>/units/": {"GET": COORDINATOR, "POST": COORDINATOR},
    "units/": {"GET": COORDINATOR},
    "units/match/": {"POST": COORDINATOR},
    "reports/": {"GET": READERS},
    "reports/make": {"POST": REPORTERS},
    "reports/<int:pk>/download": {"GET": READERS},
}
API = {
    "me/": {"GET": SIGNED_IN},
    "departments/": {"GET": SIGNED_IN},
    "departments/<int:pk>/": {"GET": SIGNED_IN},
    "regions/": {"GET": SIGNED_IN},
    "groups/": {"GET": COORDINATOR},
    "jobs/": {"GET": SIGNED_IN},
    "jobs/<int:pk>/": {"GET": SIGNED_IN},
    "jobs/<int:pk>/requeue/": {"POST": SYSADMIN},
    "lists/": {"GET": READERS},
    "lists/<int:pk>/": {"GET": READERS},
    "lists/<int:pk>/editions/": {"GET": READERS},
    "lists/<int:pk>/export/": {"GET": READERS},
    "editions/<int:pk>/": {"GET": READERS},
    "editions/<int:pk>/changes/": {"GET": READERS},
    "editions/<int:pk>/undo/": {"POST": COORDINATOR},
    "items/": {"GET": READERS},
    "items/<int:pk>/": {"GET": READERS},
    "obligations/": {"GET": READERS},
    **{f"obligations/{verb}/": {"POST": VERBS[verb]} for verb in MANY},
    "obligations/<int:pk>/": {"GET": READERS},
    "obligations/<int:pk>/lift_blocks/": {"POST": COORDINATOR},
    "dispatches/": {"GET": COORDINATOR, "POST": COORDINATOR},
    "dispatches/<int:pk>/": {"GET": COORDINATOR},
    "dispatches/<int:pk>/confirm/": {"POST": COORDINATOR},
    "dispatches/<int:pk>/discard/": {"POST": COORDINATOR},
    "new_members/": {"GET": COORDINATOR},
    "new_members/<int:group>/accept/": {"POST": COORDINATOR},
    "new_members/<int:group>/dismiss/": {"POST": COORDINATOR},
    "notices/": {"GET": READERS},
    "notices/<int:pk>/": {"GET": READERS},
    "contact/": {"GET": OFFICER | REVIEWER, "POST": OFFICER | REVIEWER},
    **{f"obligations/<int:pk>/{verb}/": {"POST": who} for verb, who in VERBS.items()},
    "obligations/<int:pk>/evidence/": {"GET": READERS, "POST": OFFICER},
    "evidence/<int:pk>/": {"GET": READERS, "DELETE": OFFICER},
    "evidence/<int:pk>/download/": {"GET": READERS},
    "imports/": {"GET": COORDINATOR, "POST": COORDINATOR},
    "imports/<int:pk>/": {"GET": COORDINATOR},
    "imports/<int:pk>/read/": {"POST": COORDINATOR},
    "imports/<int:pk>/file/": {"POST": COORDINATOR},
    "imports/<int:pk>/marked/": {"GET": COORDINATOR},
    "imports/<int:pk>/apply/": {"POST": COORDINATOR},
    "imports/<int:pk>/discard/": {"POST": COORDINATOR},
    "units/": {"GET": COORDINATOR},
    "units/match/": {"POST": COORDINATOR},
    "checks/": {"GET": READERS, "POST": COORDINATOR},
    "findings/": {"GET": READERS},
    "indicators/": {"GET": READERS},
    "reports/": {"GET": READERS, "POST": REPORTERS},
    "reports/<int:pk>/": {"GET": READERS},
    "reports/<int:pk>/download/": {"GET": READERS},
}
ACCESS = {
    **MACHINES,
    **SIGNING_IN,
    **GROUPS,
    **ADMINISTRATION,
    **JOBS,
    **WORK,
    **{f"api/v1/{route}": methods for route, methods in API.items()},
}
# Looked for among the own rows before the right is asked: not found instead of refused.
FOUND_FIRST = {"jobs/<int:pk>/requeue/"}
