"""What a sound check means for somebody who records with what is on the table, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .result import Advice, SoundCheck

QUIET, FAINT, LOUD = -33.0, -45.0, -12.0
"""LUFS."""
CLIPPED, CLIPPED_BADLY = 2e-5, 1e-3
"""Shares of the samples: some syllables now and then, and most of the loud ones."""
CLEAR, NOISY = 20.0, 10.0
"""Decibels of speech over noise: below the second, recognizers begin to mishear."""
OFFSET = 0.01
"""Share of full scale."""
WIDE = 7000
"""Hz: up to there lie all the sounds that tell one word from another."""
LONG_PAUSE = 60.0
"""Seconds."""
MOSTLY_SILENT = 0.8
SHORT = 1.0
"""Seconds."""
WEIGHT = {"warning": 0, "note": 1, "good": 2}


def advise(found: SoundCheck) -> SoundCheck:
    """The same, with advice in the order of weight."""
    told = _nothing(found) or [
        advice
        for topic in (_damage, _level, _clipping, _noise, _bandwidth, _channels, _silence, _offset)
        for advice in topic(found)
    ]
    return replace(found, advice=tuple(sorted(told, key=lambda item: WEIGHT[item.severity])))


def _nothing(found: SoundCheck) -> list[Advice]:
    """The one thing to say of a recording in which there is nothing to hear."""
    if found.level.peak_db is not None and len(found.channels.silent) < found.channels.count:
        return []
    return [
        *_damage(found),
        Advice(
            "level",
            "warning",
            "There is nothing to hear in this recording.",
            "Check that the microphone is plugged in and not muted, and that the right one is chosen; then record a "
            "minute and listen to it.",
        ),
    ]


def _damage(found: SoundCheck) -> Iterator[Advice]:
    if found.level.invalid:
        yield Advice(
            "damage",
            "warning",
            f"{found.level.invalid} samples of this file are damaged; they are heard as silence.",
            "Export it once more from the program that made it, as wav or flac.",
        )
    if found.duration < SHORT:
        yield Advice("damage", "note", "It is shorter than a second.", "Check that the file is whole.")


def _level(found: SoundCheck) -> Iterator[Advice]:
    loudness = found.level.loudness
    if loudness is None:
        return
    told = f"{loudness:.0f} LUFS"
    if loudness < FAINT:
        yield Advice(
            "level",
            "warning",
            f"The recording is very quiet ({told}; speech on the radio has -23).",
            "Next time bring the microphone nearer, a hand's width from the mouth, or turn up its level. This one can "
            "be made louder (prepare/loudness), though its noise grows with it.",
        )
    elif loudness < QUIET:
        yield Advice(
            "level",
            "note",
            f"The recording is rather quiet ({told}; speech on the radio has -23).",
            "It is recognised as it is; to listen to it, make it louder (prepare/loudness). Next time move nearer to "
            "the microphone.",
        )
    elif loudness > LOUD:
        yield Advice(
            "level",
            "note",
            f"The recording is very loud ({told}; speech on the radio has -23).",
            "Next time turn the microphone's level down a little, so that a laugh does not overload it.",
        )
    else:
        yield Advice("level", "good", f"The level is right ({told}).")


def _clipping(found: SoundCheck) -> Iterator[Advice]:
    share, first = found.clipping.share, found.clipping.first
    if first is None or share < CLIPPED:
        yield Advice("clipping", "good", "Nothing is overloaded.")
        return
    cure = (
        "What is lost cannot be brought back. Next time turn down the level of the microphone until the loudest voice "
        "stays below the red, or move a little away from it."
    )
    if share < CLIPPED_BADLY:
        yield Advice("clipping", "note", f"The loudest moments are overloaded, the first at {clock(first)}.", cure)
    else:
        yield Advice(
            "clipping",
            "warning",
            f"It is overloaded: voices crackle where they are loud, from {clock(first)} on ({share:.1%} of it).",
            cure,
        )


def _noise(found: SoundCheck) -> Iterator[Advice]:
    noise = found.noise
    if noise.snr_db is None:
        return
    told = f"{noise.snr_db:.0f} dB over the noise"
    if noise.snr_db < NOISY:
        yield Advice(
            "noise",
            "warning",
            f"There is much noise: the speech is only {told}.",
            "Expect wrong words, and read the text against the sound. To listen to it, clean the sound, but let the "
            "recognizer hear it as it is: cleaned sound makes most of them mishear more. Next time move the microphone "
            "nearer to the mouth, close the window, and turn off what hums.",
        )
    elif noise.snr_db < CLEAR:
        yield Advice(
            "noise",
            "note",
            f"There is some noise: the speech is {told}.",
            "It will do. Next time move the microphone nearer: at half the distance the voice is twice as strong, and "
            "the noise is not.",
        )
    else:
        yield Advice("noise", "good", f"The speech is clear: {told}.")
    if noise.hum:
        yield Advice(
            "noise",
            "note",
            "There is a deep rumble or hum below the voice.",
            "A high-pass filter takes it away (prepare/highpass). Next time keep the microphone off the table and out "
            "of the wind, and its cable away from power supplies.",
        )


def _bandwidth(found: SoundCheck) -> Iterator[Advice]:
    hertz = found.band.hertz
    if hertz is None or found.silence.leading >= found.duration:
        return
    told = f"{hertz / 1000:.1f} kHz"
    if found.band.telephone:
        yield Advice(
            "bandwidth",
            "note",
            f"It sounds like a telephone: nothing above {told}.",
            "Names and the letters s and f are easily misheard; check those in the text. If there is another recording "
            "of the same, such as one by the meeting program itself, take that.",
        )
    elif hertz < WIDE:
        yield Advice(
            "bandwidth",
            "note",
            f"It sounds a little dull: nothing above {told}.",
            "Recognition hardly minds. Check whether the microphone was covered, or the recorder set to save space.",
        )
    else:
        yield Advice("bandwidth", "good", f"All of the voice is there, up to {told}.")


def _channels(found: SoundCheck) -> Iterator[Advice]:
    channels = found.channels
    if channels.count < 2:
        return
    if channels.silent:
        numbers = " and ".join(str(channel) for channel in channels.silent)
        several = len(channels.silent) > 1
        yield Advice(
            "channels",
            "note",
            f"Channel{'s' * several} {numbers} {'are' if several else 'is'} silent (counted from 0).",
            "Nothing is lost, if only one microphone was meant to be heard; else check the cable of the other one.",
        )
    if channels.opposed:
        yield Advice(
            "channels",
            "warning",
            "The channels cancel each other: mixed to one, most of the voice is gone.",
            "Transcribe one channel alone (--channel 0). Next time check the cables: one of them is reversed.",
        )
    elif channels.speakers:
        yield Advice(
            "channels",
            "good",
            "Each channel has a speaker of its own.",
            "Transcribe each channel by itself (--channel each): the words are then given to the right person, even "
            "where both speak at once.",
        )
    elif channels.identical:
        yield Advice("channels", "good", "Its channels hold the same sound, so that one of them is enough.")


def _silence(found: SoundCheck) -> Iterator[Advice]:
    silence = found.silence
    if silence.leading >= found.duration:
        yield Advice(
            "silence",
            "warning",
            "Nobody seems to speak in it.",
            "Listen to a part of it. If there is speech, it is too quiet or too noisy: detect it with a lower "
            "threshold.",
        )
    elif silence.share > MOSTLY_SILENT:
        yield Advice(
            "silence",
            "note",
            f"Nobody speaks for {silence.share:.0%} of the time.",
            "Detect speech before it is recognised, as the page does: that saves time, and keeps recognizers from "
            "hearing words in silence.",
        )
    elif silence.longest > LONG_PAUSE:
        yield Advice(
            "silence",
            "note",
            f"The longest pause lasts {clock(silence.longest)}, from {clock(silence.at)} on.",
            "If it is a break, cut it out, or leave it: speech detection passes over it.",
        )


def _offset(found: SoundCheck) -> Iterator[Advice]:
    if abs(found.level.offset) >= OFFSET:
        yield Advice(
            "offset",
            "note",
            f"The waveform is off its middle by {abs(found.level.offset):.1%}, as with a worn-out sound card.",
            "Nobody hears it, but it leaves less room for loud voices; a high-pass filter takes it away "
            "(prepare/highpass).",
        )


def clock(seconds: float) -> str:
    """A time as people write it.

    >>> clock(7.2), clock(75), clock(3700)
    ('0:07', '1:15', '1:01:40')
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
