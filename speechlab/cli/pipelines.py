"""``speechlab pipelines``: list, check and show pipelines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..contributions import PipelineFile
from ..errors import EngineNotFound, SpeechLabError
from ..lab import Lab
from ..pipeline import Pipeline
from .app import NearestGroup
from .messages import UNAVAILABLE, WRONG, exit_code, tell
from .tables import json_option, write_json, write_table


@click.group(cls=NearestGroup)
def pipelines() -> None:
    """List, check and show pipelines."""


@pipelines.command("list")
@json_option
@click.pass_obj
def list_(lab: Lab, as_json: bool) -> None:
    """The pipelines that come with the installed plugins."""
    rows: list[dict[str, Any]] = []
    for file in lab.plugins.pipelines.values():
        pipeline, problems = _checked(lab, file.id)
        rows.append(
            {
                "id": file.id,
                "title": pipeline.title if pipeline else "",
                "description": pipeline.description if pipeline else "",
                "stages": [step.spec.name for step in pipeline.steps] if pipeline else [],
                "problems": problems,
                "path": str(file.path),
            }
        )
    if as_json:
        write_json(rows)
        return
    write_table(
        ["pipeline", "title", "stages", "state"],
        [[row["id"], row["title"], " → ".join(row["stages"]), "; ".join(row["problems"]) or "ready"] for row in rows],
    )


@pipelines.command()
@click.argument("names", nargs=-1, required=True, metavar="PIPELINE...")
@json_option
@click.pass_context
def check(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Tell everything that would not work, before it is run. PIPELINE is a name or a .toml file."""
    lab: Lab = ctx.obj
    code = 0
    rows: list[dict[str, Any]] = []
    for name in names:
        try:
            pipeline = lab.pipeline(name)
        except SpeechLabError as error:
            problems, hint, code = [str(error)], error.hint, max(code, exit_code(error))
        else:
            problems, hint = pipeline.check(lab.policy), ""
            code = max(code, _code(pipeline, problems))
        rows.append({"pipeline": name, "problems": problems, "hint": hint})
    if as_json:
        write_json(rows)
        ctx.exit(code)
    for row in rows:
        if not row["problems"]:
            click.echo(f"{row['pipeline']}: ready")
        for problem in row["problems"]:
            tell(f"{row['pipeline']}: {problem}", row["hint"])
    ctx.exit(code)


@pipelines.command()
@click.argument("name", metavar="PIPELINE")
@json_option
@click.pass_obj
def show(lab: Lab, name: str, as_json: bool) -> None:
    """The pipeline's own file, to begin one of your own with; with --json, every parameter of every stage."""
    pipeline = lab.pipeline(name)
    if as_json:
        stages = [step.key for step in pipeline.steps]
        write_json({"title": pipeline.title, "description": pipeline.description, "stages": stages})
        return
    file: PipelineFile | None = lab.plugins.pipelines.get(name)
    click.echo((file.path if file else Path(name)).read_bytes(), nl=False)


def _checked(lab: Lab, name: str) -> tuple[Pipeline | None, list[str]]:
    """The pipeline, if it can be read, and what would not work."""
    try:
        pipeline = lab.pipeline(name)
    except SpeechLabError as error:
        return None, [f"{error}; {error.hint}" if error.hint and isinstance(error, EngineNotFound) else str(error)]
    return pipeline, pipeline.check(lab.policy)


def _code(pipeline: Pipeline, problems: list[str]) -> int:
    """0 where all is well, 3 where nothing but packages or keys are missing, else 2."""
    lacking = sum(bool(step.spec.missing()) for step in pipeline.steps)
    return 0 if not problems else UNAVAILABLE if lacking == len(problems) else WRONG
