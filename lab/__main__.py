"""The entry point of the commands `lab` and `badgateway`, and of `python -m lab`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; Ctrl-C while it is still being imported ends without a traceback, too."""
    try:
        from lab.cli import main as run

        return run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
