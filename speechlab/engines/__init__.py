"""What an engine is: its protocols, its options, its card, its weights, and what the host lends it."""

from .context import Context
from .devices import torch_device
from .frames import FrameSession, SpectralSession
from .graphs import also_giving, made_by
from .kinds import (
    PROTOCOLS,
    Aligner,
    BatchRecognizer,
    BatchSpeechDetector,
    Denoiser,
    Diarizer,
    Interpreter,
    Kind,
    Preparer,
    Recognizer,
    RememberingCloner,
    RoutedTranslator,
    SentenceSplitter,
    Session,
    SpeakerEmbedder,
    SpeechDetector,
    SpeechScorer,
    SpeechTranslator,
    StreamingDiarizer,
    StreamingRecognizer,
    Synthesizer,
    TextAnnotator,
    TextProcessor,
    TimedSynthesizer,
    Translator,
    VoiceCloner,
    VoiceConverter,
    VoicedSession,
)
from .options import AsrOptions, DiarizeOptions, PronouncingOptions, TtsOptions, VadOptions
from .placing import placed
from .pronouncing import pronounced
from .sayable import sayable
from .service import PricedSynthesizer, Quote, VoiceKeeper
from .spec import EngineSpec
from .ways import Hop, Ways
from .weights import ChecksumMismatch, Weights, present

__all__ = [
    "PROTOCOLS",
    "Aligner",
    "AsrOptions",
    "BatchRecognizer",
    "BatchSpeechDetector",
    "ChecksumMismatch",
    "Context",
    "Denoiser",
    "DiarizeOptions",
    "Diarizer",
    "EngineSpec",
    "FrameSession",
    "Hop",
    "Interpreter",
    "Kind",
    "Preparer",
    "PricedSynthesizer",
    "PronouncingOptions",
    "Quote",
    "Recognizer",
    "RememberingCloner",
    "RoutedTranslator",
    "SentenceSplitter",
    "Session",
    "SpeakerEmbedder",
    "SpectralSession",
    "SpeechDetector",
    "SpeechScorer",
    "SpeechTranslator",
    "StreamingDiarizer",
    "StreamingRecognizer",
    "Synthesizer",
    "TextAnnotator",
    "TextProcessor",
    "TimedSynthesizer",
    "Translator",
    "TtsOptions",
    "VadOptions",
    "VoiceCloner",
    "VoiceConverter",
    "VoiceKeeper",
    "VoicedSession",
    "Ways",
    "Weights",
    "also_giving",
    "made_by",
    "placed",
    "present",
    "pronounced",
    "sayable",
    "torch_device",
]
