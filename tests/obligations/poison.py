"""Data that no pass gets over: the database refuses every write to one department's obligations."""

from contextlib import contextmanager

from django.db import connection

from accounts.errors import RuleViolation

_SQLITE = """
CREATE TRIGGER poison BEFORE UPDATE ON obligations_obligation WHEN NEW.department_id = {key}
BEGIN SELECT RAISE(ABORT, '示例故障'); END
"""
_POSTGRES = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '示例故障'; END $$;
CREATE TRIGGER poison BEFORE UPDATE ON obligations_obligation FOR EACH ROW
WHEN (NEW.department_id = {key}) EXECUTE FUNCTION poison()
"""


@contextmanager
def poisoned(department):
    on_postgres = connection.vendor == "postgresql"
    _execute((_POSTGRES if on_postgres else _SQLITE).format(key=department.pk))
    try:
        yield
    finally:
        _execute("DROP FUNCTION poison CASCADE" if on_postgres else "DROP TRIGGER poison")


def _execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def refuse(run):
    """A job's handler with which nothing ends well."""
    raise RuleViolation("示例故障")
