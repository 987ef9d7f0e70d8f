"""The PostgreSQL that tests start for themselves ends with them, however they end."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.installation import wait_until

SAYS = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
ROOT = Path(__file__).parents[2]
HAS_SERVER = bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))
pytestmark = [
    pytest.mark.faults,
    pytest.mark.own_database,
    pytest.mark.skipif(not HAS_SERVER, reason="PostgreSQL is not installed"),
]


@pytest.fixture
def place():
    """A folder that the user of PostgreSQL may enter, too."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def begun(place):
    """begun(*wrapper): the launcher's own process, and what it runs and serves."""
    started = []

    def start(*wrapper):
        command = [*wrapper, sys.executable, "-m", "tests.postgres", sys.executable, "-c", SAYS]
        outer = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(place)},
            start_new_session=True,
        )
        started.append(outer)
        inner = outer.stdout.readline()
        [store] = place.glob("qingdan-pg-*/store")
        server = int((store / "postmaster.pid").read_text().splitlines()[0])
        return outer, int(inner), server

    yield start
    for outer in started:
        if outer.poll() is None:
            os.killpg(outer.pid, signal.SIGKILL)
        outer.stdout.close()
        outer.wait()


def lives(pid):
    """Whether there is such a process that is not merely waiting to be buried."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return said.rsplit(")", 1)[1].split()[0] != "Z"


def test_a_launcher_that_is_killed_takes_server_and_command_with_it(begun):
    launcher, command, server = begun()
    assert lives(server)

    launcher.kill()

    assert wait_until(lambda: not lives(server))
    assert wait_until(lambda: not lives(command))


def test_a_launcher_whose_own_parent_is_killed_stops_the_server_and_clears_up(begun, place):
    # A shell that waits for the launcher, as ./test does.
    shell, _command, server = begun("bash", "-c", '"$@"; exit', "shell")
    assert lives(server)

    shell.kill()

    assert wait_until(lambda: not lives(server))
    assert wait_until(lambda: not list(place.glob("qingdan-pg-*")))
