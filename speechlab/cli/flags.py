"""Parameters as flags: a command whose options are read from the engines and formats that its arguments name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import click

from ..params import Knob
from .app import WITH_VALUE, WITHOUT
from .maybe import spelled_out

FLAGS, VALUES = "speechlab.flags", "speechlab.values"


@dataclass(frozen=True, slots=True)
class FlagGroup:
    """Parameters that stand together under one heading of the help."""

    key: str
    """By what :func:`chosen` finds them; put before a flag's name where another flag has it already."""
    title: str
    knobs: tuple[Knob, ...]
    prefixed: bool = False
    """Put the key before every name."""


class Whole(click.IntRange):
    """A whole number within bounds."""

    name = "whole number"  # click calls it an integer range


class Number(click.FloatRange):
    """A number within bounds."""

    name = "number"


class Flag(click.Option):
    """One parameter as a flag; what is not given is not passed on, so that the default stays the engine's own."""

    def __init__(self, knob: Knob, group: FlagGroup, bare: str) -> None:
        self.knob = knob
        self.heading = f"{group.title}, rarely needed" if knob.advanced else group.title
        self._key = group.key
        super().__init__(
            [f"{group.key}__{knob.name}", f"--{bare}/--no-{bare}" if knob.type == "boolean" else f"--{bare}"],
            type=_type(knob),
            multiple=knob.type == "list",
            default=None,
            expose_value=False,
            callback=self._keep,
        )

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        return " / ".join([*self.opts, *self.secondary_opts]) + _metavar(self.knob), described(self.knob)

    def _keep(self, ctx: click.Context, param: click.Parameter, value: Any) -> None:
        if value in (None, ()):
            return
        if self.knob.type == "choice":
            value = {str(choice): choice for choice in self.knob.choices}[value]
        ctx.meta.setdefault(VALUES, {}).setdefault(self._key, {})[self.knob.name] = value


Groups = Callable[[click.Context, Mapping[str, Any], bool], Sequence[FlagGroup]]
"""Which flags there are, from the lab, what the fixed options say so far, and whether only the help is asked for."""
Elsewhere = Callable[[click.Context, str], str]
"""Of what an unknown flag would be a parameter, in words; empty where of nothing."""


class FlagCommand(click.Command):
    """A command with flags that depend on its other arguments: ``--engine whisper`` brings those of Whisper."""

    def __init__(self, *args: Any, groups: Groups, elsewhere: Elsewhere = lambda ctx, flag: "", **how: Any) -> None:
        super().__init__(*args, **how)
        self._groups, self._elsewhere = groups, elsewhere

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        fixed = super().get_params(ctx)
        return [*fixed[:-1], *ctx.meta.get(FLAGS, ()), *fixed[-1:]]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[FLAGS] = ()
        args = list(spelled_out(self.params, args, ctx))
        ctx.meta[FLAGS] = self._flags(self._groups(ctx, self._given(ctx, args), "--help" in args), ctx)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if of := self._elsewhere(ctx, error.option_name):
                raise click.UsageError(f"{error.option_name} does not fit here: it belongs to {of}", ctx) from error
            raise

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        fixed = [param for param in self.get_params(ctx) if not isinstance(param, Flag | click.Argument)]
        with formatter.section("Options"):
            formatter.write_dl([record for param in fixed if (record := param.get_help_record(ctx))])
        for heading, flags in groupby(ctx.meta.get(FLAGS, ()), lambda flag: flag.heading):
            with formatter.section(heading):
                formatter.write_dl([flag.get_help_record(ctx) for flag in flags])

    def _given(self, ctx: click.Context, args: list[str]) -> Mapping[str, Any]:
        """What the fixed options say, read without the others being known yet."""
        parser = self.make_parser(ctx)
        parser.ignore_unknown_options = True
        try:
            given, _, _ = parser.parse_args(list(args))
        except click.UsageError:
            return {}  # it is told when all options are known
        return {name: value for name, value in given.items() if isinstance(value, str | bool | list | tuple)}

    def _flags(self, groups: Sequence[FlagGroup], ctx: click.Context) -> tuple[Flag, ...]:
        taken = {name for param in self.get_params(ctx) for name in param.opts} | {*WITH_VALUE, *WITHOUT, "--version"}
        flags = []
        for group in groups:
            for knob in sorted(group.knobs, key=lambda knob: knob.advanced):
                bare = knob.name.replace("_", "-")
                if group.prefixed or {f"--{bare}", f"--no-{bare}"} & taken:
                    bare = f"{group.key}-{bare}"
                flag = Flag(knob, group, bare)
                taken |= {*flag.opts, *flag.secondary_opts}
                flags.append(flag)
        return tuple(flags)


def chosen(ctx: click.Context, key: str) -> dict[str, Any]:
    """The parameters of one group that were given."""
    return dict(ctx.meta.get(VALUES, {}).get(key, {}))


def described(knob: Knob) -> str:
    """The help of a parameter, with its default, bounds and examples."""
    notes = []
    if knob.type == "string" and knob.choices:
        notes.append(f"such as {', '.join(map(str, knob.choices))}")
    if knob.minimum is not None and knob.maximum is not None:
        notes.append(f"{knob.minimum:g} to {knob.maximum:g}")
    elif knob.minimum is not None:
        notes.append(f"at least {knob.minimum:g}")
    elif knob.maximum is not None:
        notes.append(f"at most {knob.maximum:g}")
    if (default := _written(knob)) != "":
        notes.append(f"default {default}")
    return f"{knob.help}  [{'; '.join(notes)}]" if notes else knob.help


def _written(knob: Knob) -> str:
    match knob.default:
        case None:
            return ""
        case bool():
            return "on" if knob.default else "off"
        case tuple() | list() | set() | frozenset():
            return ", ".join(map(str, knob.default))
        case float():
            return f"{knob.default:g}"
        case _:
            return str(knob.default)


def _type(knob: Knob) -> Any:
    match knob.type:
        case "boolean":
            return bool
        case "integer":
            low, high = (None if bound is None else int(bound) for bound in (knob.minimum, knob.maximum))
            return Whole(low, high)
        case "number":
            return Number(knob.minimum, knob.maximum)
        case "choice":
            return click.Choice([str(choice) for choice in knob.choices])
        case _:
            return str


def _metavar(knob: Knob) -> str:
    match knob.type:
        case "boolean":
            return ""
        case "integer":
            return " N"
        case "number":
            return " X"
        case "choice":
            return f" [{'|'.join(map(str, knob.choices))}]"
        case "list":
            return " TEXT ..."
        case _:
            return " TEXT"
