"""``speechlab live``: captions of what is being said, in a terminal."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from ..engines import Kind
from ..errors import SpeechLabError
from ..lab import Lab
from ..live import LiveSession
from .app import lab_of
from .asking import Output, asked, flags, outputs, targets
from .captions import Lines, Page, display
from .flags import FlagCommand
from .messages import FAILED, STOPPED, logged, say, tell
from .microphone import Microphone, listed, sounddevice
from .paths import Named
from .progress import clock_time
from .recordings import withheld
from .sound import Hearing, Pipe, Replay, Source
from .stopping import ENDS, Stopping
from .tables import write_table
from .transcribe import elsewhere

GLANCE = 0.2
"""Seconds between two looks at whether somebody wants to stop."""


@click.command(cls=FlagCommand, groups=flags, elsewhere=elsewhere)
@click.argument("source", metavar="[-|FILE]", required=False)
@click.option(
    "--engine",
    metavar="ID",
    help="Recogniser; `speechlab engines --kind asr` lists them.  [default: the best installed]",
)
@click.option("--pipeline", metavar="NAME", help="A pipeline, or a .toml file of one, instead of an engine.")
@click.option("--language", metavar="CODE", help="Language spoken, as a code such as en or pt-BR.  [default: detected]")
@click.option("--vad", metavar="ID", help="Speech detector put before the recogniser.  [default: the best installed]")
@click.option("--to", multiple=True, metavar="CODE", help="Also translate into this language; may be repeated.")
@click.option("--translator", metavar="ID", help="Engine that translates.  [default: the best installed]")
@click.option("--device", metavar="N|NAME", help="Microphone: its number, or a part of its name.")
@click.option("--list-devices", is_flag=True, help="List the microphones, and end.")
@click.option(
    "--sample-rate",
    type=int,
    default=16_000,
    show_default=True,
    metavar="HZ",
    help="Of the samples that are piped in, which are PCM: 16 bits, the low byte first, mono.",
)
@click.option(
    "--real-time/--at-once",
    default=True,
    show_default=True,
    help="Hear a FILE as if somebody spoke now, or as fast as the engine can.",
)
@click.option("--times", is_flag=True, help="Put before each line when it was said.")
@click.option("--events", is_flag=True, help="Write every event as a line of JSON, for programs.")
@click.option(
    "--output",
    "outputs",
    multiple=True,
    type=Named(path_type=Path),
    metavar="FILE",
    help="Save what was said at the end; the suffix tells the format. May be repeated.",
)
@click.option("--format", metavar="ID", help="Format of the output, where its suffix does not tell.")
@click.option("--keep-sound", type=Named(path_type=Path), metavar="FILE.wav", help="Save the sound, too.")
@click.pass_context
def live(ctx: click.Context, /, **given: Any) -> None:
    """What is being said, as text, while it is said.

    From the microphone; with `-` from a pipe of samples; or from a FILE, replayed as if somebody spoke now.

    On a terminal, what may still change is dim; elsewhere each line is written once it is settled. Ctrl-C ends it:
    what was said last is settled, and all is saved. Ctrl-C again leaves at once.

    Every parameter of the engines and of the formats is a flag: see `speechlab live --engine ID --output FILE --help`.
    """
    if given["list_devices"]:
        if not (devices := listed(sounddevice())):
            say("there is no microphone")
        write_table(("", "microphone", "channels", "rate"), devices)
        return
    lab = lab_of(ctx)
    files, keep = outputs(ctx, given), given["keep_sound"]
    pipeline = asked(ctx, given)
    source = _source(given)
    say(f"loading {', '.join(step.spec.name for step in pipeline.steps)}")
    session = lab.live.open(pipeline, keep_sound=keep is not None)
    session.taken = True
    say("listening")
    page = Page(targets(pipeline), rewords=any(step.spec.kind is Kind.TEXT for step in pipeline.steps))
    shown = display(page, times=given["times"], events=given["events"])
    failure: BaseException | None = None
    with logged(logging.NullHandler()):  # what the log would tell is told by notices
        try:
            with source.open(session.notice) as sound:
                hearing = Hearing(session, sound, waits=source.waits)
                _follow(session, hearing, shown)
            failure = hearing.failure or session.over.exception()
        except BaseException as error:
            failure = error
            session.abandon()
    saved = _save(lab, session, files, keep) if session.received or failure is None else True
    if isinstance(failure, KeyboardInterrupt):
        _leave()
    if failure is not None:
        raise failure
    ctx.exit(0 if saved else FAILED)


def _source(given: Mapping[str, Any]) -> Source:
    match given["source"]:
        case None:
            return Microphone(given["device"])
        case "-":
            return Pipe(given["sample_rate"])
        case name:
            return Replay(Path(name), real_time=given["real_time"])


def _follow(session: LiveSession, hearing: Hearing, shown: Lines) -> None:
    """Show what is said until the session is over."""
    woken = threading.Event()
    reader = session.follow(woken.set)
    with shown, Stopping("settling what was said last; Ctrl-C again leaves at once", ENDS) as stopping:
        hearing.start()
        over = False
        while not over:
            woken.wait(GLANCE)
            woken.clear()
            session.stay()
            if stopping.asked:
                hearing.stop()
            over = session.over.done()  # and everything told, before it is taken
            shown.hear(reader.take())
        shown.over()


def _save(lab: Lab, session: LiveSession, files: Sequence[Output], keep: Path | None) -> bool:
    """Save what was said, and tell where; what cannot be written there is kept in the lab's own folder."""
    recording = session.recording()
    written = []
    try:
        for file in files:
            written.append(lab.write(recording, file.path, file.format.id, **file.options))
        if keep is not None and session.sound is not None:
            shutil.copyfile(session.sound, keep)
            written.append(keep)
    except (SpeechLabError, OSError) as error:
        tell(str(error), getattr(error, "hint", ""))
        if (path := lab.live.save(session)) is not None:
            say(f"what was said is kept for a week in {path}")
        return False
    say(f"{clock_time(recording.duration)} heard{' → ' if written else ''}{', '.join(map(str, written))}")
    options = {file.format.id: file.options for file in files}
    if note := withheld(recording, [file.format for file in files], options):
        say(note)
    return True


def _leave() -> NoReturn:
    """End at once, whatever engines are still at work."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(STOPPED)
