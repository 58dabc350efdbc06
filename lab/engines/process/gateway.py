"""The gateway: a hop whose configuration can be changed while it works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from lab.engines.base import Exit
from lab.engines.process.client import ZygoteClient
from lab.engines.process.hops import READY_TIMEOUT, ProcessHop
from lab.engines.process.nginx import GatewayConf, Nginx
from lab.engines.process.orders import Ended
from lab.engines.process.service_log import ServiceLog
from lab.engines.process.unit import Unit
from lab.engines.process.waiting import deadline, last_words, until
from lab.errors import LabError

_CANDIDATE = "conf/nginx.conf.candidate"


class ProcessGateway(ProcessHop):
    """nginx with a master and one worker.

    It needs the master for more than reloads: with `master_process off`, nginx 1.22.1 dies of SIGSEGV when its
    listening sockets are inherited. With it, a start takes 3 ms and a stop 1 ms.

    Args:
        unit: what it is.
        folder: the round's.
        nginx: the program.
        conf: its settings at first.
        render: its settings as the text of nginx.conf.
        zygote: starts it.
        log: the process log.
        on_exit: told of each end of the master.
    """

    harmless = ProcessHop.harmless | {"SIGHUP", "SIGUSR1"}

    def __init__(
        self,
        unit: Unit,
        folder: Path,
        nginx: Nginx,
        conf: GatewayConf,
        render: Callable[[GatewayConf], str],
        zygote: ZygoteClient,
        log: ServiceLog,
        on_exit: Callable[[Exit], None],
    ) -> None:
        super().__init__(unit, zygote, log, on_exit)
        self.conf = conf
        self._folder = folder
        self._nginx = nginx
        self._render = render
        self._changing = asyncio.Lock()
        self._file.write_text(render(conf), encoding="utf-8")

    @property
    def _file(self) -> Path:
        return self._folder / "conf" / "nginx.conf"

    @property
    def _pid_file(self) -> Path:
        return self._folder / "data" / "gateway" / "nginx.pid"

    async def set_conf(self, **settings: Any) -> None:
        """See the protocol. A gateway that does not run takes the new configuration when it is started."""
        async with self._changing:
            conf = self.conf.changed(settings)
            candidate = self._folder / _CANDIDATE
            candidate.write_text(self._render(conf), encoding="utf-8")
            try:
                await self._test()
                candidate.replace(self._file)
            finally:
                candidate.unlink(missing_ok=True)
            self.conf = conf
            if self.state == "running":
                await self._reload()

    def lock(self, locked: bool) -> None:
        file = self._folder / "data" / "maintenance.lock"
        if locked:
            file.touch()
        else:
            file.unlink(missing_ok=True)

    async def answers(self) -> bool:
        """Whether nginx is past everything that can fail (it writes its pid after that), and has its worker.

        It is not asked for a page, because that would be in its logs.
        """
        with suppress(OSError, ValueError):
            pid = int(self._pid_file.read_text(encoding="ascii"))
            return pid == self.pid and bool(_workers(pid))
        return False

    async def _test(self) -> None:
        """`nginx -t` on the candidate; raises LabError with its message."""
        output = self._folder / "data" / "gateway" / "test.out"
        output.unlink(missing_ok=True)
        order = replace(
            self.unit.order,
            key=f"{self.unit.order.key}-test",
            output=str(output),
            listen=(),
            argv=self._nginx.argv(self._folder, "-t", conf=_CANDIDATE, early="data/gateway/test.log"),
        )
        done: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()

        def tell(ended: Ended) -> None:
            if not done.done():
                done.set_result(ended)

        async with deadline(READY_TIMEOUT, "nginx -t did not end", output):
            await self._zygote.spawn(order, lambda _: None, tell)
            ended = await done
        if ended.code != 0:
            reason = last_words(output, "[emerg]") or last_words(output)
            raise LabError(
                f"nginx refuses the configuration: {reason.replace(_CANDIDATE, 'conf/nginx.conf')}",
                "The old one is still in force; correct the setting.",
            )

    async def _reload(self) -> None:
        """SIGHUP, then wait until only workers with the new configuration accept connections."""
        pid = self._must_run()
        old = _workers(pid)
        await self._zygote.signal(self.unit.order.key, "SIGHUP")
        async with deadline(READY_TIMEOUT, "nginx did not reload", self._folder / "logs" / "gateway" / "error.log"):
            await until(
                lambda: self.pid != pid or bool(_workers(pid) - old and not any(_listens(worker) for worker in old))
            )
        if self.pid != pid:
            raise LabError(f"{self.name} ended as it was reloaded. {last_words(self.unit.said)}", "See its error.log.")
        self._log.reloaded(self.name, pid)


def _workers(master: int) -> set[int]:
    """The pids of its children."""
    with suppress(OSError):  # proc(5); psutil would look through all processes of the machine
        return set(map(int, Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()))
    try:
        return {child.pid for child in psutil.Process(master).children()}
    except psutil.NoSuchProcess:
        return set()


def _listens(pid: int) -> bool:
    """Whether the process still has a listening socket; a worker that shuts down closed its own."""
    try:
        return any(conn.status == psutil.CONN_LISTEN for conn in psutil.Process(pid).net_connections("tcp"))
    except psutil.NoSuchProcess:
        return False
