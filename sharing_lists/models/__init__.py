"""Terms, promises, deliveries, how deliveries come in, and requests for data."""

from sharing_lists.models.deliveries import Delivery
from sharing_lists.models.keys import PushKey, ReceiptRefusal
from sharing_lists.models.logs import DeliveryLog, UnmatchedRow
from sharing_lists.models.promises import Promise, PromiseRule
from sharing_lists.models.requests import DataRequest
from sharing_lists.models.terms import SharingTerms

__all__ = [
    "DataRequest",
    "Delivery",
    "DeliveryLog",
    "Promise",
    "PromiseRule",
    "PushKey",
    "ReceiptRefusal",
    "SharingTerms",
    "UnmatchedRow",
]
