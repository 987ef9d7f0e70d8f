"""Reasons of reopenings that were written before they had a place of their own."""

import datetime as dt
from importlib import import_module

from django.apps import apps

from obligations import completion

move_reasons = import_module("obligations.migrations.0020_reopen_reason").move_reasons


def test_a_reason_moves_only_where_nothing_was_returned_since(
    verified, coordinator, officer, reviewer, paper
):
    day = dt.date(2025, 9, 30)
    completion.reopen(verified, by=coordinator, on=day, reason="接口停用")
    type(verified).objects.update(return_reason="接口停用", reopen_reason="")

    move_reasons(apps, None)
    verified.refresh_from_db()
    assert (verified.return_reason, verified.reopen_reason) == ("", "接口停用")

    type(verified).objects.update(reopen_reason="")
    completion.claim(verified, by=officer, on=day, with_evidence=[paper])
    completion.endorse(verified, by=reviewer, on=day)
    completion.send_back(verified, by=coordinator, on=day, reason="缺回执")
    move_reasons(apps, None)
    verified.refresh_from_db()
    assert (verified.return_reason, verified.reopen_reason) == ("缺回执", "")
