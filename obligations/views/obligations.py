"""The list of obligations, and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import AuditEntry, User
from obligations import blocks, calendars, changing, explaining, terms
from obligations.forms import DeedForm
from obligations.kinds import item_joins, kinds
from obligations.lateness import lateness
from obligations.listing import listing
from obligations.models import Dispatch, Evidence, Obligation, Status
from obligations.situations import Batch
from obligations.today import today
from obligations.views.bulk import bulks_of, joined
from obligations.views.deeds import Deed, fitting
from obligations.views.versions import require_version_field

HISTORY_SHOWN = 200
REQUESTS = ("blocks", "extensions", "exemptions", "objections")
STEPS: list[Status] = [status for status in Status if status != Status.WITHDRAWN]


@require_GET
@for_verb("read")
@vary_on_headers("HX-Request")
def index(request: HttpRequest) -> HttpResponse:
    """Obligations, filtered, in pages; htmx asks for the rows alone."""
    user = signed_in(request)
    found = listing(request.GET, user=user, request=request)
    context = {
        "listing": found,
        "bulks": bulks_of(user, request.GET),
        "may_import": permissions.may(user, "import_list"),
        "lateness": lateness(today()),
        "explained": explaining.of_many(found.page.rows, fields=["due_on"]),
        "hide_department": user.role in user.OF_A_DEPARTMENT,
    }
    part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    name = "obligations/partials/results.html" if part else "obligations/index.html"
    return render(request, name, context)


@require_GET
@for_verb("read")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one obligation, and what the user may do to it."""
    return show(request, find(signed_in(request), pk))


@require_POST
@for_verb("read")
def act(request: HttpRequest, pk: int, deed: Deed) -> HttpResponse:
    """Do one deed; a refusal shows the present state with what was filled in."""
    user = signed_in(request)
    permissions.require(user, deed.verb)
    row = find(user, pk)
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


def find(user: User, pk: int) -> Obligation:
    """The obligation, if the user may see it; 404 otherwise."""
    wanted = Obligation.objects.visible_to(user).select_related(
        "item__list",
        "item__body",
        "department",
        "depends_on__department",
        "depends_on__item",
        "claimed_by",
        "endorsed_by",
        "verified_by",
        "notice",
        "dispatch__created_by",
        *item_joins(),
    )
    shown = Evidence.objects.select_related("added_by", "claim").order_by("pk")
    shown = shown.annotate(newer_count=Count("replaced_by"))
    dispatches = Dispatch.objects.visible_to(user).filter(pk=OuterRef("dispatch"), of_list=False)
    central = Obligation.objects.filter(item=OuterRef("item"), external=True)
    beside = {"names_dispatch": Exists(dispatches), "is_under_central": Exists(central)}
    wanted = wanted.prefetch_related(Prefetch("evidence", shown)).annotate(**beside)
    return get_object_or_404(wanted, pk=pk)


def show(
    request: HttpRequest,
    row: Obligation,
    *,
    deed: Deed | None = None,
    form: DeedForm | None = None,
    refusal: RuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; after a refusal with the filled-in form open, and the refusal on top."""
    user = signed_in(request)
    context = {
        **_on_record(row, user),
        "refusal": refusal,
        "obligation": row,
        "lateness": lateness(today()),
        "explained": {row.pk: explaining.of_row(row)},
    }
    read = {name: context[name] for name in REQUESTS}
    batch = Batch([row], by=user, on=today(), read=read)
    context |= _contested(batch)
    fit = fitting(batch)
    context["deeds"] = [
        (one, form if one is deed and form else one.form(obligation=row, deed=one.slug))
        for one in fit
        if not one.quick
    ]
    context["quick_deeds"] = [one for one in fit if one.quick]
    context["may_remove"] = _may_remove(batch, row)
    context["opened"] = deed
    shown = [*(one for one, _form in context["deeds"]), *context["quick_deeds"]]
    if deed is not None and deed not in shown:
        context["gone"] = deed
        context["typed"] = form.typed() if form else []
    if refusal is not None:
        context["stale"] = isinstance(refusal, StaleVersion)
        status = 428 if isinstance(refusal, VersionMissing) else 409
    return render(request, "obligations/detail.html", context, status=status)


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


def _on_record(row: Obligation, user: User) -> dict[str, Any]:
    requests = {name: list(_requests(row, name)) for name in REQUESTS}
    entries = list(
        AuditEntry.objects.of("obligations.obligation", row.pk).reverse()[:HISTORY_SHOWN]
    )
    people = User.objects.in_bulk({entry.user_id for entry in entries if entry.user_id})
    siblings = Obligation.objects.visible_to(user).filter(item=row.item_id).exclude(pk=row.pk)
    return {
        **requests,
        **_waiting(row, requests),
        "evidence": row.evidence.all(),
        "history": [(entry, people.get(entry.user_id or 0)) for entry in entries],
        "terms": terms.written(row.item, hidden=terms.hidden_from(user, row.item)),
        "steps": _steps(row),
        **_dependants(row, user),
        "panels": _panels(row, user),
        "siblings": siblings.select_related("department").order_by("role_in_item", "pk")[:50],
    }


def _panels(row: Obligation, user: User) -> list[tuple[str, dict[str, Any]]]:
    """What the kind of the list adds, where it has anything to say."""
    panels = kinds()[row.item.list.kind].panels
    found = [(one.template, one.context(row, user, today())) for one in panels]
    return [(template, context) for template, context in found if context is not None]


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


def _requests(row: Obligation, name: str) -> Any:
    beside = ("external_obligation__department",) if name == "blocks" else ()
    return getattr(row, name).select_related("asked_by", "decided_by", *beside).order_by("-pk")


def _steps(row: Obligation) -> list[dict[str, Any]]:
    """The way of an obligation, and how far it has come."""
    if row.status not in STEPS:
        return []
    at = STEPS.index(Status(row.status))
    verified = row.status == Status.VERIFIED
    states = ["done" if place < at or verified else "" for place in range(len(STEPS))]
    if not verified:
        states[at] = "now"
    return [
        {"label": status.label, "state": state} for status, state in zip(STEPS, states, strict=True)
    ]
