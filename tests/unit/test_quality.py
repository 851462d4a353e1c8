"""quality: the sets, scores of many photographs, and the tables."""

import json
import re
import sys

import numpy as np
import pytest
from PIL import Image

from bench import colours, packages, quality, scores, table
from bench.dataset import Truth, entries, truth_of
from bench.limits import least_error
from bench.scores import Scores
from tests.unit.test_verdicts import given

NEEDED = "for “python -m bench.quality” only: python -m bench.packages"


# Photographs with ground truth


@pytest.fixture
def folder(tmp_path):
    """A set of four 2 × 2 photographs."""
    Image.new("RGB", (2, 2), (9, 9, 9)).save(tmp_path / "photo.png")
    Image.fromarray(np.array([[0, 100], [255, 255]], np.uint8)).save(tmp_path / "truth.png")
    Image.fromarray(np.array([[0, 0], [255, 0]], np.uint8)).save(tmp_path / "ignore.png")
    same = {"image": "photo.png", "gt": "truth.png", "licence": "none of the bench's business"}
    manifest = [
        {"id": "a", "set": "one", "gt_kind": "binary"} | same,
        {"id": "b", "set": "one", "gt_kind": "binary+ignore", "ignore": "ignore.png"} | same,
        {"id": "c", "set": "two", "gt_kind": "alpha"} | same,
        {"id": "d", "set": "two", "gt_kind": "pseudo-alpha"} | same,
    ]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def test_truth_is_read_by_its_kind(folder):
    truths = [truth_of(entry) for entry in entries(folder)]
    assert [truth.alpha.tolist() for truth in truths[:2]] == [[[0, 0], [255, 255]]] * 2
    assert [truth.alpha.tolist() for truth in truths[2:]] == [[[0, 100], [255, 255]]] * 2
    assert [truth.soft for truth in truths] == [False, False, True, True]
    assert [int(truth.counts.sum()) for truth in truths] == [3, 2, 4, 4]
    assert not truths[0].counts[0, 1], "grey in hard truth is undecided"
    assert not truths[1].counts[1, 0]


def test_some_photographs_can_be_chosen(folder):
    assert [entry.id for entry in entries(folder, ["two", "a"])] == ["a", "c", "d"]
    with pytest.raises(ValueError, match="called three"):
        entries(folder, ["three", "a"])


def test_an_unknown_kind_of_truth_is_refused(folder):
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace("pseudo-alpha", "guess"))
    with pytest.raises(ValueError, match="d: gt_kind 'guess'"):
        entries(folder)


def test_without_photographs_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "missing", list)
    monkeypatch.setattr(sys, "argv", ["quality", "--data", str(tmp_path / "nowhere")])
    with pytest.raises(SystemExit, match=r"there is no .*nowhere/manifest\.json"):
        quality.main()


def test_without_its_packages_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(packages, "_pins", lambda: ["no-such-package==1.0"])
    with pytest.raises(SystemExit, match=r"no-such-package==1.0 missing: run “.*bench.packages”"):
        packages.require()


def test_its_packages_are_pinned_exactly():
    pins = packages._pins()
    assert {pin.partition("==")[0] for pin in pins} >= {"pymatting", "pysodmetrics"}
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==\d[\w.]*", pin)] == []


def test_peers_get_only_models_that_are_theirs():
    systems = quality._systems(["u2netp", "modnet", "lite"], ["best"], with_peers=True)
    assert [str(one) for one in systems] == [
        "cutaway u2netp",
        "rembg u2netp",
        "imgly u2netp",
        "transformers.js u2netp",
        "rembg+matting u2netp",
        "cutaway modnet",
        "cutaway lite",
        "cutaway best",
    ]


@pytest.mark.parametrize(("models", "speeds"), [(["isnt"], ["best"]), (["isnet"], ["isnt"])])
def test_what_is_not_known_is_refused(models, speeds):
    with pytest.raises(SystemExit, match="called isnt"):
        quality._systems(models, speeds, with_peers=False)


# Colours on a new background


def soft_edge():
    """A red subject before blue with a soft edge: photo, truth, true colours."""
    truth = np.clip((np.arange(40) - 16) * 32, 0, 255).astype(np.uint8)[None].repeat(20, 0)
    share = truth[..., None] / 255
    photo = np.rint(share * (255, 0, 0) + (1 - share) * (0, 0, 255)).astype(np.uint8)
    return photo, truth, np.broadcast_to(np.uint8([255, 0, 0]), photo.shape)


def test_true_colours_leave_nothing_behind():
    _, truth, true = soft_edge()
    everywhere = np.ones(truth.shape, bool)
    assert colours.composited_error(np.dstack([true, truth]), truth, true, everywhere) == 0


def test_the_photos_colours_carry_the_old_background_along():
    """Blue in place of red, as much as the alpha is short of 1, on whatever background."""
    photo, truth, true = soft_edge()
    everywhere = np.ones(truth.shape, bool)
    found = colours.composited_error(np.dstack([photo, truth]), truth, true, everywhere)
    band = truth[:, 12:29] / 255.0  # soft from 17 to 23, and 5 around
    assert found == pytest.approx((band * (1 - band) * 2 / 3).mean(), rel=0.02)


