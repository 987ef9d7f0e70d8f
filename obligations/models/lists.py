"""Responsibility lists as issued, and their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Level
from obligations.models.obligation import Obligation

if TYPE_CHECKING:
    from accounts.models import User


class ResponsibilityListQuerySet(models.QuerySet["ResponsibilityList"]):
    def visible_to(self, user: User) -> ResponsibilityListQuerySet:
        """Lists in which the user may see at least one item; a whole province's reader sees all."""
        if user.role in user.SCOPED and user.region_id is None:
            return self
        seen = ListItem.objects.visible_to(user).filter(list=OuterRef("pk"))
        return self.filter(Exists(seen))


class ResponsibilityList(models.Model):
    """One edition of one batch of one issuer. 文号 and 印发日期 are never invented."""

    class Security(models.TextChoices):
        INTERNAL = "internal", _("internal")
        PUBLIC = "public", _("public")

    kind = models.CharField(max_length=30)
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.CENTRAL)
    issuer = models.CharField(max_length=200, blank=True)
    batch = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    document_number = models.CharField(max_length=100, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    security = models.CharField(max_length=10, choices=Security.choices, default=Security.INTERNAL)
    source_name = models.CharField(max_length=255, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)
    supersedes = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )

    objects = ResponsibilityListQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "level", "issuer", "batch"],
                condition=Q(supersedes=None),
                name="list_batch_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ListItemQuerySet(models.QuerySet["ListItem"]):
    def in_force(self) -> ListItemQuerySet:
        """Items that no edition has withdrawn."""
        return self.filter(withdrawn_on=None)

    def visible_to(self, user: User) -> ListItemQuerySet:
        """Items under which the user may see at least one obligation, or all for the province."""
        if user.role in user.SCOPED and user.region_id is None:
            return self
        seen = Obligation.objects.visible_to(user).filter(item=OuterRef("pk"))
        return self.filter(Exists(seen))


class ListItem(models.Model):
    """One thing a list asks for. `raw` keeps the cells as they were written, row by row."""

    # Before the field named list, which hides the type of that name below it.
    raw = models.JSONField(default=list)
    list = models.ForeignKey(ResponsibilityList, on_delete=models.PROTECT, related_name="items")
    serial = models.CharField(max_length=100, blank=True)
    position = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=500)
    # The body of the row, 提供部门 or 主管部门: the leading one. None for a group, and while
    # nobody knows whom the name means. `body_text` holds all names of the cell.
    body = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    body_text = models.CharField(max_length=500, blank=True)
    office = models.CharField(max_length=500, blank=True)
    deadline_text = models.CharField(max_length=500, blank=True)
    deadline_kind = models.CharField(max_length=10, default="date")
    deadline_on = models.DateField(null=True, blank=True)
    # Scenes (一件事) joined by 、 with one at both ends, so that one is found by "、name、".
    scenes = models.CharField(max_length=1000, blank=True)
    remark = models.TextField(blank=True)
    security = models.CharField(max_length=20, blank=True)
    identity_hash = models.CharField(max_length=64)
    row_hash = models.CharField(max_length=64)
    withdrawn_on = models.DateField(null=True, blank=True)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)

    objects = ListItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["list", "identity_hash"],
                condition=Q(withdrawn_on=None),
                name="item_identity_once",
            ),
            models.CheckConstraint(
                name="item_deadline_kind_known",
                condition=Q(deadline_kind="date", deadline_on__isnull=False)
                | Q(deadline_kind__in=["ongoing", "none"], deadline_on=None),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def body_label(self) -> str:
        """Who provides or is in charge: the leading body's name of today, or what was written."""
        return self.body.name if self.body else self.body_text

    @property
    def scene_names(self) -> tuple[str, ...]:
        return tuple(scene for scene in self.scenes.split("、") if scene)
