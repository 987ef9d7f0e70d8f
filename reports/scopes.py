"""What a snapshot is about: a territory, and of it everything, or a list, a batch or a scene."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Department, Level, Region, User
from obligations.kinds import kinds
from obligations.models import ResponsibilityList, Status

if TYPE_CHECKING:
    from reports.models import ReportPlan, Snapshot


@dataclass(frozen=True)
class Batch:
    """The lists of one kind and level that came together."""

    kind: str
    level: str
    number: int

    @property
    def name(self) -> str:
        """国家级第7批政务数据共享责任清单."""
        with translation.override("zh-hans"):
            level = Level(self.level).label if self.level in Level.values else self.level
            kind = kinds()[self.kind].label if self.kind in kinds() else self.kind
            return f"{level}级第{self.number}批{kind}"


@dataclass(frozen=True)
class Scope:
    """At most one territory; without it, the whole province. At most one matter of it."""

    region: Region | None = None
    department: Department | None = None
    on_list: ResponsibilityList | None = None
    batch: Batch | None = None
    scene: str = ""

    @property
    def name(self) -> str:
        """How the reports call it."""
        return f"{self._territory}{self.matter_name}"

    @property
    def _territory(self) -> str:
        if self.department:
            return self.department.name
        return self.region.name if self.region else "全省"

    @property
    def matter_name(self) -> str:
        """Which part of all that the territory owes; nothing where it is all."""
        if self.on_list:
            return f"《{self.on_list.title}》"
        if self.batch:
            return self.batch.name
        return f"“{self.scene}”一件事" if self.scene else ""

    @classmethod
    def from_args(cls, args: dict[str, Any]) -> Scope:
        """The scope that a job's JSON arguments name."""
        region, department, on_list = (args.get(name) for name in ("region", "department", "list"))
        return cls(
            region=Region.objects.get(pk=region) if region else None,
            department=Department.objects.get(pk=department) if department else None,
            on_list=ResponsibilityList.objects.get(pk=on_list) if on_list else None,
            batch=Batch(*args["batch"]) if args.get("batch") else None,
            scene=args.get("scene") or "",
        )

    @classmethod
    def of_row(cls, row: Snapshot | ReportPlan) -> Scope:
        """What a snapshot was taken of, or a plan is about."""
        return cls(
            region=row.region,
            department=row.department,
            on_list=row.on_list,
            batch=batch_of(row),
            scene=row.scene,
        )

    @property
    def args(self) -> dict[str, Any]:
        """As JSON values, for a job; a matter stands there only where there is one."""
        matter = {
            "list": self.on_list.pk if self.on_list else None,
            "batch": [self.batch.kind, self.batch.level, self.batch.number] if self.batch else None,
            "scene": self.scene,
        }
        return {
            "region": self.region.pk if self.region else None,
            "department": self.department.pk if self.department else None,
            **{name: value for name, value in matter.items() if value},
        }

    @property
    def key(self) -> str:
        """What tells its jobs apart; short, whatever a scene is called."""
        args = self.args
        territory = f"{args.pop('region') or ''}:{args.pop('department') or ''}"
        if not args:
            return territory
        said = json.dumps(args, sort_keys=True, ensure_ascii=False)
        return f"{territory}:{hashlib.sha256(said.encode()).hexdigest()[:32]}"

    @property
    def columns(self) -> dict[str, Any]:
        """As a snapshot keeps it."""
        return {
            "region": self.region,
            "department": self.department,
            "on_list": self.on_list,
            "batch": self.batch.number if self.batch else None,
            "batch_kind": self.batch.kind if self.batch else "",
            "batch_level": self.batch.level if self.batch else "",
            "scene": self.scene,
        }

    @property
    def has_matter(self) -> bool:
        return bool(self.on_list or self.batch or self.scene)

    def of(self, rows: QuerySet[Any], *, prefix: str = "") -> QuerySet[Any]:
        """The obligations in scope; `prefix` leads to the obligation from other rows."""
        rows = self.of_matter(rows, item=f"{prefix}item__")
        if self.region:
            return rows.filter(**{f"{prefix}department__region": self.region})
        if self.department:
            # A department does not see what has not been issued to it yet.
            own = rows.filter(**{f"{prefix}department": self.department}, external=False)
            reached = {f"{prefix}issued_at": None, "status": Status.WITHDRAWN}
            return own.exclude(status=Status.DRAFT).exclude(**reached)
        return rows

    def of_items(self, items: QuerySet[Any]) -> QuerySet[Any]:
        """The items in scope, by the body of their row."""
        if self.department:
            items = items.filter(body=self.department)
        if self.region:
            items = items.filter(body__region=self.region)
        return self.of_matter(items, item="")

    def of_matter(self, rows: QuerySet[Any], *, item: str) -> QuerySet[Any]:
        """What belongs to the list, the batch or the scene; `item` leads to the list's item."""
        if self.on_list:
            return rows.filter(**{f"{item}list": self.on_list})
        if self.batch:
            held = {"kind": self.batch.kind, "level": self.batch.level, "batch": self.batch.number}
            return rows.filter(**{f"{item}list__{name}": value for name, value in held.items()})
        if self.scene:
            return rows.filter(**{f"{item}scenes__contains": f"、{self.scene}、"})
        return rows


def batch_of(row: Snapshot | ReportPlan) -> Batch | None:
    """The batch that a snapshot or a plan is about."""
    if row.batch is None:
        return None
    return Batch(row.batch_kind, row.batch_level, row.batch)


def scope_of(user: User | None) -> Scope:
    """What a user's reports are about unless they say otherwise; the machine's: the province."""
    if user is None:
        return Scope()
    if user.role in user.OF_A_DEPARTMENT:
        return Scope(department=user.department)
    return Scope(region=user.region)


def require_in_scope(scope: Scope, *, by: User) -> None:
    """Raise PermissionDenied for a territory beyond the user's own, or a list that is hidden."""
    own = scope_of(by)
    refusal = PermissionDenied(_("This scope is not yours to report on."))
    territory = (scope.region, scope.department)
    if own != Scope() and territory != (own.region, own.department):
        inside = own.region and scope.department and scope.department.region_id == own.region.pk
        if not inside:
            raise refusal
    lists = ResponsibilityList.objects.visible_to(by)
    if scope.on_list and not lists.filter(pk=scope.on_list.pk).exists():
        raise refusal
