"""What a source of reminders is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from obligations.reminding import naming
from obligations.reminding.naming import Names
from obligations.reminding.people import Found, People

Find = Callable[[People, dt.date], Mapping[int, Found]]


@dataclass(frozen=True)
class Source:
    """One heading of a digest. `find(people, day)` gives what each user is told, by user key.

    Ids are of obligations, unless `page` names the page on which the things stand. `query` is the
    filter, of that page or of the list of obligations, that comes nearest to them.
    """

    name: str
    label: Promise | str
    find: Find
    query: str = ""
    page: str = ""
    # How the first ids are named; left out: by the obligations that they are, or not at all.
    names: Names | None = None

    @property
    def naming(self) -> Names:
        return self.names or (naming.nothing if self.page else naming.obligations)
