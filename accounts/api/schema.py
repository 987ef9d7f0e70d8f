"""How the API describes itself: names, tags, refusals as problems, ways to sign in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, is_list_serializer

from accounts import problems

_PROBLEM = "Problem"
# What each method may be refused with, beside what its view names in `refusals`.
_ALWAYS = (401, 403, 503)
_WITH_INPUT = (400,)


class ProblemSchema(AutoSchema):
    """Stable operation names from the view, and RFC 9457 problems among the answers."""

    view: Any

    def get_operation_id(self) -> str:
        return str(self.view.operations[self.method])

    def get_tags(self) -> list[str]:
        return [self.view.tag]

    def _is_list_view(self, serializer: Any = None) -> bool:
        if serializer is not None and is_list_serializer(serializer):
            return True
        return self.method == "GET" and getattr(self.view, "is_list", False)

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if getattr(serializer, "refuses_unknown", False):
            schema["additionalProperties"] = False
        return schema

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            answers = operation["responses"]
            for status in self._refusals(operation):
                answers.setdefault(str(status), self._problem(status))
            operation["responses"] = dict(sorted(answers.items()))
        return operation

    def _refusals(self, operation: dict[str, Any]) -> set[int]:
        found = {*_ALWAYS, *getattr(self.view, "refusals", ())}
        parameters = operation.get("parameters", [])
        if "requestBody" in operation:
            found |= {*_WITH_INPUT, 413, 415}
        if any(one["in"] == "query" for one in parameters):
            found |= {*_WITH_INPUT}
        if any(one["in"] == "path" for one in parameters):
            found |= {404}
        return found

    def _problem(self, status: int) -> dict[str, Any]:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=_PROBLEM,
            type=ResolvedComponent.SCHEMA,
            schema=_problem_schema(),
            object=_PROBLEM,
        )
        self.registry.register_on_missing(component)
        title, advice = problems.texts_of(status)
        return {
            "description": f"{title}. {advice}",
            "content": {problems.CONTENT_TYPE: {"schema": component.ref}},
        }


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer …` (or `Token …`), as `manage.py issue_token` hands out."""

    target_class = "accounts.tokens.TokenAuthentication"
    name = "tokenAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The cookie of a signed-in browser; writes need its CSRF token as well."""

    target_class = "rest_framework.authentication.SessionAuthentication"
    name = "sessionAuth"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    error = {
        "type": "object",
        "properties": {"pointer": text, "detail": text, "code": text},
        "required": ["pointer", "detail", "code"],
    }
    return {
        "type": "object",
        "description": "A refusal as RFC 9457 describes it; `detail` is a sentence for people.",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "instance": text,
            "code": {**text, "description": "What a rule refused, for programs."},
            "facts": {"type": "object", "additionalProperties": {}},
            "errors": {"type": "array", "items": error},
        },
        "required": ["type", "title", "status", "detail", "instance"],
        "example": {
            "type": "about:blank",
            "title": "Changed meanwhile",
            "status": 412,
            "detail": "Li Na changed this meanwhile: “claim completion”, 2026-11-23 10:15. "
            "Look at the present state first.",
            "instance": "/api/v1/obligations/7/endorse/",
            "code": "stale_version",
            "facts": {"version": 5, "seen": 4, "changed_by": "officer", "verb": "claim"},
        },
    }
