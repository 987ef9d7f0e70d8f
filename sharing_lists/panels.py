"""What an obligation to supply data shows on its page: the promise and what arrived."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts import permissions
from accounts.models import Role, User
from obligations.models import Obligation, Status
from sharing_lists import outlook
from sharing_lists.forms import DeliveryForm, PromiseForm
from sharing_lists.models import Promise

DELIVERIES_SHOWN = 10


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
