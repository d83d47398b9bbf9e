"""What an engine is: its protocols, its options, its card, its weights, and what the host lends it."""

from .context import Context
from .frames import FrameSession, SpectralSession
from .kinds import (
    PROTOCOLS,
    Aligner,
    BatchRecognizer,
    BatchSpeechDetector,
    Denoiser,
    Diarizer,
    Interpreter,
    Kind,
    Recognizer,
    Session,
    SpeechDetector,
    SpeechTranslator,
    StreamingDiarizer,
    StreamingRecognizer,
    Synthesizer,
    TextProcessor,
    Translator,
    VoiceCloner,
    VoiceConverter,
)
from .options import AsrOptions, DiarizeOptions, TtsOptions, VadOptions
from .spec import EngineSpec
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
    "Interpreter",
    "Kind",
    "Recognizer",
    "Session",
    "SpectralSession",
    "SpeechDetector",
    "SpeechTranslator",
    "StreamingDiarizer",
    "StreamingRecognizer",
    "Synthesizer",
    "TextProcessor",
    "Translator",
    "TtsOptions",
    "VadOptions",
    "VoiceCloner",
    "VoiceConverter",
    "Weights",
    "present",
]
