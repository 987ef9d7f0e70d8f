"""The client for receipts, as a process against a server."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.conf import settings

from sharing_lists import push_keys
from sharing_lists.models import Delivery
from sharing_lists.receipts import SCHEME, sign

CLIENT = Path(settings.BASE_DIR) / "clients/qingdan_push.py"
PERIOD = ["--from", "2025-10-01", "--to", "2025-10-20"]


def run(url, *words, secret):
    return subprocess.run(
        [sys.executable, "-I", str(CLIENT), "--url", url, "--tries", "1", *PERIOD, *words],
        env={"PATH": os.environ["PATH"], "QINGDAN_SECRET": secret},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
def test_the_client_pushes_a_receipt_and_says_why_one_is_refused(
    static_folder, live_server, verified, police, officer, tmp_path
):
    row = verified("monthly", code="307/1")
    key, secret = push_keys.make(police, system="前置机", by=officer)
    data = tmp_path / "data.csv"
    data.write_text("姓名\n")
    words = ["--key", key.code, "--resource", "307/1", "--rows", "12", "--file", str(data)]

    first = run(live_server.url, *words, secret=secret)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["new"] is True
    assert json.loads(run(live_server.url, *words, secret=secret).stdout)["new"] is False
    assert Delivery.objects.get().obligation_id == row.pk

    refused = run(live_server.url, *words, secret="wrong")
    assert refused.returncode == 1
    assert refused.stderr.startswith("401 ")
    assert run(live_server.url, *words, secret="").returncode == 2
    assert run("http://127.0.0.1:9", *words, secret=secret).returncode == 3


@pytest.fixture
def answering():
    """answering(status, body, …): the address of a server that answers every POST so."""
    running = []

    def start(status, body=b"", **headers):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                for name, value in {**headers, "Content-Length": len(body)}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        running.append(server)
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def test_a_signature_goes_nowhere_else_and_another_page_is_no_receipt(answering):
    words = ["--key", "QDK1", "--resource", "307/1"]
    elsewhere = run(answering(301, Location="https://other.example/"), *words, secret="s")
    assert (elsewhere.returncode, "https://other.example/" in elsewhere.stderr) == (1, True)
    page = run(answering(200, b"<html>"), *words, secret="s")
    assert (page.returncode, "--url" in page.stderr) == (1, True)
    busy = run(answering(503), *words, secret="s")
    assert (busy.returncode, "503" in busy.stderr) == (3, True)


@pytest.mark.parametrize(
    "words",
    [
        ["--key", "密钥"],
        ["--key", "QDK\n1"],
        ["--key", "QDK1", "--rows", "1,284"],
        ["--key", "QDK1", "--to", "2025/10/20"],
        ["--key", "QDK1", "--url", "127.0.0.1:8000"],
        ["--key", "QDK1", "--file", "/nowhere/data.csv"],
    ],
)
def test_what_is_said_wrongly_is_named_and_nothing_is_sent(words):
    said = run("http://127.0.0.1:9", "--resource", "307/1", *words, secret="s")
    assert said.returncode == 2
    assert "Traceback" not in said.stderr


def test_the_client_needs_nothing_but_the_standard_library():
    loaded = subprocess.run(
        [sys.executable, "-I", "-S", str(CLIENT), "--help"], capture_output=True, check=False
    )
    assert loaded.returncode == 0


def test_client_and_server_sign_alike():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import qingdan_push as q; "
        "print(q.authorization('s', key='k', body=b'{}', at=5, nonce='n'))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(CLIENT.parent)], capture_output=True, text=True, check=True
    )
    signature = sign(b"s", timestamp="5", nonce="n", body=b"{}")
    assert said.stdout.strip() == f"{SCHEME} key=k, timestamp=5, nonce=n, signature={signature}"
