"""For authors of plugins: prove that an engine keeps its promises, with speech and sounds to try it on."""

from .conformance import conformance
from .sockets import SocketOpened, no_sockets
from .sounds import music, noise, silence, spoken, tone
from .speech import Speech, speech, words
from .subject import Subject

__all__ = [
    "SocketOpened",
    "Speech",
    "Subject",
    "conformance",
    "music",
    "no_sockets",
    "noise",
    "silence",
    "speech",
    "spoken",
    "tone",
    "words",
]
