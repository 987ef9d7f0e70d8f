"""Groups of departments, for the coordinators: those of the province keep them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import groups
from accounts.access import for_verb, signed_in
from accounts.forms import carried_out
from accounts.group_forms import DayForm, GroupForm, GroupNameForm, LastDayForm, MembersForm
from accounts.models import DepartmentGroup
from accounts.names import Directory
from accounts.versions import require_version_field


@require_http_methods(["GET", "POST"])
@for_verb("keep_groups")
def groups_list(request: HttpRequest) -> HttpResponse:
    """All groups and mechanisms with their members of today; a new one."""
    by = signed_in(request)
    form = GroupForm(request.POST or None)
    made: list[DepartmentGroup] = []
    if request.method == "POST" and carried_out(
        form, lambda: made.append(groups.make(**form.cleaned_data, by=by))
    ):
        messages.success(request, _("Made. Now say who belongs to it."))
        return redirect("accounts:group", made[0].pk)
    standing = Directory(timezone.localdate()).groups
    rows = [
        (
            group,
            len(standing[group.pk].members),
            [one.name for one in group.names.all() if one.name != group.name],
        )
        for group in DepartmentGroup.objects.prefetch_related("names").order_by("kind", "name")
    ]
    context = {"rows": rows, "form": form, "may_keep": groups.is_keeper(by)}
    return render(request, "accounts/groups.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_verb("keep_groups")
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """One group: its names, its members on a day, and what it is."""
    found = get_object_or_404(DepartmentGroup, pk=pk)
    if request.method == "GET":
        return _show(request, found)
    form, version = GroupForm(request.POST), require_version_field(request.POST)
    by = signed_in(request)
    if carried_out(form, lambda: groups.change(found, **form.cleaned_data, by=by, version=version)):
        messages.success(request, _("Saved."))
        return redirect("accounts:group", pk)
    return _show(request, found, form=form)


@require_POST
@for_verb("keep_groups")
def add_name(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(DepartmentGroup, pk=pk)
    form, version, by = (
        GroupNameForm(request.POST),
        require_version_field(request.POST),
        signed_in(request),
    )
    if carried_out(
        form,
        lambda: groups.add_name(found, form.cleaned_data["name"], by=by, version=version),
    ):
        messages.success(request, _("Documents may say this name now."))
        return redirect("accounts:group", pk)
    return _show(request, found, name_form=form)


@require_POST
@for_verb("keep_groups")
def drop_name(request: HttpRequest, pk: int, name: int) -> HttpResponse:
    found = get_object_or_404(DepartmentGroup, pk=pk)
    groups.drop_name(
        found, name, by=signed_in(request), version=require_version_field(request.POST)
    )
    messages.success(request, _("Documents that say this name no longer mean the group."))
    return redirect("accounts:group", pk)


@require_POST
@for_verb("keep_groups")
def add_members(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(DepartmentGroup, pk=pk)
    form, version, by = (
        MembersForm(request.POST),
        require_version_field(request.POST),
        signed_in(request),
    )
    if carried_out(
        form, lambda: groups.add_members(found, **form.cleaned_data, by=by, version=version)
    ):
        messages.success(request, _("Saved."))
        return redirect("accounts:group", pk)
    return _show(request, found, members_form=form)


@require_POST
@for_verb("keep_groups")
def end_member(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    found = get_object_or_404(DepartmentGroup, pk=pk)
    form, version = LastDayForm(request.POST), require_version_field(request.POST)
    if form.is_valid():
        last = form.cleaned_data["last"]
        groups.end_member(found, member, last=last, by=signed_in(request), version=version)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Give the last day of the membership as a date."))
    return redirect("accounts:group", pk)


def _show(request: HttpRequest, found: DepartmentGroup, **bound: Any) -> HttpResponse:
    asked = DayForm(request.GET if "on" in request.GET else None)
    on: dt.date = asked.cleaned_data["on"] if asked.is_valid() else timezone.localdate()
    said = {"name": found.name, "kind": found.kind, "rule": found.rule}
    context = {
        "group": found,
        "names": found.names.order_by("pk"),
        "on": on,
        "day_form": DayForm(initial={"on": on}),
        "members": Directory(on).groups[found.pk].members,
        "memberships": found.memberships.select_related("department").order_by(
            "department__position", "department_id", "valid_from"
        ),
        "form": GroupForm(initial=said),
        "name_form": GroupNameForm(),
        "members_form": MembersForm(),
        "may_keep": groups.is_keeper(signed_in(request)),
        **bound,
    }
    return render(request, "accounts/group.html", context, status=422 if bound else 200)
