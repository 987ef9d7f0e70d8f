"""What is chosen on the page of a new dispatch: items by a filter, duties, bodies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import django_filters as df
from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.api.filters import KeyFilter
from accounts.models import Department, DepartmentGroup, Level, User
from obligations import forms as fields
from obligations.fanning_out import OWN, Choice, DutyChoice, Named
from obligations.fanning_out.choosing import BUREAUS
from obligations.filters import TEXT, ItemFilter, any_of, items_of, lists_of, of_batch
from obligations.models import Dispatch, Duty, ListItem, ResponsibilityList, RoleInItem
from obligations.models.lists import ListItemQuerySet
from obligations.today import today

_SEPARATED = "、，,；;\n"


def bodies_of(request: HttpRequest | None) -> Any:
    """Departments that some visible item names first."""
    if request is None or not request.user.is_authenticated:
        return Department.objects.none()
    seen = ListItem.objects.visible_to(request.user).in_force()
    return Department.objects.filter(pk__in=seen.values("body")).order_by("position", "pk")


class DispatchItemFilter(ItemFilter):
    """Items in force, by what a coordinator looks for."""

    force = None
    list = df.ModelChoiceFilter(method="of_list", queryset=lists_of, **any_of(_("List")))
    batch = df.NumberFilter(
        method="of_batch",
        label=_("Batch"),
        min_value=1,
        max_value=999,
        widget=forms.NumberInput(attrs={"class": "form-control", "min": 1}),
    )
    body = df.ModelChoiceFilter(queryset=bodies_of, **any_of(_("Body named")))
    scene = df.CharFilter(method="of_scene", label=_("Scene (doing one thing)"), widget=TEXT)
    item = KeyFilter(field_name="pk", widget=forms.HiddenInput)
    again = KeyFilter(method="of_dispatch", widget=forms.HiddenInput)

    class Meta:
        model = ListItem
        fields: list[str] = []

    def of_list(
        self, rows: ListItemQuerySet, name: str, value: ResponsibilityList
    ) -> ListItemQuerySet:
        return rows.filter(pk__in=items_of(value).values("pk"))

    def of_batch(self, rows: ListItemQuerySet, name: str, value: Any) -> ListItemQuerySet:
        return rows.filter(of_batch(value))

    def of_scene(self, rows: ListItemQuerySet, name: str, value: str) -> ListItemQuerySet:
        return rows.filter(scenes__contains=value.strip())

    def of_dispatch(self, rows: ListItemQuerySet, name: str, value: Any) -> ListItemQuerySet:
        return rows.filter(dispatches=value)


def narrowed(request: HttpRequest, *, user: User) -> tuple[DispatchItemFilter, ListItemQuerySet]:
    """The filter of the address, and the items in force that it lets through."""
    rows = ListItem.objects.visible_to(user).in_force()
    found = DispatchItemFilter(request.GET, queryset=rows, request=request)
    return found, found.qs if found.is_valid() else rows.none()


class DispatchForm(forms.Form):
    """The words around the choice; duties and bodies are read from the same data."""

    lead_names = fields.words(_("Leading, by name"), required=False)
    supporting_names = fields.words(_("Supporting, by name"), required=False)
    members_on = fields.date(
        _("Groups as they stand on"), help_text=_("Left empty: today."), required=False
    )
    document_number = fields.text(
        _("Document number of the superior body"),
        size=100,
        help_text=_("Needed where a national row gets a later date."),
    )
    issue = forms.BooleanField(
        label=_("Issue at once, with one notice"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    note = fields.words(
        _("Note for the departments"),
        required=False,
        help_text=_("It stands on the notice of issue."),
    )


@dataclass(frozen=True)
class Ticked:
    """One line that may be ticked as leading or as supporting."""

    key: str
    name: str
    role: str = ""
    more: str = ""


@dataclass
class Chosen:
    """What was ticked so far; what the page shows and what the process takes."""

    duties: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    form: DispatchForm = field(default_factory=DispatchForm)

    @classmethod
    def posted(cls, data: QueryDict) -> Chosen:
        duties = {code: data.get(f"due-{code}", "") for code in data.getlist("duty")}
        roles = dict.fromkeys(data.getlist("supporting"), str(RoleInItem.SUPPORTING))
        roles |= dict.fromkeys(data.getlist("lead"), str(RoleInItem.LEAD))
        return cls(duties, roles, DispatchForm(data))

    @classmethod
    def kept(cls, row: Dispatch) -> Chosen:
        """The choice of an earlier dispatch, to be made again with changes."""
        names: dict[str, list[str]] = {"lead": [], "supporting": []}
        roles = {}
        for one in row.bodies:
            named = Named(one["key"], one["role"])
            if named.name:
                names[named.role].append(named.name)
            else:
                roles[named.key] = named.role
        facts = {name: getattr(row, name) for name in ("document_number", "issue", "note")}
        facts |= {f"{role}_names": "、".join(found) for role, found in names.items()}
        duties = {one["duty"]: one["due"] for one in row.duties}
        return cls(duties, roles, DispatchForm(initial={**facts, "members_on": row.members_on}))

    def choice(self) -> Choice:
        """As the process takes it; the form is valid."""
        said = self.form.cleaned_data
        bodies = [Named(key, role) for key, role in self.roles.items()]
        for role in RoleInItem.values:
            bodies += [Named(f"name:{one}", role) for one in _names(said[f"{role}_names"])]
        return Choice(
            duties=tuple(DutyChoice(code, due) for code, due in self.duties.items()),
            bodies=tuple(bodies),
            members_on=said["members_on"] or today(),
            document_number=said["document_number"],
            issue=said["issue"],
            note=said["note"],
        )

    @property
    def duty_lines(self) -> list[tuple[str, str, bool, str]]:
        """(code, label, ticked, due) of every duty."""
        return [
            (code, str(label), code in self.duties, self.duties.get(code, ""))
            for code, label in Duty.choices
        ]

    @property
    def own(self) -> bool:
        return OWN in self.roles

    def group_lines(self) -> list[Ticked]:
        """The cities' data bureaus, and all groups."""
        groups = DepartmentGroup.objects.order_by("kind", "name")
        known = [(f"group:{one.pk}", one.name) for one in groups]
        bureaus = (BUREAUS, str(_("the data bureaus of all cities")))
        return [self._line(key, name) for key, name in (bureaus, *known)]

    def department_lines(self, user: User) -> Iterator[tuple[str, list[Ticked]]]:
        """Departments of our own by region, those of the province first."""
        found = Department.objects.visible_to(user).existing(on=today())
        rows = found.exclude(level=Level.CENTRAL).select_related("region")
        by_region: dict[str, list[Ticked]] = {}
        for one in rows.order_by("region__parent_id", "position", "pk"):
            place = one.region.name if one.region else "—"
            by_region.setdefault(place, []).append(self._line(f"department:{one.pk}", one.name))
        yield from by_region.items()

    def _line(self, key: str, name: str) -> Ticked:
        return Ticked(key, name, self.roles.get(key, ""))


