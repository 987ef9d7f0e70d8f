"""A snapshot: one scope's state at the end of one day, frozen for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Region, Role
from jobs.models import Job
from obligations.models import ResponsibilityList
from reports.models.signing import signed, territory_and_matter

if TYPE_CHECKING:
    from accounts.models import User

_SAMPLE = "【示例】"
# Windows refuses these in names of files, and some of them part folders elsewhere.
_NOT_IN_FILE_NAMES = str.maketrans('/\\:*?"<>|\n\r\t', "／＼：＊？＂＜＞｜   ")
# 255 bytes are what a name may take on most disks; a Chinese character takes three.
_LONGEST_STEM = 70


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def visible_to(self, user: User) -> SnapshotQuerySet:
        """The scope's for coordinators, published ones for leaders; a department's people see what
        it made of itself, and what was published about it."""
        if not user.is_active:
            return self.none()
        if user.role in user.SCOPED:
            found = self if user.role == Role.COORDINATOR else self.shown()
            if user.region_id is None:
                return found
            region = user.region_id
            return found.filter(Q(region_id=region) | Q(department__region_id=region))
        if user.role in user.OF_A_DEPARTMENT:
            return self.filter(_SHOWN | Q(is_own=True), department=user.department)
        return self.none()

    def shown(self) -> SnapshotQuerySet:
        """What was published, be it withdrawn since."""
        return self.filter(_SHOWN)

    def published(self) -> SnapshotQuerySet:
        return self.filter(state=Snapshot.State.PUBLISHED)

    def about_the_same(self, snapshot: Snapshot) -> SnapshotQuerySet:
        """Those of the same scope, whatever it was called."""
        return self.filter(**{name: getattr(snapshot, name) for name in SCOPE_FIELDS})


class Snapshot(models.Model):
    """Without region and department it is the whole province's."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        REVIEWED = "reviewed", _("reviewed")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn after publication")

    as_of = models.DateField()
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Whose: at most one of the two. Of what: at most one of list, batch and scene.
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    # Whose part it is, where it was taken from a report about many: it goes with that report.
    excerpt_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="excerpts"
    )
    on_list = models.ForeignKey(
        ResponsibilityList, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    batch = models.PositiveIntegerField(null=True, blank=True)
    batch_kind = models.CharField(max_length=30, blank=True)
    batch_level = models.CharField(max_length=10, blank=True)
    scene = models.CharField(max_length=200, blank=True)
    # Made by a department of itself: it needs nobody's publication to read it.
    is_own = models.BooleanField(default=False)
    # The job that took it: one that is repeated finds its snapshot and takes no second one.
    job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.PROTECT)
    # As they were called when it was taken; empty where the system itself took it.
    scope_name = models.CharField(max_length=600, blank=True)
    taken_by_name = models.CharField(max_length=150, blank=True)
    reporting_body = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    rules_version = models.CharField(max_length=100)
    calendar_version = models.CharField(max_length=300)
    program_version = models.CharField(max_length=40)
    due_soon_days = models.PositiveIntegerField()
    # 内部资料, by its lists when it was taken: what its files themselves say.
    is_internal = models.BooleanField(default=True)
    # What was recorded after the day that is reported, and is in the figures all the same.
    recorded_later_count = models.PositiveIntegerField(default=0)
    # What 本期变化 compares with: found when it was taken, so that it stays the same.
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_demo = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    # Counts what people do with it; its figures and lines never change.
    version = models.PositiveIntegerField(default=1)
    # Whether it is published together with the statement of scores of its scope and day.
    with_scores = models.BooleanField(default=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by_name = models.CharField(max_length=150, blank=True)
    # Why it was last sent back to be a draft.
    return_reason = models.TextField(blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by_name = models.CharField(max_length=150, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_name = models.CharField(max_length=150, blank=True)
    withdraw_reason = models.TextField(blank=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["excerpt_of", "department"], name="snapshot_excerpt_once"
            ),
            models.CheckConstraint(
                name="snapshot_excerpt_is_of_a_department",
                condition=Q(excerpt_of=None) | Q(department__isnull=False),
            ),
            *territory_and_matter("snapshot"),
            models.CheckConstraint(
                name="snapshot_state_known",
                condition=Q(state__in=["draft", "reviewed", "published", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="snapshot_own_is_of_a_department",
                condition=Q(is_own=False) | Q(department__isnull=False),
            ),
            signed("reviewed", in_states=["reviewed", "published", "withdrawn"]),
            signed("published", in_states=["published", "withdrawn"]),
            signed("withdrawn", in_states=["withdrawn"]),
            models.CheckConstraint(
                name="snapshot_withdrawn_has_a_reason",
                condition=(Q(state="withdrawn") & ~Q(withdraw_reason=""))
                | (~Q(state="withdrawn") & Q(withdraw_reason="")),
            ),
            models.CheckConstraint(
                name="snapshot_published_by_another",
                condition=Q(published_by=None) | ~Q(published_by=F("reviewed_by")),
            ),
            models.CheckConstraint(
                name="snapshot_scores_are_of_a_whole_territory",
                condition=Q(with_scores=False)
                | Q(department=None, on_list=None, batch=None, scene=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope_name} {self.as_of}"

    @property
    def title(self) -> str:
        """What the report is called on its cover; a list or a batch says itself which it is."""
        sample = _SAMPLE if self.is_demo and _SAMPLE not in self.scope_name else ""
        lists = "" if self.on_list_id or self.batch else "数据共享责任清单"
        return f"{sample}{self.scope_name}{lists}落实情况"

    @property
    def file_stem(self) -> str:
        """The title as a name of a file that every disk can hold."""
        return self.title.translate(_NOT_IN_FILE_NAMES)[:_LONGEST_STEM].strip()

    @property
    def is_shown(self) -> bool:
        """Whether it was published, be it withdrawn since."""
        return self.state in (self.State.PUBLISHED, self.State.WITHDRAWN)


# What two snapshots of one scope have in common.
SCOPE_FIELDS = (
    *("region_id", "department_id", "on_list_id"),
    *("batch", "batch_kind", "batch_level", "scene"),
)
_SHOWN = Q(state__in=[Snapshot.State.PUBLISHED, Snapshot.State.WITHDRAWN])
