"""The local server, over real sockets."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from tools import respond, serve
from tools.problems import Problem
from tools.serve import SiteServer

SCRIPT = b"export const answer = 42;\n" * 400
COMPRESSED = b"\x1b pretend this is brotli"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "dist"
    (root / "site").mkdir(parents=True)
    (root / "index.html").write_bytes(b"<!doctype html><title>Cutaway</title>")
    (root / "site" / "page.js").write_bytes(SCRIPT)
    (root / "site" / "page.js.br").write_bytes(COMPRESSED)
    (root / "site" / "core.wasm").write_bytes(bytes(range(256)))
    (root / "site.webmanifest").write_bytes(b"{}")
    (root / "_headers").write_text("/*\n  X-Site: yes\n/site/*\n  Cache-Control: immutable\n")
    (tmp_path / "secret.txt").write_bytes(b"outside")
    return root


@pytest.fixture
def server(site: Path) -> Iterator[SiteServer]:
    with SiteServer(site) as running:
        yield running


class Answer:
    """Status, headers and body of one response."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def ask(server: SiteServer, path: str, method: str = "GET", body: bytes | None = None,
        **fields: str) -> Answer:  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    try:
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request(method, path, body=body, headers=named)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def test_root_is_the_page_with_the_headers_of_the_site(server: SiteServer) -> None:
    answer = ask(server, "/?query=1")
    assert answer.status == 200
    assert answer.body.startswith(b"<!doctype html>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Site"] == "yes"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/site/page.js", "text/javascript; charset=utf-8"),
        ("/site/core.wasm", "application/wasm"),
        ("/site.webmanifest", "application/manifest+json"),
        ("/site/page.js.br", "application/octet-stream"),
    ],
)
def test_types(server: SiteServer, path: str, kind: str) -> None:
    assert ask(server, path).headers["Content-Type"] == kind


def test_a_host_without_headers(site: Path) -> None:
    with SiteServer(site, headers=False) as server:
        answer = ask(server, "/site/page.js")
    assert answer.headers["X-Site"] is None
    assert answer.headers["Cache-Control"] is None
    assert answer.body == SCRIPT


def test_brotli_only_for_those_who_take_it(server: SiteServer) -> None:
    plain = ask(server, "/site/page.js")
    small = ask(server, "/site/page.js", Accept_Encoding="gzip, br")
    refused = ask(server, "/site/page.js", Accept_Encoding="gzip, br;q=0")
    assert (plain.body, plain.headers["Content-Encoding"]) == (SCRIPT, None)
    assert (small.body, small.headers["Content-Encoding"]) == (COMPRESSED, "br")
    assert refused.body == SCRIPT
    assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != small.headers["ETag"]
    assert small.headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=250-", 250, 256), ("bytes=-6", 250, 256),
     ("bytes=10-9999", 10, 256)],
)  # fmt: skip
def test_ranges(server: SiteServer, asked: str, start: int, stop: int) -> None:
    answer = ask(server, "/site/core.wasm", Range=asked)
    assert answer.status == 206
    assert answer.body == bytes(range(256))[start:stop]
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/256"


@pytest.mark.parametrize("asked", ["bytes=256-", "bytes=-0"])
def test_a_range_outside_the_file(server: SiteServer, asked: str) -> None:
    answer = ask(server, "/site/core.wasm", Range=asked)
    assert answer.status == 416
    assert answer.headers["Content-Range"] == "bytes */256"


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "lines=0-1", "bytes=9-3", "bytes=-"])
def test_other_ranges_get_the_whole_file(server: SiteServer, asked: str) -> None:
    answer = ask(server, "/site/core.wasm", Range=asked)
    assert (answer.status, len(answer.body)) == (200, 256)


def test_a_range_is_never_of_the_compressed_copy(server: SiteServer) -> None:
    answer = ask(server, "/site/page.js", Range="bytes=0-5", Accept_Encoding="br")
    assert (answer.status, answer.body) == (206, SCRIPT[:6])
    assert answer.headers["Content-Encoding"] is None


def test_if_range_continues_only_the_same_file(server: SiteServer, site: Path) -> None:
    etag = ask(server, "/site/core.wasm").headers["ETag"]
    same = ask(server, "/site/core.wasm", Range="bytes=200-", If_Range=etag)
    (site / "site" / "core.wasm").write_bytes(b"n" * 300)
    other = ask(server, "/site/core.wasm", Range="bytes=200-", If_Range=etag)
    assert (same.status, len(same.body)) == (206, 56)
    assert (other.status, other.body) == (200, b"n" * 300)


def test_an_unchanged_file_is_not_sent_twice(server: SiteServer) -> None:
    first = ask(server, "/site/page.js", Accept_Encoding="br")
    etag = first.headers["ETag"]
    again = ask(server, "/site/page.js", Accept_Encoding="br", If_None_Match=f'"x", W/{etag}')
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == etag
    assert again.headers["X-Site"] == "yes"
    assert ask(server, "/site/page.js", If_None_Match=etag).status == 200


