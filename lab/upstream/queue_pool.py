"""SQLAlchemy's connection pool, without its SQL toolkit.

The shop uses the pool as it is, because its behaviour and its error text are what people meet in production. The
package's own `__init__` imports the whole toolkit besides, which costs 10 MB in every process of a round and 0.1 s
at its start; the pool needs none of it. So its module is imported under a bare package, which is taken away again:
whoever imports `sqlalchemy` afterwards gets all of it, as a copy of its own.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

PACKAGE = "sqlalchemy"

if TYPE_CHECKING:
    from sqlalchemy.exc import TimeoutError as QueueTimeout
    from sqlalchemy.pool import PoolProxiedConnection, QueuePool
else:
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == PACKAGE}
    if not before:
        bare = ModuleType(PACKAGE)
        bare.__spec__ = find_spec(PACKAGE)
        bare.__path__ = list(bare.__spec__.submodule_search_locations)
        sys.modules[PACKAGE] = bare
    pool, errors = import_module(f"{PACKAGE}.pool"), import_module(f"{PACKAGE}.exc")
    PoolProxiedConnection, QueuePool, QueueTimeout = pool.PoolProxiedConnection, pool.QueuePool, errors.TimeoutError
    if not before:
        # The link in its messages has the version, which the package's own __init__ would have set.
        errors._version_token = "".join(version(PACKAGE).split(".")[:2])
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]

__all__ = ["PoolProxiedConnection", "QueuePool", "QueueTimeout"]
