"""A process that writes one ledger and tells by how many MB that made it grow."""

import os
import sys
from importlib import import_module

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import_module("django").setup()
    print(import_module("bench.ledger").measured_growth(int(sys.argv[1])))
