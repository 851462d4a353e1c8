"""What a job requests: nothing outside the origin, no body, and nothing at all once cached."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Request

from tests.browser.conftest import Bench
from tools.serve import SiteServer


def record(context: BrowserContext) -> list[Request]:
    requests: list[Request] = []
    context.on("request", lambda request: requests.append(request))
    return requests


def test_a_job_sends_nothing_and_the_second_asks_for_nothing(
    context: BrowserContext, bench: Bench, site: SiteServer, small_photo: Path
) -> None:
    requests = record(context)
    bench.cut(small_photo)
    network = [request for request in requests if not request.url.startswith(("blob:", "data:"))]
    assert len(network) > 5, "the recorder saw the boot"
    assert [r.url for r in network if not r.url.startswith(site.url)] == []
    assert sum(len(request.post_data_buffer or b"") for request in network) == 0
    assert {request.method for request in network} == {"GET"}
    assert sum(entry.received for entry in site.log) == 0

    requests.clear()
    before = len(site.log)
    bench.cut(small_photo)
    assert [r.url for r in requests if not r.url.startswith(("blob:", "data:"))] == []
    assert len(site.log) == before
