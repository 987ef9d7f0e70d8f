"""Tables of system docking: terms of items, milestones, endpoints and what probes saw."""

from docking.models.endpoints import Endpoint, EndpointQuerySet, StateChange
from docking.models.hosts import AllowedHost, MaintenanceWindow
from docking.models.milestones import Milestone, Stage
from docking.models.probes import ProbeDay, ProbeResult
from docking.models.terms import DockingTerms
from docking.models.words import Word

__all__ = [
    "AllowedHost",
    "DockingTerms",
    "Endpoint",
    "EndpointQuerySet",
    "MaintenanceWindow",
    "Milestone",
    "ProbeDay",
    "ProbeResult",
    "Stage",
    "StateChange",
    "Word",
]
