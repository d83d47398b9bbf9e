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

    terminal = sys.stdout.isatty()
    table = Table(box=box.SIMPLE_HEAD if terminal else None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    for index, head in enumerate(heads):
        table.add_column(head, no_wrap=index == 0)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(width=None if terminal else UNBOUNDED)
    with console.capture() as capture:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))
