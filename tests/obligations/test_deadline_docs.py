"""docs/deadlines.md says what is shipped."""

from pathlib import Path

import pytest
from django.utils.translation import override

from obligations.models import Clock, DeadlineRule
from obligations.rule_data import SHIPPED, ShippedRule

DOCUMENT = Path(__file__).parents[2] / "docs/deadlines.md"
UNITS = {"working_days": "WD", "natural_days": "days", "years": "years"}


def line(one: ShippedRule) -> str:
    with override("zh-hans"):
        label = str(Clock(one.clock).label)
        debtor = str(DeadlineRule.Debtor(one.owed_by).label)
    days = "as were left, ≥ 1" if one.clock == "resume" else str(one.days)
    extension = f"+{one.max_extension_days} {UNITS[one.unit]}" if one.max_extension_days else "–"
    cells = (
        f"`{one.clock}` {label}",
        one.starts_with,
        f"{days} {UNITS[one.unit]}",
        extension,
        debtor,
        one.effective_from.isoformat(),
        one.source,
    )
    return f"| {' | '.join(cells)} |"


def table() -> str:
    head = "| clock | starts | length | extension | owed by | from | source |\n" + "|---" * 7 + "|"
    return "\n".join([head, *map(line, SHIPPED)])


def test_the_table_of_clocks_is_the_shipped_one():
    text = DOCUMENT.read_text(encoding="utf-8")
    written = text.split("<!-- clocks -->")[1].split("<!-- /clocks -->")[0]
    assert written.strip() == table()


@pytest.mark.parametrize("one", SHIPPED, ids=lambda one: one.clock)
def test_what_is_shipped_fits_the_table_of_rules(one):
    DeadlineRule(**one._asdict()).clean_fields()
