"""The queue of names that nobody bears: where they stand, whom they may mean, and the decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, Min, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.models import Department, User
from obligations.importing import claiming
from obligations.models import UnresolvedUnit
from obligations.today import today
from obligations.unit_forms import LATER, NOBODY, NameChoice, Scope

NAMES_SHOWN = 20
ITEMS_SHOWN = 3


@require_GET
@for_verb("import_list")
def index(request: HttpRequest) -> HttpResponse:
    """What stands in most items first."""
    return _show(request, Scope(today()))


@require_POST
@for_verb("import_list")
def match(request: HttpRequest) -> HttpResponse:
    """One name means this department, this group, or no unit."""
    by, scope = signed_in(request), Scope(today())
    name = NameChoice(0, request.POST.get("text", ""))
    name.take(request.POST.get("choice", LATER), request.POST.get("other", ""), scope, by=by)
    if name.meant is None and name.chosen != NOBODY and not name.error:
        name.error = _("Choose whom the name means, or write another department or group.")
    if name.error:
        return _show(request, scope, refused=name, status=422)
    try:
        _decide(request, name, by=by)
    except RuleViolation as refusal:
        name.error = refusal.sentence
        return _show(request, scope, refused=name, status=409)
    return redirect("obligations:units")


def _decide(request: HttpRequest, name: NameChoice, *, by: User) -> None:
    if name.meant is None:
        done = claiming.dismiss(name.text, by=by, on=today())
        sentence = _("“%(name)s” names no unit; items: %(items)s. Nothing was created.")
        messages.success(request, sentence % {"name": name.text, "items": done.items})
        return
    sort = "department" if isinstance(name.meant, Department) else "group"
    meant: dict[str, Any] = {sort: name.meant}
    done = claiming.match(name.text, **meant, by=by, on=today())
    sentence = _(
        "“%(name)s” means %(meant)s from now on; items: %(items)s, obligations created: "
        "%(obligations)s."
    )
    facts = {"name": name.text, "meant": name.meant.name}
    said = {**facts, "items": done.items, "obligations": done.obligations}
    messages.success(request, sentence % said)


def _show(
    request: HttpRequest, scope: Scope, *, refused: NameChoice | None = None, status: int = 200
) -> HttpResponse:
    by = signed_in(request)
    waiting = UnresolvedUnit.objects.visible_to(by).open()
    grouped = waiting.values("matching").annotate(
        text=Max("text"), item_count=Count("item", distinct=True), first=Min("pk")
    )
    page = Paginator(grouped.order_by("-item_count", "first"), NAMES_SHOWN).get_page(
        request.GET.get("page")
    )
    lines = _lines(page, by=by, scope=scope, refused=refused)
    context = {
        "page": page,
        "lines": lines,
        # What was refused and waits no longer has no line to stand at.
        "stray": refused if not any(line["name"].error for line in lines) else None,
        "known_names": scope.names(by=by) if page.object_list else [],
    }
    return render(request, "obligations/units.html", context, status=status)


def _lines(
    page: Page[Any], *, by: User, scope: Scope, refused: NameChoice | None
) -> list[dict[str, Any]]:
    rows: Sequence[dict[str, Any]] = list(page.object_list)
    units = _first_of_each([row["matching"] for row in rows], by=by)
    lines = []
    for number, row in enumerate(rows):
        name = NameChoice(number, row["text"])
        name.offer(_whom(row["text"], scope), by=by, scope=scope)
        if refused and refused.text == name.text:
            name.chosen, name.other, name.error = refused.chosen, refused.other, refused.error
        shown = units[row["matching"]]
        more = row["item_count"] - len(shown)
        lines.append({"name": name, "units": shown, "count": row["item_count"], "more": more})
    return lines


def _whom(text: str, scope: Scope) -> list[dict[str, Any]]:
    """The body that has got the name meanwhile; else whom it may mean."""
    known = scope.directory.find(text)
    group = scope.directory.find_group(text)
    if known is None and group is None:
        return [one._asdict() for one in scope.directory.suggest(text)]
    found = (f"department:{known.pk}", known.name) if known else None
    if group and not found:
        found = (f"group:{group.pk}", group.name)
    assert found is not None
    return [{"key": found[0], "name": found[1], "why": "known", "likely": True}]


def _first_of_each(keys: Sequence[str], *, by: User) -> dict[str, list[UnresolvedUnit]]:
    """A few cells of each name, with their items."""
    waiting = UnresolvedUnit.objects.visible_to(by).open().filter(matching__in=keys)
    place = Window(RowNumber(), partition_by=[F("matching")], order_by=F("pk").asc())
    rows = waiting.annotate(place=place).filter(place__lte=ITEMS_SHOWN)
    found: dict[str, list[UnresolvedUnit]] = defaultdict(list)
    for unit in rows.select_related("item__list").defer("item__raw").order_by("pk"):
        found[unit.matching].append(unit)
    return found
