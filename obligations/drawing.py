"""Draws the table of transitions as docs/states.md: nothing in it is written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.utils import translation
from django.utils.functional import Promise

from accounts.models import Role
from obligations.models import Status
from obligations.transitions import STATUSES, TABLE, VERBS, Transition
from obligations.verbs import CASE_LABELS, CONDITION_LABELS, VERB_LABELS

_HEAD = """# 责任事项的状态 · The states of an obligation

本页由 `manage.py draw_states` 根据程序中的流转表（`obligations/transitions.py`）生成，
与程序不一致时测试不通过。
Drawn by `manage.py draw_states` from the table that the program itself asks; a test fails when
they differ.

## 图 Diagram
只画改变状态的办理。 Only what moves the status is drawn.
"""
_NOTES = """
## 读法 How to read it
- 流转表之外的一律拒绝：角色从不具有该权限的答复 403，状态或条件不符的答复 409 并说明原因，
  看不到的事项答复 404。 Whatever is not in the table is refused: 403 for a role that never has the
  verb, 409 with the reason where the status or a condition does not fit, 404 for what the user may
  not see.
- 受阻、不适用、延期、申诉是带审定结论的申请，不是状态。 Block, exemption, extension and objection
  are requests with a decision, not statuses.
- 领导和三类管理员没有任何办理权限。 Leaders and the three administrators have no verb.
"""


def page() -> str:
    """The whole page, in both languages."""
    own = [row for row in TABLE if not row.external]
    external = [row for row in TABLE if row.external]
    parts = [
        _HEAD,
        "```mermaid",
        *_diagram(own),
        "```",
        "",
        "## 状态 Statuses",
        *_statuses(),
        "",
        "## 本省责任事项 What our own departments owe",
        *_rows(own),
        "",
        "## 上级责任事项 What central bodies owe",
        *_rows(external),
        "",
        "## 条件 Conditions",
        *_conditions(),
        _NOTES,
    ]
    return "\n".join(parts)


def _both(label: Promise | str) -> str:
    with translation.override("zh-hans"):
        chinese = str(label)
    with translation.override("en"):
        return f"{chinese} {label}"


def _diagram(rows: Iterable[Transition]) -> Iterator[str]:
    """Edges between different statuses, the verbs on one edge joined."""
    yield "stateDiagram-v2"
    yield "    [*] --> draft"
    for status in STATUSES:
        yield f'    state "{_both(Status(status).label)}" as {status}'
    edges: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.start != row.end:
            verbs = edges.setdefault((row.start, row.end), [])
            word = _both(VERB_LABELS[row.verb])
            if word not in verbs:
                verbs.append(word)
    for (start, end), verbs in edges.items():
        yield f"    {start} --> {end}: {' / '.join(verbs)}"


def _statuses() -> Iterator[str]:
    yield "| 状态 status | 代码 code |"
    yield "|---|---|"
    for status in STATUSES:
        yield f"| {_both(Status(status).label)} | `{status}` |"


def _rows(rows: list[Transition]) -> Iterator[str]:
    """One line for each verb and end; the statuses and roles that share them together."""
    yield "| 办理 verb | 从 from | 角色 role | 到 to | 条件 conditions |"
    yield "|---|---|---|---|---|"
    grouped: dict[tuple[str, frozenset[Role], str, str, tuple[str, ...]], list[str]] = {}
    for verb in VERBS:
        for start in STATUSES:
            for (end, case, conditions), roles in _ends(rows, verb, start).items():
                stays = end if end != start else ""
                key = (verb, frozenset(roles), stays, case, conditions)
                grouped.setdefault(key, []).append(start)
    for (verb, who, end, case, conditions), starts in grouped.items():
        said = [_both(CASE_LABELS[case])] if case else []
        said += [f"`{name}`" for name in conditions]
        yield _line(
            f"{_both(VERB_LABELS[verb])} `{verb}`",
            "、".join(_status(start) for start in starts),
            "、".join(_both(role.label) for role in Role if role in who),
            _status(end) if end else "不变 stays",
            "；".join(said),
        )


def _ends(
    rows: Iterable[Transition], verb: str, start: str
) -> Mapping[tuple[str, str, tuple[str, ...]], list[Role]]:
    found: dict[tuple[str, str, tuple[str, ...]], list[Role]] = {}
    for row in rows:
        if (row.verb, row.start) == (verb, start):
            found.setdefault((row.end, row.case, row.conditions), []).append(row.role)
    return found


def _conditions() -> Iterator[str]:
    yield "| 代码 code | 含义 meaning |"
    yield "|---|---|"
    for name, label in CONDITION_LABELS.items():
        yield f"| `{name}` | {_both(label)} |"


def _status(status: str) -> str:
    with translation.override("zh-hans"):
        return str(Status(status).label)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
