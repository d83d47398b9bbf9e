"""Files and folders that a command line names."""

from __future__ import annotations

import os
from typing import Any

import click


class Named(click.Path):
    """A file or folder. An empty text names none, though a path of it is the folder in which one is: what a shell makes
    of a variable that is not set."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not os.fspath(value).strip():
            self.fail("an empty name is no file or folder", param, ctx)
        return super().convert(value, param, ctx)
