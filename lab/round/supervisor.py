"""The process that a round belongs to. It outlives the command that started it.

This is its entry point, which imports little before the engine is prepared: what is imported by then is shared with
the processes of the round, and the rest of the imports goes on in both at the same time.
"""

from __future__ import annotations

import asyncio
import json
import sys
import traceback

from lab.engines import prepare


def main() -> int:
    """Read the request, open the round, and stay until it is over."""
    line = sys.stdin.readline()
    if not line:
        return 130  # whoever wanted the round has gone already
    request = {"engine": "process", **json.loads(line)}
    prepared = prepare(request["engine"])

    from lab.errors import LabError
    from lab.round.supervise import supervise, tell

    try:
        asyncio.run(supervise(request, prepared))
    except LabError as error:
        tell({"error": {"what": error.what, "cure": error.cure, "code": error.code}})
        return error.code
    except (asyncio.CancelledError, KeyboardInterrupt):
        tell({"error": {"what": "The round was interrupted while it opened.", "cure": "Start it again.", "code": 130}})
        return 130
    except Exception:  # a defect: the command shows where its traceback is
        tell({"defect": traceback.format_exc()})
        traceback.print_exc()
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
