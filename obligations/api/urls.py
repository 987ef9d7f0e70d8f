"""Addresses of lists, items, obligations, evidence, imports, checks and indicators."""

from django.urls import path

from obligations.api import (
    checks,
    evidence,
    figures,
    filling,
    import_actions,
    imports,
    lists,
    obligations,
    units,
)
from obligations.api.actions import ACTIONS, MANY, Act, ActOnMany

urlpatterns = [
    path("lists/", lists.Lists.as_view()),
    path("lists/<int:pk>/", lists.OneList.as_view()),
    path("items/", lists.Items.as_view()),
    path("items/<int:pk>/", lists.OneItem.as_view()),
    path("obligations/", obligations.Obligations.as_view()),
    *(path(f"obligations/{name}/", ActOnMany.as_view(name=name)) for name in MANY),
    path("obligations/<int:pk>/", obligations.OneObligation.as_view(), name="obligation"),
    *(path(f"obligations/<int:pk>/{action.name}/", Act.as_view(does=action)) for action in ACTIONS),
    path("obligations/<int:pk>/evidence/", evidence.EvidenceOfObligation.as_view()),
    path("evidence/<int:pk>/", evidence.OneEvidence.as_view()),
    path(
        "evidence/<int:pk>/download/", evidence.EvidenceDownload.as_view(), name="evidence-download"
    ),
    path("filling/workbook/", filling.Workbook.as_view()),
    path("filling/uploads/", filling.Uploads.as_view()),
    path("filling/uploads/<int:pk>/", filling.OneUpload.as_view()),
    path("filling/uploads/<int:pk>/apply/", filling.ApplyUpload.as_view()),
    path("filling/uploads/<int:pk>/discard/", filling.DiscardUpload.as_view()),
    path("imports/", imports.Imports.as_view()),
    path("imports/<int:pk>/", imports.OneImport.as_view(), name="import"),
    path("imports/<int:pk>/read/", import_actions.ReadImport.as_view()),
    path("imports/<int:pk>/file/", import_actions.ReplaceImport.as_view()),
    path("imports/<int:pk>/marked/", import_actions.MarkedImport.as_view()),
    path("imports/<int:pk>/apply/", import_actions.ApplyImport.as_view()),
    path("imports/<int:pk>/discard/", import_actions.DiscardImport.as_view()),
    path("units/", units.Units.as_view()),
    path("units/match/", units.MatchUnits.as_view()),
    path("checks/", checks.Checks.as_view()),
    path("findings/", checks.Findings.as_view()),
    path("indicators/", figures.Indicators.as_view()),
]
