"""Lines as nginx 1.22.1 was measured to write them, one for each text of the measured catalogue, with their rows.

Where nginx quotes what differs (a path, an address, a number), some value stands for it.
"""

# ruff: noqa: E501 - a line of a log is one line

from __future__ import annotations

_TAIL = ', client: 127.77.1.101, server: shop, request: "GET /products HTTP/1.1"'
_TAILS = {
    "T": _TAIL + ', upstream: "http://127.77.1.21:8000/products", host: "127.77.1.10:8080"',
    "TN": _TAIL + ', host: "127.77.1.10:8080"',
    "S": _TAIL + ', subrequest: "/_auth", upstream: "http://127.77.1.22:8000/_auth", host: "127.77.1.10:8080"',
    "C": ", client: 127.77.1.101, server: 127.77.1.10:8080",
    "-": "",
}

# rows | level | tail | message
_ERRORS = r"""
A1 A2 A3 A14 A20 F14 G8 K6|error|T|connect() failed (111: Connection refused) while connecting to upstream
G1 G4|error|T|connect() failed (111: Connection refused) while connecting to upstream
A4 A5|error|T|connect() failed (113: No route to host) while connecting to upstream
A6|error|T|connect() failed (101: Network is unreachable) while connecting to upstream
A7 A8 A10|error|T|upstream timed out (110: Connection timed out) while connecting to upstream
A9 B10 B11 B12 E29 G9 G10 G12 G21|error|T|upstream timed out (110: Connection timed out) while reading response header from upstream
A11|error|T|connect() failed (110: Connection timed out) while connecting to upstream
A12|crit|T|connect() to unix:/run/api.sock failed (2: No such file or directory) while connecting to upstream
A13|crit|T|connect() to unix:/run/api.sock failed (13: Permission denied) while connecting to upstream
A14|error|T|connect() to unix:/run/api.sock failed (111: Connection refused) while connecting to upstream
A15|error|T|connect() to unix:/run/api.sock failed (11: Resource temporarily unavailable) while connecting to upstream
A16|crit|T|connect() to 127.0.0.1:18194 failed (99: Cannot assign requested address) while connecting to upstream
A17|crit|T|bind(192.0.2.250) failed (99: Cannot assign requested address) while connecting to upstream
A18|alert|T|socket() failed (24: Too many open files) while connecting to upstream
A18|crit|-|accept4() failed (24: Too many open files)
A19 B25|alert|T|17 worker_connections are not enough while connecting to upstream
B24 O4|alert|-|512 worker_connections are not enough
B1 B2 B4 B9 B18 B19 B20 B23 E22 E25 E26|error|T|upstream prematurely closed connection while reading response header from upstream
B3 B5 B6 B7 B8 B15 B21 B24 E23|error|T|recv() failed (104: Connection reset by peer) while reading response header from upstream
B13|error|T|recv() failed (110: Connection timed out) while reading response header from upstream
B14|error|T|upstream timed out (110: Connection timed out) while sending request to upstream
B15|error|T|writev() failed (104: Connection reset by peer) while sending request to upstream
B15|error|T|writev() failed (32: Broken pipe) while sending request to upstream
C1 C2 C5|error|T|upstream sent no valid HTTP/1.0 header while reading response header from upstream
C6|error|T|upstream sent invalid header: "Bad\x20..." while reading response header from upstream
C9 C10|error|T|upstream sent too big header while reading response header from upstream
D1 D2 D3 D4 D5 D22 D25 E27 M5|error|T|upstream prematurely closed connection while reading upstream
D6 D7|error|T|upstream sent invalid chunked response while reading upstream
D8 D11 D12 D20|error|T|readv() failed (104: Connection reset by peer) while reading upstream
D9|error|T|recv() failed (104: Connection reset by peer) while reading upstream
D10|error|T|recv() failed (104: Connection reset by peer) while sending to client
D13 D14 D15 D21|error|T|upstream timed out (110: Connection timed out) while reading upstream
D17|warn|T|upstream sent more data than specified in "Content-Length" header while reading upstream
E2|error|T|upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream
E3|error|T|upstream SSL certificate verify error: (9:certificate is not yet valid) while SSL handshaking to upstream
E4|error|T|upstream SSL certificate verify error: (18:self-signed certificate) while SSL handshaking to upstream
E5|error|T|upstream SSL certificate verify error: (21:unable to verify the first certificate) while SSL handshaking to upstream
E6|error|T|upstream SSL certificate verify error: (20:unable to get local issuer certificate) while SSL handshaking to upstream
E7 E8|error|T|upstream SSL certificate does not match "api.lab" while SSL handshaking to upstream
E9|error|T|SSL_do_handshake() failed (SSL: error:0A00042E:SSL routines::tlsv1 alert protocol version:SSL alert number 70) while SSL handshaking to upstream
E10 E11|error|T|SSL_do_handshake() failed (SSL: error:0A000410:SSL routines::sslv3 alert handshake failure:SSL alert number 40) while SSL handshaking to upstream
E12|crit|T|SSL_read() failed (SSL: error:0A00045C:SSL routines::tlsv13 alert certificate required:SSL alert number 116) while reading response header from upstream
E14|crit|T|SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream
E15|error|T|SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream
E16 E18|error|T|upstream timed out (110: Connection timed out) while SSL handshaking to upstream
E19|error|T|peer closed connection in SSL handshake while SSL handshaking to upstream
E20|error|T|peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking to upstream
E31|emerg|-|no proxy_ssl_trusted_certificate for proxy_ssl_verify
F1|emerg|-|host not found in upstream "nohost.invalid" in /etc/nginx/nginx.conf:12
F2|error|TN|no resolver defined to resolve nohost.lab
F3 F4|error|TN|nx.lab could not be resolved (3: Host not found)
F5|error|TN|api.lab could not be resolved (2: Server failure)
F6|error|TN|api.lab could not be resolved (5: Operation refused)
F9 F10 F11|error|TN|silent.lab could not be resolved (110: Operation timed out)
F10|error|-|recv() failed (111: Connection refused) while resolving, resolver: 127.0.0.1:18954
F15|error|TN|invalid URL prefix in "127.0.0.1:18101"
F16|error|TN|invalid port in upstream "127.0.0.1:abc"
G1 G4|warn|T|upstream server temporarily disabled while connecting to upstream
G9 G17|warn|T|upstream server temporarily disabled while reading response header from upstream
G5 G7 G11 G13 G14|error|T|no live upstreams while connecting to upstream
H1 H3|info|T|epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too while sending request to upstream
H4|info|T|epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too while connecting to upstream
H5 H6|info|T|epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too while reading upstream
H7|info|T|client prematurely closed connection (104: Connection reset by peer) while sending to client
H11|info|TN|client prematurely closed connection while reading client request line
H12|info|C|client closed connection while waiting for request
H13|info|TN|client timed out (110: Connection timed out) while reading client request line
H15|info|T|client timed out (110: Connection timed out) while sending to client
H16|error|TN|client intended to send too large body: 12432 bytes
H17|info|C|client sent too long URI while reading client request line
H18|info|C|client sent too long header line: "X: aaa..." while reading client request headers
H19|info|C|client sent plain HTTP request to HTTPS port while reading client request headers
H19|info|C|client sent no required SSL certificate while reading client request headers
H20|info|C|SSL_do_handshake() failed (SSL: error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48) while SSL handshaking
H21|info|C|client sent invalid method while reading client request line
H22|info|C|client sent invalid header line: "Foo\x20..." while reading client request headers
H22|info|C|client sent HTTP/1.1 request without "Host" header while reading client request headers
H22|info|C|client sent duplicate host header: "Host: b", previous value: "Host: a" while reading client request headers
H24|info|C|client sent unknown "Transfer-Encoding": "gzip" while reading client request headers
H24|info|C|client sent TRACE method while reading client request headers
H24|info|C|client sent invalid version while reading client request line
H25|info|C|invalid connection preface while processing HTTP/2 connection
H26|warn|TN|a client request body is buffered to a temporary file /var/lib/nginx/body/0000000001
I1 I2|error|TN|limiting requests, excess: 0.965 by zone "perip"
I3|warn|TN|delaying request, excess: 0.951, by zone "perip2"
I5|error|TN|limiting connections by zone "conns"
I6|crit|-|ngx_slab_alloc() failed: no memory in limit_conn_zone "tinyc"
K4 L1|error|T|open() "/srv/www/nofile.html" failed (2: No such file or directory)
K7|error|S|connect() failed (111: Connection refused) while connecting to upstream
K7|error|TN|auth request unexpected status: 502 while sending to client
L2|error|T|rewrite or internal redirection cycle while internally redirecting to "/xaloop/" while reading response header from upstream
M6|crit|T|pwrite() "/var/cache/nginx/5/c4/key" failed (28: No space left on device) while reading upstream
N1|error|TN|open() "/srv/www/none.html" failed (2: No such file or directory)
N5|error|TN|open() "/srv/www/secret.html" failed (13: Permission denied)
N6|error|TN|directory index of "/srv/www/" is forbidden
N7|error|TN|access forbidden by rule
N8|error|TN|user "bob": password mismatch
N9|error|TN|rewrite or internal redirection cycle while processing "/rwloop/x"
N9|error|TN|rewrite or internal redirection cycle while internally redirecting to "/tryloop/missing"
O1|crit|T|pwritev() "/var/lib/nginx/proxy/0000000001" failed (28: No space left on device) while reading upstream
O2|crit|T|open() "/var/lib/nginx/proxy/0000000008" failed (13: Permission denied) while reading upstream
O3|crit|TN|pwrite() "/var/lib/nginx/body/0000000001" failed (28: No space left on device)
O6|alert|-|worker process 4711 exited on signal 9
O7|notice|-|signal 15 (SIGTERM) received from 4000, exiting
P1|emerg|-|unknown directive "proxy_pas" in /etc/nginx/nginx.conf:6
P2|emerg|-|bind() to 127.0.0.1:18080 failed (98: Address already in use)
P3|emerg|-|bind() to 192.0.2.99:18291 failed (99: Cannot assign requested address)
"""

