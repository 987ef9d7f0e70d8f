"""Refusals: each carries a sentence that a clerk understands."""

from __future__ import annotations

from typing import Any


class RuleViolation(Exception):
    """A rule forbids this now (409). `facts` are JSON values for programs."""

    code = "rule_violation"

    def __init__(self, sentence: str, *, facts: dict[str, Any] | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence = str(sentence)
        self.facts = facts or {}


class StaleVersion(RuleViolation):
    """Somebody changed the object since it was read (409, or 412 for If-Match)."""

    code = "stale_version"


class VersionMissing(RuleViolation):
    """A write came without the version it is based on (428)."""

    code = "version_missing"
