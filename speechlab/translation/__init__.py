"""What translation is around any engine: sentences, batches, protected terms, languages and routes."""

from .cutting import Cut, cut
from .glossary import Becomes, Glossary, Terms, glossary
from .identify import Guess, Identify, Sources, guesses
from .protection import Protected, protected
from .recording import as_recording, spoken
from .routes import Way, reached, refused, route, targets
from .sentences import sentences
from .texts import Ask, Manner, translated
from .wholes import apart, text_of, wholes

__all__ = [
    "Ask",
    "Becomes",
    "Cut",
    "Glossary",
    "Guess",
    "Identify",
    "Manner",
    "Protected",
    "Sources",
    "Terms",
    "Way",
    "apart",
    "as_recording",
    "cut",
    "glossary",
    "guesses",
    "protected",
    "reached",
    "refused",
    "route",
    "sentences",
    "spoken",
    "targets",
    "text_of",
    "translated",
    "wholes",
]
