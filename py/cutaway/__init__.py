"""Cutaway: a photo goes in, a cutout with straight alpha comes out, nothing leaves the device."""

__version__ = "0.1.0"
