"""Addresses of lists, obligations and imports."""

from django.urls import path

from obligations.views import (
    bulk,
    checks,
    files,
    filling,
    home,
    import_files,
    import_units,
    imports,
    lists,
    obligations,
    units,
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
    path("filling/", filling.index, name="filling"),
    path("filling/workbook.xlsx", filling.workbook, name="filling-workbook"),
    path("filling/upload/", filling.upload, name="filling-new"),
    path("filling/<int:pk>/", filling.detail, name="filling-upload"),
    path("filling/<int:pk>/state/", filling.state, name="filling-state"),
    path("filling/<int:pk>/confirm/", filling.confirm, name="filling-confirm"),
    path("filling/<int:pk>/discard/", filling.discard, name="filling-discard"),
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
    path("units/", units.index, name="units"),
    path("units/match/", units.match, name="units-match"),
]
