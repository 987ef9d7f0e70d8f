"""Addresses of lists, items, obligations, evidence, imports, checks and indicators."""

from django.urls import path

from obligations.api import (
    checks,
    dispatches,
    editions,
    evidence,
    figures,
    import_actions,
    imports,
    lists,
    notices,
    obligations,
    units,
)
from obligations.api.actions import ACTIONS, MANY, Act, ActOnMany, LiftBlocks

urlpatterns = [
    path("lists/", lists.Lists.as_view()),
    path("lists/<int:pk>/", lists.OneList.as_view()),
    path("lists/<int:pk>/editions/", editions.Editions.as_view()),
    path("lists/<int:pk>/export/", editions.ExportList.as_view()),
    path("editions/<int:pk>/", editions.OneEdition.as_view(), name="edition"),
    path("editions/<int:pk>/changes/", editions.Changes.as_view()),
    path("editions/<int:pk>/undo/", editions.UndoEdition.as_view()),
    path("items/", lists.Items.as_view()),
    path("items/<int:pk>/", lists.OneItem.as_view()),
    path("obligations/", obligations.Obligations.as_view()),
    *(path(f"obligations/{one.verb}/", ActOnMany.as_view(does=one)) for one in MANY),
    path("obligations/<int:pk>/", obligations.OneObligation.as_view(), name="obligation"),
    *(path(f"obligations/<int:pk>/{action.verb}/", Act.as_view(does=action)) for action in ACTIONS),
    path("obligations/<int:pk>/lift_blocks/", LiftBlocks.as_view()),
    path("obligations/<int:pk>/evidence/", evidence.EvidenceOfObligation.as_view()),
    path("evidence/<int:pk>/", evidence.OneEvidence.as_view()),
    path(
        "evidence/<int:pk>/download/", evidence.EvidenceDownload.as_view(), name="evidence-download"
    ),
    path("dispatches/", dispatches.Dispatches.as_view()),
    path("dispatches/<int:pk>/", dispatches.OneDispatch.as_view()),
    path("dispatches/<int:pk>/confirm/", dispatches.ConfirmDispatch.as_view()),
    path("dispatches/<int:pk>/discard/", dispatches.DiscardDispatch.as_view()),
    path("new_members/", dispatches.NewMembers.as_view()),
    path("new_members/<int:group>/accept/", dispatches.AcceptMembers.as_view()),
    path("new_members/<int:group>/dismiss/", dispatches.DismissMembers.as_view()),
    path("notices/", notices.Notices.as_view()),
    path("notices/<int:pk>/", notices.OneNotice.as_view()),
    path("contact/", notices.Contact.as_view()),
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
