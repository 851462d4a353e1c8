"""Fusing masks: what is subject, and whose edge it gets."""

import numpy as np
import pytest

from cutaway import fuse as fusing
from cutaway.fuse import ROLES, Vote, fuse
from cutaway.models import recipe, registry
from cutaway.options import Options
from cutaway.values import Floats, Mask
from tests.unit.doubles import disc

SIZE = 320


def box(left: int, right: int, size: int = SIZE, blur: int = 2, level: float = 1.0) -> Floats:
    """A subject from column ``left`` to ``right``, its edge soft ``blur`` pixels to each side."""
    columns = np.arange(size) + 0.5
    inside = np.minimum(columns - left, right - columns)
    line = level * np.clip(inside / (2 * blur) + 0.5, 0, 1)
    values = np.zeros((size, size), np.float32)
    values[size // 4 : size * 3 // 4] = line
    return values


def vote(values: Floats, role: str) -> Vote:
    return Vote(Mask(values), role)


@pytest.mark.parametrize("role", ROLES)
def test_one_mask_stays_itself(role: str) -> None:
    values = disc(64)
    fused = fuse([vote(values, role)])
    assert fused.mask.values is values
    assert [mask.values for mask in fused.believed] == [values]


def test_one_mask_loses_its_specks() -> None:
    values = box(100, 240)
    values[10:14, 10:14] = 1
    fused = fuse([vote(values, "outline")]).mask.values
    assert fused[:40, :40].max() == 0
    assert np.array_equal(fused[60:], values[60:])


def test_two_outlines_that_agree_give_their_mean_at_the_larger_size() -> None:
    large, small = disc(96), disc(64)
    fused = fuse([vote(small, "outline"), vote(large, "outline")]).mask.values
    assert fused.shape == (96, 96)
    assert fused.dtype == np.float32
    assert np.abs(fused - large).mean() < 0.01
    one, other = box(100, 240), box(104, 240)
    fused = fuse([vote(one, "outline"), vote(other, "outline")]).mask.values
    assert np.allclose(fused, (one + other) / 2, atol=1e-6)


def test_where_outlines_dispute_a_region_the_last_one_decides() -> None:
    whole, half = box(60, 260), box(60, 160)
    for first, last in ((whole, half), (half, whole)):
        fused = fuse([vote(first, "outline"), vote(last, "outline")]).mask.values
        assert np.array_equal(fused > 0.5, last > 0.5)
        assert np.abs(fused[:, 200:230] - last[:, 200:230]).max() == 0


def undecided_half(blur: int = 2) -> Floats:
    """A lead that holds the left half and is undecided about the right one."""
    return np.maximum(box(60, 160, blur=blur), box(60, 260, level=0.3))


def test_a_crisp_region_model_settles_what_the_lead_is_undecided_about() -> None:
    lead = undecided_half()
    region = box(60, 260, blur=5)
    fused = fuse([vote(region, "region"), vote(lead, "outline")]).mask.values
    assert fused[160, 170:250].min() > 0.95
    # The lead keeps its edge where there was no dispute.
    assert np.array_equal(fused[:, :100], lead[:, :100])
    assert not np.array_equal(fused[:, :100], region[:, :100])


@pytest.mark.parametrize(
    ("why", "region", "lead"),
    [
        ("the lead is decided", box(60, 260), box(60, 160)),
        ("it is not crisp", box(60, 260, level=0.8), undecided_half()),
        ("it lacks what the lead holds", box(140, 260), undecided_half()),
    ],
)
def test_otherwise_the_lead_keeps_its_regions(why: str, region: Floats, lead: Floats) -> None:
    fused = fuse([vote(region, "region"), vote(lead, "outline")])
    assert fused.mask.values is lead, why
    # What the other says against the lead still makes the answer uncertain.
    assert len(fused.believed) == 2


def test_an_alpha_model_that_the_others_bear_out_gives_region_and_edge() -> None:
    region, lead, alpha = box(60, 260, level=0.6), box(60, 160), box(60, 260, blur=12)
    fused = fuse([vote(region, "region"), vote(alpha, "alpha"), vote(lead, "outline")])
    assert fused.mask.values is not lead
    assert np.array_equal(fused.mask.values, alpha)
    assert any(mask.values is alpha for mask in fused.believed)


@pytest.mark.parametrize(
    ("why", "alpha"),
    [
        ("it lacks what all others hold", box(100, 160)),
        ("it holds what none of them thought of", box(60, 300)),
        ("it holds nothing", np.zeros((SIZE, SIZE), np.float32)),
        ("it holds everything", np.ones((SIZE, SIZE), np.float32)),
    ],
)
def test_an_alpha_model_that_the_others_contradict_is_not_heard(why: str, alpha: Floats) -> None:
    region, lead = box(60, 170), box(60, 160)
    fused = fuse([vote(region, "region"), vote(alpha, "alpha"), vote(lead, "outline")])
    assert np.array_equal(fused.mask.values, lead), why
    assert not any(mask.values is alpha for mask in fused.believed)


def test_a_believed_alpha_model_neither_drops_nor_adds_a_region_against_all() -> None:
    lead = box(40, 280)
    alpha = lead.copy()
    alpha[120:136, 100:120] = 0  # 1.7 % of the subject
    alpha[20:36, 60:72] = 1  # 1 %
    region = box(40, 280, blur=4)
    votes = [vote(region, "region"), vote(alpha, "alpha"), vote(lead, "outline")]
    fused = fuse(votes).mask.values
    assert any(mask.values is alpha for mask in fuse(votes).believed)
    assert fused[122:134, 102:118].min() > 0.95
    assert fused[22:34, 62:70].max() < 0.05
    assert np.array_equal(fused[180:], alpha[180:])


def test_masks_of_any_sizes_meet() -> None:
    sizes = {"region": 64, "alpha": 100, "outline": 192}
    votes = [vote(disc(size), role) for role, size in sizes.items()]
    assert fuse(votes).mask.values.shape == (100, 100)  # the alpha model was believed
    wide = np.asarray(disc(192)[::2], np.float32)
    assert fuse([votes[0], vote(wide, "alpha"), votes[2]]).mask.values.shape == (96, 192)


@pytest.mark.parametrize("order", [("region", "alpha"), ("alpha", "region")])
def test_without_an_outline_the_region_model_leads(order: tuple[str, str]) -> None:
    values = {"region": box(60, 260), "alpha": box(100, 160)}
    assert fuse([vote(values[role], role) for role in order]).mask.values is values["region"]


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (5, 3), (64, 64)])
@pytest.mark.parametrize("levels", [(0, 0, 0), (1, 1, 1), (0, 1, 0.5), (1, 0, 0), (0.5, 0.5, 1)])
def test_flat_and_tiny_masks_give_a_mask(
    shape: tuple[int, int], levels: tuple[float, float, float]
) -> None:
    masks = [np.full(shape, level, np.float32) for level in levels]
    votes = [vote(mask, role) for mask, role in zip(masks, ROLES, strict=True)]
    fused = fuse([*votes, vote(disc(32), "outline")]).mask.values
    assert np.isfinite(fused).all()
    assert fused.min() >= 0
    assert fused.max() <= 1
    lead = fuse(votes).mask.values
    assert lead.min() == lead.max()
    if len(set(levels)) == 1:
        assert np.array_equal(lead, masks[0])


