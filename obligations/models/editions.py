"""Editions of a list: each file that was applied, and what it did to every item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from obligations.models.lists import ListItem, ResponsibilityList

if TYPE_CHECKING:
    from accounts.models import User


class EditionQuerySet(models.QuerySet["Edition"]):
    def standing(self) -> EditionQuerySet:
        """Those that were not undone."""
        return self.filter(undone_at=None)

    def visible_to(self, user: User) -> EditionQuerySet:
        """Those that touched an item which the user may see; a whole province's reader sees all."""
        if user.role in user.SCOPED and user.region_id is None:
            return self
        changes = ItemChange.objects.visible_to(user).filter(edition=OuterRef("pk"))
        return self.filter(Exists(changes))


class Edition(models.Model):
    """One application of a file to a list; numbered from 1 within it, undone ones as well."""

    list = models.ForeignKey(ResponsibilityList, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    source_name = models.CharField(max_length=255, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)
    applied_on = models.DateField()
    applied_at = models.DateTimeField(auto_now_add=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    replaced = models.PositiveIntegerField(default=0)
    continued = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    undone_on = models.DateField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undo_reason = models.CharField(max_length=500, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "number"], name="edition_number_once"),
            models.CheckConstraint(
                name="edition_undone_all_or_nothing",
                condition=Q(undone_on=None, undone_at=None, undone_by=None, undo_reason="")
                | Q(undone_on__isnull=False, undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_id} {self.number}"


class ItemChangeQuerySet(models.QuerySet["ItemChange"]):
    def visible_to(self, user: User) -> ItemChangeQuerySet:
        """What was done to items that the user may see."""
        if user.role in user.SCOPED and user.region_id is None:
            return self
        return self.filter(item__in=ListItem.objects.visible_to(user))

    def naming_again(self) -> ItemChangeQuerySet:
        """Items of earlier batches that a standing edition names."""
        return self.filter(change=ItemChange.Change.CONTINUED, edition__undone_at=None)

    def replacing(self) -> ItemChangeQuerySet:
        """Those that brought an item in the place of another."""
        return self.filter(change=ItemChange.Change.ADDED, item__replaces__isnull=False)


class ItemChange(models.Model):
    """What an edition did to one item, with all that is needed to undo it.

    `fields` are [official label, before, after] for people; `before` holds stored values.
    """

    class Change(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        WITHDRAWN = "withdrawn", _("withdrawn")
        # Stands in an earlier batch already and is named again by this one.
        CONTINUED = "continued", _("named again")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="changes")
    item = models.ForeignKey(ListItem, on_delete=models.PROTECT, related_name="changes")
    change = models.CharField(max_length=10, choices=Change.choices)
    fields = models.JSONField(default=list)
    before = models.JSONField(default=dict)

    objects = ItemChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "item"], name="item_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.item_id} {self.change}"
