"""The gateway: a hop whose configuration can be changed while it works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lab.engines import kernel
from lab.engines.base import Exit
from lab.engines.gateway_conf import CANDIDATE, ConfFile
from lab.engines.managed import READY_TIMEOUT
from lab.engines.managed_gateway import ManagedGateway
from lab.engines.process.client import ZygoteClient
from lab.engines.process.hops import ProcessHop
from lab.engines.process.nginx import Nginx
from lab.engines.process.orders import Ended
from lab.engines.process.unit import ProcessUnit
from lab.engines.service_log import ServiceLog
from lab.engines.waiting import deadline, last_words


class ProcessGateway(ManagedGateway, ProcessHop):
    """See `ManagedGateway`.

    It needs the master for more than reloads: with `master_process off`, nginx 1.22.1 dies of SIGSEGV when its
    listening sockets are inherited. With it, a start takes 3 ms and a stop 1 ms.

    Args:
        unit: what it is.
        folder: the round's.
        nginx: the program.
        file: its configuration.
        zygote: starts it.
        log: the process log.
        on_exit: told of each end of the master.
    """

    def __init__(
        self,
        unit: ProcessUnit,
        folder: Path,
        nginx: Nginx,
        file: ConfFile,
        zygote: ZygoteClient,
        log: ServiceLog,
        on_exit: Callable[[Exit], None],
    ) -> None:
        super().__init__(unit, zygote, log, on_exit)
        self.file = file
        self._folder = folder
        self._nginx = nginx

    @property
    def _pid_file(self) -> Path:
        return self._folder / "data" / "gateway" / "nginx.pid"

    async def answers(self) -> bool:
        """Whether nginx is past everything that can fail (it writes its pid after that), and has its worker.

        It is not asked for a page, because that would be in its logs.
        """
        with suppress(OSError, ValueError):
            pid = int(self._pid_file.read_text(encoding="ascii"))
            return pid == self.pid and bool(kernel.children(pid))
        return False

    async def _test(self) -> str:
        """`nginx -t` on the candidate."""
        output = self._folder / "data" / "gateway" / "test.out"
        output.unlink(missing_ok=True)
        order = replace(
            self.unit.order,
            key=f"{self.unit.order.key}-test",
            output=str(output),
            listen=(),
            argv=self._nginx.argv(self._folder, "-t", conf=CANDIDATE, early="data/gateway/test.log"),
        )
        done: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()

        def tell(ended: Ended) -> None:
            if not done.done():
                done.set_result(ended)

        async with deadline(READY_TIMEOUT, "nginx -t did not end", output):
            await self._zygote.spawn(order, lambda _: None, tell)
            ended = await done
        return "" if ended.code == 0 else last_words(output, "[emerg]") or last_words(output) or f"exit {ended.code}"
