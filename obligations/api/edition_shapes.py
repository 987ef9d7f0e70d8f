"""Editions in the words of the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.shapes import NamedSerializer
from accounts.models import User
from jobs.api import JobSerializer
from jobs.api import represent as represent_job
from obligations import editions
from obligations.api import versions
from obligations.api.bodies import Versioned
from obligations.editions import Shown
from obligations.importing import undo_requests
from obligations.importing.versions import version_of
from obligations.models import Edition, ItemChange

_FACTS = ("id", "list_id", "number", "source_name", "source_sha256", "applied_on", "applied_at")
_UNDOING = ("undone_on", "undone_at", "undo_reason")


class EditionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    list_id = serializers.IntegerField()
    number = serializers.IntegerField(help_text="From 1 within the list, undone ones as well.")
    source_name = serializers.CharField(allow_blank=True)
    source_sha256 = serializers.CharField(allow_blank=True)
    applied_on = serializers.DateField()
    applied_at = serializers.DateTimeField()
    applied_by = serializers.CharField(allow_null=True)
    added = serializers.IntegerField(help_text="Counts of what the caller may see.")
    changed = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    replaced = serializers.IntegerField(help_text="Added ones in the place of another item.")
    continued = serializers.IntegerField(help_text="Items of earlier batches, named again.")
    unchanged = serializers.IntegerField(allow_null=True, help_text="null for a part's reader.")
    undone_on = serializers.DateField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)
    undone_by = serializers.CharField(allow_null=True)
    undo_reason = serializers.CharField(allow_blank=True)


class EditionDetailSerializer(EditionSerializer):
    version = serializers.IntegerField(
        help_text="Of the list's editions: each application and undoing raises it."
    )
    job = JobSerializer(allow_null=True, help_text="Takes the edition back, or tried to.")


class ChangeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    change = serializers.ChoiceField(choices=ItemChange.Change.choices)
    item = NamedSerializer()
    replaces = NamedSerializer(allow_null=True)
    fields_changed = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(allow_blank=True)),
        help_text="[official label, before, after] of each column.",
    )


class Undo(Versioned):
    reason = serializers.CharField(max_length=500)


def facts(found: list[Edition], *, user: User) -> list[dict[str, Any]]:
    """Editions in a listing."""
    return [
        {
            **{name: getattr(line.edition, name) for name in (*_FACTS, *_UNDOING)},
            **line.counts,
            "unchanged": line.unchanged,
            "applied_by": _name(line.edition.applied_by),
            "undone_by": _name(line.edition.undone_by),
        }
        for line in editions.with_counts(found, user=user)
    ]


def answer(edition: Edition, *, user: User, status: int = 200) -> Response:
    """An edition with its version, and the job that takes it back."""
    version = version_of(edition.list)
    job = undo_requests.job_of(edition) if user.role == "coordinator" else None
    shown = represent_job(job) if job else None
    headers = {"ETag": versions.etag(version)}
    if shown and status == 202:
        headers["Location"] = shown["url"]
    whole = {**facts([edition], user=user)[0], "version": version, "job": shown}
    return Response(whole, status=status, headers=headers)


def change(one: Shown) -> dict[str, Any]:
    """What was done to one item."""
    item = one.change.item
    old = item.replaces if one.change.change == ItemChange.Change.ADDED else None
    return {
        "id": one.change.pk,
        "change": one.change.change,
        "item": {"id": item.pk, "name": item.title},
        "replaces": {"id": old.pk, "name": old.title} if old else None,
        "fields_changed": one.fields,
    }


def _name(person: User | None) -> str | None:
    return person.username if person else None
