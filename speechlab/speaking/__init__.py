"""Speaking: a text as sound, sentence by sentence, each as soon as it is there."""

from .line import Line
from .options import SpeakOptions
from .speak import Speaking, speaking
from .spoken import Spoken, joined, retold, said
from .voices import synthesizer, voices

__all__ = [
    "Line",
    "SpeakOptions",
    "Speaking",
    "Spoken",
    "joined",
    "retold",
    "said",
    "speaking",
    "synthesizer",
    "voices",
]
