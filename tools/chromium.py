"""Chromium as the tests, the benchmarks and the audit start it."""

import os

#: The browser; ``CUTAWAY_CHROMIUM`` names another one.
PATH = os.environ.get("CUTAWAY_CHROMIUM", "/usr/bin/chromium")

#: WebGPU on a software adapter (right, but slow), and no calling out.
FLAGS = [
    "--no-sandbox",
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
    "--gaia-url=http://localhost:9",
    "--component-updater=url-source=http://localhost:9",
    "--disable-component-update",
    "--check-for-update-interval=31536000",
    "--extensions-update-frequency=31536000",
]
