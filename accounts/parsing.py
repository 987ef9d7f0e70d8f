"""JSON that comes in through the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError


class JSONParser(parsers.JSONParser):
    """DRF's parser; a body nested deeper than Python reads is the sender's fault, not ours."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply; send it flat.")) from error
        except ParseError as error:
            raise ParseError(_sentence(error.__context__)) from error


def _sentence(why: BaseException | None) -> str:
    """DRF's own one is English, whoever reads it."""
    if not isinstance(why, json.JSONDecodeError):
        return _("The body is not valid JSON.")
    place = {"line": why.lineno, "column": why.colno}
    return _("The body is not valid JSON: line %(line)s, column %(column)s.") % place
