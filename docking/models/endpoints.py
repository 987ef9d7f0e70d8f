"""What a department says can be asked to see that its system lives, and how it stands."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import pgettext_lazy

from docking.models.hosts import AllowedHost, MaintenanceWindow
from docking.models.words import label_of
from obligations.models import Obligation

if TYPE_CHECKING:
    from accounts.models import User


_LISTED = AllowedHost.objects.in_force().filter(host=OuterRef("host"), port=OuterRef("port"))


def _windows(
    at: dt.datetime, until: dt.datetime | None = None
) -> models.QuerySet[MaintenanceWindow]:
    own = Q(obligation=None) | Q(obligation=OuterRef("obligation"))
    return MaintenanceWindow.objects.in_force(at=at, until=until).filter(own)


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def visible_to(self, user: User) -> EndpointQuerySet:
        """Those of the obligations that the user may see."""
        return self.filter(obligation__in=Obligation.objects.visible_to(user))

    def in_use(self) -> EndpointQuerySet:
        """Not retired, of an obligation that stands."""
        return self.filter(retired_at=None).exclude(obligation__status__in=["draft", "withdrawn"])

    def allowed(self) -> EndpointQuerySet:
        """Those whose host and port stand on the list."""
        return self.alias(listed=Exists(_LISTED)).filter(listed=True)

    def not_allowed(self) -> EndpointQuerySet:
        return self.alias(listed=Exists(_LISTED)).filter(listed=False)

    def with_permission(self) -> EndpointQuerySet:
        """Each with `is_allowed`: whether its host and port stand on the list."""
        return self.annotate(is_allowed=Exists(_LISTED))

    def outside_maintenance(self, *, at: dt.datetime, until: dt.datetime) -> EndpointQuerySet:
        """Those without a maintenance window at any moment from one to the other."""
        return self.alias(maintained=Exists(_windows(at, until))).filter(maintained=False)

    def with_maintenance(self, *, at: dt.datetime) -> EndpointQuerySet:
        """Each with `is_maintained`: whether a maintenance window stands at that time."""
        return self.annotate(is_maintained=Exists(_windows(at)))


class Endpoint(models.Model):
    """One address and what it should answer. The state turns after some results in a row."""

    class Method(models.TextChoices):
        GET = "GET", "GET"
        HEAD = "HEAD", "HEAD"

    class State(models.TextChoices):
        UNKNOWN = "unknown", pgettext_lazy("endpoint", "not known yet")
        UP = "up", pgettext_lazy("endpoint", "reachable")
        DOWN = "down", pgettext_lazy("endpoint", "not reachable")

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="endpoints")
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    # Of the address, as the list of allowed hosts writes them.
    host = models.CharField(max_length=253, editable=False)
    port = models.PositiveIntegerField(editable=False)
    method = models.CharField(max_length=4, choices=Method.choices, default=Method.GET)
    expected_status = models.PositiveSmallIntegerField(default=200)
    # What the answer must hold: this text, or this JSON field (with this value, if one is given).
    text = models.CharField(max_length=200, blank=True)
    json_field = models.CharField(max_length=200, blank=True)
    json_value = models.CharField(max_length=200, blank=True)
    latency_limit_ms = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.UNKNOWN)
    state_since = models.DateTimeField(null=True, blank=True)
    # As many as count: more of a kind leave them as they are.
    failure_count = models.PositiveSmallIntegerField(default=0)
    success_count = models.PositiveSmallIntegerField(default=0)
    probed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="endpoint_port_known", condition=Q(port__gte=1, port__lte=65535)
            ),
            models.CheckConstraint(
                name="endpoint_status_known",
                condition=Q(expected_status__gte=100, expected_status__lte=599),
            ),
            models.CheckConstraint(
                name="endpoint_state_known", condition=Q(state__in=["unknown", "up", "down"])
            ),
            models.CheckConstraint(
                name="endpoint_head_has_no_body",
                condition=Q(method="GET") | Q(method="HEAD", text="", json_field=""),
            ),
            models.CheckConstraint(
                name="endpoint_value_of_a_field",
                condition=Q(json_value="") | ~Q(json_field=""),
            ),
        ]
        indexes = [models.Index(fields=["host", "port"], name="endpoint_by_host")]

    def __str__(self) -> str:
        return self.name


class StateChange(models.Model):
    """From when an endpoint was known to be what."""

    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.PROTECT, related_name="changes", db_index=False
    )
    state = models.CharField(max_length=7, choices=Endpoint.State.choices)
    at = models.DateTimeField()
    # The first error word of a fall, or why nothing is known any more.
    why = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [models.Index(fields=["endpoint", "-at"], name="state_change_by_endpoint")]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.state}"

    @property
    def why_label(self) -> str:
        return label_of(self.why)
