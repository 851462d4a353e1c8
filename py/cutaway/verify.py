"""verify: a ``File`` → a ``Verification``, by decoding what was written and comparing it."""

from dataclasses import dataclass

from cutaway.encode.fit import fit
from cutaway.errors import CutawayError
from cutaway.host.engine import Engine
from cutaway.output import Output
from cutaway.pillow import bands, opened
from cutaway.reading import heif
from cutaway.values import Bytes, File, Picture, Verification
from cutaway.verifying.likeness import Likeness
from cutaway.verifying.readback import ReadBack, read_back, webp_chunks

#: Bytes of the strips in which files are compared.
STRIP = 4 << 20


@dataclass(frozen=True, slots=True)
class _Wrapping:
    """What a file carries beside its pixels."""

    icc: bytes | None
    exif: bytes | None
    xmp: bytes | None


async def verify(file: File, picture: Picture, output: Output, engine: Engine) -> Verification:
    """Compares a written file with the picture it was made from.

    Alpha must be exact in every format, and colour where nothing may be lost; elsewhere it may
    differ as ``likeness`` allows. The profile must be the picture's byte for byte, and so its EXIF
    and XMP, where it has any; else the file may have none.

    Raises
    ------
    CutawayError
        ``"verification-failed"`` for whatever differs; then the file must not be let out.
    """
    wanted, _ = fit(picture, output)
    try:
        found = _wrapping(file)
        for name in ("icc", "exif", "xmp"):
            if getattr(found, name) != getattr(wanted, name):
                what = "colour profile" if name == "icc" else name.upper()
                raise _failed(f"its {what} differs")
        async with read_back(file, engine) as decoded:
            size = (decoded.width, decoded.height)
            if size != (picture.width, picture.height):
                raise _failed(f"it has {size[0]} × {size[1]} pixels")
            colour = _compared(decoded, wanted.rgba, output)
    except CutawayError as error:
        if error.code != "not-decoded":
            raise
        raise CutawayError(
            "verification-failed",
            "The file that was written cannot be read here, so it could not be checked and was "
            "thrown away. Choose another format.",
        ) from error
    except MemoryError:
        raise
    except Exception as error:  # as in read: a decoder may raise nearly everything
        raise _failed("it cannot be read") from error
    return Verification(alpha="exact", colour=colour, size=True, decoder=decoded.decoder)


def _compared(decoded: ReadBack, wanted: Bytes, output: Output) -> str:
    """What is to be said of the colours."""
    likeness = Likeness(wanted, output.level)
    for top, bottom in bands(len(wanted), wanted[0].size, STRIP):
        found, rows = decoded.rows(top, bottom), wanted[top:bottom]
        if output.exact and found.tobytes() == rows.tobytes():
            continue  # nearly always so, and the quickest look
        if (found[..., 3] != rows[..., 3]).any():
            raise _failed("its transparency differs")
        if output.exact:
            seen = rows[..., 3] > 0
            if (found[seen] != rows[seen]).any():
                raise _failed("its colours differ")
        elif trouble := likeness.trouble(found, top):
            raise _failed(trouble)
    return "exact" if output.exact else f"within {likeness.within}"


def _wrapping(file: File) -> _Wrapping:
    """What the file's container holds; raises what its reader raises where it is not whole."""
    match file.mime:
        case "image/avif":
            still = heif.opened(file.data)
            return _Wrapping(still.icc, still.exif, still.xmp)
        case "image/webp":
            chunks = dict(webp_chunks(file.data))
            return _Wrapping(chunks.get(b"ICCP"), chunks.get(b"EXIF"), chunks.get(b"XMP "))
        case "image/jpeg":
            return _by_pillow(file, "JPEG", b"\xff\xd9")
    return _by_pillow(file, "PNG", b"IEND\xaeB`\x82")


def _by_pillow(file: File, format: str, end: bytes) -> _Wrapping:
    if not file.data.endswith(end):  # decoders can do without the last bytes
        raise _failed("its end is missing")
    with opened(file.data, format) as picture:
        facts = picture.info
        exif = facts.get("exif")
        xmp = facts.get("xmp")
        return _Wrapping(facts.get("icc_profile"), exif and exif.removeprefix(b"Exif\0\0"), xmp)


def _failed(how: str) -> CutawayError:
    return CutawayError(
        "verification-failed",
        f"The file that was written does not match the cutout: {how}. It was thrown away. Try "
        "again; if it happens again, please report it.",
    )
