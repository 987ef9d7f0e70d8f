"""Benchmarks against peers, each printing a ratio: bench/run [NAME…]."""
