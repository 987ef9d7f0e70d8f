"""Writes changed fields of many rows back, where `bulk_update` would cost minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db import connection, models

from obligations.chunks import chunks


def write_back(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these fields of rows that stand already.

    One short statement per row, prepared once: `bulk_update` builds a CASE for each field, with a
    branch per row, which takes the database twenty times as long to read.
    """
    if not rows or not names:
        return
    meta = rows[0]._meta
    fields = [cast("models.Field[Any, Any]", meta.get_field(name)) for name in names]
    quote = connection.ops.quote_name
    told = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    assert meta.pk is not None
    key = quote(str(meta.pk.column))
    sql = f"UPDATE {quote(meta.db_table)} SET {told} WHERE {key} = %s"
    with connection.cursor() as cursor:
        for chunk in chunks(rows):
            cursor.executemany(sql, [(*_values(row, fields), row.pk) for row in chunk])


def _values(row: models.Model, fields: Sequence[models.Field[Any, Any]]) -> list[Any]:
    return [
        field.get_db_prep_save(getattr(row, field.attname), connection=connection)
        for field in fields
    ]
