"""What an engine can be: one small protocol for each kind, said in one verb."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol, TypeVar, runtime_checkable

from ..types import (
    Audio,
    Consent,
    Diarization,
    Samples,
    Segment,
    SegmentUpdate,
    Span,
    SpeechEnded,
    SpeechScores,
    SpeechStarted,
    SynthesisChunk,
    Transcript,
    TurnUpdate,
    Voice,
)
from .ways import Hop

In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)


class Kind(StrEnum):
    """The kinds of engine; the value is the first half of a pipeline's ``use = "kind/engine"``."""

    VAD = "vad"
    PREPARE = "prepare"
    DENOISE = "denoise"
    ASR = "asr"
    SPEECH_TRANSLATE = "speech-translate"
    ALIGN = "align"
    DIARIZE = "diarize"
    TEXT = "text"
    TRANSLATE = "translate"
    TTS = "tts"
    CONVERT = "convert"
    INTERPRET = "interpret"

    @property
    def label(self) -> str:
        """What people call it."""
        return _TITLES[self]


_TITLES = {
    Kind.VAD: "Voice activity detection",
    Kind.PREPARE: "Sound preparation",
    Kind.DENOISE: "Denoising",
    Kind.ASR: "Speech recognition",
    Kind.SPEECH_TRANSLATE: "Speech translation",
    Kind.ALIGN: "Forced alignment",
    Kind.DIARIZE: "Diarization",
    Kind.TEXT: "Text processing",
    Kind.TRANSLATE: "Translation",
    Kind.TTS: "Speech synthesis",
    Kind.CONVERT: "Voice conversion",
    Kind.INTERPRET: "Speech-to-speech translation",
}


class Session(Protocol[In, Out]):
    """A conversation with a streaming engine: one call per chunk, answered at once, no threads inside.

    Chunks are of any length. What is heard in them must not depend on where they are cut, so a session keeps what does
    not yet fill a window of its network. Times are those of the chunks: the first one's ``start`` is seldom 0.
    """

    def feed(self, item: In, /) -> Iterable[Out]:
        """Hear the next chunk; give what is known because of it."""

    def flush(self) -> Iterable[Out]:
        """The stream is over, maybe before it began; give what was held back."""


@runtime_checkable
class Recognizer(Protocol):
    """Speech to text. Segments come in the order of time, on the audio's own timeline: it begins at ``audio.start``.

    The host names the segments; an engine may leave their ids empty.
    """

    def transcribe(self, audio: Audio, options: Any, /) -> Iterable[Segment]: ...


@runtime_checkable
class BatchRecognizer(Protocol):
    """A second protocol of a recognizer that is faster when it is given many stretches at once."""

    def transcribe_batch(self, audios: Sequence[Audio], options: Any, /) -> Iterable[Sequence[Segment]]:
        """The segments of each stretch, in the order given, one answer for each."""


@runtime_checkable
class StreamingRecognizer(Protocol):
    """Speech to text while it is spoken: tentative updates first, a final one for each segment.

    An update replaces the one with the same ``segment.id``. That id matters only inside its session: the host gives the
    segment a name of its own.
    """

    def open(self, options: Any, /) -> Session[Audio, SegmentUpdate]: ...


@runtime_checkable
class SpeechDetector(Protocol):
    """Where somebody speaks: starts and ends take turns, in the order of time, so that no two stretches overlap.

    The same is told however the sound is cut into chunks. Padding a stretch must not make it reach into the one before;
    one that is still open at the end is ended by ``flush``.
    """

    def open(self, options: Any, /) -> Session[Audio, SpeechStarted | SpeechEnded]: ...


@runtime_checkable
class BatchSpeechDetector(Protocol):
    """A second protocol of a detector that can feed many of its sessions in one call of the network."""

    def feed_batch(
        self, sessions: Sequence[Session[Audio, SpeechStarted | SpeechEnded]], chunks: Sequence[Audio], /
    ) -> Sequence[Sequence[SpeechStarted | SpeechEnded]]:
        """As ``[session.feed(chunk) for ...]``, one answer for each session. Where it fails, nobody knows which of them
        heard what: each goes on as a new session."""


@runtime_checkable
class SpeechScorer(Protocol):
    """A second protocol of a detector that can show what it decides by, so that thresholds are tried without hearing
    the sound again."""

    def scores(self, chunks: Iterable[Audio], /) -> SpeechScores:
        """How much each moment is like speech. The chunks follow each other, as in one session."""

    def spans(self, scores: SpeechScores, options: Any, /) -> Sequence[Span]:
        """Where a session with these options would have told of speech, to the digit."""


