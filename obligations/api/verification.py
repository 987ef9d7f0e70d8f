"""Three voices about one obligation: what checks found, what consumers say, what contradicts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, find
from accounts.api.shapes import NamedSerializer
from obligations import case_book, confirmations, findings
from obligations.api import contradictions, record
from obligations.api.shapes import FoundSerializer
from obligations.confirmations import Voice
from obligations.consumers import is_opened
from obligations.models import Confirmation, ContradictionCase, Obligation
from obligations.today import today


class EvidencedSerializer(FoundSerializer):
    evidence = serializers.ListField(
        child=serializers.CharField(), help_text="What the outcome rests on."
    )


class VoiceSerializer(serializers.Serializer[Any]):
    department = NamedSerializer(help_text="The consumer.")
    word = serializers.ChoiceField(
        choices=Confirmation.Word.choices, allow_blank=True, help_text="Empty: no answer."
    )
    reason = serializers.CharField()
    said_on = serializers.DateField(allow_null=True)


class VerificationSerializer(serializers.Serializer[Any]):
    findings = EvidencedSerializer(many=True)
    voices = VoiceSerializer(many=True)
    contradictions = contradictions.ContradictionSerializer(many=True, help_text="Open ones.")


class Verification(Endpoint):
    """What the checks find with their evidence, every consumer's word, open contradictions."""

    operations = {"GET": "obligations_verification"}
    tag = "checks"
    serializer_class = VerificationSerializer

    def get(self, request: Request, pk: int) -> Response:
        on = today()
        row = find(Obligation.objects.visible_to(self.user), pk)
        cases = ContradictionCase.objects.open().filter(obligation=row)
        voices = confirmations.voices_of(row, on=on) if is_opened(row) else []
        lines = case_book.lines(list(case_book.ordered(cases)))
        return Response(
            {
                "findings": [_found(one, row) for one in findings.standing(row)],
                "voices": [_voice(one) for one in voices],
                "contradictions": [contradictions.represent(one) for one in lines],
            }
        )


def _found(one: Any, row: Obligation) -> dict[str, Any]:
    check = findings.check_of(one.check_code)
    said = record.finding(one.check_code, one.outcome, one.since)
    return {**said, "evidence": findings.evidence_of(check, row, on=today())}


def _voice(one: Voice) -> dict[str, Any]:
    word = one.word if one.counts else None
    return {
        "department": {"id": one.department.pk, "name": one.department.name},
        "word": word.word if word else "",
        "reason": word.reason if word else "",
        "said_on": word.said_on if word else None,
    }
