"""What must hold, checked against the results: each a line with its numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan

from bench.answers import OURS, System
from bench.measures import auroc
from bench.scores import LESS, REGIONS, SOFT, Scores, together
from bench.ways import MATTING

#: A cutout with less IoU is bad, and how often at least a bad one should be the more uncertain one.
BAD = (0.8, 0.9)
RANKED = 0.8
#: What a set's mean may be below a peer's without counting as worse.
SLACK = 0.002


@dataclass(frozen=True, slots=True)
class Verdict:
    """``met`` is None where the run did not hold what it takes to tell."""

    what: str
    met: bool | None
    numbers: str

    def __str__(self) -> str:
        said = {True: "met", False: "NOT MET", None: "not measured"}[self.met]
        return f"[{said:^12}] {self.what}: {self.numbers}"


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """Everything that was measured.

    Attributes
    ----------
    scores : mapping
        By system and photo id; a photo that a system left out is missing.
    sets, kinds : mapping
        Set and kind of truth by photo id.
    paces : mapping
        By model: seconds of our refinement and of rembg's matting, for the same photographs.
    colours : mapping
        By photo id: composited error with the true alpha and our colours, or the photo's.
    uncertain : mapping
        By system and photo id: the figure of the receipt, not a number where there is none.
    limits : mapping
        By our system and photo id, where the truth is alpha: the least composited error that any
        colours could have with the system's alpha.
    """

    scores: Mapping[System, Mapping[str, Scores]]
    sets: Mapping[str, str]
    kinds: Mapping[str, str]
    paces: Mapping[str, tuple[float, float]]
    colours: Mapping[str, tuple[float, float]]
    uncertain: Mapping[System, Mapping[str, float]]
    limits: Mapping[System, Mapping[str, float]]

    def of(self, system: System, ids: Iterable[str] | None = None) -> dict[str, float]:
        """Means over the photographs of ``ids``, or over all."""
        mine = self.scores[system]
        return together(mine[id] for id in (mine if ids is None else ids) if id in mine)

    def ids(self, *, set: str | None = None, kind: str | None = None) -> list[str]:
        """Photographs of a set, or with a kind of truth."""
        return [
            id
            for id in self.sets
            if set in (None, self.sets[id]) and kind in (None, self.kinds[id])
        ]

    def ours(self, speeds: bool) -> list[System]:
        """Our systems that are speeds, or those that are single models."""
        names = ("fast", "balanced", "best")
        return [
            one for one in self.scores if one.maker == OURS and (one.weights in names) == speeds
        ]


def verdicts(results: Results) -> list[Verdict]:
    """All of them, in the order of the goals."""
    return [
        *_same_weights(results),
        *_best(results),
        *_colours(results),
        *_small_model(results),
        *_uncertainty(results),
    ]


def _same_weights(results: Results) -> list[Verdict]:
    found = []
    for mine in results.ours(speeds=False):
        rivals = [System(maker, mine.weights) for maker in ("rembg", "imgly")]
        rivals = [rival for rival in rivals if rival in results.scores]
        if rivals:
            found += [_regions(results, mine, rival) for rival in rivals]
            found += _band(results, mine)
    return found


def _regions(results: Results, mine: System, rival: System) -> Verdict:
    """IoU, S and boundary IoU: in no set below, and overall above."""
    metrics, worse = ("iou", "s", "boundary"), []
    for name in dict.fromkeys(results.sets.values()):
        here = results.ids(set=name)
        one, other = results.of(mine, here), results.of(rival, here)
        worse += [
            f"{name} {metric} {one[metric] - other[metric]:+.4f}"
            for metric in metrics
            if one[metric] < other[metric] - SLACK
        ]
    one, other = results.of(mine), results.of(rival)
    overall = ", ".join(f"{metric} {one[metric] - other[metric]:+.4f}" for metric in metrics)
    met = not worse and all(one[metric] > other[metric] for metric in metrics)
    below = f"; below in {', '.join(worse)}" if worse else "; below in no set"
    return Verdict(f"{mine} against {rival}", met, overall + below)


def _band(results: Results, mine: System) -> list[Verdict]:
    """The error inside the true soft band, against peers without and with matting."""
    true = results.ids(kind="alpha")
    plain = {
        system: results.of(system, true)["band"]
        for system in results.scores
        if system.weights == mine.weights and system.maker not in (OURS, MATTING)
    }
    ours, (rival, least) = results.of(mine, true)["band"], min(plain.items(), key=lambda p: p[1])
    told = f"{ours:.4f} against {least:.4f} ({rival}), {ours / least - 1:+.1%}"
    found = [Verdict(f"{mine} soft band ≥ 10 % lower", ours <= 0.9 * least, told)]
    matted = System(MATTING, mine.weights)
    if matted in results.scores and mine.weights in results.paces:
        both = [id for id in true if id in results.scores[matted]]
        one, other = (results.of(system, both)["band"] for system in (mine, matted))
        spent, theirs = results.paces[mine.weights]
        told = f"{one:.4f} against {other:.4f}, {spent:.3f} s against {theirs:.3f} s"
        met = one <= other and spent <= theirs / 3
        found.append(Verdict(f"{mine} not above {matted}, at a third of its time", met, told))
    return found


def _best(results: Results) -> list[Verdict]:
    best, singles = System(OURS, "best"), results.ours(speeds=False)
    if best not in results.scores or not singles:
        return [Verdict("best beats every single model", None, "needs “best” and single models")]
    top = max(singles, key=lambda one: results.of(one)["iou"])
    mine, other = results.of(best)["iou"], results.of(top)["iou"]
    told = f"{mine:.4f} against {other:.4f} ({top}), {mine - other:+.4f}"
    found = [Verdict("best IoU ≥ .015 above every single model", mine - other >= 0.015, told)]
    isnet = System(OURS, "isnet")
    if isnet in results.scores:
        fails, theirs = results.of(best)["failures"], results.of(isnet)["failures"]
        told = f"{fails:.1%} against {theirs:.1%}"
        found.append(Verdict("best fails ≤ half as often as ISNet", fails <= theirs / 2, told))
    true = results.ids(kind="alpha")
    least = min(singles, key=lambda one: results.of(one, true)["sad"])
    mine, other = results.of(best, true)["sad"], results.of(least, true)["sad"]
    told = f"{mine:.3f} against {other:.3f} ({least}), {mine / other - 1:+.1%}"
    found.append(Verdict("best SAD ≥ 15 % lower on true alpha", mine <= 0.85 * other, told))
    return found


def _colours(results: Results) -> list[Verdict]:
    true = results.ids(kind="alpha")
    found = []
    for system in (*results.ours(speeds=True), *results.ours(speeds=False)):
        means = results.of(system, true)
        own, photo = means["composited"], means["photo_colours"]
        limits = [results.limits[system][id] for id in true]
        limit = sum(limits) / max(1, len(limits))
        told = f"{own:.4f} against {photo:.4f}, {own / photo - 1:+.1%}"
        told += f" (with the colours that suit its alpha best {limit / photo - 1:+.1%})"
        what = f"{system} on five backgrounds ≥ 50 % lower than with the photo's colours"
        found.append(Verdict(what, own <= 0.5 * photo, told))
    pairs = [pair for id, pair in results.colours.items() if id in true]
    if pairs:
        own, photo = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
        told = f"{own:.4f} against {photo:.4f}, {own / photo - 1:+.1%}"
        what = "our colours with the true alpha ≥ 50 % lower than the photo's"
        found.append(Verdict(what, own <= 0.5 * photo, told))
    return found


def _small_model(results: Results) -> list[Verdict]:
    ours, theirs = System(OURS, "u2netp"), System("rembg", "u2netp")
    if not {ours, theirs} <= set(results.scores):
        return []
    mine, other = results.of(ours), results.of(theirs)
    metrics = [name for name in (*REGIONS, *SOFT) if name != "photo_colours"]
    gains = {
        name: (other[name] - mine[name]) if name in LESS else (mine[name] - other[name])
        for name in metrics
    }
    worse = [f"{name} {gain:+.4f}" for name, gain in gains.items() if not better(name, gain)]
    told = f"worse in {', '.join(worse)}" if worse else f"better in all {len(metrics)}"
    return [Verdict(f"{ours} better than {theirs} in every metric", not worse, told)]


def _uncertainty(results: Results) -> list[Verdict]:
    """Whether our cutouts that are bad are those that the receipt calls uncertain."""
    found = []
    for system in (*results.ours(speeds=True), *results.ours(speeds=False)):
        overlaps = {id: one.values["iou"] for id, one in results.scores[system].items()}
        figures = [results.uncertain[system][id] for id in overlaps]
        ranks = {limit: auroc(figures, [iou < limit for iou in overlaps.values()]) for limit in BAD}
        known = [rank for rank in ranks.values() if not isnan(rank)]
        told = ", ".join(f"AUROC {rank:.3f} for IoU < {limit}" for limit, rank in ranks.items())
        met = min(known) >= RANKED if known else None
        found.append(Verdict(f"{system} uncertainty ranks bad cutouts below good ones", met, told))
    return found


def better(metric: str, gain: float) -> bool:
    """Whether a gain counts; as many failures as before are no loss."""
    return gain >= 0 if metric == "failures" else gain > 0
