"""How obligations are narrowed down: one filter for pages and exports."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as df
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from obligations import findings, light_rules, rates
from obligations.kinds import kind_choices
from obligations.models import (
    Block,
    Digest,
    Duty,
    Edition,
    Exemption,
    Extension,
    ItemChange,
    Light,
    ListItem,
    Objection,
    Obligation,
    ResponsibilityList,
    RoleInItem,
    Status,
)
from obligations.models.lists import ListItemQuerySet
from obligations.models.obligation import ObligationQuerySet
from obligations.today import today
from obligations.workdays import FIRST_DAY

SELECT = forms.Select(attrs={"class": "form-select"})
TEXT = forms.TextInput(attrs={"class": "form-control"})
DATE = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")

# Where to look for what waits for somebody's decision.
WAITING = [
    ("acceptance", _("an overdue acceptance")),
    ("extension", _("an extension to decide")),
    ("block", _("a block to decide")),
    ("exemption", _("an exemption to decide")),
    ("objection", _("an objection to rule on")),
]
_REQUESTS: dict[str, Any] = {
    "block": Block.objects,
    "exemption": Exemption.objects,
    "extension": Extension.objects,
    "objection": Objection.objects,
}
SCOPES = [("own", _("of our own departments")), ("external", _("of central bodies"))]
FORCE = [
    ("in_force", _("all in force")),
    ("withdrawn", _("withdrawn ones only")),
    ("all", _("withdrawn ones as well")),
]


def departments_of(request: HttpRequest | None) -> Any:
    """Departments that owe something the user may see, in their official order."""
    if request is None or not request.user.is_authenticated:
        return Department.objects.none()
    seen = Obligation.objects.visible_to(request.user).filter(department=OuterRef("pk"))
    return Department.objects.filter(Exists(seen)).order_by("position", "pk")


def lists_of(request: HttpRequest | None) -> Any:
    """Lists of which the user may see something."""
    if request is None or not request.user.is_authenticated:
        return ResponsibilityList.objects.none()
    return ResponsibilityList.objects.visible_to(request.user).order_by("kind", "-batch", "pk")


def editions_of(request: HttpRequest | None) -> Any:
    """Editions that did something which the user may see, the newest of each list first."""
    if request is None or not request.user.is_authenticated:
        return Edition.objects.none()
    found = Edition.objects.visible_to(request.user).standing().select_related("list")
    return found.order_by("list__kind", "-list__batch", "list_id", "-number")


def of_batch(batch: Any, *, item: str = "") -> Q:
    """Items of a batch, and those of earlier ones that it names again. `item`: path to the item."""
    again = ItemChange.objects.naming_again().filter(edition__list__batch=batch)
    return Q(**{f"{item}list__batch": batch}) | Q(**{f"{item}pk__in": again.values("item")})


def touched_by(edition: Edition, *, item: str = "") -> Q:
    """Items to which the edition did anything."""
    changes = ItemChange.objects.filter(edition=edition)
    return Q(**{f"{item}pk__in": changes.values("item")})


def items_of(home: ResponsibilityList) -> ListItemQuerySet:
    """What a list names: its own items, and those of earlier batches."""
    again = ItemChange.objects.naming_again().filter(edition__list=home)
    return ListItem.objects.filter(Q(list=home) | Q(pk__in=again.values("item")))


def day_of(text: str) -> dt.date | None:
    """The day that an address names; today where it names none, None where it cannot be read."""
    try:
        return parse_date(text) if text else today()
    except ValueError:
        return None


def past_day_of(text: str) -> dt.date:
    """As `day_of`; today also for a day to come, one before any calendar, or none at all."""
    found = day_of(text)
    return found if found and FIRST_DAY <= found <= today() else today()


def any_of(label: Any) -> dict[str, Any]:
    """The arguments that all choices share."""
    return {"label": label, "empty_label": _("All"), "widget": SELECT}


class EditionField(df.fields.ModelChoiceField):  # type: ignore[misc]
    def label_from_instance(self, obj: Edition) -> str:
        return _("%(list)s, edition %(number)s") % {"list": obj.list.title, "number": obj.number}


class EditionFilter(df.ModelChoiceFilter):  # type: ignore[misc]
    field_class = EditionField


class ItemFilter(df.FilterSet):  # type: ignore[misc]
    """How the items of a list are narrowed down."""

    q = df.CharFilter(method="search", label=_("Title or department contains"), widget=TEXT)
    force = df.ChoiceFilter(method="of_force", choices=FORCE, **any_of(_("In force")))
    edition = EditionFilter(
        method="of_edition", queryset=editions_of, **any_of(_("Touched by edition"))
    )

    class Meta:
        model = ListItem
        fields: list[str] = []

    def search(self, rows: ListItemQuerySet, name: str, value: str) -> ListItemQuerySet:
        found = Q(title__icontains=value) | Q(body_text__icontains=value)
        return rows.filter(found | Q(body__name__icontains=value))

    def of_force(self, rows: ListItemQuerySet, name: str, value: str) -> ListItemQuerySet:
        if value == "all":
            return rows
        return rows.filter(withdrawn_on__isnull=value == "in_force")

    def of_edition(self, rows: ListItemQuerySet, name: str, value: Edition) -> ListItemQuerySet:
        return rows.filter(touched_by(value))


class ObligationFilter(df.FilterSet):  # type: ignore[misc]
    """Every filter may be combined with every other."""

    q = df.CharFilter(method="search", label=_("Title or department contains"), widget=TEXT)
    department = df.ModelChoiceFilter(queryset=departments_of, **any_of(_("Department")))
    kind = df.ChoiceFilter(
        field_name="item__list__kind", choices=kind_choices, **any_of(_("Kind of list"))
    )
    list = df.ModelChoiceFilter(field_name="item__list", queryset=lists_of, **any_of(_("List")))
    batch = df.NumberFilter(
        method="of_batch",
        label=_("Batch"),
        widget=forms.NumberInput(attrs={"class": "form-control", "min": 1}),
    )
    edition = EditionFilter(
        method="of_edition", queryset=editions_of, **any_of(_("Touched by edition"))
    )
    force = df.ChoiceFilter(method="of_force", choices=FORCE, **any_of(_("In force")))
    status = df.ChoiceFilter(method="of_status", choices=Status.choices, **any_of(_("Status")))
    light = df.ChoiceFilter(choices=Light.choices, **any_of(_("Light")))
    duty = df.ChoiceFilter(choices=Duty.choices, **any_of(_("Duty")))
    role = df.ChoiceFilter(
        field_name="role_in_item", choices=RoleInItem.choices, **any_of(_("Lead or supporting"))
    )
    scene = df.CharFilter(method="of_scene", label=_("Scene (doing one thing)"), widget=TEXT)
    due_from = df.DateFilter("due_on", "gte", label=_("Due from"), widget=DATE)
    due_to = df.DateFilter("due_on", "lte", label=_("Due to"), widget=DATE)
    scope = df.ChoiceFilter(method="of_scope", choices=SCOPES, **any_of(_("Owed by")))
    waiting = df.ChoiceFilter(method="waiting_for", choices=WAITING, **any_of(_("Waiting for")))
    depends_on = df.NumberFilter(
        field_name="depends_on_id",
        label=_("Depends on"),
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.HiddenInput,
    )
    reminded = df.CharFilter(method="of_reminder", widget=forms.HiddenInput)
    finding = df.CharFilter(method="of_finding", widget=forms.HiddenInput)
    indicator = df.CharFilter(method="of_indicator", widget=forms.HiddenInput)
    # They say which part of the indicator, and on which day; they narrow nothing by themselves.
    part = df.CharFilter(method="as_it_is", widget=forms.HiddenInput)
    on = df.CharFilter(method="as_it_is", widget=forms.HiddenInput)
    home_batch = df.NumberFilter(
        field_name="item__list__batch", max_value=2**31 - 1, widget=forms.HiddenInput
    )
    level = df.CharFilter(field_name="item__list__level", widget=forms.HiddenInput)
    region = df.NumberFilter(
        field_name="department__region_id", max_value=2**63 - 1, widget=forms.HiddenInput
    )
    turning = df.CharFilter(method="of_turning", widget=forms.HiddenInput)
    dispatch = df.NumberFilter(
        field_name="dispatch_id", min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )
    overdue = df.BooleanFilter(
        method="only_overdue",
        label=_("Overdue only"),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    class Meta:
        model = Obligation
        fields: list[str] = []

    def search(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        found = Q(item__title__icontains=value) | Q(department__name__icontains=value)
        named = Q(item__body_text__icontains=value) | Q(item__body__name__icontains=value)
        return rows.filter(found | named)

    def of_batch(self, rows: ObligationQuerySet, name: str, value: Any) -> ObligationQuerySet:
        return rows.filter(of_batch(value, item="item__"))

    def of_edition(self, rows: ObligationQuerySet, name: str, value: Edition) -> ObligationQuerySet:
        return rows.filter(touched_by(value, item="item__"))

    def of_force(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        gone = Q(status=Status.WITHDRAWN) | Q(item__withdrawn_on__isnull=False)
        if value == "all":
            return rows
        return rows.filter(gone) if value == "withdrawn" else rows.exclude(gone)

    def of_status(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        # What central bodies owe is opened, not issued: it never was a draft waiting for that.
        found = rows.filter(external=False) if value == Status.DRAFT else rows
        return found.filter(status=value)

    def of_scene(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        return rows.filter(item__scenes__contains=value.strip())

    def of_scope(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        return rows.filter(external=value == "external")

    def waiting_for(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        if value == "acceptance":
            return rows.acceptance_overdue(on=today())
        asked = _REQUESTS[value].filter(obligation=OuterRef("pk"), outcome="")
        return rows.filter(Exists(asked))

    def of_reminder(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        """The rows that one line of the reader's own reminder names: “digest.source”."""
        key, _dot, source = value.partition(".")
        if not key.isascii() or not key.isdecimal() or len(key) > 18:
            return rows.none()
        digest = Digest.objects.visible_to(self.request.user).filter(pk=int(key)).first()
        line = digest.line(source) if digest else None
        return rows.filter(pk__in=line["ids"]) if line else rows.none()

    def of_finding(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        """The rows of which a check finds something on a day, or now."""
        text = self.data.get("on", "")
        on = day_of(text) if text else None
        return rows.none() if text and on is None else findings.rows_of(rows, value, on=on)

    def of_indicator(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        """The rows that one part of an indicator counts on a day."""
        part, on = self.data.get("part", ""), day_of(self.data.get("on", ""))
        if on is None or on > today():
            return rows.none()
        return rates.rows_of(rows, value, part=part, on=on, today=today())

    def as_it_is(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        return rows

    def of_turning(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        """The rows whose light a drafted rule would turn."""
        return light_rules.turning(rows, value)

    def only_overdue(self, rows: ObligationQuerySet, name: str, value: bool) -> ObligationQuerySet:
        return rows.overdue() if value else rows


def items_to_give_back(home: ResponsibilityList, request: HttpRequest) -> ListItemQuerySet:
    """The items of a list that the request's filter lets through: those in force, unless it says
    otherwise; nothing where it is not valid."""
    rows = items_of(home)
    found = ItemFilter(request.GET, queryset=rows, request=request)
    if not found.is_valid():
        return rows.none()
    narrowed: ListItemQuerySet = found.qs
    return narrowed if found.form.cleaned_data["force"] else narrowed.in_force()
