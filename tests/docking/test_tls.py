"""Which first error word a probe has for what is wrong with the encryption of an address."""

import asyncio
import datetime as dt
import ipaddress
import json
import os
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).parents[2]
NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
HOST = "system.example"
# A program of its own: what it trusts is read once, when aiohttp is loaded.
ASKS = """
import json, sys
from docking.probing import asking
from docking.probing.questions import Limits, Question

asked = [Question(n, 1, url, host, port, approved=("127.0.0.1",))
         for n, (url, host, port) in enumerate(json.load(sys.stdin))]
found = asking.ask_all(asked, limits=Limits(spacing=0.0), resolve=lambda *_: ["127.0.0.1"])
told = {one.endpoint: (seen.outcome, seen.error) for one, seen in found}
print(json.dumps([told[one.endpoint] for one in asked]))
"""


class Authority:
    """An authority of our own that signs certificates."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _named("Qingdan test authority")
        self.certificate = _certificate(self.name, self.key, self.name, self.key, is_authority=True)

    def sign(self, host, **times):
        key = ec.generate_private_key(ec.SECP256R1())
        return _certificate(_named(host), key, self.name, self.key, host=host, **times), key


def _named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    subject, key, issuer, signer, *, host="", since=NOW - DAY, until=NOW + DAY, is_authority=False
):
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if host:
        names = x509.SubjectAlternativeName([_alternative(host)])
        made = made.add_extension(names, critical=False)
    return made.sign(signer, hashes.SHA256())


def _alternative(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _alone(host):
    """Signed by nobody but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _certificate(_named(host), key, _named(host), key, host=host), key


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


class Servers:
    """Servers on the loopback, one for each certificate; None speaks no TLS at all."""

    def __init__(self, contexts):
        self.ports = []
        self._contexts = contexts
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *problem):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self):
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self):
        self._stop = asyncio.Event()
        self._loop.set_exception_handler(lambda loop, context: None)
        servers = [
            await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=context)
            for context in self._contexts
        ]
        self.ports = [server.sockets[0].getsockname()[1] for server in servers]
        self._ready.set()
        await self._stop.wait()
        for server in servers:
            server.close()

    async def _answer(self, reader, writer):
        try:
            # One byte: who speaks no TLS answers what it cannot read, as web servers do.
            await reader.read(1)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


def context_of(pair, folder):
    certificate, key = pair
    path = folder / f"{certificate.serial_number}.pem"
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(_pem(certificate) + key.private_bytes(serialization.Encoding.PEM, form, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def ask(places, *, trusted):
    answer = subprocess.run(
        [sys.executable, "-c", ASKS],
        input=json.dumps(places),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "SSL_CERT_FILE": str(trusted)},
        timeout=120,
    )
    return [tuple(one) for one in json.loads(answer.stdout)]


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """What a probe says of each certificate, all asked in one round."""
    folder = tmp_path_factory.mktemp("tls")
    ours, stranger = Authority(), Authority()
    trusted = folder / "authority.pem"
    trusted.write_bytes(_pem(ours.certificate))
    pairs = {
        "good": ours.sign(HOST),
        "good for an address": ours.sign("127.0.0.1"),
        "expired": ours.sign(HOST, since=NOW - 9 * DAY, until=NOW - DAY),
        "not valid yet": ours.sign(HOST, since=NOW + DAY, until=NOW + 9 * DAY),
        "self-signed": _alone(HOST),
        "of an unknown authority": stranger.sign(HOST),
        "for another name": ours.sign("other.example"),
    }
    contexts = [context_of(pair, folder) for pair in pairs.values()]
    with Servers([*contexts, None]) as servers:
        places = []
        for case, port in zip([*pairs, "no TLS"], servers.ports, strict=True):
            host = "127.0.0.1" if case == "good for an address" else HOST
            places.append((f"https://{host}:{port}/", host, port))
        told = ask(places, trusted=trusted)
    return dict(zip([*pairs, "no TLS"], told, strict=True))


@pytest.mark.parametrize(
    ("case", "told"),
    [
        # The controls: the same server is up where its certificate is in order.
        ("good", ("up", "")),
        ("good for an address", ("up", "")),
        ("expired", ("down", "certificate")),
        ("not valid yet", ("down", "certificate")),
        ("self-signed", ("down", "certificate")),
        ("of an unknown authority", ("down", "certificate")),
        ("for another name", ("down", "certificate")),
        ("no TLS", ("down", "tls")),
    ],
)
def test_each_fault_of_the_encryption_has_its_word(words, case, told):
    assert words[case] == told
