"""Whether an answer is what the endpoint promises: the first thing that is not. Pure."""

from __future__ import annotations

import codecs
from typing import Any

import orjson

from docking.probing.questions import MOST_BYTES, Question

# Old systems answer in GB18030, whatever their header says.
_ENCODINGS = ("utf-8", "gb18030")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def first_fault(question: Question, *, status: int, body: bytes, latency_ms: int) -> str:
    """The error word, or nothing. `body` holds at most a byte more than is read."""
    if status != question.expected_status:
        return "redirect" if status in _REDIRECTS else "status"
    wrong = _in_body(question, body)
    if wrong:
        return wrong
    limit = question.latency_limit_ms
    return "slow" if limit is not None and latency_ms > limit else ""


def _in_body(question: Question, body: bytes) -> str:
    is_cut = len(body) > MOST_BYTES
    if question.text and not any(question.text.encode(code) in body for code in _ENCODINGS):
        return "too_long" if is_cut else "no_text"
    if not question.json_field:
        return ""
    if is_cut:
        return "too_long"
    try:
        document = orjson.loads(body.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError:
        return "not_json"
    try:
        value = _at(document, question.json_field)
    except LookupError:
        return "no_field"
    wanted = question.json_value
    return "other_value" if wanted and _written(value) != wanted else ""


def _at(document: Any, path: str) -> Any:
    """The value at a.b.0.c; LookupError where there is none."""
    for name in path.split("."):
        if isinstance(document, dict):
            document = document[name]
        elif isinstance(document, list) and name.isdecimal():
            document = document[int(name)]
        else:
            raise LookupError(name)
    return document


def _written(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
