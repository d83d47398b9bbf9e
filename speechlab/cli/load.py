"""``speechlab load``: how many can be heard live at once, and how long each of them waits."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
import numpy as np

from ..engines import Kind
from ..errors import AudioError, ConfigError
from ..lab import Lab
from ..live import RATE
from ..live.latency import Latency, latency
from ..live.replay import chunks
from ..params import nearest
from ..stages.wording import words
from ..types import Segment, SegmentUpdate, Word
from .app import lab_of
from .callers import Call, Callers, Plan
from .engines import engine_id
from .messages import FAILED, say
from .tables import json_option, write_json

LONGEST = 300.0
"""Seconds of the recording that are said; then it begins again."""
FIFTH = 0.2
"""Seconds of sound for which the cost is told."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What the server took while all spoke at once; None where it is another machine's."""

    cpu: float | None = None
    peak: int | None = None


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sessions", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many speak at once.")
@click.option(
    "--minutes",
    type=click.FloatRange(0.02, 120),
    default=1.0,
    show_default=True,
    help="How long all of them do.",
)
@click.option("--engine", metavar="ID", help="Recogniser that hears them.  [default: the best installed]")
@click.option("--pipeline", metavar="NAME", help="Registered pipeline that hears them, instead of an engine alone.")
@click.option("--vad", metavar="ID", help="Speech detector put before the recogniser.  [default: the best installed]")
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the engine, of the host around it, or of the speech detector. May be repeated.",
)
@click.option(
    "--frame", type=click.IntRange(10, 2000), default=200, show_default=True, help="Milliseconds of sound in a message."
)
@click.option(
    "--apart",
    type=click.FloatRange(0, 60),
    default=0.25,
    show_default=True,
    help="Seconds between the beginnings of two sessions.",
)
@click.option(
    "--url", metavar="URL", help="A lab that runs already, as http://HOST:PORT.  [default: one is started for this]"
)
@click.option("--password", envvar="SPEECHLAB_PASSWORD", show_envvar=True, help="The password of that lab.")
@json_option
@click.pass_context
def load(
    ctx: click.Context,
    file: Path,
    sessions: int,
    minutes: float,
    engine: str | None,
    pipeline: str | None,
    vad: str | None,
    values: tuple[str, ...],
    frame: int,
    apart: float,
    url: str | None,
    password: str | None,
    as_json: bool,
) -> None:
    """Let many people speak at once, each over a socket and in real time, and tell how long they wait.

    All say what is in FILE, over and over, each beginning at another place. Latencies are seconds, as the median, the
    95th percentile and the most: from the beginning of an utterance until its first text is shown; from the end of a
    word until it is shown as it stays; and from the detected end of speech until its text is final.
    """
    lab = lab_of(ctx)
    path = _path(lab, engine, pipeline, vad, values, elsewhere=url is not None)
    pcm = _pcm(file, frame / 1000)
    with _served(ctx, url) as server:
        address = f"{(url or server.url).rstrip('/').replace('http', 'ws', 1)}/v1/stream/{path}"
        headers = {"authorization": f"Bearer {password}"} if password else {}
        plan = Plan(address, pcm, sessions, minutes * 60, frame / 1000, apart, headers)
        calls, costs = asyncio.run(_measured(plan, server))
    report = _report(plan, calls, costs)
    if as_json:
        write_json(report)
    else:
        _tell(report)
    if failures := Counter(call.failed for call in calls if call.failed):
        for sentence, count in failures.most_common(5):
            say(f"{count} of {sessions}: {sentence}")
        ctx.exit(FAILED)


def _path(
    lab: Lab, engine: str | None, pipeline: str | None, vad: str | None, values: Sequence[str], *, elsewhere: bool
) -> str:
    """The end of the socket's address: who hears, and with which parameters. Raises SpeechLabError."""
    if engine and pipeline:
        raise ConfigError("a pipeline names its own engines, so --engine does not fit", hint="leave one out")
    if pipeline and vad:
        raise ConfigError("a pipeline names its own detector, so --vad does not fit", hint="leave one out")
    if pipeline and not elsewhere and pipeline not in lab.plugins.pipelines:
        hint = nearest(pipeline, lab.plugins.pipelines, "there are")
        raise ConfigError(f"there is no pipeline {pipeline!r}", hint=hint)
    id = engine_id(engine, Kind.ASR)
    name = pipeline or (f"asr/{id}" if elsewhere and id else lab.engine(Kind.ASR, id).name)
    pairs = [value.partition("=") for value in values]
    if wrong := next((value for value, (_, sign, _) in zip(values, pairs, strict=True) if not sign), None):
        raise ConfigError(f"{wrong!r} is no parameter with a value", hint="write --set NAME=VALUE")
    query = urlencode([*((key, value) for key, _, value in pairs), *([("vad", vad)] if vad else [])])
    return f"{name}?{query}" if query else name


