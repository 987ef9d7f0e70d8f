#!/usr/bin/env python3
"""Sends a signed receipt of a delivery to Qingdan (清单). Python's standard library only.

    QINGDAN_SECRET=… python3 qingdan_push.py --url https://qingdan.example.gov.cn \\
        --key QDK… --resource 307001001/000001 --from 2026-11-01 --to 2026-11-30 \\
        --rows 1284 --newest 2026-11-30T23:10:00+08:00 --file data.csv

Exit status: 0 taken (also where the same was there already), 1 refused, 2 wrong use,
3 not reached after all tries.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SCHEME = "QD-HMAC-SHA256"
_PATH = "/api/v1/receipts/"
_WAIT_SECONDS = 30
# Worth another try: the server is busy, or could not be reached.
_BUSY = (429, 500, 502, 503, 504)


class Refused(Exception):
    """The receipt was refused; the sentence says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class Unreached(Exception):
    """The server could not be reached, or is busy."""


def authorization(secret: str, *, key: str, body: bytes, at: int, nonce: str) -> str:
    """The header that signs a body: HMAC-SHA256 over time, nonce and body, each on a line."""
    message = f"{at}\n{nonce}\n".encode() + body
    signature = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return f"{SCHEME} key={key}, timestamp={at}, nonce={nonce}, signature={signature}"


def push(url: str, receipt: dict[str, Any], *, key: str, secret: str, tries: int = 3) -> Any:
    """What the server answers. Each try is signed anew; the receipt itself is idempotent."""
    body = json.dumps(receipt, ensure_ascii=False, sort_keys=True).encode()
    for number in range(1, tries + 1):
        try:
            return _send(url.rstrip("/") + _PATH, body, key=key, secret=secret)
        except Unreached:
            if number == tries:
                raise
            time.sleep(2 ** (number - 1))
    raise Unreached("no try was made")


def _send(address: str, body: bytes, *, key: str, secret: str) -> Any:
    header = authorization(
        secret, key=key, body=body, at=int(time.time()), nonce=secrets.token_hex(16)
    )
    request = urllib.request.Request(address, body, method="POST")
    request.add_header("Authorization", header)
    request.add_header("Content-Type", "application/json")
    request.add_header("Accept-Language", "zh-hans")
    try:
        with urllib.request.urlopen(request, timeout=_WAIT_SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        said = error.read().decode(errors="replace")
        if error.code in _BUSY:
            raise Unreached(f"{error.code} {said[:200]}") from error
        raise Refused(error.code, _sentence(said)) from error
    except OSError as error:
        raise Unreached(str(error)) from error


def _sentence(said: str) -> str:
    try:
        return str(json.loads(said)["detail"])
    except (ValueError, KeyError, TypeError):
        return said[:200]


def digest(path: Path) -> str:
    """SHA-256 of the file that was delivered; the file itself is never sent."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(2**20):
            found.update(block)
    return found.hexdigest()


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Send a signed receipt of a delivery.")
    parser.add_argument("--url", required=True, help="address of the installation")
    parser.add_argument("--key", required=True, help="the key, QDK…; its secret: QINGDAN_SECRET")
    parser.add_argument("--resource", required=True, help="catalogue code, or the exact title")
    parser.add_argument("--from", dest="first", required=True, help="first day of the period")
    parser.add_argument("--to", dest="last", required=True, help="last day of the period")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--newest", help="newest business time, like 2026-11-30T23:10:00+08:00")
    parser.add_argument("--calls", type=int)
    parser.add_argument("--failures", type=int)
    parser.add_argument("--fields", help="names of the fields delivered, joined by commas")
    parser.add_argument("--file", type=Path, help="the file delivered: only its SHA-256 is sent")
    parser.add_argument("--tries", type=int, default=3)
    return parser.parse_args(words)


def _receipt(said: argparse.Namespace) -> dict[str, Any]:
    found = {
        "resource": said.resource,
        "period_from": said.first,
        "period_to": said.last,
        "rows": said.rows,
        "newest_data_at": said.newest,
        "calls": said.calls,
        "failures": said.failures,
        "fields": said.fields.split(",") if said.fields else None,
        "sha256": digest(said.file) if said.file else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def main(words: Sequence[str] | None = None) -> int:
    said, secret = _arguments(words), os.environ.get("QINGDAN_SECRET", "")
    if not secret:
        sys.stderr.write("Set QINGDAN_SECRET to the key's secret.\n")
        return 2
    try:
        receipt = _receipt(said)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        answer = push(said.url, receipt, key=said.key, secret=secret, tries=said.tries)
    except Refused as refused:
        sys.stderr.write(f"{refused.status} {refused.sentence}\n")
        return 1
    except Unreached as error:
        sys.stderr.write(f"{error}\n")
        return 3
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
