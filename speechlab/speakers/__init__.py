"""Who is who: speakers renamed, merged and split by a person, undone at will, and known again when a run is repeated.

A recording stays what the engines told. What a person corrects are :class:`Edits`, values that make another recording
of it; :class:`Editing` collects them for one recording and keeps them.
"""

from .editing import Editing, named
from .edits import Assign, Edit, Edits, Merge, Rename, Stretch
from .keeping import Shelf
from .names import relabelled, speakers_of
from .shares import Share, shares

__all__ = [
    "Assign",
    "Edit",
    "Editing",
    "Edits",
    "Merge",
    "Rename",
    "Share",
    "Shelf",
    "Stretch",
    "named",
    "relabelled",
    "shares",
    "speakers_of",
]
