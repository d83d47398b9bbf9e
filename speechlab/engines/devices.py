"""Where the networks of an engine on torch compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ConfigError

if TYPE_CHECKING:
    import torch


def torch_device(name: str) -> torch.device:
    """The device of that name, or for ``auto`` the accelerator where there is one. Raises ConfigError for one that is
    not here. Only for engines on torch, which the host does without."""
    import torch

    if name == "auto":
        found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        return found or torch.device("cpu")
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(f"there is no device {name!r} here: {error}", hint="set device to auto or cpu") from None
