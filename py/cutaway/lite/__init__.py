"""Lite: a ``Photo`` → a ``Mask`` by a classical method, which downloads nothing.

It compares colours and places, and knows no subjects. Regions that differ from what lies along the
frame, near the middle and in focus make a first estimate (``estimate``); colour models and a
minimal cut of the pixels, in turns, make a mask of it (``cutting``).
"""

from cutaway.lite.segmenter import mended, segment, steps

__all__ = ["mended", "segment", "steps"]
