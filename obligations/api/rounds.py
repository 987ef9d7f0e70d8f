"""The monthly round: opened, watched and closed by coordinators; its rule."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer, find
from accounts.api.keyset import Order
from accounts.api.paging import Listing
from accounts.models import Region
from accounts.paging import LARGEST_KEY
from accounts.parsing import JSONParser
from jobs.api import QueuedSerializer, accepted
from jobs.models import Job
from obligations import round_book, round_requests, round_rules, rounds
from obligations.api import versions
from obligations.api.actions import ChangedSerializer
from obligations.api.bodies import DayField, Versioned, day
from obligations.models import ResponsibilityList, Round, RoundAnswer, Said
from obligations.models.rounds import MAX_NUMBER
from obligations.round_book import Tally
from obligations.today import today

_TALLY = ("asked", "answered", "changed", "no_change", "nothing", "owed", "settled", "late")


class TallySerializer(serializers.Serializer[Any]):
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    changed = serializers.IntegerField()
    no_change = serializers.IntegerField()
    nothing = serializers.IntegerField()
    owed = serializers.IntegerField(help_text="Silent about what is still open.")
    settled = serializers.IntegerField(help_text="Silent, but verified or withdrawn since.")
    late = serializers.IntegerField()


class RoundSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    month = serializers.DateField(help_text="Its first day.")
    region_id = serializers.IntegerField(allow_null=True, help_text="null: the whole province.")
    list_id = serializers.IntegerField(allow_null=True, help_text="null: all lists.")
    opened_on = serializers.DateField()
    cut_off_on = serializers.DateField(help_text="Later answers are taken, and marked late.")
    closed_on = serializers.DateField(allow_null=True)
    answers = TallySerializer(help_text="Of what the user may see.")


class OpenRound(StrictSerializer):
    month = DayField(help_text="Any day of it.")
    cut_off_on = day()
    region = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)
    list = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)


class Rounds(Listing):
    """The newest first; a coordinator opens one. Without a cut-off the rule gives it.

    Where very many are asked, a job opens it, and the answer is 202 with the job.
    """

    verbs = {"GET": "read", "POST": "keep_rounds"}
    operations = {"GET": "rounds_list", "POST": "rounds_open"}
    tag = "rounds"
    parser_classes = [JSONParser]
    refusals = (409,)
    serializer_class = RoundSerializer
    queryset = Round.objects.none()
    orders = {"-id": Order("pk", True), "id": Order("pk"), "month": Order("month")}

    def get_queryset(self) -> QuerySet[Round]:
        return Round.objects.visible_to(self.user)

    def present(self, keys: list[Any]) -> list[dict[str, Any]]:
        found = Round.objects.in_bulk(keys)
        answers = RoundAnswer.objects.visible_to(self.user).filter(round__in=keys)
        counted = round_book.tallies(answers, "round_id")
        return [_shown(found[key], counted.get(key, Tally())) for key in keys if key in found]

    @extend_schema(request=OpenRound, responses={201: RoundSerializer, 202: QueuedSerializer})
    def post(self, request: Request) -> Response:
        said, on = self.read(OpenRound), today()
        region = _found(Region.objects.all(), said.get("region"), "region")
        visible = ResponsibilityList.objects.visible_to(self.user)
        on_list = _found(visible, said.get("list"), "list")
        rule = round_rules.of(self.user.region or region)
        cut_off = said.get("cut_off_on") or round_rules.days_of(rule, said["month"]).cut_off_on
        made = round_requests.open_round(
            month=said["month"],
            cut_off_on=cut_off,
            by=self.user,
            on=on,
            region=region,
            on_list=on_list,
        )
        if isinstance(made, Job):
            return accepted(made)
        return Response(self.present([made.pk])[0], status=201)


class OneRound(Endpoint):
    operations = {"GET": "rounds_retrieve"}
    tag = "rounds"
    serializer_class = RoundSerializer

    def get(self, request: Request, pk: int) -> Response:
        return _answer(self, pk)


class CloseRound(Endpoint):
    """No more answers; what was said stays, and who was silent."""

    verbs = {"POST": "keep_rounds"}
    operations = {"POST": "rounds_close"}
    tag = "rounds"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = Versioned

    @extend_schema(responses=RoundSerializer)
    def post(self, request: Request, pk: int) -> Response:
        held = find(Round.objects.visible_to(self.user), pk)
        version = versions.required(request, field=self.read(Versioned).get("version"))
        rounds.close(held, by=self.user, on=today(), version=version)
        return _answer(self, pk)


class Rest(StrictSerializer):
    kind = serializers.ChoiceField(choices=[Said.NO_CHANGE, Said.NOTHING])


class AnswerRest(Endpoint):
    """One word for all that the own department has not answered yet."""

    verbs = {"POST": "answer_round"}
    operations = {"POST": "rounds_answer_rest"}
    tag = "rounds"
    parser_classes = [JSONParser]
    refusals = (409,)
    serializer_class = Rest

    @extend_schema(responses=ChangedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        held = find(Round.objects.visible_to(self.user), pk)
        kind = self.read(Rest)["kind"]
        count = rounds.answer_rest(held, kind=kind, by=self.user, on=today())
        return Response({"changed": count})


class DepartmentTallySerializer(TallySerializer):
    department_id = serializers.IntegerField()
    department = serializers.CharField()


class RoundDepartments(Endpoint):
    """Who answered and who did not: those that owe most answers first."""

    operations = {"GET": "rounds_departments"}
    tag = "rounds"
    serializer_class = DepartmentTallySerializer

    @extend_schema(responses=DepartmentTallySerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        held = find(Round.objects.visible_to(self.user), pk)
        lines = round_book.by_department(held, user=self.user)
        return Response(
            [
                {
                    "department_id": line.department.pk,
                    "department": line.department.name,
                    **_tally(line.tally),
                }
                for line in lines
            ]
        )


class RuleSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    enabled = serializers.BooleanField()
    opens_number = serializers.IntegerField(help_text="The n-th working day of the month.")
    opens_from_end = serializers.BooleanField(help_text="Counted from the last working day.")
    cut_off_number = serializers.IntegerField()
    cut_off_from_end = serializers.BooleanField()


class NewRule(Versioned):
    enabled = serializers.BooleanField()
    opens_number = serializers.IntegerField(min_value=1, max_value=MAX_NUMBER)
    opens_from_end = serializers.BooleanField()
    cut_off_number = serializers.IntegerField(min_value=1, max_value=MAX_NUMBER)
    cut_off_from_end = serializers.BooleanField()


class Rule(Endpoint):
    """When rounds of the own scope open by themselves, and when they are cut off."""

    verbs = {"GET": "keep_rounds", "POST": "keep_rounds"}
    operations = {"GET": "round_rule_retrieve", "POST": "round_rule_change"}
    tag = "rounds"
    parser_classes = [JSONParser]
    refusals = (409, 412, 428)
    serializer_class = NewRule

    @extend_schema(responses=RuleSerializer)
    def get(self, request: Request) -> Response:
        return Response(RuleSerializer(round_rules.of(self.user.region)).data)

    @extend_schema(responses=RuleSerializer)
    def post(self, request: Request) -> Response:
        said = self.read(NewRule)
        version = versions.required(request, field=said.pop("version", None))
        rule = round_rules.change(
            self.user.region, by=self.user, on=today(), version=version, **said
        )
        return Response(RuleSerializer(rule).data)


def _answer(endpoint: Endpoint, pk: int) -> Response:
    held = find(Round.objects.visible_to(endpoint.user), pk)
    answers = RoundAnswer.objects.visible_to(endpoint.user).filter(round=held)
    tally = round_book.tallies(answers, "round_id").get(pk, Tally())
    return Response(_shown(held, tally), headers={"ETag": versions.etag(held.version)})


def _shown(held: Round, tally: Tally) -> dict[str, Any]:
    same = ("version", "month", "region_id", "list_id", "opened_on", "cut_off_on", "closed_on")
    return {
        "id": held.pk,
        **{name: getattr(held, name) for name in same},
        "answers": _tally(tally),
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {name: getattr(tally, name) for name in _TALLY}


def _found(rows: Any, pk: int | None, name: str) -> Any:
    """The row that the body names; 400 where there is none."""
    if pk is None:
        return None
    row = rows.filter(pk=pk).first()
    if row is None:
        raise serializers.ValidationError({name: _("There is no such one; look up its number.")})
    return row
