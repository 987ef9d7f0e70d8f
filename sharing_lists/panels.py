"""What an obligation to supply data shows on its page: promise, what arrived, requests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts import permissions
from accounts.models import Role, User
from obligations.models import Duty, Obligation, Status
from sharing_lists import outlook, request_lines
from sharing_lists.forms import DeliveryForm, PromiseForm
from sharing_lists.models import Promise
from sharing_lists.request_forms import RequestForm, acts

DELIVERIES_SHOWN = 10
REQUESTS_SHOWN = 20


def promise(row: Obligation, user: User, on: dt.date) -> dict[str, Any] | None:
    """None where nothing is supplied, or nothing is shared."""
    found = outlook.of(row, on=on)
    if found is None or row.item.sharing_terms.share_type == "refused":
        return None
    taken = row.status not in (Status.DRAFT, Status.WITHDRAWN)
    context: dict[str, Any] = {
        "outlook": found,
        "deliveries": found.deliveries[:DELIVERIES_SHOWN],
        "count": len(found.deliveries),
        "today": on,
        "may_take_back": permissions.may(user, "record_delivery"),
        "takes_back_all": user.role == Role.COORDINATOR,
    }
    if taken and permissions.may(user, "record_delivery"):
        context["delivery_form"] = DeliveryForm(initial={"arrived_on": on}, prefix="delivery")
    if permissions.may(user, "keep_promises"):
        settings = getattr(row.item, "promise", None) or Promise(item=row.item, version=0)
        context["settings"] = settings
        context["promise_form"] = PromiseForm.of(settings)
    return context


def requests(row: Obligation, user: User, on: dt.date) -> dict[str, Any] | None:
    """共享申请与校核; None where nothing can be asked for."""
    is_asked = row.duty == Duty.SUPPLY and not row.external and row.status != Status.DRAFT
    if not is_asked or row.item.sharing_terms.share_type == "refused":
        return None
    found = request_lines.of_obligation(row, user, on=on, most=REQUESTS_SHOWN)
    taken = row.status != Status.WITHDRAWN and permissions.may(user, "record_request")
    return {
        "lines": [(line, acts(line.verbs, line.request.pk, on=on)) for line in found],
        "most": REQUESTS_SHOWN,
        "today": on,
        "form": RequestForm(by=user, on=on, row=row) if taken else None,
    }
