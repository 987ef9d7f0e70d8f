"""What the departments' invented systems do, as the simulator reads it: their keys with what each
delivers, and the port at which they are probed."""

from __future__ import annotations

import socket
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from accounts.errors import RuleViolation
from accounts.models import User
from docking import endpoints, hosts
from docking.endpoints import FIELDS
from docking.models import AllowedHost, Endpoint
from obligations.channels import sealing
from obligations.models import Duty, Obligation, Status
from reports.sampling.delivering import SYSTEMS
from reports.sampling.staff import Staff
from sharing_lists import push_keys
from sharing_lists.models import PushKey
from sharing_lists.promises import BY_CALLS
from simulator import plan
from simulator.answering import ADDRESS
from simulator.plan import Habit, Plan, Resource, System

FILE = "simulator.json"
# The permission to probe the simulator: one host and port on the list, like any other.
DOCUMENT = "【示例】示例政数〔2026〕12号"
_NOTE = "【示例】模拟的部门系统（仅本机回环地址）"
_PLACE = ("deliveries__key__department", "deliveries__key__system")
_TERMS = (
    *("item__title", "item__sharing_terms__catalogue_code"),
    *("item__sharing_terms__update_cycle", "item__sharing_terms__share_mode"),
)
# Where it is looked for first, seen from the port of the pages.
_APART = 10_000


def is_wanted() -> bool:
    """Whether the sample province is there: what its systems signed stands under sample lists."""
    return _delivered().exists()


def write_plan(folder: Path) -> Path:
    """From what the database holds; a port that somebody else took meanwhile is given up."""
    path = folder / FILE
    try:
        port = _settled_port()
    except (RuleViolation, PermissionDenied, ObjectDoesNotExist):
        # A visitor changed the accounts or the list: receipts come all the same.
        port = _free_port()
    plan.write(Plan(port, tuple(_systems())), path)
    return path


def allow() -> int:
    """Enter the simulator's address on the list of hosts that may be probed; its port."""
    port = _free_port()
    _allow(port)
    return port


def address(port: int, path: str) -> str:
    return f"http://{ADDRESS}:{port}{path}"


def _systems() -> Iterator[System]:
    """The keys in force, with what was signed by each system before; a broken one tries what its
    department owes."""
    habits = {name: habit for habit, name in SYSTEMS.items()}
    signed = _signed()
    current = PushKey.objects.filter(system__in=habits, expires_at=None, revoked_at=None)
    for key in current.select_related("department").order_by("pk"):
        habit, place = habits[key.system], (key.department_id, key.system)
        found = _owed(key) if habit == Habit.BROKEN else signed[place]
        try:
            secret = push_keys.secret_of(key).decode()
        except sealing.Unreadable:
            continue
        yield System(f"{key.department.name} {key.system}", habit, key.code, secret, tuple(found))


def _delivered() -> QuerySet[Obligation]:
    """What was signed by one of the systems, under sample lists alone."""
    rows = Obligation.objects.filter(deliveries__key__system__in=SYSTEMS.values())
    return rows.filter(item__list__is_demo=True)


def _signed() -> dict[tuple[int, str], list[Resource]]:
    rows = _delivered().exclude(status=Status.WITHDRAWN).order_by("pk").distinct()
    found: dict[tuple[int, str], list[Resource]] = defaultdict(list)
    for department, system, *terms in rows.values_list(*_PLACE, *_TERMS):
        found[department, system].append(_resource(*terms))
    return found


def _owed(key: PushKey) -> list[Resource]:
    rows = Obligation.objects.filter(department=key.department, duty=Duty.SUPPLY, external=False)
    rows = rows.filter(item__list__is_demo=True)
    rows = rows.exclude(status__in=[Status.DRAFT, Status.WITHDRAWN]).order_by("pk")
    return [_resource(*terms) for terms in rows.values_list(*_TERMS)[:1]]


def _resource(title: str, code: str, cycle: str, mode: str) -> Resource:
    return Resource(code or title, cycle, mode in BY_CALLS)


# --- where it is probed ----------------------------------------------------------------------


@transaction.atomic
def _settled_port() -> int:
    """The one that is allowed. When it is taken, permission and endpoints move to another; when
    the permission was withdrawn, nothing is probed, and any port will do."""
    allowed = AllowedHost.objects.in_force().filter(host=ADDRESS, document_number=DOCUMENT).first()
    if allowed is None:
        return _free_port()
    if _is_free(int(allowed.port)):
        return int(allowed.port)
    port, people = _free_port(), Staff()
    _allow(port)
    there = Endpoint.objects.in_use().filter(host=ADDRESS, port=allowed.port)
    for endpoint in there.select_related("obligation__department"):
        said = {name: getattr(endpoint, name) for name in FIELDS}
        said["url"] = endpoint.url.replace(f":{allowed.port}/", f":{port}/")
        officer = people.officer(endpoint.obligation.department)
        endpoints.change(endpoint, by=officer, version=endpoint.version, **said)
    hosts.withdraw(allowed, by=_sysadmin(), version=allowed.version)
    return port


def _allow(port: int) -> None:
    hosts.allow(ADDRESS, port, document_number=DOCUMENT, note=_NOTE, by=_sysadmin())


def _sysadmin() -> User:
    return User.objects.get(username="sysadmin")


def _free_port() -> int:
    wanted: int = settings.PORT + _APART
    if wanted < 2**16 and _is_free(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True
