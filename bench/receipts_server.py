"""The settings of the product, with one address more (bench.receipts_urls)."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.receipts_urls"
