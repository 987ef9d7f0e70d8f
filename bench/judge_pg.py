"""The same as judge, on the PostgreSQL that DATABASE_URL names."""

from __future__ import annotations

from django.db import connection

from bench import judge


def run() -> str:
    if connection.vendor != "postgresql":
        return "judge-pg: left out, DATABASE_URL names no PostgreSQL"
    return judge.run("judge-pg")
