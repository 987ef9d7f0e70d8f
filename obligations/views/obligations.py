"""The list of obligations, and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.db import connection
from django.db.models import Count, Model, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import AuditEntry, User
from obligations import blocks, calendars, changing, explaining, freshness, terms
from obligations.explaining import Explanation
from obligations.forms import DeedForm
from obligations.kinds import item_joins, kinds
from obligations.lateness import lateness
from obligations.listing import listing
from obligations.models import Dispatch, Evidence, Obligation
from obligations.situations import Batch
from obligations.today import is_over, past_day_of, today
from obligations.views import past
from obligations.views.bulk import bulks_of, joined
from obligations.views.deeds import Deed, fitting
from obligations.views.versions import require_version_field

HISTORY_SHOWN = 200
ACTORS = ("claimed_by", "endorsed_by", "verified_by")
CASES = "contradiction_cases"
REQUESTS = ("blocks", "extensions", "exemptions", "objections")


@require_GET
@for_verb("read")
@vary_on_headers("HX-Request")
def index(request: HttpRequest) -> HttpResponse:
    """Obligations, filtered, in pages; htmx asks for the rows alone."""
    user = signed_in(request)
    found = listing(request.GET, user=user, request=request)
    on = found.past or today()
    context: dict[str, Any] = {
        "listing": found,
        "past": past.above(user, found.past),
        "bulks": [] if found.past else bulks_of(user, request.GET),
        "may_import": permissions.may(user, "import_list"),
        "lateness": lateness(on),
        "explained": {} if found.past else _explained(found.page.rows),
        "hide_department": user.role in user.OF_A_DEPARTMENT,
    }
    if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        return render(request, "obligations/partials/results.html", context)
    context["freshness"] = freshness.for_user(user, on=on)
    return render(request, "obligations/index.html", context)


def _explained(rows: Sequence[Obligation]) -> dict[int, dict[str, Explanation]]:
    return explaining.of_many(rows, fields=["due_on"])


@require_GET
@for_verb("read")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one obligation, and what the user may do to it; or a past day of it."""
    row, asked = find(signed_in(request), pk), request.GET.get("on", "")
    if is_over(asked):
        return past.detail(request, row, on=past_day_of(asked))
    return show(request, row)


@require_http_methods(["GET", "POST"])
@for_verb("read")
def act(request: HttpRequest, pk: int, deed: Deed) -> HttpResponse:
    """Do one deed; a refusal shows the present state with what was filled in."""
    user = signed_in(request)
    permissions.require(user, deed.verb)
    row = find(user, pk)
    if request.method == "GET":
        return _ask(request, row, deed)
    form = deed.form(request.POST, request.FILES, obligation=row, deed=deed.slug)
    if not form.is_valid():
        return show(request, row, deed=deed, form=form, status=422)
    try:
        version = require_version_field(request.POST)
        deed.do(row, form, by=user, on=today(), version=version)
    except RuleViolation as refusal:
        return show(request, find(user, pk), deed=deed, form=form, refusal=refusal)
    messages.success(request, str(deed.done))
    return redirect("obligations:detail", pk)


def _ask(request: HttpRequest, row: Obligation, deed: Deed) -> HttpResponse:
    """The deed's form alone, for the page that opens it; all of the page without scripts."""
    form = deed.form(obligation=row, deed=deed.slug)
    if not request.htmx:  # type: ignore[attr-defined]
        return show(request, row, deed=deed, form=form, asked=True)
    batch = Batch([row], by=signed_in(request), on=today())
    context = {"obligation": row, "deed": deed, "form": form, "gone": deed not in fitting(batch)}
    return render(request, "obligations/partials/deed_asked.html", context)


def find(user: User, pk: int) -> Obligation:
    """The obligation, if the user may see it; 404 otherwise."""
    # What few have, and people, whom the page names together, is read where it is there.
    joins = ("item__list", "item__body", "department", *item_joins())
    wanted = Obligation.objects.visible_to(user).select_related(*joins)
    shown = Evidence.objects.select_related("added_by", "claim").order_by("pk")
    shown = shown.annotate(newer_count=Count("replaced_by"))
    return get_object_or_404(wanted.prefetch_related(Prefetch("evidence", shown)), pk=pk)


