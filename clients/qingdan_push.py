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
import datetime as dt
import hashlib
import hmac
import http.client
import json
import os
import re
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
_KEY = re.compile(r"[!-~]{1,40}")
_SECRET = "QINGDAN_SECRET"


class Refused(Exception):
    """The receipt was refused; the sentence says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class Unreached(Exception):
    """The server could not be reached, or is busy."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signature goes to the address that was named, and a redirected POST would become a GET."""

    def redirect_request(self, *_words: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


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
    raise Unreached("没有尝试发送。")


def _send(address: str, body: bytes, *, key: str, secret: str) -> Any:
    header = authorization(
        secret, key=key, body=body, at=int(time.time()), nonce=secrets.token_hex(16)
    )
    request = urllib.request.Request(address, body, method="POST")
    request.add_header("Authorization", header)
    request.add_header("Content-Type", "application/json")
    request.add_header("Accept-Language", "zh-hans")
    try:
        with _OPENER.open(request, timeout=_WAIT_SECONDS) as answer:
            said = answer.read()
    except urllib.error.HTTPError as error:
        raise _refusal(error) from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreached(f"无法连接：{error}") from error
    try:
        return json.loads(said)
    except ValueError as error:
        raise Refused(200, "应答不是回执接口的应答，请核对 --url。") from error


def _refusal(error: urllib.error.HTTPError) -> Exception:
    """What the server says; whether it is worth another try."""
    if 300 <= error.code < 400:
        where = error.headers.get("Location", "")
        return Refused(error.code, f"服务器要求跳转到 {where}，请将 --url 改为最终地址。")
    try:
        said = error.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        said = ""
    if error.code in _BUSY:
        return Unreached(f"服务器暂时无法处理：{error.code}")
    try:
        return Refused(error.code, str(json.loads(said)["detail"]))
    except (ValueError, KeyError, TypeError):
        return Refused(error.code, "应答不是回执接口的应答，请核对 --url。")


def digest(path: Path) -> str:
    """SHA-256 of the file that was delivered; the file itself is never sent."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(2**20):
            found.update(block)
    return found.hexdigest()


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://[!-~]+", text):
        raise argparse.ArgumentTypeError("地址应以 http:// 或 https:// 开头")
    return text


def _key(text: str) -> str:
    if not _KEY.fullmatch(text):
        raise argparse.ArgumentTypeError("密钥编号形如 QDK0123456789abcdef")
    return text


def _day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2026-11-01") from None


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"“{text}”不是非负整数，请写成 1284")
    return int(text)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="发送一张签名的到数回执。")
    parser.add_argument("--url", required=True, type=_address, help="系统地址")
    parser.add_argument("--key", required=True, type=_key, help=f"密钥编号；密钥放入 {_SECRET}")
    parser.add_argument("--resource", required=True, help="目录代码，或数据资源名称")
    parser.add_argument("--from", dest="first", required=True, type=_day, help="周期首日")
    parser.add_argument("--to", dest="last", required=True, type=_day, help="周期末日")
    parser.add_argument("--rows", type=_count, help="数据条数")
    parser.add_argument("--newest", help="最新业务时间，如 2026-11-30T23:10:00+08:00")
    parser.add_argument("--calls", type=_count, help="调用次数")
    parser.add_argument("--failures", type=_count, help="失败次数")
    parser.add_argument("--fields", help="信息项名称，以逗号分隔")
    parser.add_argument("--file", type=Path, help="交换的文件：只发送其 SHA-256")
    parser.add_argument("--tries", type=int, default=3, help="最多尝试次数")
    return parser.parse_args(words)


def _names(text: str) -> list[str]:
    return [name.strip() for name in re.split("[,，、]", text) if name.strip()]


def _receipt(said: argparse.Namespace) -> dict[str, Any]:
    found = {
        "resource": said.resource,
        "period_from": said.first,
        "period_to": said.last,
        "rows": said.rows,
        "newest_data_at": said.newest,
        "calls": said.calls,
        "failures": said.failures,
        "fields": _names(said.fields) if said.fields else None,
        "sha256": digest(said.file) if said.file else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def main(words: Sequence[str] | None = None) -> int:
    said, secret = _arguments(words), os.environ.get(_SECRET, "").strip()
    if not secret:
        sys.stderr.write(f"请先把密钥放入环境变量 {_SECRET}。\n")
        return 2
    try:
        receipt = _receipt(said)
    except OSError as error:
        sys.stderr.write(f"无法读取文件：{error}\n")
        return 2
    try:
        answer = push(said.url, receipt, key=said.key, secret=secret, tries=said.tries)
    except Refused as refused:
        sys.stderr.write(f"{refused.status} {refused.sentence}\n")
        return 1
    except Unreached as error:
        sys.stderr.write(f"{error}\n")
        return 3
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
