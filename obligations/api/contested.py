"""What a department may still object to, and until when."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from obligations.models import Objection
from obligations.situations import Situation


class ContestedSerializer(serializers.Serializer[Any]):
    subject = serializers.ChoiceField(choices=Objection.Subject.choices)
    since = serializers.DateField(help_text="The day of the light or of the return.")
    object_by = serializers.DateField(help_text="The last day on which an objection is taken.")
    in_time = serializers.BooleanField()


def represent(situation: Situation) -> dict[str, Any] | None:
    """As ContestedSerializer describes it; None where nothing is open to objection."""
    matter = situation.contested
    if matter is None or situation.objection is not None:
        return None
    in_time = situation.on <= matter.object_by
    facts = ("subject", "since", "object_by")
    return {**{name: getattr(matter, name) for name in facts}, "in_time": in_time}
