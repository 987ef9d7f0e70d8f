"""Addresses of lists, obligations and imports."""

from django.urls import path

from obligations.views import (
    bulk,
    checks,
    files,
    home,
    import_files,
    import_units,
    imports,
    lists,
    obligations,
    reminders,
    robots,
    units,
    urging,
)
from obligations.views.deeds import DEEDS

app_name = "obligations"
urlpatterns = [
    path("", home.home, name="home"),
    path("obligations/", obligations.index, name="list"),
    path("obligations/export.csv", files.export, {"form": "csv"}, name="export-csv"),
    path("obligations/export.xlsx", files.export, {"form": "xlsx"}, name="export-xlsx"),
    path("obligations/issue/", bulk.bulk, {"verb": "issue"}, name="issue-many"),
    path("obligations/accept/", bulk.bulk, {"verb": "accept"}, name="accept-many"),
    path("obligations/<int:pk>/", obligations.detail, name="detail"),
    *(
        path(f"obligations/<int:pk>/{deed.slug}/", obligations.act, {"deed": deed}, name=deed.slug)
        for deed in DEEDS
    ),
    path("evidence/<int:pk>/file/", files.evidence_file, name="evidence-file"),
    path("lists/", lists.lists, name="lists"),
    path("lists/<int:pk>/", lists.responsibility_list, name="responsibility-list"),
    path("items/<int:pk>/", lists.item, name="item"),
    path("checks/", checks.index, name="checks"),
    path("checks/run/", checks.run, name="checks-run"),
    path("imports/", imports.index, name="imports"),
    path("imports/new/", imports.new, name="import-new"),
    path("imports/<int:pk>/", imports.detail, name="import"),
    path("imports/<int:pk>/state/", imports.state, name="import-state"),
    path("imports/<int:pk>/confirm/", imports.confirm, name="import-confirm"),
    path("imports/<int:pk>/choose/", imports.choose, name="import-choose"),
    path("imports/<int:pk>/replace/", imports.replace, name="import-replace"),
    path("imports/<int:pk>/marked.xlsx", import_files.marked, name="import-marked"),
    path("imports/<int:pk>/problems.json", import_files.problems, name="import-problems"),
    path("imports/<int:pk>/units/", import_units.units, name="import-units"),
    path("imports/<int:pk>/discard/", imports.discard, name="import-discard"),
    path("reminders/", reminders.index, name="reminders"),
    path("reminders/read/", reminders.read_all, name="reminders-read"),
    path("reminders/<int:pk>/read/", reminders.read, name="reminder-read"),
    path("reminders/robots/", robots.offered, name="robots-offered"),
    path("reminders/robots/<int:pk>/", robots.open_to, name="robot-open"),
    path("own/reminders/", reminders.settings, name="reminder-settings"),
    path("administration/reminders/", robots.operations, name="robots"),
    path("administration/reminders/hosts/", robots.allow, name="robot-hosts"),
    path("administration/reminders/hosts/<int:pk>/drop/", robots.forbid, name="robot-host-drop"),
    path("administration/reminders/robots/", robots.add, name="robot-add"),
    path("administration/reminders/robots/<int:pk>/", robots.change, name="robot-change"),
    path("administration/reminders/deliveries/<int:pk>/", robots.retry, name="delivery-retry"),
    path("urging/", urging.index, name="urging"),
    path("urging/new/", urging.compose, name="urging-new"),
    path("urging/<int:pk>/", urging.detail, name="urging-note"),
    path("urging/<int:pk>/receive/", urging.receive, name="urging-receive"),
    path("urging/<int:pk>/answer/", urging.answer, name="urging-answer"),
    path("units/", units.index, name="units"),
    path("units/match/", units.match, name="units-match"),
]