def _pcm(file: Path, frame: float) -> bytes:
    """The recording, or its beginning, as it is sent. Raises AudioError."""
    said = b"".join(
        (np.clip(audio.mono, -1, 1) * 32767).astype("<i2").tobytes()
        for audio in takewhile(lambda audio: audio.end <= LONGEST, chunks(file, 1.0))
    )
    if len(said) < 2 * frame * RATE:
        raise AudioError(f"{file.name} is shorter than one message", hint="give a recording of some seconds")
    return said


def _served(ctx: click.Context, url: str | None) -> AbstractContextManager[Any]:
    """A server in a process of its own, with the same plugins, home and policy; none where one is there."""
    if url is not None:
        if not url.startswith(("http://", "https://", "ws://", "wss://")):
            raise ConfigError(f"{url!r} is no address of a lab", hint="write it as http://HOST:PORT")
        return nullcontext()
    from ..rest.apart import apart

    say("starting a lab to be measured ...")
    given = ctx.find_root().params
    home = given.get("home")
    return apart(
        {
            "plugins": [str(path.resolve()) for path in given.get("plugins") or ()],
            "home": str(home) if home else None,
            "local_only": bool(given.get("local_only")),
        }
    )


async def _measured(plan: Plan, server: Any) -> tuple[list[Call], Costs]:
    """What became of the callers, and what the server took while all of them spoke."""
    seen = []

    async def measure() -> None:
        if server is not None:
            seen.append(await asyncio.to_thread(server.cost))

    say(f"{plan.sessions} sessions begin; then all of them speak for {plan.seconds:.0f} s")
    calls = await Callers(plan).run(measure)
    if server is None:
        return calls, Costs()
    before, after = seen
    return calls, Costs(after.cpu - before.cpu, after.peak)


def _report(plan: Plan, calls: Sequence[Call], costs: Costs) -> dict[str, Any]:
    """Everything that was measured, as JSON values."""
    found = Latency()
    for call in calls:
        found += latency(call.told, _said(call))
    heard = [call for call in calls if call.began is not None]
    audio = plan.seconds * len(heard)
    cpu = costs.cpu if audio else None
    return {
        "sessions": plan.sessions,
        "admitted": len(heard),
        "refused": sum(bool(call.refused and not call.failed) for call in calls),
        "failed": sum(bool(call.failed) for call in calls),
        "seconds": plan.seconds,
        "frame_s": plan.frame,
        "first_partial_s": _spread(found.first_partial),
        "word_shown_s": _spread(found.partial),
        "final_s": _spread(found.final),
        "words": found.words,
        "lag_max_s": round(max((call.lag for call in heard), default=0.0), 2),
        "sent_late_max_s": round(max((call.late for call in heard), default=0.0), 3),
        "cpu_percent": None if cpu is None else round(100 * cpu / plan.seconds, 1),
        "cpu_per_audio_s": None if cpu is None else round(cpu / audio, 6),
        "cpu_us_per_200ms": None if cpu is None else round(1e6 * cpu / audio * FIFTH),
        "peak_memory_mb": None if costs.peak is None else round(costs.peak / 1e6),
    }


def _said(call: Call) -> list[Word]:
    """The words that a session was told in the end, with their times."""
    finals: dict[str, Segment] = {}
    for one in call.told:
        match one.event:
            case SegmentUpdate(segment=segment, final=True, target=None):
                finals[segment.id] = segment
            case _:
                pass
    return words(segment for segment in sorted(finals.values(), key=lambda it: it.start) if not segment.suspect)


def _spread(values: Sequence[float]) -> dict[str, float | None]:
    if not values:
        return {"p50": None, "p95": None, "max": None}
    half, most, last = np.percentile(values, (50, 95, 100))
    return {"p50": round(float(half), 3), "p95": round(float(most), 3), "max": round(float(last), 3)}


def _tell(report: dict[str, Any]) -> None:
    refused = f", {report['refused']} refused" if report["refused"] else ""
    failed = f", {report['failed']} failed" if report["failed"] else ""
    click.echo(f"{report['admitted']} of {report['sessions']} sessions admitted{refused}{failed}")
    for title, key in (("first text", "first_partial_s"), ("words shown", "word_shown_s"), ("final text", "final_s")):
        p50, p95, most = (report[key][name] for name in ("p50", "p95", "max"))
        if p50 is not None:
            click.echo(f"{title}: {p50:.2f} s, 95 % within {p95:.2f} s, at most {most:.2f} s")
    click.echo(f"{report['words']} words; the lab was {report['lag_max_s']:.1f} s behind at most")
    if report["cpu_percent"] is not None:
        click.echo(
            f"server: {report['cpu_percent']:.0f} % of a core; for each session {report['cpu_per_audio_s']:.4f} s of "
            f"processor time a second of sound, or {report['cpu_us_per_200ms']} µs each 200 ms"
        )
    if report["peak_memory_mb"] is not None:
        click.echo(f"memory: {report['peak_memory_mb']} MB at most")
    if report["sent_late_max_s"] > FIFTH:
        say(f"warning: the sound itself was sent {report['sent_late_max_s']:.1f} s late; this machine is too busy")
