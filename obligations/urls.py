"""Addresses of lists, obligations and imports."""

from django.urls import path

from obligations.views import (
    bulk,
    checks,
    contact,
    dispatches,
    editions,
    files,
    giving_back,
    home,
    import_columns,
    import_files,
    import_units,
    imports,
    joining,
    lists,
    notices,
    obligations,
    opening,
    units,
)
from obligations.views.deeds import DEEDS

app_name = "obligations"
urlpatterns = [
    path("", home.home, name="home"),
    path("obligations/", obligations.index, name="list"),
    path("obligations/export.csv", files.export, {"form": "csv"}, name="export-csv"),
    path("obligations/export.xlsx", files.export, {"form": "xlsx"}, name="export-xlsx"),
    *(
        path(f"obligations/{one.slug}/", bulk.bulk, {"verb": one.verb}, name=f"{one.slug}-many")
        for one in bulk.BULKS
    ),
    path("obligations/official.csv", giving_back.of_view, {"form": "csv"}, name="official-csv"),
    path("obligations/official.xlsx", giving_back.of_view, {"form": "xlsx"}, name="official-xlsx"),
    path("obligations/<int:pk>/", obligations.detail, name="detail"),
    *(
        path(f"obligations/<int:pk>/{deed.slug}/", obligations.act, {"deed": deed}, name=deed.slug)
        for deed in DEEDS
    ),
    path("obligations/<int:pk>/lift-blocks/", opening.lift_blocks, name="lift-blocks"),
    path("dispatches/", dispatches.index, name="dispatches"),
    path("dispatches/new/", dispatches.new, name="dispatch-new"),
    path("dispatches/<int:pk>/", dispatches.detail, name="dispatch"),
    path("dispatches/<int:pk>/confirm/", dispatches.confirm, name="dispatch-confirm"),
    path("dispatches/<int:pk>/discard/", dispatches.discard, name="dispatch-discard"),
    path("new-members/", joining.index, name="new-members"),
    path("new-members/<int:group>/accept/", joining.accept, name="new-members-accept"),
    path("new-members/<int:group>/dismiss/", joining.dismiss, name="new-members-dismiss"),
    path("notices/", notices.index, name="notices"),
    path("notices/<int:pk>/", notices.detail, name="notice"),
    path("contact/", contact.contact, name="contact"),
    path("evidence/<int:pk>/file/", files.evidence_file, name="evidence-file"),
    path("lists/", lists.lists, name="lists"),
    path("lists/<int:pk>/", lists.responsibility_list, name="responsibility-list"),
    path("lists/<int:pk>/official.csv", giving_back.of_list, {"form": "csv"}, name="list-csv"),
    path("lists/<int:pk>/official.xlsx", giving_back.of_list, {"form": "xlsx"}, name="list-xlsx"),
    path("lists/<int:pk>/editions/<int:number>/", editions.edition, name="edition"),
    path("lists/<int:pk>/editions/<int:number>/undo/", editions.undo, name="edition-undo"),
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
    path("imports/<int:pk>/columns/", import_columns.columns, name="import-columns"),
    path("imports/<int:pk>/units/", import_units.units, name="import-units"),
    path("imports/<int:pk>/discard/", imports.discard, name="import-discard"),
    path("units/", units.index, name="units"),
    path("units/match/", units.match, name="units-match"),
]