@runtime_checkable
class Denoiser(Protocol):
    """Sound to cleaner sound, on the same timeline.

    What comes out lies where it lay when it went in, without a hole, and is in all as long. An engine that lags holds
    back until it knows, and gives the rest at ``flush``.
    """

    def open(self, options: Any, /) -> Session[Audio, Audio]: ...


@runtime_checkable
class Preparer(Protocol):
    """Sound to sound that is easier to work with or to listen to: louder, without its rumble, at another rate.

    A session hears every channel, at the rate that the sound has, and both stay as they are while it lasts. What comes
    out may have another rate or other channels, and may begin later or end earlier; in between nothing is missing, and
    what is heard at a time is still heard at that time. The same comes out however the sound is cut into chunks.
    """

    def open(self, options: Any, /) -> Session[Audio, Audio]: ...


@runtime_checkable
class Diarizer(Protocol):
    """Who spoke when, from the whole recording."""

    def diarize(self, audio: Audio, options: Any, /) -> Diarization: ...


@runtime_checkable
class StreamingDiarizer(Protocol):
    """Who speaks now; each turn has an id, by which later knowledge replaces it."""

    def open(self, options: Any, /) -> Session[Audio, TurnUpdate]: ...


@runtime_checkable
class SpeakerEmbedder(Protocol):
    """A second protocol of a diarizer, by which somebody who was enrolled is known again, or of any other engine:
    voices as vectors.

    Such a diarizer has the feature ``voices``. What the numbers mean is its own business; the cosine of two tells how
    alike the voices are, on the scale that the card tells as :attr:`EngineSpec.likeness`.
    """

    def embed(self, audio: Audio, options: Any, /) -> Samples:
        """The voice of the one person who speaks in the sound: a vector of length 1, or zeros where nobody speaks."""


@runtime_checkable
class VoicedSession(Protocol):
    """A second protocol of a streaming diarizer's sessions: how those sound of whom it told, so that nothing needs to
    be heard twice to know them again."""

    def voices(self) -> Mapping[str, Samples]:
        """For each speaker, by the label of the turns told last, what ``embed`` would tell of what they say."""


@runtime_checkable
class Aligner(Protocol):
    """Times for the words of a known text.

    The same segments come back, under their ids and with their text, now with words that lie in them. One that cannot
    be aligned (nobody says it, or the sound is too short for it) comes back as it was.
    """

    def align(self, audio: Audio, transcript: Transcript, options: Any, /) -> Transcript: ...


@runtime_checkable
class Translator(Protocol):
    """Text to text in another language: one out for one in. Languages are BCP-47; ``source`` None is "find out".

    The host sends sentences, or as many together as the card's ``longest`` allows where it has the feature
    ``paragraphs``: trimmed, each with a letter in it, without line breaks and control characters, a batch sorted by
    length. X1X and the like stand for terms of a glossary, and are copied. No texts at all are an order to get ready
    for that pair. A language that it lacks is refused by a ConfigError with the nearest in its hint.
    """

    def translate(self, texts: Sequence[str], source: str | None, target: str, options: Any, /) -> Sequence[str]: ...


@runtime_checkable
class RoutedTranslator(Protocol):
    """A second protocol of a translator that goes by way of other languages, so that the reader can be told which."""

    def route(self, source: str, target: str, /) -> Sequence[Hop]:
        """The steps from ``source`` to ``target``; none where both are the same. Raises as ``translate`` does."""


@runtime_checkable
class SpeechTranslator(Protocol):
    """Speech to text in another language; of the segments, the same holds as for a :class:`Recognizer`."""

    def translate_speech(self, audio: Audio, target: str, options: Any, /) -> Iterable[Segment]: ...


@runtime_checkable
class Interpreter(Protocol):
    """Speech to speech in another language, while it is spoken.

    Segments of the translation carry ``target``; those of what was heard, if the engine tells them, have None there.
    Each has an id, which the sound made of it names too, and is final in the end.
    """

    def interpret(self, target: str, options: Any, /) -> Session[Audio, SegmentUpdate | SynthesisChunk]: ...


