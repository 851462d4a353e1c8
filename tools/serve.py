"""The local server: answers a built site the way a static host would, ``_headers`` included.

``serve`` is what people run; ``SiteServer`` is the same server in a thread, for tests, with a log
of what it sent and faults on demand.
"""

from __future__ import annotations

import errno
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from fnmatch import fnmatchcase
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote

from tools import headers, respond
from tools.faults import Faults
from tools.problems import Problem

BLOCK = 256 * 1024
#: Seconds before a connection is cut on purpose: a browser drops what it has not yet read.
GRACE = 0.3


@dataclass
class Exchange:
    """One request. ``received`` and ``sent`` count the bytes of the bodies only.

    It stands in the log from the start and is brought up to date *before* bytes go out: whoever
    has read an answer finds all of it counted.
    """

    method: str
    path: str
    range: str | None
    received: int = 0
    status: int = 0
    encoding: str | None = None
    sent: int = 0


class SiteServer(ThreadingHTTPServer):
    """Serves ``root`` below ``base``; a context manager that runs in a thread.

    Parameters
    ----------
    headers : bool
        False plays a host that cannot set headers: ``_headers`` is not obeyed.
    base : str
        Path the site lies under, with a slash at both ends.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        root: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        headers: bool = True,
        base: str = "/",
    ) -> None:
        self.root = root.resolve()
        self.base = base
        self.obeys_headers = headers
        self.faults = Faults()
        self.log: list[Exchange] = []
        self._open: set[socket.socket] = set()
        self._thread: threading.Thread | None = None
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        """Address of the site's root, with a slash at the end."""
        host, port = str(self.server_address[0]), self.server_address[1]
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
        return f"http://{shown}:{port}{self.base}"

    def start(self) -> SiteServer:
        """Answer requests in a thread from now on."""
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering and drop every connection that is still open."""
        self.faults.clear()
        if self._thread is not None:
            self.shutdown()
            self._thread.join()
            self._thread = None
        self.server_close()
        for connection in list(self._open):
            with suppress(OSError):  # The other side may be faster.
                connection.shutdown(socket.SHUT_RDWR)

    def sent(self, path: str = "*") -> int:
        """Bytes of body sent so far for the paths that match."""
        return sum(entry.sent for entry in list(self.log) if fnmatchcase(entry.path, path))

    def server_bind(self) -> None:
        # HTTPServer's own asks the name server for this machine's name, which can take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: browsers drop connections all the time."""

    def __enter__(self) -> SiteServer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer
    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds an idle connection is kept

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal quiet; ``SiteServer.log`` has it all."""

    def _answer(self) -> None:
        self._path = unquote(re.split("[?#]", self.path, maxsplit=1)[0])
        self._exchange = Exchange(self.command, self._path, self.headers.get("Range"))
        self.server.log.append(self._exchange)
        try:
            self._exchange.received = self._drain()
            self._respond()
        except OSError:
            self.close_connection = True  # The browser went away; what it got is in the log.

    def _drain(self) -> int:
        """Read the request's body so that the connection stays usable; return its length."""
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            return 0
        length = int(self.headers.get("Content-Length") or 0)
        left = length
        while left > 0 and (block := self.rfile.read(min(left, BLOCK))):
            left -= len(block)
        return length - left

    def _respond(self) -> None:
        faults = self.server.faults
        faults.wait(self._path)
        if (seconds := faults.take("delay", self._path)) is not None:
            time.sleep(seconds)
        if (status := faults.take("fail", self._path)) is not None:
            return self._error(HTTPStatus(int(status)))
        if self.command not in ("GET", "HEAD"):
            return self._error(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"})
        base = self.server.base
        if self._path + "/" == base:
            return self._error(HTTPStatus.MOVED_PERMANENTLY, {"Location": base})
        inside = "/" + self._path.removeprefix(base) if self._path.startswith(base) else None
        file = respond.find(self.server.root, inside) if inside else None
        if inside is None or file is None:
            return self._error(HTTPStatus.NOT_FOUND)
        self._send_file(file, inside)

    def _send_file(self, file: Path, inside: str) -> None:
        fields = self._site_headers(inside)
        fields["Content-Type"] = respond.TYPES.get(file.suffix, "application/octet-stream")
        fields["Accept-Ranges"] = "bytes"
        compressed = file.with_name(file.name + ".br")
        source = file
        if compressed.is_file():
            fields["Vary"] = "Accept-Encoding"
            accepted = respond.accepts_brotli(self.headers.get("Accept-Encoding"))
            if accepted and "Range" not in self.headers:
                source = compressed
                self._exchange.encoding = fields["Content-Encoding"] = "br"
        stat = source.stat()
        etag = fields["ETag"] = f'"{respond.digest(source, stat.st_size, stat.st_mtime_ns)}"'
        if respond.matches(self.headers.get("If-None-Match"), etag):
            return self._send(HTTPStatus.NOT_MODIFIED, fields)
        start, stop, status = 0, stat.st_size, HTTPStatus.OK
        if self.headers.get("If-Range", etag) == etag:
            try:
                span = respond.parse_range(self.headers.get("Range"), stat.st_size)
            except ValueError:
                fields["Content-Range"] = f"bytes */{stat.st_size}"
                return self._error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, fields)
            if span:
                start, stop = span
                status = HTTPStatus.PARTIAL_CONTENT
                fields["Content-Range"] = f"bytes {start}-{stop - 1}/{stat.st_size}"
        fields["Content-Length"] = str(stop - start)
        self._send(status, fields)
        if self.command == "GET":
            self._send_body(source, start, stop)

    def _send_body(self, source: Path, start: int, stop: int) -> None:
        cut = self.server.faults.take("cut", self._path)
        if cut is not None:
            stop = min(stop, start + int(cut))
            self.close_connection = True
        with source.open("rb") as stream:
            stream.seek(start)
            while start < stop and (block := stream.read(min(BLOCK, stop - start))):
                self._write(block)
                start += len(block)
        if cut is not None:
            time.sleep(GRACE)

    def _write(self, block: bytes) -> None:
        self._exchange.sent += len(block)
        try:
            self.wfile.write(block)
        except OSError:
            self._exchange.sent -= len(block)
            raise

    def _error(self, status: HTTPStatus, fields: dict[str, str] | None = None) -> None:
        """Answer with a status and a short text that must not be kept in any cache."""
        text = f"{status.value} {status.phrase}\n".encode()
        own = {**(fields or {}), "Cache-Control": "no-store", "Content-Length": str(len(text)),
               "Content-Type": respond.TYPES[".txt"]}  # fmt: skip
        self._send(status, {**self._site_headers(self._path), **own})
        if self.command != "HEAD":
            self._write(text)

    def _send(self, status: HTTPStatus, fields: dict[str, str]) -> None:
        self._exchange.status = int(status)
        self.send_response_only(status)
        self.send_header("Date", formatdate(usegmt=True))
        for name, value in fields.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _site_headers(self, inside: str) -> dict[str, str]:
        if not self.server.obeys_headers:
            return {}
        return headers.read(self.server.root / "_headers").joined_for(inside)


def main(
    root: Path, host: str = "127.0.0.1", port: int = 8000, say: Callable[[str], None] = print
) -> None:
    """Serve ``root`` until Ctrl-C; when ``port`` is taken, use the next free one and say so."""
    if not (root / "index.html").is_file():
        raise Problem(f"There is no built site in {root}: run python3 build.py dist first.")
    server = _bind(root, host, port, say)
    say(f"Cutaway is at {server.url}  (Ctrl-C stops it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("")
    finally:
        server.stop()


def _bind(root: Path, host: str, port: int, say: Callable[[str], None]) -> SiteServer:
    for candidate in range(port, min(port + 100, 65536)):
        try:
            server = SiteServer(root, host=host, port=candidate)
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                continue
            raise Problem(f"Cannot listen on {host}: {error.strerror or error}.") from error
        if candidate != port:
            say(f"Port {port} is taken; using {candidate}.")
        return server
    raise Problem(f"No free port from {port} on: choose another with --port.")
