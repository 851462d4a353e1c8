"""Scenes: what may be asked for, and how it is refused."""

import json

import pytest

from cutaway.composing.presets import presets
from cutaway.composing.scene import Blur, Colour, Frame, Gradient, OwnImage, Scene, Shadow
from cutaway.errors import CutawayError
from cutaway.options import Options
from cutaway.output import Output


def test_nothing_is_the_default_and_missing_is_nothing():
    nothing = {"background": None, "shadow": None, "frame": None}
    assert Scene.of({}) == Scene.of(nothing) == Scene() == Options.of(nothing).scene
    assert Scene().to_dict() == nothing


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("#ff8000", Colour((255, 128, 0))),
        ({"kind": "colour", "colour": "#FF8000"}, Colour((255, 128, 0))),
        (
            {"kind": "gradient", "from": "#000000", "to": "#0000ff", "angle": 45},
            Gradient((0, 0, 0), (0, 0, 255), 45),
        ),
        ({"kind": "gradient", "from": "#000000", "to": "#0000ff"},
         Gradient((0, 0, 0), (0, 0, 255), 180)),
        ({"kind": "blur", "radius": 12.5}, Blur(12.5)),
        ({"kind": "image", "image": b"a file"}, OwnImage(b"a file")),
        (b"a file", OwnImage(b"a file")),
    ],
)  # fmt: skip
def test_backgrounds_are_understood(given, meant):
    assert Scene.of({"background": given}).background == meant


def test_shadows_have_what_suits_their_kind_and_frames_what_is_usual():
    drop, contact = (Scene.of({"shadow": {"kind": kind}}).shadow for kind in ("drop", "contact"))
    assert drop.distance > contact.distance == 0
    assert drop.colour == (0, 0, 0)
    told = {
        "kind": "drop",
        "angle": 10,
        "distance": 0,
        "blur": 7,
        "opacity": 1,
        "colour": "#102030",
    }
    assert Scene.of({"shadow": told}).shadow == Shadow("drop", 10, 0, 7, 1, (16, 32, 48))
    assert Scene.of({"frame": {}}).frame == Frame()
    frame = {"crop": "subject", "aspect": "4:5", "margin": 0.1, "width": 800, "height": None}
    assert Scene.of({"frame": frame}).frame == Frame("subject", (4, 5), 0.1, 800, None)


@pytest.mark.parametrize(
    ("scene", "word"),
    [
        ({"background": "white"}, "#ffffff"),
        ({"background": "#fff"}, "#fff"),
        ({"background": 7}, "kinds"),
        ({"background": {"kind": "video"}}, "video"),
        ({"background": {"kind": "colour"}}, "colour"),
        ({"background": {"kind": "colour", "colour": "#ffffff", "angle": 3}}, "angle"),
        ({"background": {"kind": "gradient", "from": "#ffffff"}}, "to"),
        ({"background": {"kind": "blur", "radius": 201}}, "200"),
        ({"background": {"kind": "blur", "radius": float("nan")}}, "200"),
        ({"background": {"kind": "image", "image": "a.png"}}, "image file"),
        ({"shadow": {"kind": "long"}}, "drop, contact"),
        ({"shadow": "drop"}, "drop, contact"),
        ({"shadow": {"kind": "drop", "opacity": 2}}, "opacity"),
        ({"shadow": {"kind": "drop", "blur": True}}, "blur"),
        ({"frame": "1:1"}, "frame"),
        ({"frame": {"crop": "face"}}, "face"),
        ({"frame": {"aspect": "wide"}}, "wide"),
        ({"frame": {"aspect": "0:1"}}, "0:1"),
        ({"frame": {"aspect": "1:500"}}, "1:500"),
        ({"frame": {"margin": 0.5}}, "0.45"),
        ({"frame": {"width": 0}}, "whole pixels"),
        ({"frame": {"width": 10.5}}, "whole pixels"),
        ({"frame": {"width": float("inf")}}, "whole pixels"),
        ({"frame": {"width": 20000, "height": 20000}}, "megapixels"),
        ({"frame": {"zoom": 2}}, "zoom"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_a_sentence(scene, word):
    with pytest.raises(CutawayError, match=word) as failure:
        Options.of(scene)
    assert failure.value.code == "bad-option"


def test_a_scene_is_told_as_it_may_be_given():
    given = {
        "background": {"kind": "gradient", "from": "#000000", "to": "#0000ff", "angle": 45.0},
        "shadow": {"kind": "contact", "angle": 10.0, "distance": 1.0, "blur": 2.0, "opacity": 0.5,
                   "colour": "#102030"},
        "frame": {"crop": "subject", "margin": 0.1, "width": 800, "height": None, "aspect": "4:5"},
    }  # fmt: skip
    assert Scene.of(given).to_dict() == given
    assert Scene.of(Scene.of(given).to_dict()) == Scene.of(given)
    image = Scene.of({"background": b"a file"}).to_dict()["background"]
    assert image == {"kind": "image", "bytes": 6}
    assert json.dumps(image)


def test_a_preset_sets_what_is_left_open():
    for preset in presets():
        options = Options.of({"preset": preset.id})
        assert options.preset is preset
        assert options.scene.frame.width == preset.settings["frame"]["width"]
        assert options.scene.background == Colour((255, 255, 255))
        assert options.output == Output("image/jpeg", preset.settings["quality"])
        other = Options.of({"preset": preset.id, "background": "#000000", "frame": None})
        assert other.scene.background == Colour((0, 0, 0))
        assert other.scene.frame == options.scene.frame
    with pytest.raises(CutawayError, match="marketplace") as failure:
        Options.of({"preset": "bazaar"})
    assert failure.value.code == "unknown-preset"


def test_options_of_another_scene_lead_to_the_same_mask():
    plain = Options.of({"model": "u2netp"})
    look = {"background": "#ffffff", "format": "image/png", "refine": {"feather": 3}}
    assert plain.same_mask(Options.of({"model": "u2netp", **look}))
    for other in ({"model": "isnet"}, {"speed": "best"}, {"model": "u2netp", "salvage": True}):
        assert not plain.same_mask(Options.of(other))
