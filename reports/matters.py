"""Lists, batches and scenes of which a user may ask a report, each as one choice of a form."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from obligations.models import ListItem, ResponsibilityList
from reports.scopes import Batch

# (heading, [(value, label)]), as selects show them.
Offered = list[tuple[str | Promise, list[tuple[str, str]]]]
_LONGEST_SCENE = 200


def offered(user: User) -> Offered:
    """What the user's lists name; headings without choices are left out."""
    lists = ResponsibilityList.objects.visible_to(user).order_by("kind", "-batch", "pk")
    batches = {Batch(one.kind, one.level, one.batch): None for one in lists}
    groups: Offered = [
        (_("Lists"), [(f"list:{one.pk}", one.title) for one in lists]),
        (_("Batches"), [(_written(one), one.name) for one in batches]),
        (_("Scenes (doing one thing)"), [(f"scene:{name}", name) for name in _scenes(user)]),
    ]
    return [(heading, choices) for heading, choices in groups if choices]


def read(value: str, *, by: User) -> dict[str, Any]:
    """The part of a scope that a choice means."""
    sort, _colon, said = value.partition(":")
    if sort == "list":
        return {"on_list": ResponsibilityList.objects.visible_to(by).get(pk=int(said))}
    if sort == "batch":
        kind, level, number = said.split(":")
        return {"batch": Batch(kind, level, int(number))}
    return {"scene": said} if sort == "scene" else {}


def _written(batch: Batch) -> str:
    return f"batch:{batch.kind}:{batch.level}:{batch.number}"


def _scenes(user: User) -> list[str]:
    joined = ListItem.objects.visible_to(user).exclude(scenes="").order_by()
    named = {
        name
        for text in joined.values_list("scenes", flat=True).distinct()
        for name in text.split("、")
    }
    return sorted(name for name in named if name and len(name) <= _LONGEST_SCENE)
