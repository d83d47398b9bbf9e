"""Listings: a table for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

UNBOUNDED = 10_000
"""Columns where standard output is no terminal, so that nothing is cut or wrapped."""

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")


def write_json(data: Any) -> None:
    """The data on standard output, in UTF-8 whatever the terminal's encoding."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False).encode())


def write_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows under their heads."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*heads, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(width=None if sys.stdout.isatty() else UNBOUNDED)
    with console.capture() as capture:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))
