"""What a dispatch looks like to programs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.endpoints import StrictSerializer
from accounts.models import User
from accounts.paging import LARGEST_KEY
from obligations.api.bodies import DayField
from obligations.api.record import person
from obligations.api.shapes import PersonSerializer
from obligations.fanning_out import Choice, DutyChoice, Named, acting
from obligations.fanning_out.planning import MAX_ITEMS, Line, Plan
from obligations.fanning_out.resolving import Notice
from obligations.models import Dispatch, Duty, RoleInItem
from obligations.today import today

_SHOWN = 1000


class DutyOfDispatch(StrictSerializer):
    duty = serializers.ChoiceField(choices=Duty.choices)
    due = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=500,
        help_text="A date or words as lists write them; left out: the item's own time limit.",
    )


class BodyOfDispatch(StrictSerializer):
    key = serializers.CharField(
        max_length=210,
        help_text="department:3, group:2, name:省公安厅, bureaus (the data bureaus of all cities) "
        "or own (the bodies that the item itself names, in its own roles).",
    )
    role_in_item = serializers.ChoiceField(choices=RoleInItem.choices, default=RoleInItem.LEAD)


class NewDispatch(StrictSerializer):
    items = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_KEY),
        min_length=1,
        max_length=MAX_ITEMS,
    )
    duties = DutyOfDispatch(many=True)
    bodies = BodyOfDispatch(many=True)
    members_on = DayField(required=False, help_text="Groups as they stand on; default today.")
    document_number = serializers.CharField(required=False, allow_blank=True, max_length=100)
    issue = serializers.BooleanField(required=False, default=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)


def choice_of(said: dict[str, Any]) -> Choice:
    """What the body says, as the process takes it."""
    return Choice(
        duties=tuple(DutyChoice(one["duty"], one.get("due", "")) for one in said["duties"]),
        bodies=tuple(Named(one["key"], one["role_in_item"]) for one in said["bodies"]),
        members_on=said.get("members_on") or today(),
        document_number=said.get("document_number", ""),
        issue=said["issue"],
        note=said.get("note", ""),
    )


class Confirmation(StrictSerializer):
    digest = serializers.CharField(
        required=False, max_length=64, help_text="Of the preview that you read; required."
    )


class Acceptance(Confirmation):
    departments = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_KEY), max_length=1000
    )
    issue = serializers.BooleanField(required=False, default=False)


class Dismissal(Confirmation):
    departments = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_KEY), max_length=1000
    )
    reason = serializers.CharField(max_length=500)


class NoticeOfPlan(serializers.Serializer[Any]):
    kind = serializers.CharField(
        help_text="unknown, ended and no_group forbid the whole; the others only say what is left "
        "out, or who stands in."
    )
    name = serializers.CharField()
    more = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField()


class LineOfPlan(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    new = serializers.IntegerField()
    there = serializers.IntegerField()
    late = serializers.IntegerField()


class PlanSerializer(serializers.Serializer[Any]):
    digest = serializers.CharField()
    may_be_confirmed = serializers.BooleanField()
    new = serializers.IntegerField()
    there = serializers.IntegerField(help_text="They stay untouched.")
    late = serializers.IntegerField(help_text="Overdue as soon as they are issued.")
    by_duty = LineOfPlan(many=True)
    by_department = LineOfPlan(many=True)
    notices = NoticeOfPlan(many=True)
    unauthorised = serializers.ListField(
        child=serializers.CharField(), help_text="National rows whose later date needs a document."
    )
    undated = serializers.ListField(child=serializers.CharField())


class DispatchSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Dispatch.State.choices)
    made = serializers.IntegerField()
    there = serializers.IntegerField()
    notice = serializers.IntegerField(allow_null=True)
    job = serializers.IntegerField(allow_null=True, help_text="While it is being carried out.")
    failure = serializers.CharField(allow_blank=True)
    created_by = PersonSerializer()
    created_at = serializers.DateTimeField()


class DispatchDetailSerializer(DispatchSerializer):
    plan = PlanSerializer(allow_null=True, help_text="What it would do now, until it is confirmed.")


class MemberSerializer(serializers.Serializer[Any]):
    department = serializers.IntegerField()
    name = serializers.CharField()
    new = serializers.IntegerField()


class LeftSerializer(serializers.Serializer[Any]):
    department = serializers.IntegerField()
    name = serializers.CharField()
    open = serializers.IntegerField()


class OfferSerializer(serializers.Serializer[Any]):
    group = serializers.IntegerField(help_text="0: the data bureaus of all cities.")
    name = serializers.CharField()
    digest = serializers.CharField()
    joined = MemberSerializer(many=True)
    left = LeftSerializer(many=True)


class OffersSerializer(serializers.Serializer[Any]):
    waiting = serializers.IntegerField(help_text="Obligations that wait to be dispatched.")
    groups = OfferSerializer(many=True)


class LeftOutSerializer(serializers.Serializer[Any]):
    left_out = serializers.IntegerField(help_text="Departments.")


def facts(row: Dispatch) -> dict[str, Any]:
    return {
        "id": row.pk,
        "state": row.state,
        "made": row.made,
        "there": row.there,
        "notice": row.notice_id,
        "job": row.job_id if row.state == Dispatch.State.RUNNING else None,
        "failure": row.failure,
        "created_by": person(row.created_by),
        "created_at": row.created_at,
    }


def detail(row: Dispatch, *, by: User) -> dict[str, Any]:
    """With what it would do now."""
    planned = row.state == Dispatch.State.PLANNED
    plan = _plan(acting.look(row, by=by, on=today())) if planned else None
    return {**facts(row), "plan": plan}


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "digest": plan.digest(),
        "may_be_confirmed": plan.may_be_confirmed,
        "new": len(plan.missing),
        "there": len(plan.there),
        "late": len(plan.late),
        "by_duty": [_line(one) for one in plan.by_duty],
        "by_department": [_line(one) for one in plan.by_department],
        "notices": [_notice(one) for one in plan.notices[:_SHOWN]],
        "unauthorised": plan.unauthorised[:_SHOWN],
        "undated": plan.undated[:_SHOWN],
    }


def _line(one: Line) -> dict[str, Any]:
    return {"label": one.label, "new": one.new, "there": one.there, "late": one.late}


def _notice(one: Notice) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "name": one.name,
        "more": one.more,
        "sentence": one.sentence(),
    }
