"""The auditor finds every act that the program writes, under a word of its own."""

import ast
from pathlib import Path

from django.conf import settings
from django.utils import translation

from accounts.audit_words import ACTS
from accounts.forms import AuditFilter

APPS = ("accounts", "jobs", "obligations", "sharing_lists", "docking", "reports")
# There a verb is what a person may do, and the process that does it writes the audit trail.
RIGHTS = "deeds.py"


def calls():
    for app in APPS:
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and path.name != RIGHTS:
                    yield node


def texts(node):
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value
    }


def verbs_of(call):
    """The verb that a call writes: `audited_as=` stands before `verb=`."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    for name in ("audited_as", "verb"):
        if name in named:
            value = named[name]
            return (
                texts(value.body) | texts(value.orelse)
                if isinstance(value, ast.IfExp)
                else texts(value)
            )
    called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return texts(call.args[0]) if called == "record_run" and call.args else set()


def test_every_act_that_is_written_has_a_word_and_every_word_an_act():
    written = set().union(*(verbs_of(call) for call in calls()))
    assert {"confirm_block", "job.cancel", "check_fulfilment", "add_department"} <= written
    assert written - set(ACTS) == set()
    assert set(ACTS) - written == set()


def test_the_filter_offers_every_act_by_a_word_of_its_own():
    with translation.override("zh-hans"):
        offered = {code: str(word) for code, word in AuditFilter().fields["verb"].choices if code}
    assert set(offered) == set(ACTS)
    assert len(set(offered.values())) == len(offered)
