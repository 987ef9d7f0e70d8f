"""The caller's own reminders."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.parsing import JSONParser
from obligations.models import Delivery, Digest
from obligations.models.reminders import DigestQuerySet
from obligations.reminding import digests, wording


class LineSerializer(serializers.Serializer[Any]):
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="overdue, due_soon, returned, to_accept, to_endorse, to_verify, …"
    )
    label = serializers.CharField()  # type: ignore[assignment]
    for_people = serializers.ListField(
        child=serializers.CharField(),
        help_text="For whom the reader stands in, where the line is theirs alone.",
    )
    count = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Of these, past their day.")
    until = serializers.DateField(
        allow_null=True, help_text="The first last day, where the heading names one."
    )
    ids = serializers.ListField(
        child=serializers.IntegerField(), help_text="The first 500, most urgent first."
    )
    url = serializers.CharField(help_text="The page that shows these rows.")


class SentSerializer(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(choices=Delivery.Channel.choices)
    place = serializers.CharField()
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    error = serializers.CharField(allow_blank=True)
    sent_at = serializers.DateTimeField(allow_null=True)


class StandingInSerializer(serializers.Serializer[Any]):
    person = serializers.CharField()
    until = serializers.DateField()


class ReminderSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    day = serializers.DateField()
    items = serializers.IntegerField()
    missed_since = serializers.DateField(
        allow_null=True, help_text="It stands for the missed reminders since this day as well."
    )
    made_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    standing_in = StandingInSerializer(
        many=True, help_text="Whose reminders went to the reader, who stands in for them."
    )
    lines = LineSerializer(many=True)
    deliveries = SentSerializer(many=True)


class Reminders(Listing):
    """One a working day at most, newest first."""

    verbs = {"GET": "be_reminded"}
    operations = {"GET": "reminders_list"}
    tag = "reminders"
    serializer_class = ReminderSerializer
    queryset = Digest.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> DigestQuerySet:
        return Digest.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        found = Digest.objects.prefetch_related("deliveries__target").in_bulk(keys)
        return [represent(found[key]) for key in keys if key in found]


class ReadReminder(Endpoint):
    """Mark one as read."""

    verbs = {"POST": "be_reminded"}
    operations = {"POST": "reminders_read"}
    tag = "reminders"
    parser_classes = [JSONParser]
    serializer_class = ReminderSerializer

    def post(self, request: Request, pk: int) -> Response:
        self.read(StrictSerializer)
        digest = find(Digest.objects.visible_to(self.user), pk)
        digests.read(digest)
        digest.refresh_from_db()
        return Response(represent(digest))


def represent(digest: Digest) -> dict[str, Any]:
    """A digest as ReminderSerializer describes it."""
    return {
        "id": digest.pk,
        "day": digest.day,
        "items": digest.item_count,
        "missed_since": digest.missed_since,
        "made_at": digest.made_at,
        "read_at": digest.read_at,
        "standing_in": digest.standing_in,
        "lines": [
            {
                "source": line["source"],
                "label": wording.label_of(line["source"]),
                "for_people": line.get("for_people", []),
                "count": line["count"],
                "late": line["late"],
                "until": line.get("until"),
                "ids": line["ids"],
                "url": wording.address_of(digest, line),
            }
            for line in digest.lines
        ],
        "deliveries": [
            {
                "channel": one.channel,
                "place": one.place,
                "state": one.state,
                "error": one.error,
                "sent_at": one.sent_at,
            }
            for one in digest.deliveries.all()
        ],
    }
