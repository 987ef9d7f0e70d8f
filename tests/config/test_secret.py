"""The key of an installation is made once, however many processes start at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

from config import secret

STARTS, ROUNDS = 16, 60


def test_starts_at_once_all_read_the_same_whole_key(tmp_path):
    with ThreadPoolExecutor(STARTS) as starts:
        for number in range(ROUNDS):
            path, together = tmp_path / f"{number}.key", threading.Barrier(STARTS)

            def start(path=path, together=together):
                together.wait()
                return secret.load(path)

            keys = {one.result() for one in [starts.submit(start) for _ in range(STARTS)]}
            assert len(keys) == 1
            assert len(keys.pop()) >= 64


def test_the_key_is_kept_for_its_owner_alone_and_nothing_else_is_left(tmp_path):
    key = secret.load(tmp_path / "secret.key")
    assert secret.load(tmp_path / "secret.key") == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
