"""Kills a worker while it makes a report; says what was left each time.

Run by manage.py shell. Each worker is a process of its own, forked from one that is ready. It kills
itself before one of the things that it does to the database or to the folder of reports: from its
first statement over the opening, the renaming and the syncing of the file to its last statement.
"""

import hashlib
import os
import resource
import signal
import sys
import time

from django.core.management import call_command
from django.db import connection

from jobs import running
from jobs.models import Job, database_time
from obligations import filing, today
from reports import making, workbooks
from reports.models import Report, Snapshot
from reports.overflow import Cleanings
from reports.scopes import Scope
from tests.faults import lists
from tests.faults.killing import say

TOUCHED = ("open", "os.rename", "os.remove")


def main(*, rounds, torn=False):
    """Make so many reports, each killed elsewhere; print what each left, and what became of it.

    `torn` puts the file on record before it is whole: the negative control.
    """
    (keeper,) = lists.people("keeper")
    applied = lists.confirmed(lists.table(), by=keeper, issuer="样本")
    running.perform(applied.job_id)
    steps = steps_of(ask(keeper))
    if torn:
        tear()
    left = []
    for at in moments(steps, rounds):
        job = ask(keeper)
        kill_before(job, at)
        left.append({"before": steps[at - 1], **what_is_left(job)})
    say(left=left, steps=steps, **({} if torn else finish()))


def moments(steps, rounds):
    """Every touch of the file, what comes right after its renaming, and others evenly between."""
    touches = [at for at, step in enumerate(steps, 1) if step != "statement"]
    renamed = steps.index("os.rename") + 1
    after = [renamed + 1, renamed + 3, len(steps)]
    evenly = (1 + (len(steps) - 1) * number // rounds for number in range(rounds))
    return sorted({*touches, *after, *evenly})


def full(*, room):
    """A job on a disk that takes only so many bytes of a report, then on one that takes all."""
    (keeper,) = lists.people("keeper")
    applied = lists.confirmed(lists.table(), by=keeper, issuer="样本")
    running.perform(applied.job_id)
    job = ask(keeper)
    hold_room(room)
    running.perform(job.pk)
    first = {**what_is_left(job), "error": job.error}
    hold_room(resource.RLIM_INFINITY)
    Job.objects.filter(pk=job.pk).update(lease_until=database_time(plus_seconds=-1))
    running.perform(job.pk)
    say(first=first, then=what_is_left(job), snapshots=Snapshot.objects.count())


def hold_room(size):
    """From the moment a report's file is opened until it is removed: the database needs room."""

    def limit(event, args):
        if event == "open" and str(args[0]).endswith(".part"):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        if event == "os.remove":
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

    _limits[:] = [limit]
    if len(_hooked) == 0:
        _hooked.append(sys.addaudithook(lambda event, args: _limits[0](event, args)))


_limits, _hooked = [], []


def ask(keeper):
    """A new job for the same report: those that are under way are left alone."""
    day = today.today()
    first = making.ask(on=day, today=day, by=keeper, scope=Scope())
    Job.objects.filter(pk=first.pk).update(key=f"{first.key}:{first.pk}")
    return first


def steps_of(job):
    """What a worker does, in its order: nobody kills this one."""
    done = []
    watch(done.append)
    running.perform(job.pk)
    watch(lambda _step: None)
    return done


def kill_before(job, at):
    connection.close()
    worker = os.fork()
    if worker == 0:
        done = []

        def count(step):
            done.append(step)
            if len(done) == at:
                os.kill(os.getpid(), signal.SIGKILL)

        watch(count)
        running.perform(job.pk)
        os._exit(0)
    os.waitpid(worker, 0)


_watching = []


def watch(see):
    """Call `see` before every statement and every touch of the folder of reports."""
    if not _watching:
        sys.addaudithook(lambda event, args: _touched(event, args))
        connection.execute_wrappers.append(_executed)
    _watching[:] = [see]


def _touched(event, args):
    if event in TOUCHED and f"/{making.FOLDER}" in str(args[0]):
        _watching[0](event)


def _executed(execute, *asked):
    _watching[0]("statement")
    return execute(*asked)


def tear():
    def write(snapshot, **_how):
        path = f"{making.FOLDER}/{snapshot.pk}"
        filing.absolute(path).parent.mkdir(parents=True, exist_ok=True)
        stored = filing.Stored(path, 0, "0" * 64)
        written = making.Written(workbooks.file_name(snapshot), stored, Cleanings(), {})
        record(snapshot, written, by=None, job=snapshot.job)
        workbooks.progress(snapshot, to=filing.absolute(path))
        return written

    record = making.record
    making.write, making.record = write, lambda *args, **kwargs: None


def what_is_left(job):
    """How many reports, how many of them whole, and which other files there are."""
    job.refresh_from_db()
    reports = Report.objects.filter(job=job)
    known = set(Report.objects.values_list("path", flat=True))
    folder = filing.absolute(making.FOLDER)
    files = [f"{making.FOLDER}/{file.name}" for file in folder.iterdir()]
    return {
        "job": job.state,
        "reports": reports.count(),
        "whole": sum(is_whole(one) for one in reports),
        "partial": sum(file.endswith(".part") for file in files),
        "unknown": sum(file not in known and not file.endswith(".part") for file in files),
    }


def is_whole(report):
    path = filing.absolute(report.path)
    if not path.is_file():
        return False
    content = path.read_bytes()
    return (hashlib.sha256(content).hexdigest(), len(content)) == (report.sha256, report.size)


def finish():
    """The leases of the killed run out, others do their work, and what was left behind is swept."""
    Job.objects.live().update(lease_until=database_time(plus_seconds=-1))
    call_command("run_jobs", "--until-empty", stdout=sys.stderr)
    jobs = Job.objects.filter(kind="reports.make")
    ended = [what_is_left(job) for job in jobs]
    long_ago = time.time() - 7200
    folder = filing.absolute(making.FOLDER)
    for file in folder.iterdir():
        os.utime(file, (long_ago, long_ago))
    swept = making.sweep()
    return {
        "ended": [(one["job"], one["reports"], one["whole"]) for one in ended],
        "snapshots": Snapshot.objects.count(),
        "swept": swept,
        "files": len(list(folder.iterdir())),
        "known": Report.objects.count(),
    }
