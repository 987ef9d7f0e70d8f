"""A PostgreSQL that may be restarted: others work on the one that all tests share."""

import os
import shutil
import signal
import uuid

import pytest

from tests import migrated, postgres

ON_POSTGRES = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL", "").startswith("postgres"),
    reason="there is no database server: SQLite is a file",
)
# Ends at once and recovers from its log; or says good-bye to everybody first.
AT_ONCE, IN_ORDER = signal.SIGQUIT, signal.SIGINT


class Server:
    """Holds the tables; `make()` gives a database with them to each who asks."""

    def __init__(self):
        self.folder, self.port = postgres.make_folder(), postgres.free_port()
        postgres.make_store(self.folder)
        self._begin()
        postgres.make_database(self._url("original"))
        migrated.copy_to(self._url("original"))

    def make(self):
        name = f"copy_{uuid.uuid4().hex[:12]}"
        self._tell(f"CREATE DATABASE {name} TEMPLATE original")
        return self._url(name)

    def restart(self, how):
        self.end(how)
        self._begin()
        self._tell("SELECT 1")

    def end(self, how):
        self._process.send_signal(how)
        self._process.wait(60)

    def remove(self):
        self.end(AT_ONCE)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _begin(self):
        self._process = postgres.serve(self.folder, self.port, settings=postgres.LASTING)

    def _tell(self, sql):
        postgres.tell(self._url("postgres"), sql)

    def _url(self, name):
        return f"postgres://{postgres.USER}@127.0.0.1:{self.port}/{name}"
