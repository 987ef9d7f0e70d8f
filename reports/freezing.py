"""Freezes obligations into lines: one INSERT … SELECT a kind of list, built by the ORM."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.db.models import (
    Aggregate,
    Case,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, JSONObject

from accounts import names_then
from obligations import history, lights, rates
from obligations.kinds import Column, Kind, kinds
from obligations.models import (
    Block,
    Claim,
    Evidence,
    Objection,
    Obligation,
    ObligationState,
    Status,
)
from obligations.models.judged import FACTS
from obligations.models.obligation import applicable
from obligations.today import end_of
from reports.heeding import Heed, at_ease
from reports.models import ObligationLine, Snapshot
from reports.scopes import Scope
from reports.snapshot_states import require_draft

# Line column -> path from the obligation.
_COPIED = {
    "item_id": "item_id",
    "kind": "item__list__kind",
    "list_id": "item__list_id",
    "list_title": "item__list__title",
    "list_level": "item__list__level",
    "batch": "item__list__batch",
    "position": "item__position",
    "title": "item__title",
    "scenes": "item__scenes",
    "department_id": "department_id",
    "department_position": "department__position",
    **{
        name: name
        for name in (
            *("duty", "role_in_item", "due_text", "due_kind", "original_due_on"),
            *("returned_count", "reopened_count", "return_reason"),
            *("progress_note", "contact_office", "contact_name", "contact_phone"),
            "self_verified",
        )
    },
}
# Columns of the line itself; the others of a kind go into `terms`.
_ON_THE_LINE = frozenset({"title", "body", "scenes"})


class Joined(Aggregate):
    """Texts joined by ；, in both databases' words."""

    function = "GROUP_CONCAT"
    arity = 2
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, function="STRING_AGG", **extra)


def freeze(snapshot: Snapshot, *, scope: Scope, today: dt.date, heed: Heed = at_ease) -> None:
    """Write the snapshot's obligation lines: today's facts, or those on record for a past day."""
    require_draft(snapshot)
    day, called = history.day_of(snapshot.as_of), _Called(snapshot.as_of)
    for kind in kinds().values():
        heed()
        rows, prefix = _facts(snapshot.as_of, today=today)
        rows = scope.of(rows, prefix=prefix).filter(**{f"{prefix}item__list__kind": kind.code})
        columns = _columns(snapshot, kind=kind, prefix=prefix, day=day, called=called)
        insert_select(ObligationLine, rows, columns)


