"""``speechlab engines``, ``formats`` and ``plugins``: what there is."""

from __future__ import annotations

from collections.abc import Iterable

import click

from ..engines import EngineSpec, Kind
from ..lab import Lab
from ..params import nearest
from ..preferred import TOY
from .messages import say
from .tables import json_option, write_json, write_table


def _kind(ctx: click.Context, param: click.Parameter, value: str | None) -> Kind | None:
    if value is None:
        return None
    if value not in list(Kind):
        raise click.BadParameter(f"there is no kind {value!r}; {nearest(value, list(Kind), 'there are')}", ctx, param)
    return Kind(value)


def in_order(specs: Iterable[EngineSpec]) -> list[EngineSpec]:
    """By kind, then what runs here before what does not, toys last."""
    kinds = list(Kind)
    return sorted(specs, key=lambda spec: (kinds.index(spec.kind), TOY in spec.features, not spec.local, spec.id))


@click.command()
@click.option("--kind", callback=_kind, metavar="KIND", help=f"Only engines of one kind: {', '.join(Kind)}.")
@json_option
@click.pass_obj
def engines(lab: Lab, kind: Kind | None, as_json: bool) -> None:
    """All engines, installed or not, each with the command that cures it."""
    specs = in_order(lab.engines(kind))
    if as_json:
        write_json([lab.card(spec) for spec in specs])
        return
    shown = [spec for spec in specs if TOY not in spec.features]
    write_table(
        ["engine", "state", "licence", "what it is good for"],
        [
            [
                spec.name,
                (f"needs: {spec.cure}" if spec.missing() else "installed")
                + ("" if spec.local else ", in the cloud")
                + (f", lags {1000 * spec.lag:.0f} ms" if spec.lag else ""),
                " + ".join(dict.fromkeys(filter(None, (spec.license, spec.weights_license)))),
                spec.summary,
            ]
            for spec in shown
        ],
    )
    if len(specs) > len(shown):
        say("toy engines, which only show how things fit together, are left out; --json tells of them")


@click.command()
@json_option
@click.pass_obj
def formats(lab: Lab, as_json: bool) -> None:
    """The formats that results are written in, each with the flags it brings."""
    there = lab.plugins.formats.values()
    if as_json:
        write_json(
            [
                {
                    "id": format.id,
                    "suffix": format.suffix,
                    "mime": format.mime,
                    "summary": format.summary,
                    "options": list(format.options.model_fields),
                }
                for format in there
            ]
        )
        return
    write_table(["format", "suffix", "what it is"], [[one.id, f".{one.suffix}", one.summary] for one in there])


@click.command()
@json_option
@click.pass_obj
def plugins(lab: Lab, as_json: bool) -> None:
    """What each plugin gives, and of a broken one, why it was left out."""
    reports = lab.plugins.reports
    if as_json:
        write_json(
            [
                {
                    "name": report.name,
                    "version": report.version,
                    "gives": list(report.gives),
                    "error": None if report.error is None else str(report.error),
                    "hint": "" if report.error is None else report.error.hint,
                }
                for report in reports
            ]
        )
        return
    write_table(
        ["plugin", "version", "gives"],
        [
            [
                report.name,
                report.version or "-",
                ", ".join(report.gives) if report.error is None else f"{report.error}; {report.error.hint}",
            ]
            for report in reports
        ],
    )
