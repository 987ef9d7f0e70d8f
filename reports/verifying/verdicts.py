"""What a verification found, in words and as JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from reports.models import Snapshot


@dataclass(frozen=True)
class Difference:
    """One difference. `kind`: unreadable, foreign, sheet, cell, shown, proof, record or history;
    `facts` say the same for programs."""

    kind: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_explained(self) -> bool:
        """History says it otherwise because something was recorded after the report was made."""
        return self.kind == "history" and bool(self.facts.get("recorded_since"))


@dataclass
class Verdict:
    """`published` is whether the snapshot is published now; notes change nothing in `ok`."""

    published: bool = False
    state: str = ""
    snapshot: int | None = None
    scope: str = ""
    as_of: str = ""
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """The file is what was made of its snapshot, and history says the same but for what was
        recorded since."""
        return all(found.is_explained for found in self.differences)

    def add(self, kind: str, text: str, **facts: Any) -> None:
        self.differences.append(Difference(kind, text, facts))

    def lines(self) -> list[str]:
        """The verdict for people: what the file is, then what differs."""
        return [self.headline, *(one.text for one in self.differences), *self.notes]

    @property
    def headline(self) -> str:
        if self.snapshot is None:
            return _("Not verified.")
        named = {"scope": self.scope, "day": self.as_of, "number": self.snapshot}
        if not self.ok:
            text = _("Not what was made as the report of %(scope)s, %(day)s (snapshot %(number)s).")
        elif self.published:
            text = _("Verified: the published report of %(scope)s, %(day)s (snapshot %(number)s).")
        elif self.state == Snapshot.State.WITHDRAWN:
            text = _(
                "Verified: the report of %(scope)s, %(day)s (snapshot %(number)s), which was "
                "withdrawn after publication."
            )
        else:
            text = _(
                "Verified: the report of %(scope)s, %(day)s (snapshot %(number)s), which is not "
                "published."
            )
        return text % named

    def as_json(self) -> dict[str, Any]:
        told = [{"kind": one.kind, "text": one.text, **one.facts} for one in self.differences]
        return {
            "ok": self.ok,
            "published": self.published,
            "state": self.state,
            "snapshot": self.snapshot,
            "scope": self.scope,
            "as_of": self.as_of,
            "differences": told,
            "notes": self.notes,
        }
