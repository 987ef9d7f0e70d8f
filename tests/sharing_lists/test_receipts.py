"""Signed receipts: taken once, judged, kept as received; everything else refused and counted."""

import datetime as dt
import hashlib
import json

import pytest
import time_machine
from django.test import Client

from accounts.errors import RuleViolation
from accounts.models import AuditEntry
from jobs import queue, running
from jobs.models import Job
from sharing_lists import push_keys, receipts
from sharing_lists.models import Delivery, PushKey, ReceiptRefusal

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2025, 10, 20, 2, 0, tzinfo=dt.UTC)
ADDRESS = "/api/v1/receipts/"
SHA = hashlib.sha256(b"data").hexdigest()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    # Tests roll back what this process remembers to have asked for.
    monkeypatch.setattr(receipts, "_asked", 0)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def key(police, officer):
    made, secret = push_keys.make(police, system="人口库前置机", by=officer)
    return made, secret.encode()


def body_of(**facts):
    said = {
        "resource": "307001001/000001",
        "period_from": "2025-10-01",
        "period_to": "2025-10-20",
        "rows": 1284,
        "newest_data_at": "2025-10-19T23:10:00+08:00",
        "sha256": SHA,
        **facts,
    }
    return json.dumps({name: value for name, value in said.items() if value is not None}).encode()


def push(key, body, *, at=NOW, nonce="nonce-0001", secret=None, header=None):
    made, own = key
    signature = receipts.sign(
        secret or own, timestamp=str(int(at.timestamp())), nonce=nonce, body=body
    )
    written = (
        f"QD-HMAC-SHA256 key={made.code}, timestamp={int(at.timestamp())}, nonce={nonce}, "
        f"signature={signature}"
    )
    sent = {"Authorization": written if header is None else header}
    return Client().post(
        ADDRESS, body, content_type="application/json", headers={k: v for k, v in sent.items() if v}
    )


def test_a_signed_receipt_is_kept_as_received_judged_and_moves_the_promise(verified, key):
    row = verified("monthly", code="307001001/000001")
    body = body_of()
    answer = push(key, body)

    assert answer.status_code == 201, answer.content
    assert answer.json()["new"] is True
    one = Delivery.objects.get()
    assert answer.json()["deliveries"] == [one.pk]
    assert one.raw == body.decode()
    assert (one.source, one.key, one.rows, one.sha256) == ("receipt", key[0], 1284, SHA)
    settle()
    row.refresh_from_db()
    assert row.delivery_due_on == dt.date(2025, 11, 30)


def settle():
    """What the job does some seconds after the receipts."""
    job = Job.objects.get(kind=receipts.SETTLE_JOB, state="queued")
    Job.objects.filter(pk=job.pk).update(lease_until=None)
    assert running.perform(job.pk)


def test_many_receipts_are_settled_by_one_job_and_later_ones_by_the_next(verified, key):
    row = verified("daily", code="307001001/000001")
    for number in range(3):
        push(key, body_of(rows=number), nonce=f"nonce-000{number}")
    settle()
    assert not Delivery.objects.filter(settled=False).exists()
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        later = body_of(period_from="2025-10-21", period_to="2025-10-21", newest_data_at=None)
        push(key, later, at=NOW + dt.timedelta(days=1), nonce="nonce-0009")
        settle()
    row.refresh_from_db()
    assert row.delivery_due_on == dt.date(2025, 10, 22)


def test_what_no_job_settled_the_nightly_count_settles(verified, key):
    row = verified("monthly", code="307001001/000001")
    push(key, body_of())
    Job.objects.all().delete()
    made = queue.enqueue("sharing_lists.keep_promises", period="2025-10-21")
    running.perform(made.pk)
    row.refresh_from_db()
    assert row.delivery_due_on == dt.date(2025, 11, 30)
    assert not Delivery.objects.filter(settled=False).exists()


def test_a_title_names_the_resource_as_well(verified, key):
    row = verified("monthly", title="【示例】常住人口基本信息")
    assert push(key, body_of(resource="【示例】常住人口基本信息")).status_code == 201
    assert row.deliveries.count() == 1


def test_the_same_receipt_again_changes_nothing(verified, key):
    verified("monthly", code="307001001/000001")
    first = push(key, body_of())
    again = push(key, body_of(), nonce="nonce-0002")

    assert again.status_code == 200
    assert again.json() == first.json() | {"new": False}
    assert Delivery.objects.count() == 1


def test_a_rotated_key_repeats_what_the_old_one_sent_without_doubling_it(verified, key, officer):
    verified("monthly", code="307001001/000001")
    push(key, body_of())
    new, secret = push_keys.rotate(key[0], by=officer)

    assert push((new, secret.encode()), body_of(), nonce="nonce-0002").status_code == 200
    assert Delivery.objects.count() == 1


def test_one_resource_on_two_lists_is_delivered_to_both(verified, key):
    both = [verified("monthly", code="307001001/000001") for _ in range(2)]
    assert push(key, body_of()).status_code == 201
    assert [row.deliveries.count() for row in both] == [1, 1]
    assert push(key, body_of()).status_code == 409


