"""催办单 in the API: sending, receipt, answer."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.api.filters import KeyFilter
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.api.shapes import NamedSerializer
from accounts.models import User
from accounts.paging import LARGEST_KEY
from accounts.parsing import JSONParser
from obligations import urging
from obligations.api import versions
from obligations.api.bodies import Versioned
from obligations.api.shapes import PersonSerializer
from obligations.models import Obligation, UrgedRow, UrgingNote
from obligations.models.urging import UrgingNoteQuerySet
from obligations.today import today

_PEOPLE = ("sent_by", "received_by", "answered_by")


class UrgedRowSerializer(serializers.Serializer[Any]):
    obligation_id = serializers.IntegerField()
    why = serializers.ChoiceField(choices=UrgedRow.Why.choices)
    due_on = serializers.DateField(allow_null=True)
    days_late = serializers.IntegerField(help_text="Working days, on the day of the note.")


class UrgingNoteSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    number = serializers.CharField(help_text="As on paper: 催办〔2026〕1号")
    department = NamedSerializer()
    text = serializers.CharField()
    answer_by = serializers.DateField()
    sent_on = serializers.DateField()
    sent_by = PersonSerializer()
    received_at = serializers.DateTimeField(allow_null=True)
    received_by = PersonSerializer(allow_null=True)
    answer = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = PersonSerializer(allow_null=True)
    rows = UrgedRowSerializer(many=True)


class SendNote(StrictSerializer):
    """Rows of one department, each overdue or unaccepted and not urged about today."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_KEY),
        min_length=1,
        max_length=urging.MOST_ROWS,
    )
    text = serializers.CharField(
        max_length=4000, required=False, help_text="Without it the prefilled text is sent."
    )
    answer_by = serializers.DateField(
        required=False, help_text="Without it: the third working day from now."
    )


class AnswerNote(Versioned):
    text = serializers.CharField(max_length=4000)


class NoteFilter(df.FilterSet):  # type: ignore[misc]
    department = KeyFilter(field_name="department_id")
    received = df.BooleanFilter(field_name="received_at", lookup_expr="isnull", exclude=True)
    answered = df.BooleanFilter(field_name="answered_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = UrgingNote
        fields: list[str] = []


class UrgingNotes(Listing):
    """Notes within the scope, or to the own department; a POST sends one."""

    verbs = {"GET": "read", "POST": "urge"}
    operations = {"GET": "urging_notes_list", "POST": "urging_notes_send"}
    tag = "urging notes"
    parser_classes = [JSONParser]
    refusals = (404, 409)
    serializer_class = UrgingNoteSerializer
    filterset_class = NoteFilter
    queryset = UrgingNote.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk"), "answer_by": Order("answer_by")}

    def get_queryset(self) -> UrgingNoteQuerySet:
        return UrgingNote.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        found = _whole(UrgingNote.objects.all()).in_bulk(keys)
        return [represent(found[key]) for key in keys if key in found]

    @extend_schema(request=SendNote, responses={201: UrgingNoteSerializer})
    def post(self, request: Request) -> Response:
        said, on = self.read(SendNote), today()
        chosen = set(said["ids"])
        rows = Obligation.objects.visible_to(self.user).filter(pk__in=chosen)
        first = rows.select_related("department").order_by("pk").first()
        if first is None or rows.count() != len(chosen):
            raise Http404
        text = said.get("text") or urging.draft(
            first.department, urging.look_at(rows, on=on), on=on
        )
        note = urging.send(
            first.department,
            rows,
            text=text,
            answer_by=said.get("answer_by") or urging.answer_day(on),
            by=self.user,
            on=on,
        )
        return answer(note.pk, by=self.user, status=201)


class OneNote(Endpoint):
    """The ETag is the version that receipt and answer must name."""

    operations = {"GET": "urging_notes_retrieve"}
    tag = "urging notes"
    serializer_class = UrgingNoteSerializer

    def get(self, request: Request, pk: int) -> Response:
        return answer(pk, by=self.user)


class ReceiveNote(Endpoint):
    """Sign for a note to the own department."""

    verbs = {"POST": "receive_urging"}
    operations = {"POST": "urging_notes_receive"}
    tag = "urging notes"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = Versioned

    @extend_schema(responses=UrgingNoteSerializer)
    def post(self, request: Request, pk: int) -> Response:
        note = find(UrgingNote.objects.visible_to(self.user), pk)
        version = versions.required(request, field=self.read(Versioned).get("version"))
        urging.receive(note, by=self.user, on=today(), version=version)
        return answer(pk, by=self.user)


class AnswerOne(Endpoint):
    """Answer a note; who answers has received it."""

    verbs = {"POST": "receive_urging"}
    operations = {"POST": "urging_notes_answer"}
    tag = "urging notes"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = AnswerNote

    @extend_schema(responses=UrgingNoteSerializer)
    def post(self, request: Request, pk: int) -> Response:
        note = find(UrgingNote.objects.visible_to(self.user), pk)
        said = self.read(AnswerNote)
        version = versions.required(request, field=said.get("version"))
        urging.answer(note, text=said["text"], by=self.user, on=today(), version=version)
        return answer(pk, by=self.user)


def answer(pk: int, *, by: User, status: int = 200) -> Response:
    """The note as it is now."""
    note = find(_whole(UrgingNote.objects.visible_to(by)), pk)
    return Response(represent(note), status=status, headers={"ETag": versions.etag(note.version)})


def represent(note: UrgingNote) -> dict[str, Any]:
    """A note as UrgingNoteSerializer describes it."""
    copied = ("id", "version", "text", "answer_by", "sent_on", "received_at", "answer")
    return {
        **{name: getattr(note, name) for name in (*copied, "answered_at")},
        **{name: _person(getattr(note, name)) for name in _PEOPLE},
        "number": note.title,
        "department": {"id": note.department_id, "name": note.department.name},
        "rows": [
            {
                "obligation_id": row.obligation_id,
                "why": row.why,
                "due_on": row.due_on,
                "days_late": row.days_late,
            }
            for row in note.rows.all()
        ],
    }


def _whole(notes: UrgingNoteQuerySet) -> UrgingNoteQuerySet:
    return notes.select_related("department", *_PEOPLE).prefetch_related("rows")


def _person(user: User | None) -> dict[str, str] | None:
    return None if user is None else {"username": user.username, "name": user.display_name}