def test_head_says_the_same_without_a_body(server: SiteServer) -> None:
    answer = ask(server, "/site/core.wasm", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == "256"
    assert server.sent("/site/core.wasm") == 0


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/%2e%2e/secret.txt", "/site/..%2f..%2fsecret.txt", "//etc/passwd",
     "/site", "/site/", "/_headers", "/nowhere.js", "/%00", "/link.txt", "/" + "x" * 5000],
)  # fmt: skip
def test_nothing_outside_is_served(server: SiteServer, site: Path, path: str) -> None:
    (site / "link.txt").symlink_to(site.parent / "secret.txt")
    answer = ask(server, path)
    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"outside" not in answer.body


def test_a_site_below_a_path(site: Path) -> None:
    with SiteServer(site, base="/tools/cutaway/") as server:
        assert server.url.endswith("/tools/cutaway/")
        assert ask(server, "/tools/cutaway/").body.startswith(b"<!doctype")
        assert ask(server, "/tools/cutaway/site/page.js").headers["X-Site"] == "yes"
        assert ask(server, "/site/page.js").status == 404
        moved = ask(server, "/tools/cutaway")
    assert (moved.status, moved.headers["Location"]) == (301, "/tools/cutaway/")


def test_one_connection_carries_many_requests(server: SiteServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("POST", "/site/page.js", body=b"photo")
    refused = connection.getresponse()
    refused.read()
    kept = connection.sock
    connection.request("GET", "/site/core.wasm")
    assert connection.getresponse().read() == bytes(range(256))
    assert connection.sock is kept
    connection.close()
    assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD")
    assert [entry.received for entry in server.log] == [5, 0]


def test_the_log_counts_bytes_of_bodies(server: SiteServer) -> None:
    ask(server, "/site/page.js", Accept_Encoding="br")
    ask(server, "/site/core.wasm", Range="bytes=0-9")
    assert [(entry.path, entry.sent, entry.encoding, entry.status) for entry in server.log] == [
        ("/site/page.js", len(COMPRESSED), "br", 200),
        ("/site/core.wasm", 10, None, 206),
    ]
    assert server.sent() == len(COMPRESSED) + 10


def test_an_answer_is_kept_back_until_it_may_go(server: SiteServer) -> None:
    gate = server.faults.hold("/site/core.wasm", times=1)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(ask, server, "/site/core.wasm") for _ in range(2)]
        _, held = wait(both, return_when=FIRST_COMPLETED)
        assert len(held) == 1
        gate.set()
        assert [each.result().status for each in both] == [200, 200]


def test_faults_happen_as_often_as_ordered(server: SiteServer) -> None:
    server.faults.fail("/site/*", 500)
    server.faults.cut("/site/core.wasm", after=100)
    assert ask(server, "/site/core.wasm").status == 500
    with pytest.raises(http.client.IncompleteRead) as broken:
        ask(server, "/site/core.wasm")
    assert len(broken.value.partial) == 100
    assert ask(server, "/site/core.wasm").body == bytes(range(256))
    assert [entry.sent for entry in server.log if entry.status == 200] == [100, 256]


def test_a_delay_holds_one_answer_back(server: SiteServer) -> None:
    server.faults.delay("/site/core.wasm", seconds=30)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(ask, server, "/site/core.wasm") for _ in range(2)]
        answered, held = wait(both, return_when=FIRST_COMPLETED)
        assert [each.result().status for each in answered] == [200]
        assert len(held) == 1
        server.stop()


def test_stopping_drops_open_connections(site: Path) -> None:
    server = SiteServer(site).start()
    idle = socket.create_connection(("127.0.0.1", server.server_port), timeout=10)
    idle.sendall(b"HEAD / HTTP/1.1\r\nHost: here\r\n\r\n")
    assert idle.recv(4096).startswith(b"HTTP/1.1 200")
    server.stop()
    assert idle.recv(4096) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.server_port), timeout=10)


def test_a_taken_port_gives_way_to_the_next(
    site: Path, server: SiteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: SiteServer, poll_interval: float = 0.5) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SiteServer, "serve_forever", interrupted)
    said: list[str] = []
    serve.main(site, port=server.server_port, say=said.append)
    assert said[0].startswith(f"Port {server.server_port} is taken; using ")
    assert "http://127.0.0.1:" in said[1]


def test_serving_nothing_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no built site"):
        serve.main(tmp_path)


@pytest.mark.parametrize(
    ("header", "accepted"),
    [(None, False), ("", False), ("br", True), ("gzip, deflate, BR", True), ("br;q=0.0", False),
     ("br; q=0.5", True), ("brx", False)],
)  # fmt: skip
def test_accept_encoding(header: str | None, accepted: bool) -> None:
    assert respond.accepts_brotli(header) is accepted
