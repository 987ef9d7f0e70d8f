"""Long sequences in parts."""

import pytest

from obligations.chunks import chunks


@pytest.mark.parametrize("length", [0, 1, 4, 5, 6, 11])
def test_every_one_comes_once_in_order_and_no_part_is_longer_than_asked(length):
    rows = list(range(length))
    parts = list(chunks(rows, 5))
    assert [one for part in parts for one in part] == rows
    assert all(0 < len(part) <= 5 for part in parts)
