"""Behind ./run: broker, the demonstration's simulator, worker with beat, web; stopped in the
reverse order."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

from config import broker, premises
from config.children import Child, die_with_parent
from config.premises import NotPossible

_DEMO_ACCOUNTS = (
    ("coordinator", "统筹人员"),
    ("coordinator2", "统筹人员"),
    ("officer", "填报人员"),
    ("officer2", "填报人员（另一部门）"),
    ("reviewer", "审签人员"),
    ("leader", "领导"),
    ("auditor", "审计管理员"),
    ("secadmin", "安全管理员"),
    ("sysadmin", "系统管理员"),
)
# Written while preparing (reports.sampling.simulating), where the sample province is loaded.
_SIMULATOR_PLAN = "simulator.json"
_BROKER_SECONDS = 5.0
_WEB_SECONDS = 60.0


class Supervisor:
    """Starts the parts one after another, keeps them running, ends them when told."""

    def __init__(self, folder: Path, *, port: int) -> None:
        self.folder = folder
        self.port = port
        self.children: list[Child] = []
        self.stopping = False

    def ask_to_stop(self, *_signal: object) -> None:
        """The first signal ends in order, the second at once."""
        if self.stopping:
            for child in self.children:
                child.kill()
        self.stopping = True

    def run(self) -> None:
        try:
            self.start_broker()
            self.prepare()
            self.start_simulator()
            self.add("worker", _worker_command(self.folder), orphaned_by=signal.SIGKILL)
            self.add("web", _web_command(self.port))
            self.wait_for_web()
            if not self.stopping:
                announce(self.folder, port=self.port)
            self.watch()
        finally:
            self.stop()

    def add(
        self, name: str, command: list[str], *, orphaned_by: signal.Signals = signal.SIGTERM
    ) -> Child:
        log = self.folder / "logs" / f"{name}.log"
        child = Child(name=name, command=command, log=log, orphaned_by=orphaned_by)
        if not self.stopping:
            child.start()
            self.children.append(child)
        return child

    def start_broker(self) -> None:
        """Unless BROKER_URL names one. What it holds is only wake-ups: a bad store is dropped."""
        if os.environ.get("BROKER_URL"):
            return
        path = broker.broker_socket(self.folder)
        store = self.folder / "broker"
        for last_try in (False, True):
            broker.make_place(path)
            store.mkdir(mode=0o700, exist_ok=True)
            child = self.add("broker", broker.broker_command(path, store))
            if self.wait(lambda: broker.answers(path), child=child, seconds=_BROKER_SECONDS):
                return
            child.stop()
            self.children.remove(child)
            if not last_try:
                shutil.rmtree(store, ignore_errors=True)
        raise NotPossible(
            f"消息队列未能启动，详见 {child.log}。\nThe broker did not start, see its log."
        )

    def prepare(self) -> None:
        """Two processes side by side, so that a first start uses both cores."""
        parts = [
            subprocess.Popen(
                [sys.executable, "-m", "config.preparing", part],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=partial(die_with_parent, parent=os.getpid()),
            )
            for part in ("database", "static")
        ]
        while any(part.poll() is None for part in parts):
            if self.stopping or any(part.returncode for part in parts):
                for part in parts:
                    part.terminate()
            time.sleep(0.05)
        if any(part.returncode for part in parts) and not self.stopping:
            raise NotPossible("准备数据时出错，见上方信息。\nPreparing the data failed, see above.")

    def start_simulator(self) -> None:
        """Before the worker, which probes it at once; receipts wait until the web answers."""
        plan = self.folder / _SIMULATOR_PLAN
        if _is_demo() and plan.exists():
            command = _simulator_command(plan, self.port)
            self.add("simulator", command, orphaned_by=signal.SIGKILL)

    def wait_for_web(self) -> None:
        url = f"http://127.0.0.1:{self.port}/healthz"
        if not self.wait(lambda: _answers(url), child=self.children[-1], seconds=_WEB_SECONDS):
            log = self.children[-1].log
            raise NotPossible(f"网页服务未能启动，详见 {log}。\nThe web server did not start.")

    def wait(self, ready: Callable[[], bool], *, child: Child, seconds: float) -> bool:
        """Until `ready()` holds; not longer than the child runs or the time lasts."""
        until = time.monotonic() + seconds
        while not self.stopping and child.is_running and time.monotonic() < until:
            if ready():
                return True
            time.sleep(0.05)
        return self.stopping

    def watch(self) -> None:
        while not self.stopping:
            for child in self.children:
                news = child.revive()
                if news:
                    print_line(news)
            time.sleep(0.2)

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()


def _worker_command(folder: Path) -> list[str]:
    # Threads: work waits for the database or for child processes most of the time, and one
    # process means that nothing is left behind when it is killed.
    return [
        *(sys.executable, "-m", "celery", "-A", "config", "worker", "--beat"),
        *("--schedule", str(folder / "beat-schedule"), "--pool", "threads", "--concurrency", "2"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"),
    ]


def _simulator_command(plan: Path, port: int) -> list[str]:
    url = f"http://127.0.0.1:{port}"
    return [sys.executable, "-m", "simulator", str(plan), "--url", url]


def _web_command(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--workers", "2", "--threads", "4", "--no-control-socket", "--log-level", "warning"),
        *("--graceful-timeout", "5", "--timeout", "60"),
    ]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def announce(folder: Path, *, port: int) -> None:
    """Where to go and who to be."""
    print_line(f"\n清单已启动 (running): http://127.0.0.1:{port}")
    if _is_demo():
        print_line("演示账号 (demo accounts):")
        for name, role in _DEMO_ACCOUNTS:
            print_line(f"  {name:<13} {role}")
        print_line(f"密码 (password): {premises.demo_password(folder)}")
        print_line("模拟的部门系统正在推送回执、应答探测 (simulated systems of departments run)")
    else:
        print_line(
            "未载入示例数据。首次使用请执行 (first steps without sample data):\n"
            "  .venv/bin/python manage.py import_departments 部门.csv\n"
            "  .venv/bin/python manage.py create_user 姓名一 --role sysadmin\n"
            "  .venv/bin/python manage.py create_user 姓名二 --role secadmin\n"
            "  .venv/bin/python manage.py create_user 姓名三 --role auditor"
        )
    print_line(f"日志 (logs): {folder / 'logs'}    按 Ctrl-C 停止 (Ctrl-C stops)\n")


def print_line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _is_demo() -> bool:
    return os.environ.get("DEMO", "1").lower() not in ("0", "false", "no", "off")


def main() -> int:
    os.umask(0o077)
    try:
        folder = premises.data_dir()
        holder = premises.lock(folder)
        port = premises.port()
        os.environ["DATA_DIR"] = str(folder)
        if _is_demo():
            os.environ["DEMO_PASSWORD"] = premises.demo_password(folder)
        print_line("正在启动… (starting)")
        supervisor = Supervisor(folder, port=port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, supervisor.ask_to_stop)
        with holder:
            supervisor.run()
    except NotPossible as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    print_line("已停止 (stopped)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
