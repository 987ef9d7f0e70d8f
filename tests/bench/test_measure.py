"""The benchmarks' common frame: sides in turn, medians, one line each."""

import itertools
import subprocess
import sys

from bench import measure


def test_the_line_names_size_seconds_peer_and_ratio():
    said = measure.line("judge", 100_000, measure.Ratio(0.25, 0.1), peer="count")
    assert said == "judge 100000: ours 0.250 s, count 0.100 s, ratio 2.50"


def test_both_sides_are_measured_in_turn_and_the_first_round_only_warms_up():
    acts = []
    measure.in_turn(
        lambda: acts.append("ours"),
        lambda: acts.append("peer"),
        rounds=2,
        between=lambda: acts.append("between"),
    )
    assert acts == ["between", "peer", "ours"] * 3


def test_the_ratio_is_ours_to_the_peers_median():
    # Readings of the clock: each act takes the next of these seconds.
    lengths = iter([9, 9, 2, 4, 1, 8, 3, 6])
    readings = itertools.accumulate(
        itertools.chain.from_iterable((0, length) for length in lengths)
    )
    ratio = measure.in_turn(lambda: None, lambda: None, rounds=3, clock=lambda: next(readings))
    assert ratio == measure.Ratio(ours=6, peer=2)
    assert ratio.value == 3


def test_an_unknown_benchmark_is_refused_with_the_known_ones():
    done = subprocess.run(
        [sys.executable, "-m", "bench", "no-such"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "judge, judge-pg, workbook" in done.stderr
