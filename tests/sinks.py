"""A mail server and an HTTP server on the loopback that keep what they get."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Sink:
    """A server with what it received; `with Sink…() as sink` starts and stops it."""

    def __init__(self):
        self.received = []
        self.lock = threading.Lock()
        self.server = None

    @property
    def port(self):
        return self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        return self

    def __exit__(self, *problem):
        self.server.shutdown()
        self.server.server_close()

    def keep(self, thing):
        with self.lock:
            self.received.append(thing)


class MailSink(Sink):
    """Speaks as much SMTP as a client needs. `answers` are (command, line) that it says instead.

    `before_yes` is called when a message is complete and kept, before the client hears of it.
    """

    def __init__(self, *, answers=None, before_yes=lambda: None):
        super().__init__()
        self.answers = dict(answers or {})
        self.before_yes = before_yes
        sink = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    talk(sink, self.rfile, self.say)
                except OSError:
                    return  # the client was killed

            def say(self, line):
                self.wfile.write(f"{line}\r\n".encode())
                self.wfile.flush()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), Talk)

    @property
    def messages(self):
        return [email.message_from_bytes(one, policy=email.policy.default) for one in self.received]

    def counts(self):
        """How often each message came, by its Message-ID."""
        return Counter(str(message["Message-ID"]) for message in self.messages)


def talk(sink, reader, say):
    """One connection."""
    say("220 sink")
    for line in iter(reader.readline, b""):
        word = line.strip().split(b":")[0].split(b" ")[0].upper().decode()
        if word in sink.answers:
            say(sink.answers[word])
        elif word == "DATA":
            say("354 go on")
            content = b"".join(iter(reader.readline, b".\r\n"))
            sink.keep(content)
            sink.before_yes()
            say("250 kept")
        elif word == "QUIT":
            say("221 bye")
            return
        else:
            say("250 fine")


class PostSink(Sink):
    """Keeps (path, headers, body); answers `status` and `body`, after `act(handler)` if given."""

    def __init__(self, *, status=200, body=b"", headers=(), act=None):
        super().__init__()
        sink = self

        class Talk(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                sink.keep((self.path, dict(self.headers), self.rfile.read(length)))
                if act is not None:
                    act(self)
                    return
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Talk)
        self.server.daemon_threads = True

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"
