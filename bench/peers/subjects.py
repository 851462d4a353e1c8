"""What is compared, and with what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A way to a cutout: a page of one of the sites.

    ``brings`` marks our page with weights that its first visit takes from a file: only later visits
    are told.
    """

    id: str
    title: str
    site: str
    page: str
    brings: bool = False


SUBJECTS = (
    Subject("fast", "Cutaway, fast (U²-Netp)", "ours", "bench/ours.html?speed=fast"),
    Subject("isnet-768", "Cutaway, ISNet 768", "ours", "bench/ours.html?model=isnet-768"),
    Subject("balanced", "Cutaway, balanced", "ours", "bench/ours.html?speed=balanced"),
    Subject("best", "Cutaway, best", "ours", "bench/ours.html?speed=best"),
    Subject(
        "own-uint8", "Cutaway, imgly's uint8 weights", "ours",
        "bench/ours.html?own=/bench/isnet-uint8.onnx", brings=True,
    ),
    Subject("imgly", "imgly, its default (ISNet fp16)", "peers", "imgly.html"),
    Subject("imgly-uint8", "imgly, uint8", "peers", "imgly.html?model=isnet_quint8"),
    Subject("tjs-u2netp", "transformers.js, U²-Netp", "peers", "transformers.html?model=u2netp"),
    Subject("tjs-uint8", "transformers.js, imgly's uint8", "peers",
            "transformers.html?model=isnet-uint8"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure of ours, as a share of a peer's or, where ``theirs`` is None, as it is."""

    what: str
    figure: str
    ours: str
    theirs: str | None
    limit: float


CLAIMS = (
    Claim("steady, 12 MP", "steady", "balanced", "imgly", 0.55),
    Claim("steady, 12 MP", "steady", "best", "imgly", 1.0),
    Claim("steady, 12 MP, same weights", "steady", "own-uint8", "imgly-uint8", 0.85),
    Claim("steady, 12 MP, same weights", "steady", "fast", "tjs-u2netp", 0.85),
    Claim("warm visit, 12 MP", "warm", "balanced", "imgly", 0.75),
    Claim("warm visit, 12 MP", "warm", "balanced", "imgly-uint8", 1.0),
    Claim("warm visit, 12 MP", "warm", "isnet-768", "imgly", 0.75),
    Claim("warm visit, 12 MP", "warm", "isnet-768", "imgly-uint8", 1.0),
    Claim("cold visit, 12 MP", "cold", "balanced", "imgly", 0.8),
    Claim("cold visit, 12 MP", "cold", "balanced", "imgly-uint8", 1.0),
    Claim("cold visit, 12 MP", "cold", "isnet-768", "imgly", 0.8),
    Claim("cold visit, 12 MP", "cold", "isnet-768", "imgly-uint8", 1.0),
    Claim("cold at 50 Mbit/s", "line", "balanced", "imgly", 0.7),
    Claim("cold at 50 Mbit/s", "line", "balanced", "imgly-uint8", 1.0),
    Claim("cold at 50 Mbit/s", "line", "isnet-768", "imgly", 0.7),
    Claim("cold at 50 Mbit/s", "line", "isnet-768", "imgly-uint8", 1.0),
    Claim("first look at 50 Mbit/s, seconds", "line_look", "balanced", None, 5.3),
    Claim("first look, warm, engine still booting, seconds", "warm_look", "balanced", None, 3.0),
    Claim("first look, engine ready, seconds", "steady_look", "balanced", None, 1.3),
    Claim("longest main-thread block, ms", "longest", "balanced", None, 50),
    Claim("longest main-thread block, ms", "longest", "best", None, 50),
    Claim("peak of the page's process", "memory", "balanced", "imgly", 0.8),
    Claim("peak of the page's process", "memory", "own-uint8", "imgly-uint8", 0.8),
    Claim("batch of 12, 12 MP", "batch", "balanced", "imgly", 0.55),
    Claim("batch of 12, 12 MP", "batch", "fast", "tjs-u2netp", 0.85),
)
