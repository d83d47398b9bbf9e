"""What a voice is made from: a hum at the pitch, and noise where there is none."""

from __future__ import annotations

import math

import torch
from torch import Tensor

LOUD, BREATH = 0.1, 0.003
"""Of the hum, and of the noise that lies under it."""


def excitation(hertz: Tensor, rate: int, hop: int, tones: int = 1) -> Tensor:
    """Samples, shaped (1, moments * hop, tones), for the pitch of each moment in Hz, shaped (1, moments), and for its
    multiples; 0 is none."""
    # A minute is millions of samples: single precision would lose the phase. Some accelerators know no double.
    turns = torch.cumsum(hertz.cpu().double().repeat_interleave(hop, dim=1) / rate, dim=1)
    each = torch.outer(turns[0], torch.arange(1, tones + 1).double()) % 1
    hum = LOUD * torch.sin(2 * math.pi * each).to(hertz)[None]
    voiced = (hertz > 0).repeat_interleave(hop, dim=1)[:, :, None]
    noise = torch.randn_like(hum)
    return torch.where(voiced, hum + BREATH * noise, LOUD / 3 * noise)
