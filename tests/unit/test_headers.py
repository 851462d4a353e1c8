"""The ``_headers`` parser, and what our own ``_headers`` promises."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tools import headers
from tools.problems import Problem

ROOT = Path(__file__).parents[2]
# One path of every kind a built site has, and some that only a stranger asks for.
PATHS = [
    "/",
    "/index.html",
    "/cutaway.js",
    "/service-worker.js",
    "/site.webmanifest",
    "/build.json",
    "/site/0123456789ab/page.js",
    "/site/0123456789ab/style.css",
    "/site/0123456789ab/icons/icon.svg",
    "/worker/0123456789ab/python.js",
    "/worker/0123456789ab/inference.js",
    "/fetcher/0123456789ab/fetcher.js",
    "/fetcher/0123456789ab/store.js",
    "/runtime/pyodide/0123456789ab/pyodide.asm.wasm",
    "/runtime/ort/0123456789ab/ort.jspi.bundle.min.mjs",
    "/runtime/packages/packages.0123456789ab.zip",
    "/models/u2netp.1of1.0123456789ab.bin",
    "/nowhere",
    "/site",
    "/site/",
    "/worker/../site/x.js",
]
SCRIPTS = [path for path in PATHS if path.endswith((".js", ".mjs"))]
HASHED = [path for path in PATHS if "0123456789ab" in path]


@pytest.fixture(scope="module")
def ours() -> headers.Headers:
    return headers.read(ROOT / "_headers")


@pytest.mark.parametrize("path", PATHS)
def test_no_path_gets_two_values_of_one_name(ours: headers.Headers, path: str) -> None:
    names = Counter(name.lower() for name, _ in ours.headers_for(path))
    assert [name for name, count in names.items() if count > 1] == []
    assert names["cross-origin-embedder-policy"] == 1


@pytest.mark.parametrize("path", SCRIPTS)
def test_every_script_carries_a_policy(ours: headers.Headers, path: str) -> None:
    policy = ours.joined_for(path)["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    fetches = path.startswith("/fetcher/")
    assert ("connect-src https:" if fetches else "connect-src 'self'") in policy
    may_compile = path.startswith(("/worker/", "/runtime/"))
    assert ("'wasm-unsafe-eval'" in policy) is may_compile


def test_nothing_may_be_evaluated_or_come_from_elsewhere(ours: headers.Headers) -> None:
    for path in PATHS:
        policy = ours.joined_for(path).get("Content-Security-Policy", "")
        sources = policy.replace(";", " ").replace(",", " ").split()
        assert "'unsafe-eval'" not in sources
        assert "'unsafe-inline'" not in sources
        assert not any("//" in source or "*" in source for source in sources)
        assert ("https:" in sources) is path.startswith("/fetcher/")


def test_the_fetcher_may_fetch_and_nothing_else(ours: headers.Headers) -> None:
    policy = ours.joined_for("/fetcher/0123456789ab/fetcher.js")["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "connect-src": "https:",
    }


def test_the_page_compiles_nothing(ours: headers.Headers) -> None:
    policy = ours.joined_for("/")["Content-Security-Policy"]
    assert policy == ours.joined_for("/index.html")["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["script-src"] == "'self'"
    assert directives["connect-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"


def test_isolation_everywhere(ours: headers.Headers) -> None:
    for path in PATHS:
        joined = ours.joined_for(path)
        assert joined["Cross-Origin-Opener-Policy"] == "same-origin"
        assert joined["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert joined["Cross-Origin-Resource-Policy"] == "same-origin"
        assert joined["X-Content-Type-Options"] == "nosniff"


def test_hashed_files_stay_and_the_rest_is_asked_for_again(ours: headers.Headers) -> None:
    for path in HASHED:
        assert "immutable" in ours.joined_for(path)["Cache-Control"]
    for path in ["/", "/index.html", "/cutaway.js", "/service-worker.js", "/build.json"]:
        assert ours.joined_for(path)["Cache-Control"] == "no-cache"


def test_values_of_all_matching_rules_are_joined() -> None:
    parsed = headers.parse("/*\n  X-One: a\n# note\n\n/deep/*\n\tx-one: b: c\n  X-Two: d\n")
    assert parsed.joined_for("/deep/er") == {"X-One": "a, b: c", "X-Two": "d"}
    assert parsed.joined_for("/deep") == {"X-One": "a"}
    assert parsed.headers_for("/deep/") == [("X-One", "a"), ("x-one", "b: c"), ("X-Two", "d")]


def test_a_path_without_a_splat_matches_itself_alone() -> None:
    parsed = headers.parse("/a.js\n  X: 1\n")
    assert parsed.headers_for("/a.js") == [("X", "1")]
    assert parsed.headers_for("/aXjs") == []
    assert parsed.headers_for("/a.js/b") == []


@pytest.mark.parametrize(
    "text",
    [
        "  X: 1\n",
        "/a\n  no colon\n",
        "/a\n  X:\n",
        "/a\n/b\n  X: 1\n",
        "https://example.org/*\n  X: 1\n",
        "/a/*/b\n  X: 1\n",
        "/a\n  X: " + "y" * 2000 + "\n",
    ],
)
def test_what_hosts_would_not_understand_is_refused(text: str) -> None:
    with pytest.raises(Problem, match="_headers"):
        headers.parse(text)


def test_a_missing_file_means_no_headers(tmp_path: Path) -> None:
    assert headers.read(tmp_path / "_headers").headers_for("/") == []
