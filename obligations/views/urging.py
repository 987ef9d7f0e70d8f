"""催办单: composing one, the list of them, one on paper, its receipt and its answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.models import Department
from accounts.versions import require_version_field
from obligations import urging
from obligations.listing import narrow, require_now
from obligations.models import Obligation, UrgingNote
from obligations.reminder_forms import AnswerForm, NoteForm
from obligations.today import today

NOTES_SHOWN = 50


@require_GET
@for_verb("read")
def index(request: HttpRequest) -> HttpResponse:
    """Notes, newest first; who has not signed for theirs comes with a filter."""
    notes = UrgingNote.objects.visible_to(signed_in(request))
    state = request.GET.get("state", "")
    counts = [
        ("", _("All"), notes.count()),
        ("not_received", _("Not received"), notes.not_received().count()),
        ("not_answered", _("Not answered"), notes.not_answered().count()),
    ]
    if state in ("not_received", "not_answered"):
        notes = getattr(notes, state)()
    shown = notes.select_related("department", "received_by", "sent_by")
    counted = shown.annotate(row_count=Count("rows")).order_by("-sent_on", "-pk")
    context = {
        "notes": Paginator(counted, NOTES_SHOWN).get_page(request.GET.get("page")),
        "counts": counts,
        "state": state,
        "on": today(),
        "may_urge": permissions.may(signed_in(request), "urge"),
    }
    return render(request, "obligations/urging.html", context)


@require_http_methods(["GET", "POST"])
@for_verb("urge")
def compose(request: HttpRequest) -> HttpResponse:
    """Choose rows of one department out of a filter of the list, and say what is asked of it."""
    require_now(request.GET)
    rows = urging.urgeable(
        narrow(request.GET, user=signed_in(request), request=request),
        by=signed_in(request),
        on=today(),
    )
    department = _department(request, rows)
    if department is None:
        return render(request, "obligations/urging_whom.html", {"lines": _by_department(rows)})
    if request.method == "POST":
        return _send(request, department, rows)
    return _compose(request, department, rows)


@require_GET
@for_verb("read")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One note as on paper, with what may be done to it."""
    return _show(request, _find(request, pk))


@require_POST
@for_verb("receive_urging")
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    note, version = _find(request, pk), require_version_field(request.POST)
    urging.receive(note, by=signed_in(request), on=today(), version=version)
    messages.success(request, _("You signed for the note; the coordinator sees it."))
    return redirect("obligations:urging-note", pk)


@require_POST
@for_verb("receive_urging")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    note, version = _find(request, pk), require_version_field(request.POST)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, note, form=form, status=422)
    said = form.cleaned_data["text"]
    urging.answer(note, text=said, by=signed_in(request), on=today(), version=version)
    messages.success(request, _("The answer is sent."))
    return redirect("obligations:urging-note", pk)


def _send(request: HttpRequest, department: Department, rows: Any) -> HttpResponse:
    form = NoteForm(request.POST)
    chosen = [pk for pk in request.POST.getlist("chosen") if pk.isdecimal() and len(pk) < 19]
    if not form.is_valid():
        return _compose(request, department, rows, form=form, chosen=chosen, status=422)
    by = signed_in(request)
    try:
        found = Obligation.objects.visible_to(by).filter(pk__in=chosen)
        note = urging.send(department, found, by=by, on=today(), **form.cleaned_data)
    except RuleViolation as refusal:
        form.add_error(None, refusal.sentence)
        return _compose(request, department, rows, form=form, chosen=chosen, status=409)
    messages.success(request, _("%(note)s is sent.") % {"note": note.title})
    return redirect("obligations:urging-note", note.pk)


def _compose(
    request: HttpRequest,
    department: Department,
    rows: Any,
    *,
    form: NoteForm | None = None,
    chosen: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    on = today()
    found = urging.look_at(rows.filter(department=department), on=on)
    keys = [row.obligation.pk for row in found] if chosen is None else [int(pk) for pk in chosen]
    initial = {
        "text": urging.draft(department, found, on=on),
        "answer_by": urging.answer_day(on),
    }
    context = {
        "department": department,
        "rows": found,
        "form": form or NoteForm(initial=initial),
        "chosen": keys,
        "total": rows.filter(department=department).count(),
    }
    return render(request, "obligations/urging_compose.html", context, status=status)


def _department(request: HttpRequest, rows: Any) -> Department | None:
    """The one that is named, or the only one that the rows are of."""
    named = request.GET.get("department", "")
    if named.isascii() and named.isdecimal() and len(named) < 19:
        visible = Department.objects.visible_to(signed_in(request))
        return visible.filter(pk=int(named)).first()
    keys = list(rows.order_by().values_list("department_id", flat=True).distinct()[:2])
    return Department.objects.get(pk=keys[0]) if len(keys) == 1 else None


def _by_department(rows: Any) -> list[tuple[Department, int]]:
    counted = dict(rows.order_by().values_list("department_id").annotate(Count("pk")))
    found = Department.objects.filter(pk__in=counted).order_by("position", "pk")
    return [(department, counted[department.pk]) for department in found]


def _find(request: HttpRequest, pk: int) -> UrgingNote:
    people = ("sent_by__department", "received_by", "answered_by")
    visible = UrgingNote.objects.visible_to(signed_in(request))
    return get_object_or_404(visible.select_related("department", "region", *people), pk=pk)


def _show(
    request: HttpRequest, note: UrgingNote, *, form: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    user = signed_in(request)
    rows = note.rows.select_related("obligation__item__list").order_by("due_on", "pk")
    may = permissions.may(user, "receive_urging")
    context = {
        "note": note,
        "rows": rows.defer("obligation__item__raw"),
        "may_receive": may and note.received_at is None,
        "may_answer": may and note.answered_at is None,
        "form": form or AnswerForm(),
    }
    return render(request, "obligations/urging_note.html", context, status=status)