def test_a_wrong_alpha_shows_on_every_background():
    _, truth, true = soft_edge()
    everywhere = np.ones(truth.shape, bool)
    errors = [
        colours.composited_error(np.dstack([true, other]), truth, true, everywhere)
        for other in (truth, truth // 2, truth * 0)
    ]
    assert errors == sorted(errors)
    assert errors[2] > errors[1] > 0.05


def test_no_colours_suit_a_wrong_alpha_better_than_the_least_error_tells():
    photo, truth, true = soft_edge()
    everywhere = np.ones(truth.shape, bool)
    assert least_error(truth, truth, true, everywhere) < 0.003  # colours are rounded to 8 bits
    wrong = np.roll(truth, 2, axis=1)
    least = least_error(wrong, truth, true, everywhere)
    guesses = (true, photo, np.full_like(photo, 128))
    found = [
        colours.composited_error(np.dstack([guess, wrong]), truth, true, everywhere)
        for guess in guesses
    ]
    assert 0.01 < least <= found[0]
    assert least < min(found[1:])


def test_backgrounds_are_the_same_every_time():
    first = colours.blotches(30, 50).copy()
    colours.blotches.cache_clear()
    again = colours.blotches(30, 50)
    assert np.array_equal(first, again)
    assert first.shape == (30, 50, 3)
    assert first.std() > 20


# Scores


def test_scores_of_a_perfect_cutout_and_of_none():
    pytest.importorskip("py_sod_metrics", reason=NEEDED)
    photo, alpha, true = soft_edge()
    truth = Truth(alpha, np.ones(alpha.shape, bool), soft=True)
    perfect = scores.score(np.dstack([true, alpha]), photo, truth, true).values
    none = scores.score(np.zeros((*alpha.shape, 4), np.uint8), photo, truth, true).values
    assert set(perfect) == {*scores.REGIONS, *scores.SOFT}
    for name in perfect:
        best = 0 if name in scores.LESS else 1
        if name == "photo_colours":
            assert perfect[name] > 0
        elif name in ("s", "weighted_f", "mae"):  # these compare a soft matte with a hard region
            assert perfect[name] == pytest.approx(best, abs=0.1)
        else:
            assert perfect[name] == best
        assert none[name] > perfect[name] if name in scores.LESS else none[name] < perfect[name]


def test_hard_truth_tells_nothing_of_softness():
    pytest.importorskip("py_sod_metrics", reason=NEEDED)
    alpha = np.where(soft_edge()[1] > 127, 255, 0).astype(np.uint8)
    truth = Truth(alpha, np.ones(alpha.shape, bool), soft=False)
    photo = soft_edge()[0]
    found = scores.score(np.dstack([photo, alpha]), photo, truth, None).values
    assert [name for name, value in found.items() if np.isnan(value)] == [*scores.SOFT]


def test_scores_are_kept_by_what_they_depend_on(tmp_path, monkeypatch):
    pytest.importorskip("py_sod_metrics", reason=NEEDED)
    photo, alpha, true = soft_edge()
    truth = Truth(alpha, np.ones(alpha.shape, bool), soft=True)
    made = []
    score = scores.score
    monkeypatch.setattr(scores, "score", lambda *parts: made.append(1) or score(*parts))
    cutout = np.dstack([photo, alpha])
    first = scores.kept_score(cutout, photo, truth, true, tmp_path)
    again = scores.kept_score(cutout, photo, truth, true, tmp_path)
    assert made == [1]
    assert again.values == first.values
    assert np.array_equal(again.curve, first.curve)
    cutout[0, 20, 3] ^= 255
    assert scores.kept_score(cutout, photo, truth, true, tmp_path).values != first.values
    monkeypatch.setattr(scores, "_code", lambda: b"another line")
    scores.kept_score(cutout, photo, truth, true, tmp_path)
    assert len(made) == 3


def test_max_f_of_many_is_that_of_their_mean_curve():
    """Each is perfect at a threshold of its own; no one threshold is right for both."""
    one, other = np.zeros(256, np.float32), np.zeros(256, np.float32)
    one[50], other[200] = 1, 1
    both = scores.together([Scores(given().values, curve) for curve in (one, other)])
    assert both["max_f"] == 0.5


def test_means_leave_out_what_has_no_meaning():
    means = scores.together([given(band=0.2), given(band=float("nan")), given(band=0.4)])
    assert means["band"] == pytest.approx(0.3)
    assert np.isnan(scores.together([given(band=float("nan"))])["band"])


# Tables


def test_a_table_is_aligned_and_says_where_nothing_is_known():
    rows = {"short": given(sad=1.5).values, "a longer name": given(sad=float("nan")).values}
    lines = table.soft(rows).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[0].split("|")[2].strip() == "SAD ↓"
    assert [line.split("|")[2].strip() for line in lines[2:]] == ["1.500", "–"]
    assert lines[1].startswith("|-")
    assert lines[1].endswith("-:|")


def test_a_table_by_set():
    told = table.by_set({"x": {"one": 0.5, "two": 0.25}}, "iou")
    assert [cell.strip() for cell in told.splitlines()[2].split("|")[1:-1]] == [
        "x", "0.5000", "0.2500",
    ]  # fmt: skip
