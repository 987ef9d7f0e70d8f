"""A process that writes one ledger and tells how much memory that took: its rows are the word."""

import sys

from bench import ledger

if __name__ == "__main__":
    print(ledger.peak_megabytes(int(sys.argv[1])))