@runtime_checkable
class Synthesizer(Protocol):
    """Text to speech, in pieces as they are ready."""

    def voices(self) -> Sequence[Voice]:
        """What it can speak with, each with an id of its own; the first is meant where none is asked for."""

    def synthesize(self, text: str, voice: str | None, options: Any, /) -> Iterable[Audio]:
        """The text as sound. The pieces follow each other, whatever their ``start`` says.

        Raises ConfigError for a voice that is not among :meth:`voices`: never speak with another instead.
        """


@runtime_checkable
class TimedSynthesizer(Protocol):
    """A second protocol of a synthesizer that knows when it says each word. Such an engine has the feature
    ``word_times``; the host then asks this way, and ``synthesize`` gives the same sound alone."""

    def synthesize_timed(self, text: str, voice: str | None, options: Any, /) -> Iterable[SynthesisChunk]:
        """As ``synthesize``; each piece may carry words, in their order. Their times count from where the sound of the
        text began, also those of words that come with a later piece, or with an earlier one. A segment and a voice need
        not be told."""


@runtime_checkable
class VoiceCloner(Protocol):
    """A second protocol of a synthesizer or a voice converter: a new voice from a clip and somebody's consent.

    The clip is mono, without silence around it, 3 to 120 seconds long. The engine speaks with the voice as long as it
    is loaded, and a synthesizer lists it among its own; the host keeps the clip, and has an engine that has forgotten
    the voice learn it again. So the same clip had better give the same id.
    """

    def clone(self, reference: Audio, consent: Consent, options: Any, /) -> Voice: ...


@runtime_checkable
class RememberingCloner(Protocol):
    """A second protocol of a :class:`VoiceCloner` to which learning takes long: the host keeps what it has learnt."""

    def learnt(self, voice: str, /) -> bytes:
        """What it knows of a voice that it has learnt; nothing where that is not worth to be kept."""

    def recall(self, learnt: bytes, reference: Audio, consent: Consent, options: Any, /) -> Voice:
        """As ``clone``, and with the same result, from what an engine with the same parameters told, maybe long ago.
        Raises ValueError where it can no more be used: the voice is then learnt anew."""


@runtime_checkable
class VoiceConverter(Protocol):
    """The same words in another voice, in pieces that follow each other; in all about as long as what came in."""

    def convert(self, audio: Audio, voice: str, options: Any, /) -> Iterable[Audio]: ...


@runtime_checkable
class TextProcessor(Protocol):
    """Text to text in the same language (punctuation, casing, numbers): one out for one in.

    Here and in the other protocols for text, ``languages`` has the BCP-47 code of each text, None where nobody knows;
    a text of a language that the engine does not know stays as it is.
    """

    def process(self, texts: Sequence[str], languages: Sequence[str | None], options: Any, /) -> Sequence[str]: ...


@runtime_checkable
class TextAnnotator(Protocol):
    """What there is to say of each text (sentiment, key phrases, entities): one answer for one text.

    An answer is JSON under a key or two that say what it is; it goes into :attr:`Segment.extra`, and is empty where
    there is nothing to say. Two keys mean something to the host. ``entities`` is a list of what is named in the text,
    each with ``kind``, ``start`` and ``end`` (characters of the text), ``text`` and ``score``: what can be redacted.
    ``language`` is a mapping with a ``code``, which becomes the segment's language where it has none, or where the
    answer says ``"sure": True``.
    """

    def annotate(
        self, texts: Sequence[str], languages: Sequence[str | None], options: Any, /
    ) -> Sequence[Mapping[str, Any]]: ...


@runtime_checkable
class SentenceSplitter(Protocol):
    """Text to its sentences, in their order; together they are the text, but for the white space between them."""

    def split(
        self, texts: Sequence[str], languages: Sequence[str | None], options: Any, /
    ) -> Sequence[Sequence[str]]: ...


PROTOCOLS: dict[Kind, tuple[type, ...]] = {
    Kind.VAD: (SpeechDetector,),
    Kind.PREPARE: (Preparer,),
    Kind.DENOISE: (Denoiser,),
    Kind.ASR: (Recognizer, StreamingRecognizer),
    Kind.SPEECH_TRANSLATE: (SpeechTranslator,),
    Kind.ALIGN: (Aligner,),
    Kind.DIARIZE: (Diarizer, StreamingDiarizer),
    Kind.TEXT: (TextProcessor, TextAnnotator, SentenceSplitter),
    Kind.TRANSLATE: (Translator,),
    Kind.TTS: (Synthesizer,),
    Kind.CONVERT: (VoiceConverter,),
    Kind.INTERPRET: (Interpreter,),
}
"""Which protocols an engine of a kind may speak; one of them is enough."""
