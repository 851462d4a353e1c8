"""Working by hand in Chromium: how soon a stroke is seen, and how soon a click is answered.

    .venv/bin/python -m bench.hand [--strokes 5] [--clicks 6]

One 12-megapixel photo, cut out with U²-Netp. A stroke grows point by point as a hand would draw it;
each time a view of 1000 pixels is asked for, as the page does, and the milliseconds until its
bitmap is here are told. Then the selecting model is asked about clicks in other places: reading the
photo once, and each answer with its three pictures.
"""

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

from bench.blank import blank_page
from bench.photos import twelve_megapixels
from bench.road import START
from tools.serve import SiteServer

ROOT = Path(__file__).parents[1]
CUT = """async () => {
  const photo = document.querySelector("input[type=file]").files[0];
  window.result = await cutaway.removeBackground(photo, { model: "u2netp" });
}"""
#: A stroke of a quarter of the photo's width, and the milliseconds for each of its segments.
STROKE = """async (number) => {
  const points = [];
  const spent = [];
  for (let step = 0; step < 24; step++) {
    for (let part = 0; part < 4; part++) {
      const at = 4 * step + part;
      points.push([600 + 400 * number + 10 * at, 700 + 300 * Math.sin(at / 12), 1]);
    }
    const what = number % 2 ? "remove" : "keep";
    const brush = { kind: "stroke", what, size: 180, hardness: 0.8, smart: false };
    const edits = [{ ...brush, points: [...points] }];
    const begun = performance.now();
    const { bitmap } = await cutaway.view(result, { edits, side: 1000 });
    spent.push(performance.now() - begun);
    bitmap.close();
  }
  return spent;
}"""
CLICK = """async (number) => {
  const points = [{ x: 900 + 350 * number, y: 1500, add: true }];
  const begun = performance.now();
  const { candidates, milliseconds } = await cutaway.select(result, { points });
  const spent = performance.now() - begun;
  for (const { bitmap } of candidates) bitmap.close();
  return { spent, ...milliseconds };
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strokes", type=int, default=5)
    parser.add_argument("--clicks", type=int, default=6)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, SiteServer(ROOT / "dist") as site:
        photo = twelve_megapixels(Path(folder), 1)[0]
        with blank_page(site, Path(folder) / "profile") as page:
            page.set_input_files("input", photo)
            page.evaluate(START)
            page.evaluate(CUT)
            strokes = [page.evaluate(STROKE, number) for number in range(arguments.strokes)]
            clicks = [page.evaluate(CLICK, number) for number in range(arguments.clicks)]
    _print(strokes, clicks)


def _print(strokes: list[list[float]], clicks: list[dict[str, Any]]) -> None:
    segments = [spent for stroke in strokes for spent in stroke[1:]]
    print(f"a segment of a stroke: median {statistics.median(segments):.0f} ms, "
          f"{max(segments):.0f} at most; the first of a stroke "
          f"{statistics.median(stroke[0] for stroke in strokes):.0f}")  # fmt: skip
    first, *others = clicks
    print(f"reading the photo: {first['encode'] / 1000:.1f} s, once")
    print(f"a click: median {statistics.median(each['spent'] for each in others):.0f} ms, "
          f"{max(each['spent'] for each in others):.0f} at most; the decoder and the copies "
          f"{statistics.median(each['decode'] for each in others):.0f}")  # fmt: skip


if __name__ == "__main__":
    main()
