"""Every call of toxiproxy-python, against the server at HOST:PORT (the first argument).

Prints one line for each call that did what it should; the first that doesn't ends it with a traceback.
"""

from __future__ import annotations

import socket
import sys
import threading
import time

from toxiproxy import Toxiproxy
from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists


def refused(expected: type[Exception], call, *given, **named) -> None:  # type: ignore[no-untyped-def]
    try:
        call(*given, **named)
    except expected:
        return
    raise AssertionError(f"{call} was not refused with {expected.__name__}")


def upstream() -> str:
    """An echo server in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            connection = listener.accept()[0]
            while data := connection.recv(100):
                connection.sendall(data)
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    return "{}:{}".format(*listener.getsockname())


def echo(listen: str) -> float:
    """Seconds until an echo came back."""
    host, port = listen.split(":")
    start = time.monotonic()
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(b"x")
        assert connection.recv(1) == b"x"
    return time.monotonic() - start


def main() -> None:
    host, port = sys.argv[1].split(":")
    address = upstream()
    server = Toxiproxy()
    server.update_api_consumer(host, int(port))
    print("Toxiproxy.update_api_consumer")
    assert server.running()
    print("Toxiproxy.running")
    assert server.version() == b'{"version": "git"}\n'
    print("Toxiproxy.version")

    proxy = server.create(upstream=address, name="python")
    echo(proxy.listen)
    print("Toxiproxy.create")
    refused(ProxyExists, server.create, upstream=address, name="python")
    print("Toxiproxy.create refused")
    assert server.get_proxy("python").listen == proxy.listen
    assert server.get_proxy("none") is None
    print("Toxiproxy.get_proxy")
    assert list(server.proxies()) == ["python"]
    print("Toxiproxy.proxies")

    proxy.add_toxic(name="slow", type="latency", stream="upstream", toxicity=1, attributes={"latency": 300})
    assert echo(proxy.listen) >= 0.29
    print("Proxy.add_toxic")
    refused(InvalidToxic, proxy.add_toxic, type="none")
    refused(InvalidToxic, proxy.add_toxic, type="latency", attributes={"latency": 0.5})
    refused(ProxyExists, proxy.add_toxic, type="latency", name="slow")
    print("Proxy.add_toxic refused")
    assert list(proxy.toxics()) == ["slow"]
    print("Proxy.toxics")
    assert proxy.get_toxic("slow").attributes == {"latency": 300, "jitter": 0}
    assert proxy.get_toxic("none") is None
    print("Proxy.get_toxic")
    assert proxy.destroy_toxic("slow")
    refused(NotFound, proxy.destroy_toxic, "slow")
    print("Proxy.destroy_toxic")

    proxy.disable()
    refused(ConnectionRefusedError, echo, proxy.listen)
    print("Proxy.disable")
    proxy.enable()
    echo(proxy.listen)
    print("Proxy.enable")
    with proxy.down():
        refused(ConnectionRefusedError, echo, proxy.listen)
    echo(proxy.listen)
    print("Proxy.down")

    proxy.add_toxic(type="bandwidth", attributes={"rate": 1000})
    assert server.reset()
    assert not proxy.toxics()
    print("Toxiproxy.reset")
    made = server.populate([{"name": "other", "upstream": address, "listen": "127.0.0.1:0"}])
    assert [one.name for one in made] == ["other"]
    print("Toxiproxy.populate")
    assert server.destroy(made[0])
    print("Toxiproxy.destroy")
    assert proxy.destroy()
    print("Proxy.destroy")
    server.create(upstream=address, name="a")
    server.create(upstream=address, name="b")
    server.destroy_all()
    assert server.proxies() == {}
    print("Toxiproxy.destroy_all")


if __name__ == "__main__":
    main()