# rows | status us ua uct uht urt; `@` is the address of a replica, `api` the name of the group
_LAB = """
A1 F14 G8|502|502|@|-|-|0.000
A7 A8|504|504|@|-|-|1.001
A9 B10 B12|504|504|@|0.000|-|1.001
A18 A19|500|-||-|-|0.000
B1 B2 B3 B5 B6 B7 B19|502|502|@|0.000|-|0.001
B4 B8|502|502|@|0.000|-|0.001|ubr=20
B11|504|504|@|0.000|-|1.001|ubr=40
B18|200|502, 200|@, @|0.000, 0.001|-, 0.002|0.001, 0.002
C1|009|200|@|0.000|0.001|0.001
D1 D8|200|200|@|0.000|0.001|0.201
F3 F9|502|-|-|-|-|-
F17 N4|404|404|@|0.000|0.001|0.001
G1 G2|200|502, 200|@, 127.77.1.22:8000|-, 0.000|-, 0.002|0.000, 0.002
G9|200|504, 200|@, 127.77.1.22:8000|0.000, 0.000|-, 0.001|1.001, 0.001
G10|504|504, 504|@, 127.77.1.22:8000|0.000, 0.000|-, -|1.002, 1.001
G5 G11 G14|502|502|api|-|-|0.000
G14|200|200|@|0.000|0.002|0.002
G21|504|504|@|0.000|-|1.001
H1|499|-|@|0.000|-|0.500
H14|408|-|-|-|-|-
H16|413|-|-|-|-|-
H17|414|-|-|-|-|-
H18 H19 H22|400|-|-|-|-|-
H24|501|-|-|-|-|-
I1 I5 J1 J2|503|-|-|-|-|-
I2|429|-|-|-|-|-
J3|502|-|-|-|-|-
J4|444|-|-|-|-|-
K1|200|200|@|0.000|0.002|0.002
K1|400|400|@|0.000|0.002|0.002
K1|401|401|@|0.000|0.002|0.002
K1|403|403|@|0.000|0.002|0.002
K1|404|404|@|0.000|0.002|0.002
K1|405|405|@|0.000|0.002|0.002
K1|409|409|@|0.000|0.002|0.002
K1|422|422|@|0.000|0.002|0.002
K1|429|429|@|0.000|0.002|0.002
K1|500|500|@|0.000|0.002|0.002
K1|501|501|@|0.000|0.002|0.002
K1|502|502|@|0.000|0.002|0.002
K1|503|503|@|0.000|0.002|0.002
K1|504|504|@|0.000|0.002|0.002
K1|505|505|@|0.000|0.002|0.002
K1|507|507|@|0.000|0.002|0.002
K1|508|508|@|0.000|0.002|0.002
K3|200|503|@|0.000|0.002|0.002
K4|404|503|@|0.000|0.002|0.002
K7 N9|500|-|-|-|-|-
N1|404|-|-|-|-|-
N5 N7|403|-|-|-|-|-
N8|401|-|-|-|-|-
"""


