"""Subtitle files: read as recordings, and written again with other words at the very same times."""

from .file import SUFFIXES, Subtitles, read, told_language

__all__ = ["SUFFIXES", "Subtitles", "read", "told_language"]
