"""A stage is a generator over events; here each kind of engine is lifted into one."""

from ..engines import Kind
from . import align, asr, convert, denoise, diarize, interpret, prepare, speech_translate, text, translate, tts, vad
from .base import Flow, Lift, Making, Scope, Stage
from .scheduling import Asked, AtOnce, Scheduler, Slot

LIFTS: dict[Kind, Lift] = {
    Kind.VAD: vad.LIFT,
    Kind.PREPARE: prepare.LIFT,
    Kind.DENOISE: denoise.LIFT,
    Kind.ASR: asr.LIFT,
    Kind.SPEECH_TRANSLATE: speech_translate.LIFT,
    Kind.ALIGN: align.LIFT,
    Kind.DIARIZE: diarize.LIFT,
    Kind.TEXT: text.LIFT,
    Kind.TRANSLATE: translate.LIFT,
    Kind.TTS: tts.LIFT,
    Kind.CONVERT: convert.LIFT,
    Kind.INTERPRET: interpret.LIFT,
}
"""How an engine of each kind becomes a stage."""

__all__ = ["LIFTS", "Asked", "AtOnce", "Flow", "Lift", "Making", "Scheduler", "Scope", "Slot", "Stage"]