def error_lines() -> list[tuple[frozenset[str], str]]:
    """Rows and the line of error.log."""
    found = []
    for n, row in enumerate(_ERRORS.strip().splitlines()):
        rows, level, tail, message = row.split("|", 3)
        conn = "" if tail == "-" else f"*{n + 1} "
        text = f"2026/11/21 12:00:00 [{level}] 71#71: {conn}{message}{_TAILS[tail]}"
        found.append((frozenset(rows.split()), text))
    return found


def lab_lines() -> list[tuple[frozenset[str], str]]:
    """Rows and the line of lab.log."""
    found = []
    for n, row in enumerate(_LAB.strip().splitlines()):
        rows, status, us, ua, uct, uht, urt, *more = row.split("|")
        ubr = more[0].removeprefix("ubr=") if more else "0" if uht == "-" else "1010"
        found.append(
            (
                frozenset(rows.split()),
                f'2026-11-21T12:00:00+00:00 127.77.1.101 "GET /products HTTP/1.1" status={status} bytes=157 rid=aa{n} '
                f'rt=0.002 uct="{uct}" uht="{uht}" urt="{urt}" us="{us}" ua="{ua.replace("@", "127.77.1.21:8000")}" '
                f'cs=- ubr="{ubr}" cl=157 rl=80 conn={n + 1} reqs=1 msec=1795262400.100',
            )
        )
    return found
