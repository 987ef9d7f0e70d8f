"""Many keys as one value that the database unpacks: one statement serves any number of them."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from django.db import connection
from django.db.models.expressions import RawSQL


def among(keys: Sequence[int]) -> RawSQL:
    """For `pk__in`. A list there is a parameter for each key, and SQLite takes so many at most."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])
    return RawSQL("SELECT value FROM json_each(%s)", [orjson.dumps(list(keys)).decode()])
