"""A line of so many bits a second between a browser and a server on the same machine.

The browser's own emulation of a slow network does not reach what workers fetch; this does.
"""

import contextlib
import socket
import threading
import time

#: Bytes passed on at once: a hundredth of a second at 50 Mbit/s.
BLOCK = 64 * 1024


class Line:
    """Listens on a port of its own and passes bytes on to ``port``; a context manager.

    What goes to the browser shares ``bits`` a second among all connections, without more delay
    than that; what goes to the server is not held back.
    """

    def __init__(self, port: int, bits: float) -> None:
        self._target = ("127.0.0.1", port)
        self._seconds = 8 / bits
        self._free = 0.0
        self._lock = threading.Lock()
        self._over = False
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"

    def __enter__(self) -> "Line":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._socket.close()

    def _accept(self) -> None:
        while not self._over:
            try:
                browser, _ = self._socket.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            for near, far, held in ((browser, server, False), (server, browser, True)):
                near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(near, far, held), daemon=True).start()

    def _pass(self, near: socket.socket, far: socket.socket, held: bool) -> None:
        with contextlib.suppress(OSError):
            while block := near.recv(BLOCK):
                if held:
                    self._wait(len(block))
                far.sendall(block)
        for end in (near, far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _wait(self, size: int) -> None:
        """Until the line has carried so many bytes, after what was there before them."""
        with self._lock:
            self._free = max(self._free, time.monotonic()) + size * self._seconds
            until = self._free
        time.sleep(max(0.0, until - time.monotonic()))
