"""The fetcher alone may connect to other servers, and never gets a photo."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.own.desk import Desk
from tests.browser.own.elsewhere import Elsewhere
from tools.serve import SiteServer

CONNECT = """
let told = "";
const blocked = new Promise((resolve) => {
  self.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
    told = effectiveDirective;
    resolve();
  });
});
self.onmessage = async ({ data }) => {
  const answer = await fetch(data).then(({ status }) => `answered ${status}`, ({ name }) => name);
  if (!answer.startsWith("answered")) await blocked; // it is told a moment after the failure
  self.postMessage([answer, told]);
};
"""
FROM_WORKER = """([script, target]) => new Promise((resolve) => {
  const worker = new Worker(script, { type: "module" });
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.postMessage(target);
})"""


def test_the_photo_never_reaches_the_fetcher(
    page: Page, context: BrowserContext, site: SiteServer, elsewhere: Elsewhere, small_photo: Path
) -> None:
    """Everything that is posted to any worker of the page, by the script that it runs."""
    context.add_init_script("""
      window.posted = [];
      const NativeWorker = Worker;
      window.Worker = class extends NativeWorker {
        #url;
        constructor(url, ...how) {
          super(url, ...how);
          this.#url = String(url);
        }
        postMessage(data, ...how) {
          const kinds = (value) => value && typeof value === "object"
            ? value.constructor === Object || Array.isArray(value)
              ? Object.values(value).flatMap(kinds) : [value.constructor.name]
            : [typeof value];
          window.posted.push({ url: this.#url, text: JSON.stringify(data), kinds: kinds(data) });
          super.postMessage(data, ...how);
        }
      };
    """)
    seen: list[str] = []
    page.on("worker", lambda worker: seen.append(worker.url))
    desk = Desk(page, site)
    candidate = desk.open(f"{elsewhere.url}tiny.onnx")
    desk.try_out(candidate, small_photo)
    desk.accept(candidate)
    desk.bench.cut(small_photo, model=candidate["id"])
    posted = page.evaluate("posted")
    to_fetcher = [message for message in posted if "/fetcher/" in message["url"]]
    assert len(to_fetcher) == 1
    assert set(to_fetcher[0]["kinds"]) == {"string", "number"}
    assert f"{elsewhere.url}tiny.onnx" in to_fetcher[0]["text"]
    others = [
        kind for message in posted if "/fetcher/" not in message["url"] for kind in message["kinds"]
    ]
    assert "File" in others, "the recorder sees a photo where there is one"
    assert len([url for url in seen if "/fetcher/" in url]) == 1
    assert [worker.url for worker in page.workers if "/fetcher/" in worker.url] == [], "ended"
    assert sum(entry.received for entry in elsewhere.log) == 0
    assert {entry.method for entry in elsewhere.log} <= {"GET", "HEAD"}


@pytest.mark.parametrize(
    "args",
    [
        "{ url: new Blob(['a photo']), limit: 1 }",
        "{ url: 'https://example.org/', limit: 1, photo: new Blob(['a photo']) }",
        "{ url: 'https://example.org/', limit: '1' }",
        "{ url: 'https://example.org/' + 'a'.repeat(5000), limit: 1 }",
    ],
)
def test_the_fetcher_takes_an_address_and_a_number_only(
    counter: Desk, dist: Path, args: str
) -> None:
    reply = counter.page.evaluate(f"""async () => {{
      const {{ Callee, build }} = await import("./{build_module(dist)}");
      const fetcher = new Callee(new URL(build.worker.fetcher, document.baseURI).href, "fetcher");
      const reply = await attempt(() => fetcher.call("fetch", {args}));
      fetcher.end();
      return reply;
    }}""")
    assert reply["code"] == "refused"


@pytest.mark.parametrize(
    ("folder_of_script", "wanted"),
    [
        ("worker", ["TypeError", "connect-src"]),
        ("runtime", ["TypeError", "connect-src"]),
        ("site", ["TypeError", "connect-src"]),
        ("fetcher", ["answered 200", ""]),
    ],
)
def test_only_the_fetchers_policy_allows_the_connection(
    page: Page,
    site: SiteServer,
    dist: Path,
    elsewhere: Elsewhere,
    folder_of_script: str,
    wanted: list[str],
) -> None:
    """The same script under each policy that a worker can have."""
    (dist / folder_of_script / "connect.js").write_text(CONNECT)
    page.goto(f"{site.url}bench.html")
    before = len(elsewhere.log)
    script = f"{site.url}{folder_of_script}/connect.js"
    assert page.evaluate(FROM_WORKER, [script, f"{elsewhere.url}tiny.onnx"]) == wanted
    assert (len(elsewhere.log) > before) is (folder_of_script == "fetcher")


def test_the_page_itself_may_not_connect(
    page: Page, site: SiteServer, elsewhere: Elsewhere
) -> None:
    page.goto(site.url)
    before = len(elsewhere.log)
    told = page.evaluate(
        """async (target) => {
          const blocked = new Promise((resolve) => {
            document.addEventListener("securitypolicyviolation", resolve);
          });
          const answer = await fetch(target).then(() => "answered", ({ name }) => name);
          return [answer, answer === "answered" ? "" : (await blocked).effectiveDirective];
        }""",
        f"{elsewhere.url}tiny.onnx",
    )
    assert told == ["TypeError", "connect-src"]
    assert len(elsewhere.log) == before


def test_over_http_the_fetcher_connects_nowhere(page: Page, site: SiteServer, dist: Path) -> None:
    (dist / "fetcher" / "connect.js").write_text(CONNECT)
    page.goto(f"{site.url}bench.html")
    script = f"{site.url}fetcher/connect.js"
    assert page.evaluate(FROM_WORKER, [script, site.url]) == ["TypeError", "connect-src"]


def build_module(dist: Path) -> str:
    (module,) = dist.glob("site/*/build.js")
    return module.relative_to(dist).as_posix()


def test_the_fetchers_folder_holds_what_it_imports_and_nothing_else(dist: Path) -> None:
    (script,) = dist.glob("fetcher/*/fetcher.js")
    found = {path.name for path in script.parent.glob("*.js")} - {"connect.js"}
    wanted, waiting = {"fetcher.js"}, ["fetcher.js"]
    while waiting:
        text = (script.parent / waiting.pop()).read_text()
        for name in re.findall(r'from "\./([\w.-]+)"', text):
            if name not in wanted:
                wanted.add(name)
                waiting.append(name)
    assert found == wanted
