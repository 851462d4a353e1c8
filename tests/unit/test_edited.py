"""edited: what edits make of a photo's automatic matte, in the file and on the screen."""

import asyncio
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cutaway.composing.scene import Scene
from cutaway.forecast import forecast
from cutaway.hand import edited
from cutaway.hand.edited import Hand
from cutaway.hand.edits import edits_of
from cutaway.options import Options
from cutaway.refining.adjust import Refinement
from cutaway.road import change, remove_background
from cutaway.sources import Sources
from cutaway.values import Matte
from cutaway.view import view
from tests.unit.doubles import FakeEngine, encoded, photo, scene
from tests.unit.staging import block, stage

WIDTH, HEIGHT = 420, 300
PHOTO = encoded(Image.fromarray(scene(WIDTH, HEIGHT)), "PNG")
HOW = {"size": 60, "hardness": 1}
KEEP = {"kind": "stroke", "what": "keep", "points": [[20, 30], [150, 40]], **HOW}
REMOVE = {"kind": "stroke", "what": "remove", "points": [[210, 150, 1], [300, 160, 0.5]], **HOW}
RESTORE = {"kind": "stroke", "what": "restore", "points": [[100, 35]], **HOW}


def quiet(*what):
    """Nobody is told."""


def cut(data=PHOTO, **options):
    return asyncio.run(remove_background(data, Options.of(options), FakeEngine(), quiet))


def changed(result, **options):
    return asyncio.run(change(result, Options.of(options), FakeEngine(), quiet))


def pixels(result):
    with Image.open(io.BytesIO(result.file.data)) as picture:
        return np.asarray(picture)


def near(x, y):
    """How far the middles of the photo's pixels are from a place."""
    rows, columns = np.indices((HEIGHT, WIDTH)) + 0.5
    return np.hypot(columns - x, rows - y)


@pytest.fixture(scope="module")
def automatic():
    return cut()


def test_the_file_follows_the_strokes_to_within_a_pixel(automatic):
    plain, found = pixels(automatic), pixels(changed(automatic, edits=[KEEP, RESTORE]))
    source = scene(WIDTH, HEIGHT)
    rows, columns = np.indices((HEIGHT, WIDTH)) + 0.5
    along = np.clip(((columns - 20) * 130 + (rows - 30) * 10) / (130**2 + 10**2), 0, 1)
    away = np.hypot(columns - 20 - 130 * along, rows - 30 - 10 * along)
    restored = near(100, 35)
    kept = (away < 29) & (restored > 31)
    assert (found[kept][:, 3] == 255).all()
    assert (found[kept][:, :3] == source[kept]).all(), "the photo's own colours"
    untouched = (away > 31) | (restored < 29)
    assert (found[untouched] == plain[untouched]).all()


def test_what_is_removed_is_clear_without_a_trace(automatic):
    found = pixels(changed(automatic, edits=[REMOVE]))
    assert (found[near(210, 150) < 29] == 0).all()
    far = (near(210, 150) > 31) & (near(255, 155) > 60) & (near(300, 160) > 31)
    assert (found[far] == pixels(automatic)[far]).all()


def test_without_edits_the_automatic_cutout_is_back_byte_for_byte(automatic):
    worked = changed(automatic, edits=[KEEP, REMOVE])
    assert worked.file.data != automatic.file.data
    assert changed(worked).file.data == automatic.file.data
    assert changed(worked, edits=[]).file.data == automatic.file.data
    assert (worked.hand.automatic.matte.alpha == automatic.matte.alpha).all()


def test_a_new_cutout_with_edits_is_the_changed_one(automatic):
    edits = [KEEP, REMOVE, {"kind": "drop", "x": 30, "y": 30}, RESTORE]
    stepwise = automatic
    for count in range(1, len(edits) + 1):
        stepwise = changed(stepwise, edits=edits[:count], refine={"feather": 2})
    assert stepwise.file.data == cut(edits=edits, refine={"feather": 2}).file.data
    facts = stepwise.receipt.to_dict()["edits"]
    assert facts == {"strokes": 3, "scribbles": 0, "selections": 0, "drops": 1, "model": None}
    assert stepwise.receipt.milliseconds.edit > 0
    assert automatic.receipt.milliseconds.edit == 0


