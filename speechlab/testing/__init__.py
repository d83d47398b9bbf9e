"""For authors of plugins: prove that an engine keeps its promises, with speech and sounds to try it on."""

import pytest

pytest.register_assert_rewrite(f"{__name__}.checks")  # before they are imported: a failed check then shows its values

# ruff: noqa: E402
from .conformance import conformance
from .hub import fetched
from .networks import one_thread
from .sockets import SocketOpened, no_sockets
from .sounds import cut, music, noise, silence, spoken, tone
from .speech import Speech, speech, words
from .subject import Subject

__all__ = [
    "SocketOpened",
    "Speech",
    "Subject",
    "conformance",
    "cut",
    "fetched",
    "music",
    "no_sockets",
    "noise",
    "one_thread",
    "silence",
    "speech",
    "spoken",
    "tone",
    "words",
]
