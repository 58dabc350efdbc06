"""The entry point of the commands `lab` and `badgateway`, and of `python -m lab`."""

from __future__ import annotations

import signal
import sys


def main() -> int:
    """Run the command line.

    Ctrl-C at any moment, also while things are still imported, ends without a traceback, and takes down the rounds
    that this command opened. Once the command is done it comes too late and changes nothing.
    """
    try:
        from lab.cli import main as run

        status = run()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        status = 130
    if status == 130 and (opening := sys.modules.get("lab.round.opening")):
        opening.abandon()
    return status


if __name__ == "__main__":
    sys.exit(main())
