"""What is posted: our own signed JSON, and the formats of WeCom's and DingTalk's robots."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from obligations.channels.message import Message, TryLater, Undeliverable
from obligations.channels.posting import Answer

# Robots of WeCom and DingTalk take 20 messages a minute, each.
ROBOT_PAUSE_SECONDS = 3.5
_WECOM_BYTES = 4096
_DINGTALK_BYTES = 20_000
_JSON = {"Content-Type": "application/json; charset=utf-8"}
# What robots answer when they get too much at once: WeCom 45009, DingTalk 130101 and 660026;
# -1 is “system busy” of both.
_TOO_FAST = frozenset({-1, 45009, 130101, 660026})


@dataclass(frozen=True)
class Post:
    """Body and headers, and what is added to the query."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: dict(_JSON))
    query: str = ""


@dataclass(frozen=True)
class Robot:
    """How one kind of receiver is spoken to, and how its answer is read."""

    write: Callable[[Message, str, dt.datetime], Post]
    read: Callable[[Answer], None]
    pause_seconds: float = 0


def plain(message: Message, secret: str, at: dt.datetime) -> Post:
    """Our own format (docs/reminders.md): HMAC-SHA256 over timestamp, a dot and the body."""
    told = {
        "delivery": message.name,
        "username": message.username,
        "person": message.person,
        "day": message.day.isoformat(),
        "subject": message.subject,
        "lines": [
            {"source": one.source, "label": one.label, "count": one.count, "late": one.late}
            for one in message.counts
        ],
        "url": message.url,
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    timestamp = str(int(at.timestamp()))
    headers = {
        **_JSON,
        "X-Qingdan-Delivery": message.name,
        "X-Qingdan-Timestamp": timestamp,
        "X-Qingdan-Signature": f"sha256={signature(secret, timestamp, body)}",
    }
    return Post(body, headers)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What the receiver computes as well; the timestamp is signed, so that nothing is replayed."""
    signed = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def wecom(message: Message, secret: str, at: dt.datetime) -> Post:
    """企业微信开发者中心“群机器人配置说明”: markdown of at most 4,096 bytes, key in the address."""
    lines = [f"**{_escaped(message.subject)}**", f"> {_escaped(message.person)}"]
    lines += [f"> {_counted(one)}" for one in message.counts]
    if message.url:
        lines.append(_link(message.url))
    content = _cut("\n".join(lines), _WECOM_BYTES)
    return Post(_dumped({"msgtype": "markdown", "markdown": {"content": content}}))


def dingtalk(message: Message, secret: str, at: dt.datetime) -> Post:
    """钉钉开放平台“自定义机器人接入”and“自定义机器人安全设置”: markdown; 加签 in the query."""
    lines = [f"#### {_escaped(message.subject)}", f"> {_escaped(message.person)}", ""]
    lines += [f"- {_counted(one)}" for one in message.counts]
    if message.url:
        lines += ["", _link(message.url)]
    text = _cut("\n".join(lines), _DINGTALK_BYTES)
    body = {"msgtype": "markdown", "markdown": {"title": message.subject, "text": text}}
    return Post(_dumped(body), query=dingtalk_signature(secret, at) if secret else "")


def dingtalk_signature(secret: str, at: dt.datetime) -> str:
    """timestamp (ms) and sign: base64 of HMAC-SHA256 over timestamp, a line end and the secret."""
    timestamp = str(int(at.timestamp() * 1000))
    signed = f"{timestamp}\n{secret}".encode()
    sign = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest())
    return urlencode({"timestamp": timestamp, "sign": sign})


def read_plain(answer: Answer) -> None:
    """Any 2xx took it; 408, 425, 429 and 5xx may take it later."""
    if 200 <= answer.status < 300:
        return
    said = _("The other side answered %(status)s.") % {"status": answer.status}
    if answer.status in (408, 425, 429) or answer.status >= 500:
        raise TryLater(said)
    raise Undeliverable(said)


def read_robot(answer: Answer) -> None:
    """Robots answer 200 with an errcode; 0 is success."""
    read_plain(answer)
    try:
        said = json.loads(answer.body)
        code, words = int(said["errcode"]), str(said.get("errmsg", ""))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise TryLater(_("The robot's answer could not be read.")) from error
    if code == 0:
        return
    # A robot's own words may quote what was sent to it; the code tells enough for its manual.
    refused = _("The robot refused the message (errcode %(code)s).") % {"code": code}
    if code in _TOO_FAST or "too fast" in words:
        raise TryLater(refused)
    raise Undeliverable(refused)


ROBOTS: Mapping[str, Robot] = {
    "plain": Robot(plain, read_plain),
    "wecom": Robot(wecom, read_robot, ROBOT_PAUSE_SECONDS),
    "dingtalk": Robot(dingtalk, read_robot, ROBOT_PAUSE_SECONDS),
}


def _counted(one: Any) -> str:
    text = f"{one.label} {one.count}"
    return text + _(" (past their day: %(count)s)") % {"count": one.late} if one.late else text


def _link(url: str) -> str:
    words = _("Open the reminders")
    return f"[{words}]({url})"


def _dumped(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def _escaped(text: str) -> str:
    """A name stays a name: no markup, no mention, no line of its own."""
    return " ".join("".join(" " if sign in "*_`[]()<>#@!|\\" else sign for sign in text).split())


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")
