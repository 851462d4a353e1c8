"""What a file's first bytes say it is. Its name is never believed."""

import re

from cutaway.errors import CutawayError

_EDITOR = "Open it in an image editor and save it as JPEG or PNG."

#: Pictures that Pillow reads.
_READ = (
    ("JPEG", re.compile(rb"\xff\xd8\xff")),
    ("PNG", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("WEBP", re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
    ("GIF", re.compile(rb"GIF8[79]a")),
    ("TIFF", re.compile(rb"II[*+]\0|MM\0[*+]")),
    ("BMP", re.compile(rb"BM.{4}\0\0\0\0", re.DOTALL)),
    ("ICO", re.compile(rb"\0\0[\x01\x02]\0[^\0]")),
)

#: Pictures that only some decoders of the host know, and what a person can do where none does. AVIF
#: stands before HEIC because it often hides behind the general brand ``mif1``.
_DECODED = (
    ("AVIF", re.compile(rb".{4}ftyp(?:.{4}){0,12}?avi[fs]", re.DOTALL), _EDITOR),
    (
        "HEIC",
        re.compile(rb".{4}ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)", re.DOTALL),
        "Open this page in Safari, or export the photo as JPEG first: on an iPhone choose “Most "
        "Compatible” when sharing, on a computer open it in its photo viewer and export it.",
    ),
    ("JPEG 2000", re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"), _EDITOR),
    ("JPEG XL", re.compile(rb"\xff\x0a|\0\0\0\x0cJXL "), _EDITOR),
)

#: Pictures that are recognised and refused. Camera raw files pose as TIFF.
_REFUSED = (
    ("Photoshop", re.compile(rb"8BPS"), "Export it as PNG or JPEG."),
    (
        "camera raw",
        re.compile(rb"FUJIFILMCCD|.{4}ftypcrx |II[*]\0.{4}CR\x02|IIU\0", re.DOTALL),
        "Develop it in your camera's software and export it as JPEG.",
    ),
    ("OpenEXR", re.compile(rb"\x76\x2f\x31\x01"), _EDITOR),
    ("PNM", re.compile(rb"P[1-7]\s"), _EDITOR),
)

#: Files that hold no picture at all.
_OTHERS = (
    ("a PDF document", re.compile(rb"%PDF")),
    ("a ZIP archive or an office document", re.compile(rb"PK[\x03\x05]")),
    ("a compressed archive", re.compile(rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ")),
    ("a video", re.compile(rb".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI ", re.DOTALL)),
    ("a sound recording", re.compile(rb"ID3|OggS|fLaC|RIFF.{4}WAVE", re.DOTALL)),
    ("a program", re.compile(rb"MZ|\x7fELF|\xcf\xfa\xed\xfe")),
)

_SVG = re.compile(
    r"(<\?xml[^>]*>|<!--.*?-->|<!doctype svg[^>]*>|\s)*<svg[\s>]", re.IGNORECASE | re.DOTALL
)
_HTML = re.compile(
    r"(<\?xml[^>]*>|<!--.*?-->|\s)*<(!doctype html|html|head|body|script|title|meta|div|p)\b",
    re.IGNORECASE | re.DOTALL,
)

#: So much of a file is looked at.
_HEAD = 1024


def format_of(data: bytes) -> str:
    """The format of a picture: Pillow's name for it, or ``"AVIF"``, ``"HEIC"``, ….

    Raises
    ------
    CutawayError
        ``"empty-file"``, ``"unsupported-format"`` or ``"not-an-image"``, naming what it looks like.
    """
    if not data:
        raise CutawayError(
            "empty-file",
            "This file is empty. Choose another one, or copy it again from where it came.",
        )
    head = data[:_HEAD]
    for name, magic, advice in _REFUSED:
        if magic.match(head):
            raise _unsupported(name, advice)
    for name, magic in (*((name, magic) for name, magic, _ in _DECODED), *_READ):
        if magic.match(head):
            return name
    text = _text(head)
    if text is not None and _SVG.match(text):
        raise _unsupported("SVG", "It is a drawing, not a photo: export it as PNG and try that.")
    raise CutawayError(
        "not-an-image",
        f"This file is not a photo: it looks like {_likeness(head, text)}. "
        "Choose a JPEG, PNG, WebP, AVIF, GIF, TIFF or BMP.",
    )


def not_decoded(format: str) -> CutawayError:
    """``"unsupported-format"`` for a picture that nothing here can decode."""
    advice = {name: advice for name, _, advice in _DECODED}[format]
    return _unsupported(format, advice)


def _unsupported(name: str, advice: str) -> CutawayError:
    sentence = f"This picture is in {name} format, which cannot be read here. {advice}"
    return CutawayError("unsupported-format", sentence)


def _likeness(head: bytes, text: str | None) -> str:
    for name, magic in _OTHERS:
        if magic.match(head):
            return name
    if text is None:
        return "data of an unknown kind"
    return "a web page (HTML)" if _HTML.match(text) else "plain text"


def _text(head: bytes) -> str | None:
    """The start of a file as text, or None when it holds what no text holds."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    if any(byte < 9 or 13 < byte < 32 for byte in head):
        return None
    text = head.decode("utf-8", "replace").removeprefix("\ufeff")
    return text if text.count("\ufffd") <= len(text) // 10 else None
