"""``speechlab live-bench``: how long readers of live text wait for an engine, and what its commit policy should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import click

from ..engines import EngineSpec, Kind
from ..errors import AudioError, ConfigError
from ..lab import Lab
from ..live.bench import RULE, Clock, Report, bench, best, policy, talk, timer
from ..live.hub import cores
from ..pipeline import Pipeline
from ..stages.commit import POLICIES
from .app import lab_of
from .engines import detector, detector_flags, lenient, meant, settings
from .flags import FlagCommand, FlagGroup, chosen
from .messages import say
from .tables import json_option, write_json, write_table

OWN = frozenset({"commit"})
"""Parameters that the command itself has a flag for."""
ALL = "all"
HEADS = ("policy", "first", "shown", "committed", "final", "end of speech", "rewrites", "WER %", "batch", "CPU")


def _groups(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    lab, groups = lab_of(ctx), list[FlagGroup]()
    with lenient(helping):
        spec = meant(lab, Kind.ASR, given.get("engine"))
        groups += [FlagGroup("asr", f"Engine {spec.id}", settings(spec, OWN)), *detector_flags(lab, given.get("vad"))]
    return groups


@click.command(cls=FlagCommand, groups=_groups)
@click.argument("engine")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--reference",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="TEXT",
    help="File with what is said.  [default: FILE with .txt in place of its suffix, where there is one]",
)
@click.option(
    "--commit",
    type=click.Choice([ALL, *POLICIES]),
    help="Commit policy; all compares them.  [default: the one that the engine's card names]",
)
@click.option(
    "--clock",
    type=click.Choice(get_args(Clock)),
    default="real",
    help="real: hear the recording in real time. measured: as fast as the engine allows, on a simulated clock on which "
    "work takes the processor time that it needs. none: on a clock on which work takes no time.  [default: real]",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Workers on a simulated clock.  [default: the processor's cores]"
)
@click.option("--vad", metavar="ID", help="Speech detector put before the recogniser.  [default: the best installed]")
@click.option(
    "--timed-by",
    metavar="ID",
    help="Recogniser that tells when words are said, for an engine that does not.  [default: whisper, if installed]",
)
@json_option
@click.pass_context
def live_bench(
    ctx: click.Context,
    engine: str,
    files: tuple[Path, ...],
    reference: Path | None,
    commit: str | None,
    clock: Clock,
    workers: int | None,
    vad: str | None,
    timed_by: str | None,
    as_json: bool,
) -> None:
    """Hear recordings live with an engine, and tell how long a reader waits.

    Seconds, as the median and the 95th percentile: until the first text of an utterance is shown; from the end of a
    word until it is shown as it stays, and until it is committed; from the detected end of speech until its text is
    final; and until that end is detected. Then how often words are rewritten, word errors live and in batch, and
    seconds of processor time for each second of sound.
    """
    lab = lab_of(ctx)
    if reference is not None and len(files) > 1:
        raise ConfigError("one reference cannot tell what is said in several files", hint="put a .txt beside each file")
    spec = meant(lab, Kind.ASR, engine)
    plain = _pipeline(ctx, lab, spec, vad)
    plain.ready(lab.policy)
    decides = policy(lab, plain) is None
    if decides and commit is not None:
        raise ConfigError(
            f"{spec.name} streams, and decides by itself when a word is certain", hint="leave out --commit"
        )
    talks = [talk(lab, plain, file, _text(file, reference), timed_by or timer(lab)) for file in files]
    policies = list(POLICIES) if commit == ALL else [commit]
    pipelines = [_pipeline(ctx, lab, spec, vad, name) for name in policies]
    reports = [bench(lab, pipeline, talks, clock, workers or cores()) for pipeline in pipelines]
    _tell(reports, commit == ALL, as_json)


def _pipeline(ctx: click.Context, lab: Lab, spec: EngineSpec, vad: str | None, commit: str | None = None) -> Pipeline:
    asr = {"use": spec.name, **chosen(ctx, "asr"), **({"commit": commit} if commit else {})}
    detecting = chosen(ctx, "vad")
    first = detector(lab, vad)
    before = [{"use": first.name, **detecting}] if first is not None and (vad or detecting) else []
    return lab.pipeline({"title": "Live", "stage": [*before, asr]})


def _text(file: Path, reference: Path | None) -> str | None:
    """What is said in the file, where that is written down."""
    beside = file.with_suffix(".txt")
    path = reference or (beside if beside != file and beside.is_file() else None)
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AudioError(f"the reference {path} cannot be read: {error}", hint="give a text in UTF-8") from None


def _tell(reports: Sequence[Report], comparing: bool, as_json: bool) -> None:
    if as_json:
        runs = [report.told for report in reports]
        write_json({"runs": runs, "chosen": best(reports).policy, "rule": RULE} if comparing else runs[0])
        return
    write_table(HEADS, [_row(report) for report in reports])
    first = reports[0]
    against = "what is written down" if first.reference == "text" else "the batch run, as no reference text was given"
    say(f"{first.words} words in {first.seconds:.0f} s; errors against {against}; word times by {first.timed_by}")
    if comparing:
        say(f"to choose: {best(reports).policy} ({RULE})")


def _row(report: Report) -> tuple[str, ...]:
    told = report.told
    waits = ("first_partial_s", "partial_s", "committed_s", "final_s", "endpoint_s")
    rates = (_percent(told["wer"]), _percent(told["wer_batch"]))
    return (
        told["policy"] or "its own",
        *(f"{_number(told[name]['p50'])} / {_number(told[name]['p95'])}" for name in waits),
        _number(told["rewrites_per_word"]),
        *rates,
        _number(told["cpu_per_audio_s"]),
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"
