"""Faults upon workers, broker and database while jobs run, and what became of the jobs."""

import itertools
import random
import signal
import sys
import time

import redis

from config.broker import broker_socket
from tests.faults.queries import FAILED, LIVE, MARKED, MARKS, RUNNING
from tests.installation import wait_until

MINUTE = 60
WORKERS = 3
BEAT = ("celery", "-A", "config", "beat", "--pidfile=", "--loglevel", "WARNING")
# Every one of its jobs leaves one trace, and none has failed.
NOTHING_HAPPENED = {"lost": 0, "twice": 0, "failed": 0}


class Storm:
    """An installation with workers in it, and what happens to them and to what they rest on."""

    def __init__(self, place, *, server=None, workers=WORKERS, seed=1):
        self.place, self.server = place, server
        self.chance = random.Random(seed)
        self.workers = {number: place.start_worker(number) for number in range(workers)}
        self._turns = itertools.cycle(self.workers)
        self._seen = {}
        self.frozen = None
        self.queued, self.faults, self.last_fault = 0, 0, time.monotonic()

    def queue(self, count, *, seconds=0.5):
        self.place.manage("enqueue_noop", "--count", str(count), "--seconds", str(seconds))
        self.queued += count

    def catch_up(self, *, to):
        """Wait until no more jobs than these are left: what follows finds no mountain of them."""
        assert wait_until(lambda: self.place.count(LIVE) <= to)

    def kill(self, *, jobs):
        """Kill -9 a worker while there is work, and start another in its place.

        Each kill has jobs of its own: however slowly workers start, they never run out.
        """
        number = next(one for one in self._turns if one != self.frozen)
        self._await_worker(number)
        self.queue(jobs)
        self._await_work()
        self.workers[number].kill()
        self.workers[number].wait()
        self._happened()
        self.workers[number] = self.place.start_worker(number)

    def flush_broker(self):
        """FLUSHALL, as a person at the broker would."""
        with redis.Redis(unix_socket_path=str(broker_socket(self.place.folder))) as client:
            client.flushall()
        self._happened()

    def restart_broker(self, *, jobs=0):
        """Kill it and start it again; these jobs are queued in between."""
        self.place.broker.kill()
        self.place.broker.wait()
        if jobs:
            self.queue(jobs)
        self.place.start_broker()
        self._happened()

    def restart_database(self, how):
        self._await_work()
        self.server.restart(how)
        self._happened()

    def start_beats(self, count):
        for number in range(count):
            store = ("--schedule", str(self.place.folder / f"beat{number}"))
            self.place.bear(*BEAT, *store)

    def freeze(self, number):
        """Stop a worker where it stands: it keeps its connections and believes in its lease."""
        self.workers[number].send_signal(signal.SIGSTOP)
        self.frozen = number
        self._happened()

    def thaw(self):
        self.workers[self.frozen].send_signal(signal.SIGCONT)
        self.frozen = None
        self._happened()

    def has_ended(self, *, within=MINUTE):
        """Whether every job ended within so many seconds of the last fault."""
        left = self.last_fault + within - time.monotonic()
        ended = wait_until(lambda: self.place.count(LIVE) == 0, seconds=left)
        took = time.monotonic() - self.last_fault
        again = self.place.count("SELECT count(*) FROM jobs_job WHERE attempts > 1")
        sys.stdout.write(
            f"{self.faults} faults, {self.queued} jobs, {again} begun again: {self.harm()}, "
            f"ended {took:.1f} s after the last fault\n"
        )
        return ended

    def harm(self):
        """What became of the jobs that were queued by hand."""
        marked = self.place.count(MARKED)
        return {
            "lost": self.queued - marked,
            "twice": self.place.count(MARKS) - marked,
            "failed": self.place.count(FAILED),
        }

    def _await_worker(self, number):
        """It has been seen since its last start."""
        seen = f"SELECT seen_at FROM jobs_workerseen WHERE name = 'worker{number}@test'"
        assert wait_until(lambda: self.place.rows(seen) != self._seen.get(number, []))
        self._seen[number] = self.place.rows(seen)

    def _await_work(self):
        """A random moment of some job."""
        assert wait_until(lambda: self.place.count(RUNNING) > 0)
        time.sleep(self.chance.uniform(0.1, 0.6))

    def _happened(self):
        self.faults += 1
        self.last_fault = time.monotonic()
