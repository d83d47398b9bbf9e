"""``speechlab`` and ``python -m speechlab``: the command line."""

from __future__ import annotations

import sys
import warnings


def main() -> None:
    """Run the command line and exit with its code."""
    if not sys.warnoptions and "--verbose" not in sys.argv:
        warnings.simplefilter("ignore")  # what third parties warn each other of is no news to whoever transcribes
    from .cli.app import speechlab

    speechlab(prog_name="speechlab")


if __name__ == "__main__":
    main()