def _names(text: str) -> Iterable[str]:
    for mark in _SEPARATED:
        text = text.replace(mark, "、")
    return dict.fromkeys(one.strip() for one in text.split("、") if one.strip())


@dataclass(frozen=True)
class Described:
    """A kept choice in words."""

    duties: list[tuple[str, str]]
    lead: list[str]
    supporting: list[str]
    own: bool


def described(row: Dispatch) -> Described:
    """Names as they are today; a key where the row of it is gone."""
    named = [Named(one["key"], one["role"]) for one in row.bodies]
    departments = _names_of(Department.objects, "department", named)
    groups = _names_of(DepartmentGroup.objects, "group", named)
    known = departments | groups | {BUREAUS: str(_("the data bureaus of all cities"))}
    by_role: dict[str, list[str]] = {role: [] for role in RoleInItem.values}
    for one in named:
        if one.key != OWN:
            by_role[one.role].append(one.name or known.get(one.key, one.key))
    duties = [(str(Duty(one["duty"]).label), one["due"]) for one in row.duties]
    own = any(one.key == OWN for one in named)
    return Described(duties, by_role["lead"], by_role["supporting"], own)


def _names_of(rows: Any, sort: str, named: Iterable[Named]) -> dict[str, str]:
    keys = [one.number for one in named if one.key.startswith(f"{sort}:")]
    found = rows.filter(pk__in=keys).values_list("pk", "name")
    return {f"{sort}:{pk}": name for pk, name in found}