def insert_select(
    model: type[models.Model], rows: QuerySet[Any], columns: Mapping[str, Any]
) -> None:
    """Insert one row of `model` for each of `rows`: column name -> expression over `rows`."""
    # The prefix keeps the names clear of the columns of `rows`.
    selected = rows.order_by().annotate(**{f"line_{name}": each for name, each in columns.items()})
    query = selected.values_list(*(f"line_{name}" for name in columns)).query
    select, params = query.get_compiler(connection=connection).as_sql()
    quote = connection.ops.quote_name
    names = ", ".join(quote(_column(model, name)) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({names}) {select}", params)


def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return str(field.column)


def _facts(as_of: dt.date, *, today: dt.date) -> tuple[QuerySet[Any], str]:
    if as_of >= today:
        return Obligation.objects.all(), ""
    return ObligationState.objects.at(as_of), "obligation__"


def _columns(
    snapshot: Snapshot, *, kind: Kind, prefix: str, day: lights.Day, called: _Called
) -> dict[str, Any]:
    as_of, pk = snapshot.as_of, f"{prefix}pk"
    return {
        "snapshot_id": Value(snapshot.pk),
        "obligation_id": F(pk),
        **{name: F(f"{prefix}{path}") for name, path in _COPIED.items()},
        **(_then(pk, prefix=prefix, as_of=as_of) if prefix else {}),
        "department_name": called.body(f"{prefix}department"),
        "body_name": called.body(f"{prefix}item__body"),
        **{name: F(name) for name in FACTS},
        "light": lights.light(day),
        "light_reason": lights.reason(day),
        "counted": Case(When(applicable(as_of), then=True), default=False),
        "terms": JSONObject(**_terms(kind, prefix=f"{prefix}item__")),
        **{name: _by_then(f"{prefix}{name}", as_of) for name in ("issued_at", "accepted_at")},
        "opened_on": Case(When(**{f"{prefix}opened_on__lte": as_of}, then=F(f"{prefix}opened_on"))),
        "evidence": _evidence(pk, as_of=as_of),
        **_decisions(pk, as_of=as_of),
        **_superior(pk, prefix=prefix, as_of=as_of, called=called),
        "dependant_count": Coalesce(_dependants(pk), 0),
        "overdue_days": Value(0),
        "waiting_days": Value(0),
        "left_days": Value(0),
    }


class _Called:
    """Names of bodies as they were on the day."""

    def __init__(self, as_of: dt.date) -> None:
        self._then = names_then.on(as_of)

    def body(self, path: str) -> Case | F:
        """The name of the body to which the path leads."""
        now = F(f"{path}__name")
        if not self._then:
            return now
        whens = [When(**{path: pk}, then=Value(name)) for pk, name in self._then.items()]
        return Case(*whens, default=now, output_field=TextField())


def _by_then(path: str, as_of: dt.date) -> Case:
    """A time that had come by the end of the day in Asia/Shanghai; a later one was not known."""
    return Case(When(**{f"{path}__lt": end_of(as_of)}, then=F(path)))


def _terms(kind: Kind, *, prefix: str) -> dict[str, F]:
    found: dict[str, F] = {}
    for column in kind.columns:
        if column.field in _ON_THE_LINE:
            continue
        if column.type == "deadline":
            found["deadline_text"] = F(f"{prefix}deadline_text")
            found["deadline_on"] = F(f"{prefix}deadline_on")
            continue
        holder = prefix if column.on_item else f"{prefix}{kind.terms_name}__"
        for name in filter(None, (_stored_as(column, kind), column.text_field)):
            found[name] = F(f"{holder}{name}")
    return found


def _stored_as(column: Column, kind: Kind) -> str:
    """The field that holds a column: several bodies are kept as the names that were read."""
    if column.on_item:
        return column.field
    try:
        kind.terms._meta.get_field(column.field)
    except FieldDoesNotExist:
        return f"{column.field}_names"
    return column.field


def _evidence(pk: str, *, as_of: dt.date) -> Coalesce:
    pieces = Evidence.objects.filter(obligation=OuterRef(pk), added_on__lte=as_of)
    joined = (
        pieces.order_by()
        .values("obligation")
        .annotate(
            # A piece is a text or a file with a name.
            texts=Joined(Concat("text", "name"), Value("；"))
        )
    )
    return _text(Subquery(joined.values("texts")))


def _decisions(pk: str, *, as_of: dt.date) -> dict[str, Coalesce]:
    """核验及时率 of the coordinator, as the table of indicators counts it."""

    def count(which: Q) -> Coalesce:
        claims = Claim.objects.filter(which, obligation=OuterRef(pk)).order_by()
        grouped = claims.values("obligation").annotate(found=Count("pk"))
        return Coalesce(Subquery(grouped.values("found")), 0)

    in_time, judged = rates.decided(as_of)
    return {"decided_count": count(judged), "decided_in_time_count": count(in_time)}


def _superior(pk: str, *, prefix: str, as_of: dt.date, called: _Called) -> dict[str, Any]:
    in_force = Block.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=as_of),
        obligation=OuterRef(pk),
        outcome=Block.Outcome.CONFIRMED,
        decided_on__lte=as_of,
    ).order_by("-decided_on", "-pk")

    def where_blocked(found: Subquery) -> Case:
        # Of a hundred rows few are: nobody looks for the blocks of the others.
        return Case(When(blocked=True, then=found))

    def of_block(path: str) -> Case:
        return where_blocked(Subquery(in_force.values(path)[:1]))

    def named(path: str) -> Case:
        known = in_force.annotate(called=called.body(path)).values("called")
        return where_blocked(Subquery(known[:1]))

    own = called.body(f"{prefix}department")
    asked = "external_obligation__department"
    return {
        "superior_name": Case(
            When(external=True, then=own),
            default=_text(named(asked), called.body(f"{prefix}depends_on__department")),
            output_field=TextField(),
        ),
        "block_cause": _text(of_block("cause")),
        "block_reason": _text(of_block("reason")),
        "blocked_on": of_block("decided_on"),
    }


def _then(pk: str, *, prefix: str, as_of: dt.date) -> dict[str, Any]:
    """Of a past day: what the obligation knows of its last return and verification alone."""
    decided = Claim.objects.filter(obligation=OuterRef(pk), decided_on__lte=as_of)
    last = (
        decided.exclude(outcome=Claim.Outcome.TAKEN_BACK)
        .order_by("-decided_on", "-pk")
        .annotate(
            said=Case(
                When(outcome=Claim.Outcome.RETURNED, then=F("reason")),
                default=Value(""),
                output_field=TextField(),
            )
        )
    )
    annulled_since = Objection.objects.filter(
        obligation=OuterRef(pk),
        outcome=Objection.Outcome.CONFIRMED,
        returned_on__lte=as_of,
        decided_on__gt=as_of,
    ).order_by("-returned_on", "-pk")
    said = _text(
        Subquery(annulled_since.values("return_reason")[:1]), Subquery(last.values("said")[:1])
    )
    never = Q(status__in=[Status.DRAFT, Status.ISSUED, Status.VERIFIED])
    return {
        "return_reason": Case(When(never, then=Value("")), default=said, output_field=TextField()),
        "self_verified": Case(
            When(status=Status.VERIFIED, then=F(f"{prefix}self_verified")), default=False
        ),
    }


def _text(*first_known: Any) -> Coalesce:
    return Coalesce(*first_known, Value(""), output_field=TextField())


def _dependants(pk: str) -> Subquery:
    found = Obligation.objects.filter(depends_on=OuterRef(pk)).order_by().values("depends_on")
    return Subquery(found.annotate(found=Count("pk")).values("found"))
