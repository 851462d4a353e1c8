"""presets: what leads there meets it, and what does not is caught."""

from dataclasses import replace

import numpy as np
import pytest

from cutaway.compose import compose
from cutaway.composing.presets import check, filled, preset, presets
from cutaway.finish import arranged
from cutaway.options import Options
from cutaway.refining.adjust import Refinement
from tests.unit.staging import block, stage

JPEG = "image/jpeg"


def product(box=(90, 60, 200, 160)):
    return stage(300, 220, block(300, 220, *box))


def checked(found, id="listing", format=JPEG, change=None, **options):
    scene = Options.of({"preset": id, **options}).scene
    arrangement = arranged(found.sources, Refinement(), scene, found.image(scene))
    cutout = found.cut()
    picture = compose(cutout, arrangement)
    if change:
        rgba = picture.rgba.copy()
        change(rgba)
        picture = replace(picture, rgba=rgba)
    return check(preset(id), picture, filled(cutout, arrangement.window), format), picture


@pytest.mark.parametrize("id", [one.id for one in presets()])
def test_what_a_preset_sets_meets_it(id):
    facts, picture = checked(product(), id)
    assert (facts.id, facts.met, facts.reasons) == (id, True, ())
    frame = preset(id).settings["frame"]
    assert (picture.width, picture.height) == (frame["width"], frame["height"])
    assert (picture.rgba[0] == 255).all()


def test_the_list_is_told_as_options():
    listed = [one.to_dict() for one in presets()]
    assert len({one["id"] for one in listed}) == len(listed) >= 3
    for one in listed:
        assert list(one) == ["id", "title", "note", "background", "frame", "format", "quality"]
        settings = {name: one[name] for name in ("background", "frame", "format", "quality")}
        options = Options.of(settings)
        assert options.output.format == JPEG
    assert any(one["frame"]["width"] == 2000 for one in listed)
    assert any(one["frame"]["width"] == 1600 for one in listed)


def reasons(found, **how):
    facts, _ = checked(found, **how)
    assert not facts.met
    return " ".join(facts.reasons)


def test_another_format_or_size_is_caught():
    assert "image/png" in reasons(product(), format="image/png")
    frame = {"crop": "subject", "aspect": "1:1", "margin": 0.075, "width": 800, "height": 800}
    assert "800 × 800" in reasons(product(), frame=frame)


def test_one_pixel_of_the_border_that_is_not_white_is_caught():
    def spoil(rgba):
        rgba[-1, 77, 2] = 254

    told = reasons(product(), change=spoil)
    assert "1 of its pixels" in told
    assert "1600 of its pixels" not in told


def test_another_background_and_a_shadow_that_reaches_out_are_caught():
    assert "border" in reasons(product(), background="#fefefe")
    shadow = {"kind": "drop", "distance": 30, "blur": 30, "opacity": 1}
    assert "border" in reasons(product(), shadow=shadow)
    facts, _ = checked(product(), shadow={"kind": "contact"})
    assert facts.met


def test_a_subject_too_small_is_caught():
    frame = {"crop": "subject", "aspect": "1:1", "margin": 0.2, "width": 1600, "height": 1600}
    assert "fills 60%" in reasons(product(), frame=frame)


def test_a_subject_that_the_photo_cuts_off_is_caught():
    assert "border" in reasons(product((0, 60, 200, 220)))


def test_without_a_subject_nothing_fills():
    assert "fills 0%" in reasons(stage(300, 220, np.zeros((220, 300), np.uint8)))
