"""JSON for the API through orjson."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


def dumps(data: Any) -> bytes:
    """JSON as DRF's own encoder writes it, several times faster."""
    try:
        return orjson.dumps(data, default=_encode, option=_OPTIONS)
    except orjson.JSONEncodeError:
        # Half a character, which an error repeats from the body it refuses.
        text = json.dumps(data, cls=JSONEncoder, ensure_ascii=False)
        return text.encode("utf-8", "replace")


class OrjsonRenderer(JSONRenderer):
    """DRF's JSON renderer with the faster encoder."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else dumps(data)


def _encode(value: Any) -> Any:
    if isinstance(value, Promise | Decimal):
        return str(value)
    return JSONEncoder().default(value)
