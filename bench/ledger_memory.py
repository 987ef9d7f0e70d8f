"""A process that writes one ledger and tells by how many MB that made it grow."""

import sys

from bench import ledger

if __name__ == "__main__":
    print(ledger.measured_growth(int(sys.argv[1])))
