"""``speechlab doctor``: what works on this machine, and what would cure the rest."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Any

import click

from ..engines import EngineSpec, Kind, present
from ..errors import EngineUnavailable
from ..lab import Lab
from ..preferred import PREFERRED, TOY
from .listings import in_order
from .machine import Machine, free, gigabytes, installed, look, reachable, writable
from .messages import UNAVAILABLE, tell
from .tables import json_option, write_json, write_table

HUB = "https://huggingface.co"


@click.command()
@click.option("--online", is_flag=True, help="Also try whether the hub of models can be reached.")
@click.option("--torch", "ask_torch", is_flag=True, help="Also ask torch which graphics cards it sees; takes seconds.")
@json_option
@click.pass_context
def doctor(ctx: click.Context, online: bool, ask_torch: bool, as_json: bool) -> None:
    """What works on this machine, and what would cure the rest.

    The exit code is 0 where a recogniser can work now, else 3.
    """
    lab: Lab = ctx.obj
    machine = look(ask_torch=ask_torch)
    hub = reachable(os.environ.get("HF_ENDPOINT", HUB)) if online else None
    engines = [_engine(lab, spec, hub) for spec in in_order(lab.engines()) if TOY not in spec.features]
    verdict = _verdict(lab, engines)
    if as_json:
        write_json(_everything(lab, machine, hub, engines, verdict))
    else:
        _show(lab, machine, hub, engines)
        if verdict["works"]:
            click.echo(f"Transcribing works, with {' and '.join(verdict['with'])}.")
        else:
            tell("nothing that is installed can transcribe now", verdict["cure"])
    ctx.exit(0 if verdict["works"] else UNAVAILABLE)


def _engine(lab: Lab, spec: EngineSpec, hub: bool | None) -> dict[str, Any]:
    """What is known of one engine, without loading it."""
    weights = {one.id: not spec.missing() and present(one, lab.home) for one in spec.weights}
    fetched = [one for one in spec.weights if not weights[one.id]]
    usable = not spec.missing() and (
        not fetched or (hub is True and lab.policy.download and all(w.hub for w in fetched))
    )
    state = "ready"
    if spec.missing():
        state = f"needs: {spec.cure}"
    elif fetched:
        state = "weights are fetched on first use" if all(w.hub for w in fetched) else "weights are missing"
    elif lab.policy.local_only and not spec.local:
        state, usable = "refused: this lab is local only", False
    return {
        "name": spec.name,
        "kind": spec.kind.value,
        "local": spec.local,
        "installed": not spec.missing(),
        "cure": spec.cure or (f"pip install {fetched[0].install}" if fetched and fetched[0].install else ""),
        "weights": weights,
        "usable": usable,
        "state": state,
    }


def _verdict(lab: Lab, engines: list[dict[str, Any]]) -> dict[str, Any]:
    """Whether a recogniser can work now: the default one if it can, else another."""
    by_name = {engine["name"]: engine for engine in engines}
    recognisers = [engine for engine in engines if engine["kind"] == Kind.ASR and engine["usable"]]
    try:
        default = by_name[lab.engine(Kind.ASR).name]
    except EngineUnavailable as error:
        return {"works": False, "with": [], "cure": error.hint}
    if not default["usable"] and not recognisers:
        return {
            "works": False,
            "with": [],
            "cure": default["cure"] or "connect to the network, so that it can be fetched",
        }
    recogniser = default if default["usable"] else recognisers[0]
    detector = next((id for id in PREFERRED[Kind.VAD] if by_name.get(f"vad/{id}", {}).get("usable")), None)
    detectors = [f"vad/{detector}"] if detector else []
    return {"works": True, "with": [*detectors, recogniser["name"]], "cure": ""}


def _everything(
    lab: Lab, machine: Machine, hub: bool | None, engines: list[dict[str, Any]], verdict: dict[str, Any]
) -> dict[str, Any]:
    return {
        "speechlab": installed("speechlab"),
        **asdict(machine),
        "home": str(lab.home),
        "home_writable": writable(lab.home),
        "home_free": free(lab.home),
        "hub": hub,
        "plugins": [
            {
                "name": report.name,
                "version": report.version,
                "error": None if report.error is None else str(report.error),
                "hint": "" if report.error is None else report.error.hint,
            }
            for report in lab.plugins.reports
        ],
        "engines": engines,
        **verdict,
    }


def _show(lab: Lab, machine: Machine, hub: bool | None, engines: list[dict[str, Any]]) -> None:
    click.echo(f"speechlab {installed('speechlab')}, Python {machine.python}, {machine.platform}")
    click.echo(
        f"{machine.cores} cores, {gigabytes(machine.memory)} of memory, {', '.join(machine.gpus) or 'no NVIDIA GPU'}"
    )
    for library, count in machine.seen.items():
        told = "was not asked for GPUs (--torch asks it)" if library == "torch" else "could not tell of GPUs"
        click.echo(f"{library} {installed(library)}: {told if count is None else f'can use {count} GPUs'}")
    state = f"{gigabytes(free(lab.home))} free" if writable(lab.home) else "cannot be written to; set SPEECHLAB_HOME"
    click.echo(f"home: {lab.home}, {state}")
    if hub is not None:
        click.echo(f"hub: {'can be reached' if hub else 'cannot be reached'}")
    click.echo()
    write_table(
        ["plugin", "version", "state"],
        [
            [one.name, one.version or "-", "works" if one.error is None else f"{one.error}; {one.error.hint}"]
            for one in lab.plugins.reports
        ],
    )
    click.echo()
    write_table(["engine", "state"], [[engine["name"], engine["state"]] for engine in engines])
    click.echo()
