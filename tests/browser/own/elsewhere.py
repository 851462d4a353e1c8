"""Another origin, with https: what people bring their models from."""

import ssl
import threading
from http import HTTPStatus
from pathlib import Path

import trustme

from tools import serve

#: What lets other pages read a file.
OPEN = "/*\n  Access-Control-Allow-Origin: *\n"


class Elsewhere(serve.SiteServer):
    """Serves a folder over TLS, with a certificate that no browser knows.

    ``redirects`` maps paths to addresses; ``stalls`` to bytes after which nothing more comes.
    """

    def __init__(self, root: Path, *, readable: bool = True) -> None:
        """``readable`` is whether its answers allow other origins to read them."""
        root.mkdir(exist_ok=True)
        if readable:
            (root / "_headers").write_text(OPEN)
        super().__init__(root)
        self.redirects: dict[str, str] = {}
        self.stalls: dict[str, int] = {}
        self.released = threading.Event()
        self.RequestHandlerClass = _Handler
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def stop(self) -> None:
        self.released.set()
        super().stop()

    @property
    def url(self) -> str:
        return super().url.replace("http://", "https://")


class _Handler(serve._Handler):
    server: Elsewhere

    def _respond(self) -> None:
        if target := self.server.redirects.get(self._path):
            self._error(HTTPStatus.FOUND, {"Location": target})
        else:
            super()._respond()

    def _send_body(self, source: Path, start: int, stop: int) -> None:
        if (after := self.server.stalls.get(self._path)) is None:
            return super()._send_body(source, start, stop)
        super()._send_body(source, start, min(stop, start + after))
        self.server.released.wait(60)
        self.close_connection = True