def show(
    request: HttpRequest,
    row: Obligation,
    *,
    deed: Deed | None = None,
    form: DeedForm | None = None,
    refusal: RuleViolation | None = None,
    asked: bool = False,
    filled: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; with the form of a deed, or of a panel (`filled`), as it was asked for or sent."""
    user = signed_in(request)
    context = {
        **_on_record(row, user, filled or {}),
        "refusal": refusal,
        "obligation": row,
        "lateness": lateness(today()),
        "explained": {row.pk: explaining.of_row(row)},
    }
    read = {name: context[name] for name in REQUESTS}
    batch = Batch([row], by=user, on=today(), read=read)
    context |= _contested(batch)
    fit = fitting(batch)
    others = [one for one in fit if not one.quick]
    context["deeds"] = [
        (one, form if one is deed and form else _form_at_once(one, row, first=one is others[0]))
        for one in others
    ]
    context["quick_deeds"] = [one for one in fit if one.quick]
    context |= {"opened": deed or filled, "asked": asked}
    context["may_remove"] = _may_remove(batch, row)
    shown = [*(one for one, _form in context["deeds"]), *context["quick_deeds"]]
    if deed is not None and deed not in shown:
        context["gone"] = deed
        context["typed"] = form.typed() if form else []
    if refusal is not None:
        context["stale"] = isinstance(refusal, StaleVersion)
        status = 428 if isinstance(refusal, VersionMissing) else 409
    return render(request, "obligations/detail.html", context, status=status)


def _form_at_once(deed: Deed, row: Obligation, *, first: bool) -> DeedForm | None:
    """What is done next, and single buttons. Other forms come when they are opened: composing
    them all took half of the page's time."""
    if (first and deed.leading) or not deed.form.base_fields:
        return deed.form(obligation=row, deed=deed.slug)
    return None


def _may_remove(batch: Batch, row: Obligation) -> bool:
    """Whether there is evidence that the user may take back now."""
    unclaimed = any(one.claim_id is None for one in row.evidence.all())
    return unclaimed and changing.is_allowed("remove_evidence", batch)


def _contested(batch: Batch) -> dict[str, Any]:
    """Until when the department may object to what."""
    [situation] = batch.situations()
    if situation.objection is not None:
        return {}
    return {"contested": situation.contested, "on": batch.on}


def _on_record(row: Obligation, user: User, filled: dict[str, Any]) -> dict[str, Any]:
    made = _made(row)
    requests = {name: list(_requests(row, name)) if name in made else [] for name in REQUESTS}
    entries = list(
        AuditEntry.objects.of("obligations.obligation", row.pk).reverse()[:HISTORY_SHOWN]
    )
    people = _people(row, entries)
    siblings = Obligation.objects.visible_to(user).filter(item=row.item_id).exclude(pk=row.pk)
    return {
        **requests,
        **_waiting(row, requests),
        "on": today(),
        "today": today(),
        "is_contradicted": CASES in made,
        "comes_from": _dispatch(row, user),
        "evidence": row.evidence.all(),
        "history": [(entry, people.get(entry.user_id or 0)) for entry in entries],
        "terms": terms.written(row.item, hidden=terms.hidden_from(user, row.item)),
        "steps": past.steps(row),
        **_dependants(row, user),
        "panels": _panels(row, user, filled),
        "siblings": siblings.select_related("department").order_by("role_in_item", "pk")[:50],
    }


def _people(row: Obligation, entries: Sequence[AuditEntry]) -> dict[int, User]:
    """Who did what, by key; the obligation's own people, too."""
    ids = {getattr(row, f"{name}_id") for name in ACTORS} | {entry.user_id for entry in entries}
    found = User.objects.in_bulk(ids - {None})
    for name in ACTORS:
        setattr(row, name, found.get(getattr(row, f"{name}_id")))
    return found


def _dispatch(row: Obligation, user: User) -> Dispatch | None:
    """Where it comes from, for whom may look at that."""
    if row.dispatch_id is None:
        return None
    found = Dispatch.objects.visible_to(user).filter(pk=row.dispatch_id, of_list=False)
    return found.select_related("created_by").first()


def _panels(
    row: Obligation, user: User, filled: dict[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """What the kind of the list adds, where it has anything to say."""
    panels = kinds()[row.item.list.kind].panels
    found = [(one.template, one.context(row, user, today())) for one in panels]
    return [(template, context | filled) for template, context in found if context is not None]


def _dependants(row: Obligation, user: User) -> dict[str, Any]:
    """Of what a central body owes: what depends on it, what it blocks first."""
    if not row.external:
        return {}
    mine = Obligation.objects.visible_to(user)
    found = mine.filter(depends_on=row)
    blocked = dict((blocks.waiting_for(row) & mine).values_list("pk", "version"))
    return {
        "dependants": found.select_related("department").order_by("-blocked", "due_on", "pk")[:50],
        "dependant_count": found.count(),
        "blocked_by_it": joined(blocked),
        "blocked_count": len(blocked),
        "may_lift": permissions.may(user, "lift_block"),
    }


def _waiting(row: Obligation, requests: dict[str, list[Any]]) -> dict[str, Any]:
    """The requests to be decided, above everything else; where an extension would lead."""
    waiting = [one for rows in requests.values() for one in rows if one.is_waiting]
    days = next((one.days for one in requests["extensions"] if one.is_waiting), None)
    if days is None or row.due_on is None:
        return {"waiting": waiting}
    calendar = calendars.in_region(row.department.region_id)
    return {"waiting": waiting, "proposed_due_on": calendar.add(row.due_on, days)}


def _made(row: Obligation) -> set[str]:
    """Which kinds of requests were ever made about it, and whether it is contradicted: of most
    obligations nothing.

    Written as SQL because it is quicker to run than to compose.
    """
    each = [
        *(f"SELECT 1 FROM {_table(name)} WHERE obligation_id = %s" for name in REQUESTS),
        f"SELECT 1 FROM {_table(CASES)} WHERE obligation_id = %s AND outcome = ''",
    ]
    with connection.cursor() as cursor:
        there = ", ".join(f"EXISTS ({one})" for one in each)
        cursor.execute(f"SELECT {there}", [row.pk] * len(each))
        return {
            name
            for name, is_there in zip((*REQUESTS, CASES), cursor.fetchone(), strict=True)
            if is_there
        }


def _table(name: str) -> str:
    return cast(type[Model], Obligation._meta.get_field(name).related_model)._meta.db_table


def _requests(row: Obligation, name: str) -> Any:
    beside = ("external_obligation__department",) if name == "blocks" else ()
    return getattr(row, name).select_related("asked_by", "decided_by", *beside).order_by("-pk")