def test_a_control_of_the_edge_works_on_the_edited_matte(automatic):
    grown = pixels(changed(automatic, edits=[REMOVE], refine={"shift": 10}))[..., 3]
    assert (grown[near(210, 150) < 18] == 0).all()
    ring = (near(210, 150) > 21) & (near(210, 150) < 29) & (np.indices(grown.shape)[1] < 200)
    assert (grown[ring] > 200).all()


def test_a_region_at_full_size_is_the_files(automatic):
    for edits in ([KEEP], [KEEP, REMOVE], [REMOVE, {"kind": "drop", "x": 150, "y": 150}, KEEP]):
        for refinement in (Refinement(), Refinement(feather=7, shift=-3)):
            done = edits_of(edits)
            options = {"edits": edits, "refine": {"feather": refinement.feather}}
            options["refine"]["shift"] = refinement.shift
            whole = pixels(cut(**options))
            for left, top, right, bottom in [(0, 0, 130, 90), (170, 100, 330, 210)]:
                seen = view(
                    automatic, refinement, Scene(), region=(left, top, right, bottom), edits=done
                )
                assert (seen.rgba == whole[top:bottom, left:right]).all()


def test_the_whole_made_small_looks_like_the_file_made_small(automatic):
    whole = Image.fromarray(pixels(changed(automatic, edits=[KEEP, REMOVE])))
    seen = view(automatic, Refinement(), Scene(), side=140, edits=edits_of([KEEP, REMOVE])).rgba
    expected = np.asarray(whole.resize((140, 100), Image.Resampling.BOX)).astype(int)
    assert np.abs(seen[..., 3] - expected[..., 3]).mean() < 2
    opaque = (seen[..., 3] == 255) & (expected[..., 3] == 255)
    assert np.abs(seen[opaque] - expected[opaque]).mean() < 3
    mask = view(automatic, Refinement(), Scene(), "mask", side=140, edits=edits_of([KEEP, REMOVE]))
    assert (mask.rgba[..., 0] == seen[..., 3]).all()


def test_what_follows_the_subject_follows_the_edited_one():
    shot = stage(400, 300, block(400, 300, 100, 100, 200, 200))
    framed = Scene.of({"frame": {"crop": "subject", "aspect": "1:1"}})
    more = [{"kind": "stroke", "what": "keep", "size": 40, "points": [[150, 150], [350, 150]]}]
    edits = edits_of(more)
    plain = view(shot.result(), Refinement(), framed)
    wider = view(shot.result(), Refinement(), framed, edits=edits)
    assert (plain.width, wider.width) == (100, 270)
    assert (wider.rgba[135, :, 3] == 255).sum() > 250


def test_the_mask_is_of_the_options_that_are_asked(automatic):
    asked = Options.of({"edits": [REMOVE]})
    expected = pixels(changed(automatic, edits=[REMOVE]))[..., 3]
    assert (automatic.mask(asked) == expected).all()
    assert (changed(automatic, edits=[REMOVE]).mask(Options()) == automatic.matte.alpha).all()


def test_a_size_is_foretold_of_the_edited_picture(automatic):
    job = forecast(automatic, Options.of({"edits": [KEEP, REMOVE]}), FakeEngine())
    written = len(changed(automatic, edits=[KEEP, REMOVE]).file.data)
    assert asyncio.run(job) == pytest.approx(written, rel=0.3)