def test_the_answer_never_leaves_the_range_and_writes_to_no_mask() -> None:
    random = np.random.default_rng(11)
    votes = [
        vote((random.random((size, size)) > 0.5).astype(np.float32), role)
        for size, role in ((40, "region"), (50, "alpha"), (96, "outline"), (64, "outline"))
    ]
    before = [one.mask.values.copy() for one in votes]
    fused = fuse(votes).mask.values
    assert fused.min() >= 0
    assert fused.max() <= 1
    assert all(np.array_equal(one.mask.values, was) for one, was in zip(votes, before, strict=True))
    assert np.array_equal(fused, fuse(votes).mask.values)


def test_how_undecided_a_mask_is() -> None:
    assert fusing.undecided(np.ones((4, 4), np.float32)) == 0
    half = np.full((4, 4), 0.6, np.float32)
    assert fusing.undecided(half) == pytest.approx(4 * 0.6 * 0.4)


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (Options(), ["u2netp"]),
        (Options(speed="fast"), ["u2netp"]),
        (Options(speed="balanced"), ["u2netp", "isnet-768"]),
        (Options(speed="best"), ["u2netp", "modnet", "isnet", "isnet-768"]),
        (Options(model="isnet"), ["isnet"]),
    ],
)
def test_what_runs_for_which_options(options: Options, ids: list[str]) -> None:
    assert [model.id for model in recipe.choose(options)] == ids


def test_every_model_has_a_role_and_what_leads_draws_outlines() -> None:
    known = {model.id for model in registry.models()}
    assert set(recipe.ROLES) <= known
    assert {recipe.role(id) for id in known} == set(ROLES)
    for speed in ("balanced", "best"):
        assert recipe.role(recipe.SPEEDS[speed][-1]) == "outline"
    assert recipe.role("own-0123456789ab") == "outline"