def test_the_department_is_the_keys_own(verified, key, health, make_user):
    verified("monthly", code="307001001/000001", title="别人的")
    foreign = make_user("foreign", "officer", department=health)
    made, secret = push_keys.make(health, system="前置机", by=foreign)

    answer = push((made, secret.encode()), body_of())

    assert answer.status_code == 422
    assert "307001001/000001" in answer.json()["detail"]
    assert Delivery.objects.count() == 0


REFUSED = {
    "unsigned": (401, "unsigned", {"header": ""}),
    "another scheme": (401, "unsigned", {"header": "Bearer 123"}),
    "half a signature": (401, "unsigned", {"header": "QD-HMAC-SHA256 key=1, nonce=12345678"}),
    "a short nonce": (401, "unsigned", {"nonce": "short"}),
    "a key that nobody made": (
        401,
        "unknown_key",
        {"header": "QD-HMAC-SHA256 key=none, timestamp=1, nonce=nonce-0001, signature=00"},
    ),
    "another secret": (401, "bad_signature", {"secret": b"another"}),
    "old": (401, "expired", {"at": NOW - dt.timedelta(seconds=301)}),
    "future": (401, "future", {"at": NOW + dt.timedelta(seconds=301)}),
    "too large": (413, "too_large", {"body": b"x" * (receipts.MOST_BYTES + 1)}),
    "no JSON": (400, "malformed", {"body": b"{"}),
    "no object": (400, "malformed", {"body": b"[]"}),
    "nothing": (400, "malformed", {"body": b"null"}),
    "failures without calls": (400, "malformed", {"body": body_of(failures=2)}),
    "a field without a name": (400, "malformed", {"body": body_of(fields=["姓名", ""])}),
    "a period of many years": (422, "not_yet", {"body": body_of(period_to="2099-12-31")}),
    "not UTF-8": (400, "malformed", {"body": b"\xff\xfe"}),
    "a field unknown": (400, "malformed", {"body": body_of(data="…")}),
    "no period": (400, "malformed", {"body": body_of(period_from=None)}),
    "a period backwards": (400, "malformed", {"body": body_of(period_from="2025-10-21")}),
    "a negative count": (400, "malformed", {"body": body_of(rows=-1)}),
    "a count beyond bounds": (400, "malformed", {"body": body_of(rows=10**16)}),
    "data of another age": (
        400,
        "malformed",
        {"body": body_of(newest_data_at="0001-01-02T00:00:00+08:00")},
    ),
    "no digest": (400, "malformed", {"body": body_of(sha256="ABC")}),
    "more failures than calls": (400, "malformed", {"body": body_of(calls=1, failures=2)}),
    "a period to come": (
        422,
        "not_yet",
        {"body": body_of(period_from="2025-10-21", period_to="2025-10-22")},
    ),
    "data to come": (422, "not_yet", {"body": body_of(newest_data_at="2025-10-21T00:00:00+08:00")}),
    "an unknown resource": (422, "unknown_resource", {"body": body_of(resource="999")}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_whatever_is_wrong_is_refused_in_a_sentence_counted_and_not_kept(case, verified, key):
    row = verified("monthly", code="307001001/000001")
    before = row.delivery_due_on
    status, reason, sent = REFUSED[case]
    answer = push(
        key, sent.get("body", body_of()), **{k: v for k, v in sent.items() if k != "body"}
    )

    assert answer.status_code == status, answer.content
    said = answer.json()
    assert said["code"] == reason
    assert len(said["detail"]) > 10
    assert "ErrorDetail" not in said["detail"]
    assert "non_field" not in said["detail"]
    assert ("WWW-Authenticate" in answer) is (status == 401)
    assert Delivery.objects.count() == 0
    assert ReceiptRefusal.objects.get().reason == reason
    assert ReceiptRefusal.objects.get().count == 1
    row.refresh_from_db()
    assert row.delivery_due_on == before


def test_a_refusal_names_the_field_within_a_list(verified, key):
    verified("monthly", code="307001001/000001")
    assert "fields: 1: " in push(key, body_of(fields=["姓名", ""])).json()["detail"]


def test_digits_in_capitals_and_quoted_values_are_the_same_signature(verified, key):
    verified("monthly", code="307001001/000001")
    body = body_of(sha256=SHA.upper())
    stamp = str(int(NOW.timestamp()))
    signature = receipts.sign(key[1], timestamp=stamp, nonce="nonce-0001", body=body).upper()
    header = (
        f'QD-HMAC-SHA256 key="{key[0].code}", timestamp="{stamp}", nonce="nonce-0001", '
        f'signature="{signature}"'
    )
    assert push(key, body, header=header).status_code == 201
    assert Delivery.objects.get().sha256 == SHA


def test_a_replay_is_refused_also_where_the_body_is_new(verified, key):
    verified("monthly", code="307001001/000001")
    assert push(key, body_of()).status_code == 201
    assert push(key, body_of()).status_code == 409
    assert push(key, body_of(rows=7)).status_code == 409

    assert Delivery.objects.count() == 1
    assert ReceiptRefusal.objects.get().reason == "replayed"
    assert ReceiptRefusal.objects.get().count == 2


class Endless:
    """A body that is said to be huge; `taken` is how much of it was asked for."""

    taken = 0

    def read(self, size=-1):
        assert size >= 0, "all of it was asked for"
        self.taken += size
        return b"x" * size

    readline = read


@pytest.mark.parametrize(
    ("header", "status", "most"), [(None, 413, receipts.MOST_BYTES + 1), ("", 401, 0)]
)
def test_of_a_huge_body_no_more_is_read_than_a_receipt_can_have(header, status, most, key):
    body = Endless()
    written = f"QD-HMAC-SHA256 key={key[0].code}, timestamp=1, nonce=nonce-0001, signature=00"
    answer = Client().generic(
        "POST",
        ADDRESS,
        content_type="application/json",
        headers={"Authorization": written if header is None else header},
        **{"wsgi.input": body, "CONTENT_LENGTH": str(2**30)},
    )

    assert (answer.status_code, body.taken) == (status, most)
    assert ReceiptRefusal.objects.get().count == 1
    assert Delivery.objects.count() == 0


def test_the_clock_may_be_off_by_five_minutes(verified, key):
    verified("monthly", code="307001001/000001")
    early, late = (NOW + dt.timedelta(seconds=s) for s in (-300, 300))
    assert push(key, body_of(rows=1), at=early, nonce="nonce-0001").status_code == 201
    assert push(key, body_of(rows=2), at=late, nonce="nonce-0002").status_code == 201


def test_revoked_and_run_out_keys_sign_nothing(verified, key, officer):
    verified("monthly", code="307001001/000001")
    new, secret = push_keys.rotate(key[0], by=officer)
    assert push(key, body_of()).status_code == 201
    push_keys.revoke(new, by=officer)
    refused = push((new, secret.encode()), body_of(rows=2))
    assert (refused.status_code, refused.json()["code"]) == (401, "unknown_key")
    with time_machine.travel(NOW + dt.timedelta(days=8), tick=False):
        old = push(key, body_of(rows=3), at=NOW + dt.timedelta(days=8), nonce="nonce-0003")
    assert old.status_code == 401
    assert Delivery.objects.count() == 1


# --- keys -------------------------------------------------------------------------------------


def test_a_secret_is_sealed_and_never_on_the_audit_trail(police, officer):
    made, secret = push_keys.make(police, system="前置机", by=officer)

    assert secret not in made.sealed
    assert push_keys.secret_of(made) == secret.encode()
    entry = AuditEntry.objects.get(verb="make_push_key")
    assert secret not in json.dumps(entry.detail)
    assert entry.department_id == police.pk


def test_one_system_has_one_key_and_rotates_it(police, officer):
    made, _secret = push_keys.make(police, system="前置机", by=officer)
    with pytest.raises(RuleViolation):
        push_keys.make(police, system=" 前置机 ", by=officer)
    new, _secret = push_keys.rotate(made, by=officer)
    with pytest.raises(RuleViolation):
        push_keys.rotate(made, by=officer)
    assert PushKey.objects.standing(NOW).count() == 2
    push_keys.revoke(new, by=officer)
    with pytest.raises(RuleViolation):
        push_keys.revoke(new, by=officer)
    push_keys.make(police, system="前置机", by=officer)


def test_the_page_shows_the_secret_once_and_only_the_own_keys(police, health, officer, coordinator):
    client = Client()
    client.force_login(officer, backend="accounts.signin.Backend")
    shown = client.post("/deliveries/keys/", {"system": "前置机"}).content.decode()
    made = PushKey.objects.get()
    secret = push_keys.secret_of(made).decode()
    assert secret in shown
    assert secret not in client.get("/deliveries/keys/").content.decode()

    other, _secret = push_keys.make(health, system="别家系统", by=coordinator)
    page = client.get("/deliveries/keys/").content.decode()
    assert made.code in page
    assert other.code not in page
    assert client.post(f"/deliveries/keys/{other.pk}/revoke/").status_code == 404
    assert client.post(f"/deliveries/keys/{made.pk}/rotate/").status_code == 200
    assert client.post(f"/deliveries/keys/{made.pk}/revoke/").status_code == 302
    assert PushKey.objects.filter(revoked_at=None, department=police).count() == 1


def test_coordinators_of_a_city_see_the_refusals_of_its_own_keys(
    police, coordinator, city, make_department, make_user
):
    bureau = make_department("甲市数据局", at=city)
    own, _secret = push_keys.make(bureau, system="市前置机", by=coordinator)
    other, _secret = push_keys.make(police, system="省前置机", by=coordinator)
    for code in (own.code, other.code, ""):
        ReceiptRefusal.objects.create(day=NOW.date(), reason="expired", key_code=code, count=1)

    def rows(user):
        client = Client()
        client.force_login(user, backend="accounts.signin.Backend")
        return [one.key_code for one, _why in client.get("/deliveries/keys/").context["refused"]]

    person = make_user("city", "coordinator", department=bureau, region=city)
    assert rows(person) == [own.code]
    assert sorted(rows(coordinator)) == sorted(["", own.code, other.code])