def test_a_transparent_photo_stays_as_transparent():
    alpha = np.tile(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, 1))
    shot = photo(WIDTH, HEIGHT, alpha)
    hand = Hand(Sources(shot, Matte(np.minimum(block(WIDTH, HEIGHT, 200, 0, 300, 300), alpha))))
    edits = edits_of([KEEP, REMOVE, {**KEEP, "smart": True, "points": [[250, 250]]}])
    found = hand.sources(edits).matte.alpha
    assert (found <= alpha).all()
    assert (found[30:40, 20:150] == alpha[30:40, 20:150]).all()
    assert (found[250, 240:260] == alpha[250, 240:260]).all()


def test_one_more_edit_repeats_none_before_it(automatic, monkeypatch):
    made = []
    real = edited.brushed
    monkeypatch.setattr(
        edited, "brushed", lambda *what: (made.append(len(what[3])), real(*what))[1]
    )
    hand = Hand(automatic.hand.automatic)
    drop = {"kind": "drop", "x": 30, "y": 30}
    edits = [KEEP, drop, REMOVE]
    hand.sources(edits_of(edits))
    assert made == [1, 1]
    hand.sources(edits_of([*edits, RESTORE]))
    assert made == [1, 1, 1]
    hand.begun(edits_of([*edits, RESTORE, KEEP, REMOVE]))
    assert made == [1, 1, 1], "a view draws the last strokes for itself"
    assert hand.begun(edits_of([*edits, RESTORE, KEEP]))[1] == edits_of([KEEP])
    hand.sources(edits_of([KEEP, drop]))
    assert made == [1, 1, 1], "an undone edit takes the state before it"


def test_a_large_photo_keeps_one_state(automatic, monkeypatch):
    monkeypatch.setattr(edited, "ROOMY", 1000)
    hand = Hand(automatic.hand.automatic)
    drop = {"kind": "drop", "x": 30, "y": 30}
    for count in range(1, 4):
        last = hand.sources(edits_of([KEEP, drop, REMOVE][:count]))
    assert hand.sources(edits_of([KEEP, drop, REMOVE])) is last
    assert hand.sources(()) is automatic.hand.automatic
    assert len(hand._states) == 2


def test_all_scribbles_make_one_mask_where_the_first_stands(automatic):
    left, right = (
        {"kind": "scribble", "what": what, "size": 12, "points": [[x, 150]]}
        for what, x in (("keep", 210), ("remove", 10))
    )
    steps = edited.steps_of(edits_of([KEEP, left, REMOVE, right]))
    assert [type(step).__name__ for step in steps] == ["Stroke", "Scribbles", "Stroke"]
    assert steps[1].all == edits_of([left, right])
    found = automatic.hand.sources(edits_of([left, right])).matte.alpha
    assert found[150, 210] > 250
    assert found[150, 10] < 5
    after = automatic.hand.sources(edits_of([left, right, REMOVE])).matte.alpha
    assert (after[near(210, 150) < 29] == 0).all()


def test_a_selection_is_combined_as_asked():
    one, other = Matte(block(8, 8, 0, 0, 5, 8)), Matte(block(8, 8, 3, 0, 8, 8))
    assert edited.combined(one, other, "union").alpha.all()
    assert (edited.combined(one, other, "subtract").alpha == block(8, 8, 0, 0, 3, 8)).all()
    assert edited.combined(one, other, "replace") is other


def test_estimates_of_colour_stay_with_brushes_alone(automatic):
    hand = automatic.hand
    brushed = hand.sources(edits_of([KEEP, REMOVE]))
    assert brushed.estimate is hand.automatic.estimate
    smart = hand.sources(edits_of([{**REMOVE, "smart": True}]))
    assert smart.estimate is not hand.automatic.estimate


def test_results_that_share_a_hand_do_not_disturb_each_other(automatic):
    edits = [KEEP, REMOVE]
    first = changed(automatic, edits=edits)
    second = changed(first, edits=[REMOVE])
    again = changed(second, edits=edits, background="#ffffff")
    assert (first.matte.alpha == again.matte.alpha).all()
    assert replace(first.finished.options, scene=again.finished.scene) == again.finished.options
