"""finish: a ``Photo`` and its ``Matte`` → the written file; a change runs only what it concerns."""

from dataclasses import dataclass, replace

from cutaway.compose import Arrangement, arrange, compose
from cutaway.composing.presets import PresetFacts, check, filled
from cutaway.composing.scene import Colour, OwnImage, Scene
from cutaway.cut import cut
from cutaway.encode import encode
from cutaway.errors import CutawayError
from cutaway.host.engine import Engine
from cutaway.options import Options
from cutaway.output import Output
from cutaway.read import read_any
from cutaway.refining.adjust import Refinement
from cutaway.sources import Sources
from cutaway.trip import Trip
from cutaway.values import Cutout, File, Matte, Photo, Picture, Verification
from cutaway.verify import verify

#: Pixels of a photo, at most, whose cutout and picture are kept for what may be changed next.
KEPT = 25_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """What became of a matte, and by which options.

    Attributes
    ----------
    options : Options
    scene : Scene
        As it became by these options.
    adjusted : Matte
        As the options' refinement has it.
    cutout, picture : Cutout, Picture or None
        None where the photo has more than ``KEPT`` pixels.
    file, verification : File, Verification
    preset : PresetFacts or None
        Whether the picture meets the preset of the options.
    notices : tuple of str
        Sentences for the receipt.
    """

    options: Options
    scene: Scene
    adjusted: Matte
    cutout: Cutout | None
    picture: Picture | None
    file: File
    verification: Verification
    preset: PresetFacts | None
    notices: tuple[str, ...]


async def finish(
    sources: Sources, adjusted: Matte, options: Options, trip: Trip, last: Finished | None = None
) -> Finished:
    """Runs the stages after the matte; what ``last`` has that still holds is taken from there.

    ``adjusted`` is the matte of ``sources`` with the controls of the edge.

    Raises
    ------
    CutawayError
        As from ``image_of``, ``arrange``, ``encode`` and ``verify``.
    """
    photo, refinement = sources.photo, options.refine
    scene, notices = settled(options)
    cutout, picture = _still_good(last, options, scene)
    await trip.engine.breathe()
    if cutout is None:
        with trip.stage("cut"):
            strength = refinement.decontaminate
            cutout = cut(photo, sources.share, strength, adjusted, sources.estimate)
        await trip.engine.breathe()
    image = await image_of(scene, sources, trip.engine)
    arrangement = arranged(sources, refinement, scene, image)
    if picture is None:
        with trip.stage("compose"):
            picture = compose(cutout, arrangement)
        await trip.engine.breathe()
    fill = filled(cutout, arrangement.window)
    if photo.width * photo.height > KEPT:
        cutout = None
    written = dressed(picture, photo, options.output)
    with trip.stage("encode"):
        file = await encode(written, options.output, trip.engine)
    await trip.engine.breathe()
    with trip.stage("verify"):
        verification = await verify(file, written, options.output, trip.engine)
    found = None
    if options.preset is not None:
        found = check(options.preset, picture, fill, file.mime)
    notices = (*arrangement.notices, *notices, *file.notices)
    if cutout is None:
        picture = None
    return Finished(options, scene, adjusted, cutout, picture, file, verification, found, notices)


def settled(options: Options) -> tuple[Scene, tuple[str, ...]]:
    """The scene as it will be, and what is to be told of that."""
    scene = options.scene
    if options.output.format == "image/jpeg" and scene.background is None:
        white = replace(scene, background=Colour((255, 255, 255)))
        return white, ("JPEG has no transparency, so the background became white.",)
    return scene, ()


async def image_of(scene: Scene, sources: Sources, engine: Engine) -> Photo | None:
    """The image that a scene has as its background, read once; raises like ``read_any``."""
    if not isinstance(scene.background, OwnImage):
        return None
    data = scene.background.data
    if sources.image is None or sources.image[0] != data:
        try:
            sources.image = data, await read_any(data, engine)
        except CutawayError as error:
            sentence = f"The background image: {error.sentence}"
            raise CutawayError(error.code, sentence) from None
    return sources.image[1]


def arranged(
    sources: Sources, refinement: Refinement, scene: Scene, image: Photo | None
) -> Arrangement:
    """Where everything stands, worked out once; raises like ``arrange``."""
    return sources.made(
        "arrangement",
        (refinement, scene),
        lambda: arrange(sources, refinement, scene, image),
    )


def _still_good(
    last: Finished | None, options: Options, scene: Scene
) -> tuple[Cutout | None, Picture | None]:
    """What of the last time need not be made again."""
    if last is None or not last.options.same_matte(options):
        return None, None
    return last.cutout, last.picture if last.scene == scene else None


def dressed(picture: Picture, photo: Photo, output: Output) -> Picture:
    """The picture with the photo's metadata, where it is to be kept."""
    if output.metadata != "keep":
        return picture
    return replace(picture, exif=photo.exif, xmp=photo.xmp)
