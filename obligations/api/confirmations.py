"""消费方反馈 over the API: what is asked, what was said, how often, and who else is a consumer."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.api.filters import KeyFilter
from accounts.api.keyset import Order
from accounts.api.paging import Listing, in_order
from accounts.api.shapes import NamedSerializer
from accounts.models import Department
from accounts.paging import LARGEST_KEY
from accounts.parsing import JSONParser
from obligations import confirmation_rules, confirmations, consuming
from obligations.api import versions
from obligations.api.bodies import DayField, line, words
from obligations.consuming import Line
from obligations.models import Confirmation, ConfirmationRule, ItemConsumer, ListItem, Obligation
from obligations.models.confirmations import ConfirmationQuerySet
from obligations.today import today

_COLUMNS = ("id", "obligation_id", "department_id", "word", "reason", "said_on", "until_on")


class WordSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    obligation_id = serializers.IntegerField()
    department_id = serializers.IntegerField(help_text="The consumer.")
    word = serializers.ChoiceField(choices=Confirmation.Word.choices)
    reason = serializers.CharField()
    said_on = serializers.DateField()
    until_on = serializers.DateField(
        allow_null=True, help_text="The day of the word that followed; null: it stands."
    )


class WordQuery(df.FilterSet):  # type: ignore[misc]
    obligation = KeyFilter(field_name="obligation_id")
    department = KeyFilter(field_name="department_id")
    word = df.ChoiceFilter(choices=Confirmation.Word.choices)
    standing = df.BooleanFilter(field_name="until_on", lookup_expr="isnull")

    class Meta:
        model = Confirmation
        fields: list[str] = []


class Words(Listing):
    """What consumers said, what followed as well: of what the user may see, and the own words."""

    operations = {"GET": "voices_list"}
    tag = "voices"
    serializer_class = WordSerializer
    filterset_class = WordQuery
    queryset = Confirmation.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk")}

    def get_queryset(self) -> ConfirmationQuerySet:
        return Confirmation.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        return in_order(list(Confirmation.objects.filter(pk__in=keys).values(*_COLUMNS)), keys)


class AskedTermSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    text = serializers.CharField()


class AskedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="Of the provider's obligation.")
    version = serializers.IntegerField(help_text="Of the own word; 0: nothing was said.")
    title = serializers.CharField()
    provider = NamedSerializer()
    status = serializers.CharField()
    terms = AskedTermSerializer(many=True)
    word = serializers.ChoiceField(
        choices=Confirmation.Word.choices, allow_blank=True, help_text="Empty: no answer."
    )
    reason = serializers.CharField()
    said_on = serializers.DateField(allow_null=True)
    is_open = serializers.BooleanField(help_text="Not answered in this period.")


class SayUsable(StrictSerializer):
    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    word = serializers.ChoiceField(choices=Confirmation.Word.choices)
    reason = words(required=False)


class Asked(Listing):
    """What others opened and the own department uses; nothing else of it is shown."""

    verbs = {"GET": "say_usable"}
    operations = {"GET": "voices_asked"}
    tag = "voices"
    serializer_class = AskedSerializer
    queryset = Obligation.objects.none()

    def get_queryset(self) -> QuerySet[Obligation]:
        return confirmations.asked_of(self.user, on=today())

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        rows = consuming.ordered(Obligation.objects.filter(pk__in=keys))
        lines = consuming.lines(list(rows), user=self.user, on=today())
        return in_order([_line(one) for one in lines], keys)


class Say(Endpoint):
    """可用 or 不可用, with the reason; the word before it ends and stays on record."""

    verbs = {"POST": "say_usable"}
    operations = {"POST": "voices_say"}
    tag = "voices"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = SayUsable

    @extend_schema(responses=AskedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        on = today()
        row = find(consuming.ordered(confirmations.asked_of(self.user, on=on)), pk)
        said = self.read(SayUsable)
        version = versions.required(request, field=said.pop("version", None))
        confirmations.say(row, **said, by=self.user, on=on, version=version)
        [shown] = consuming.lines([row], user=self.user, on=on)
        return Response(_line(shown), headers={"ETag": versions.etag(shown.voice.version)})


class ConfirmationRuleSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(help_text="How many versions there are.")
    first_on = serializers.DateField(help_text="Of the period of today.")
    last_on = serializers.DateField()
    due_on = serializers.DateField(help_text="The last day for an answer.")
    months = serializers.IntegerField()
    answer_days = serializers.IntegerField()


class NewConfirmationRule(StrictSerializer):
    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    effective_from = DayField(help_text="The first day of one of its periods.")
    months = serializers.ChoiceField(choices=ConfirmationRule.Rhythm.choices)
    answer_days = serializers.IntegerField(min_value=1, max_value=15)
    source = line()  # type: ignore[assignment]


class Rule(Endpoint):
    """How often consumers are asked, and by when they answer."""

    verbs = {"GET": "read", "POST": "keep_rules"}
    operations = {"GET": "voices_rule", "POST": "voices_rule_add"}
    tag = "voices"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = ConfirmationRuleSerializer

    def get(self, request: Request) -> Response:
        return Response(_rule())

    @extend_schema(request=NewConfirmationRule, responses={201: ConfirmationRuleSerializer})
    def post(self, request: Request) -> Response:
        said = {"source": "", **self.read(NewConfirmationRule)}
        version = versions.required(request, field=said.pop("version", None))
        confirmation_rules.add(**said, by=self.user, on=today(), version=version)
        return Response(_rule(), status=201)


class ConsumerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    department = NamedSerializer()
    note = serializers.CharField()
    named_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)


class NameConsumer(StrictSerializer):
    department = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    note = line()


class Consumers(Endpoint):
    """Whom coordinators named as consumers of an item, beside those that owe something for it."""

    verbs = {"GET": "name_consumers", "POST": "name_consumers"}
    operations = {"GET": "consumers_list", "POST": "consumers_name"}
    tag = "voices"
    parser_classes = [JSONParser]
    refusals = (404, 409)
    serializer_class = ConsumerSerializer

    @extend_schema(responses=ConsumerSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        item = find(ListItem.objects.visible_to(self.user), pk)
        found = ItemConsumer.objects.filter(item=item).select_related("department").order_by("pk")
        return Response([_consumer(one) for one in found])

    @extend_schema(request=NameConsumer, responses={201: ConsumerSerializer})
    def post(self, request: Request, pk: int) -> Response:
        item = find(ListItem.objects.visible_to(self.user), pk)
        said = self.read(NameConsumer)
        department = find(Department.objects.visible_to(self.user), said["department"])
        made = confirmations.name(
            item, department, note=said.get("note", ""), by=self.user, on=today()
        )
        return Response(_consumer(made), status=201)


class ReleaseConsumer(Endpoint):
    """It is asked no more; what it said stays on record."""

    verbs = {"POST": "name_consumers"}
    operations = {"POST": "consumers_release"}
    tag = "voices"
    parser_classes = [JSONParser]
    refusals = (404, 409)
    serializer_class = StrictSerializer

    @extend_schema(request=None, responses=ConsumerSerializer)
    def post(self, request: Request, pk: int, consumer: int) -> Response:
        item = find(ListItem.objects.visible_to(self.user), pk)
        row = find(ItemConsumer.objects.filter(item=item).select_related("department"), consumer)
        confirmations.release(row, by=self.user, on=today())
        row.refresh_from_db(fields=["ended_on"])
        return Response(_consumer(row))


def _line(one: Line) -> dict[str, Any]:
    row, word = one.obligation, one.voice.word if one.voice.counts else None
    return {
        "id": row.pk,
        "version": one.voice.version,
        "title": row.item.title,
        "provider": {"id": row.department_id, "name": row.department.name},
        "status": "opened" if row.external else row.status,
        "terms": [{"label": label, "text": text} for label, text in one.terms],
        "word": word.word if word else "",
        "reason": word.reason if word else "",
        "said_on": word.said_on if word else None,
        "is_open": one.is_open,
    }


def _rule() -> dict[str, Any]:
    on = today()
    rule = confirmation_rules.at(on, confirmation_rules.versions())
    heard = confirmation_rules.hearing(on)
    days = {name: getattr(heard, name) for name in ("first_on", "last_on", "due_on")}
    figures = {"months": rule.months, "answer_days": rule.answer_days}
    return {"version": confirmation_rules.version(), **days, **figures}


def _consumer(one: ItemConsumer) -> dict[str, Any]:
    return {
        "id": one.pk,
        "department": {"id": one.department_id, "name": one.department.name},
        "note": one.note,
        "named_on": one.named_on,
        "ended_on": one.ended_on,
    }
