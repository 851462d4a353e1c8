"""bench.peers: the line, the tables and what the pages are given; nothing here starts a browser."""

import os
import socket
import threading
import time

import pytest

from bench import documents, growth, plot
from bench.peers import tables
from bench.peers.line import Line
from bench.peers.subjects import CLAIMS, SUBJECTS
from tools import memory

IDS = {subject.id for subject in SUBJECTS}


def record(subject, turn, **figures):
    return {"subject": subject, "round": turn, "what": "visits", **figures}


def results(*records):
    return {
        "date": "2026-11-20",
        "machine": "a machine",
        "versions": {"peer": "1.0"},
        "records": list(records),
    }


# The line


@pytest.fixture
def server():
    """Answers every connection with a hundred thousand bytes and hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(100)
                connection.sendall(b"x" * 100_000)

    threading.Thread(target=answer, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()


def fetched(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"please")
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_a_line_passes_everything_on_and_no_faster_than_it_may(server):
    with Line(server, 4e6) as line:
        begun = time.monotonic()
        assert fetched(int(line.url.rsplit(":")[-1].strip("/"))) == b"x" * 100_000
        # 800,000 bits over a line of 4 million a second
        assert time.monotonic() - begun >= 0.2


def test_connections_share_a_line(server):
    with Line(server, 4e6) as line:
        port = int(line.url.rsplit(":")[-1].strip("/"))
        begun = time.monotonic()
        both = [threading.Thread(target=fetched, args=(port,)) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        assert time.monotonic() - begun >= 0.4


# Tables


def test_every_claim_is_about_somebody_who_is_measured():
    assert {claim.ours for claim in CLAIMS} | {claim.theirs for claim in CLAIMS} <= {*IDS, None}


def test_a_round_counts_once_by_its_median():
    found = tables.values([record("fast", 0, steady=[3.0, 1.0, 2.0]), record("fast", 1, steady=[])],
                          "fast", "steady")  # fmt: skip
    assert found == {0: 2.0}


def test_a_ratio_is_of_medians_and_its_spread_of_rounds_that_both_have():
    told = tables.told(
        results(
            record("balanced", 0, steady=[2.0]),
            record("imgly", 0, steady=[4.0]),
            record("balanced", 1, steady=[3.0]),
            record("imgly", 1, steady=[5.0]),
            record("balanced", 2, steady=[2.5]),
            {**record("imgly", 2), "error": "it broke"},
        )
    )
    (row,) = (line for line in told.splitlines() if line.startswith("| steady, 12 MP |"))
    assert "| 0.56 | 0.50 to 0.60 (2) | ≤ 0.55 | **not met** |" in row
    assert "- imgly, visits, round 2: it broke" in told


def test_a_figure_without_a_peer_stands_for_itself():
    told = tables.told(results(record("balanced", 0, longest=20.0)))
    assert "| longest main-thread block, ms | Cutaway, balanced | – | 20.00 |" in told
    assert "Failed" not in told


def test_the_short_table_has_no_bytes():
    told = tables.short(results(record("imgly", 0, cold=6.5, sent=101_500_000)))
    assert "cold visit" in told
    assert "101.5" not in told
    assert "| 6.50 |" in told


# Memory


def test_the_most_a_process_held_is_known_after_it_let_go():
    held = bytearray(b"x" * 200_000_000)
    del held
    assert memory._highest(os.getpid()) > 150_000_000


def test_a_process_that_is_gone_held_nothing():
    assert memory._highest(0) == 0
    assert memory.peak_of_pages() == 0


# Growth


def test_a_line_finds_the_constant_part_whatever_the_large_ones_weigh():
    megapixels = [1, 2, 4, 8, 100]
    found = growth.line(megapixels, [0.5 + 0.1 * size for size in megapixels])
    assert found.constant == pytest.approx(0.5)
    assert found.each == pytest.approx(0.1)
    assert found.off == pytest.approx(0, abs=1e-9)


def test_a_line_tells_how_far_off_it_is():
    assert growth.line([1, 2, 4], [1.0, 2.0, 8.0]).off > 0.1


def test_every_size_is_plotted_twice_within_the_picture():
    sizes = [growth.Size(each, 0.3 + each / 10, 0.6, 10**8 + each * 10**7) for each in (1, 12, 100)]
    drawn = plot.plotted(sizes)
    assert drawn.count("<circle") == 6
    heights = [float(part.split('"')[0]) for part in drawn.split('cy="')[1:]]
    assert all(plot.TOP <= height <= plot.TOP + plot.PLOT_HEIGHT for height in heights)
    assert "0.3 + 0.1 × megapixels" in drawn


# Documents


def test_a_place_in_a_document_is_filled_anew(tmp_path):
    document = tmp_path / "a.md"
    document.write_text("before\n<!-- x -->\nold\n<!-- /x -->\nafter\n")
    documents.put(document, "x", "new\n")
    assert document.read_text() == "before\n<!-- x -->\nnew\n<!-- /x -->\nafter\n"


def test_a_document_without_the_place_is_left_alone(tmp_path):
    document = tmp_path / "a.md"
    document.write_text("<!-- x -->\nold\n")
    with pytest.raises(ValueError, match=r"a\.md has no place for x"):
        documents.put(document, "x", "new")
    assert document.read_text() == "<!-- x -->\nold\n"


def test_the_documents_have_the_places():
    long = documents.BENCHMARKS.read_text("utf-8")
    assert all(f"<!-- /bench.{name} -->" in long for name in ("peers", "native", "growth"))
    assert "<!-- /bench.peers -->" in documents.README.read_text("utf-8")
