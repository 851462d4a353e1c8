"""After the first visit no network is needed, and a new build never mixes with an old one."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Bench, until
from tools.serve import SiteServer

READY = "navigator.serviceWorker.ready.then(() => true)"
CONTROLLED = "navigator.serviceWorker.controller !== null"


def cut_on_the_page(page: Page, photo: Path) -> str:
    """Drop a photo on the real page and wait for the cutout; what ran, in words."""
    page.set_input_files("#file", photo)
    expect(page.locator("#ran")).to_contain_text("U²-Netp")
    return page.locator("#ran").inner_text()


def test_offline_after_the_first_visit_which_fetches_nothing_twice(
    page: Page, context: BrowserContext, site: SiteServer, astronaut: Path
) -> None:
    page.goto(site.url)
    cut_on_the_page(page, astronaut)
    page.evaluate(READY)
    until(page, CONTROLLED)
    immutable = [entry for entry in site.log if entry.path.startswith(("/runtime/", "/models/"))]
    seen = [entry.path for entry in immutable if entry.sent]
    assert len(seen) == len(set(seen)), sorted(seen)
    site.stop()  # stronger than the browser's own switch: there is no server any more
    context.set_offline(True)
    page.reload()
    assert "2 threads" in cut_on_the_page(page, astronaut) or os.cpu_count() == 1
    with page.expect_download() as download:
        page.click("#download")
    assert download.value.suggested_filename == "astronaut-cutout.png"


def test_only_what_the_manifest_lists_is_answered(
    page: Page, context: BrowserContext, site: SiteServer
) -> None:
    page.goto(site.url)
    page.evaluate(READY)
    until(page, CONTROLLED)
    before = len(site.log)
    status = page.evaluate("fetch('not-listed.txt').then((r) => r.status)")
    assert status == 404
    assert [entry.path for entry in site.log[before:]] == ["/not-listed.txt"]


@pytest.fixture
def two_builds(dist: Path, tmp_path: Path) -> Path:
    """A folder that can become the next build: the same site with another page and id."""
    folder = tmp_path / "site"
    shutil.copytree(dist, folder, copy_function=os.link)
    return folder


def next_build(folder: Path) -> None:
    """What a deploy does: new index.html, new worker; old hashed files may be gone."""

    def rewrite(name: str, change) -> None:
        text = (folder / name).read_text()
        (folder / name).unlink()
        (folder / f"{name}.br").unlink(missing_ok=True)
        (folder / name).write_text(change(text))

    build = json.loads((folder / "build.json").read_text())
    changed = re.sub("(<title[^>]*>)", r"\1Next ", (folder / "index.html").read_text())
    rewrite("index.html", lambda _: changed)
    import hashlib

    digest = hashlib.sha256(changed.encode()).hexdigest()
    old = build["files"]["index.html"]
    rewrite(
        "service-worker.js",
        lambda text: (
            text.replace(build["id"], "fedcba987654")
            .replace(old["sha256"], digest)
            .replace(f'"bytes":{old["bytes"]},', f'"bytes":{len(changed.encode())},')
        ),
    )


def test_a_new_build_waits_and_is_told(page: Page, two_builds: Path) -> None:
    with SiteServer(two_builds) as site:
        page.goto(site.url)
        page.evaluate(READY)
        until(page, CONTROLLED)
        assert not page.title().startswith("Next")
        next_build(two_builds)
        page.reload()
        assert not page.title().startswith("Next"), "the old build answers until the user agrees"
        update = page.locator("#update")
        expect(update).to_be_visible()
        update.locator("button").first.click()
        expect(page).to_have_title(re.compile("^Next"))
        caches = page.evaluate("caches.keys()")
        assert "cutaway-shell-fedcba987654" in caches


def test_a_damaged_build_is_not_installed(page: Page, two_builds: Path) -> None:
    """A worker whose files do not match its manifest never takes over."""
    with SiteServer(two_builds) as site:
        page.goto(site.url)
        page.evaluate(READY)
        until(page, CONTROLLED)
        next_build(two_builds)
        (two_builds / "index.html").write_text("<title>Next</title>tampered")
        state = page.evaluate("""async () => {
          const registration = await navigator.serviceWorker.getRegistration();
          await registration.update().catch(() => {});
          const worker = registration.installing;
          if (!worker) return registration.waiting ? "waiting" : "none";
          return new Promise((resolve) => {
            worker.addEventListener("statechange", () => resolve(worker.state));
          });
        }""")
        assert state in ("redundant", "none")
        page.reload()
        assert not page.title().startswith("Next")


def test_a_host_without_headers_still_gets_threads(page: Page, dist: Path, astronaut: Path) -> None:
    with SiteServer(dist, headers=False) as site:
        page.goto(site.url)
        until(page, "crossOriginIsolated")
        assert "2 threads" in cut_on_the_page(page, astronaut) or os.cpu_count() == 1


def test_without_isolation_it_works_on_one_thread(browser, dist: Path, astronaut: Path) -> None:
    with SiteServer(dist, headers=False) as site:
        context = browser.new_context(service_workers="block")
        receipt = Bench(context.new_page(), site).cut(astronaut).receipt
        context.close()
    assert receipt["provider"]["threads"] == 1
    assert "isolated" in receipt["provider"]["reason"]
