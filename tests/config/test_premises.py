"""What ./run needs for itself, and how it says no."""

import os
import socket
from pathlib import Path

import pytest

from config import broker, premises


def test_the_data_folder_is_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new" / "folder"))
    assert premises.data_dir().stat().st_mode & 0o777 == 0o700


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / "folder"))
    with pytest.raises(premises.NotPossible, match="DATA_DIR"):
        premises.data_dir()


def test_a_data_folder_has_one_supervisor(tmp_path):
    with premises.lock(tmp_path), pytest.raises(premises.NotPossible, match=str(tmp_path)):
        premises.lock(tmp_path)


def test_a_folder_is_free_again_when_its_supervisor_has_gone(tmp_path):
    premises.lock(tmp_path).close()
    assert premises.lock(tmp_path).close() is None


def test_a_taken_port_is_named_with_a_remedy(monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(number))
        with pytest.raises(premises.NotPossible, match=f"端口 {number} 不可用.*PORT="):
            premises.port()


@pytest.mark.parametrize("text", ["0", "65536", "http", "８０００"])
def test_what_is_no_port_is_refused(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(premises.NotPossible, match="1–65535"):
        premises.port()


def test_a_random_password_is_made_once_and_kept_from_others(tmp_path, monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    password = premises.demo_password(tmp_path)
    assert len(password) >= 16
    assert premises.demo_password(tmp_path) == password
    assert (tmp_path / "demo-password").stat().st_mode & 0o777 == 0o600


def test_a_given_password_holds_from_the_first_start(tmp_path, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "first-start-password")
    assert premises.demo_password(tmp_path) == "first-start-password"
    monkeypatch.setenv("DEMO_PASSWORD", "another")
    assert premises.demo_password(tmp_path) == "first-start-password"


def test_the_broker_listens_in_the_data_folder():
    assert broker.broker_socket(Path("/srv/q")) == Path("/srv/q/broker.sock")


def test_a_data_folder_with_a_long_path_gets_a_short_socket():
    long = Path("/srv") / ("数据" * 30)
    short = broker.broker_socket(long)
    assert len(os.fsencode(short)) <= 100
    assert broker.broker_socket(long) == short
    assert broker.broker_socket(long / "other") != short


def test_without_a_server_on_the_path_the_wheel_has_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert os.access(broker.broker_program(), os.X_OK)
