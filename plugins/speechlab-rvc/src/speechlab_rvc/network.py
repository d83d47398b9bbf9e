"""RVC's network: what is said, and how high, to sound. Most of it is VITS, which transformers has."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log1p, prod

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu
from torch.nn.utils import parametrize
from transformers import VitsConfig
from transformers.models.vits.modeling_vits import VitsEncoderLayer, VitsHifiGan, VitsResidualCouplingBlock

from .pitch import HIGHEST, LOWEST
from .source import excitation

PITCHES = 256
"""Steps of pitch that were learnt, of which 0 is none."""
AT_ONCE = 400
"""Moments that are made to sound at once: memory is as much as for so many."""
SLOPE = 0.1
"""How much of what is below zero is let through."""


@dataclass(frozen=True)
class Shape:
    """How large a voice's network is."""

    config: VitsConfig
    features: int
    """Numbers that tell what is said at a moment."""
    speakers: int
    rate: int
    """Samples per second that it gives."""
    tones: int = 1
    """How many multiples of the pitch its source hums; 0 for a voice that is told none."""
    lively: float = 0.66666
    """How far what is said may stray from the likeliest."""

    @property
    def hop(self) -> int:
        """Samples that it gives for each moment."""
        return prod(self.config.upsample_rates)


class Decoder(VitsHifiGan):
    """Latents to sound, along a source that hums at the pitch, where the voice has one."""

    def __init__(self, shape: Shape, *, biased: bool) -> None:
        super().__init__(shape.config)
        self.shape = shape
        if biased:
            self.conv_post = nn.Conv1d(self.conv_post.in_channels, 1, 7, 1, 3)
        if not shape.tones:
            return
        self.merge = nn.Linear(shape.tones, 1)
        self.noise_convs = nn.ModuleList()
        stride = shape.hop
        for number, rate in enumerate(shape.config.upsample_rates):
            stride //= rate
            channels = shape.config.upsample_initial_channel >> (number + 1)
            self.noise_convs.append(
                nn.Conv1d(1, channels, 2 * stride, stride, stride // 2) if stride > 1 else nn.Conv1d(1, channels, 1)
            )

    def forward(self, latents: Tensor, voice: Tensor, hertz: Tensor | None = None) -> Tensor:
        """Samples in [-1, 1], shaped (1, 1, samples), some seconds at a time: memory does not grow with the length, and
        what comes out is the same."""
        hop, source = self.shape.hop, None
        if hertz is not None:
            hum = excitation(hertz, self.shape.rate, self.shape.hop, self.shape.tones)
            source = torch.tanh(self.merge(hum)).transpose(1, 2)
        pieces, count, reach = [], latents.shape[2], self._reach()
        for start in range(0, count, AT_ONCE):
            end = min(start + AT_ONCE, count)
            first, last = max(0, start - reach), min(end + reach, count)
            near = None if source is None else source[:, :, first * hop : last * hop]
            sound = self._sound(latents[:, :, first:last], voice, near)
            pieces.append(sound[:, :, (start - first) * hop : (end - first) * hop])
        return torch.cat(pieces, dim=2)

    def _sound(self, latents: Tensor, voice: Tensor, source: Tensor | None) -> Tensor:
        sound = self.conv_pre(latents) + self.cond(voice)
        for number, upsample in enumerate(self.upsampler):
            sound = upsample(leaky_relu(sound, SLOPE))
            if source is not None:
                sound = sound + self.noise_convs[number](source)
            blocks = self.resblocks[number * self.num_kernels : (number + 1) * self.num_kernels]
            sound = sum(block(sound) for block in blocks) / self.num_kernels
        return torch.tanh(self.conv_post(leaky_relu(sound)))

    def _reach(self) -> int:
        """How many moments away what is said there can still be heard."""
        config = self.config
        blocks = zip(config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True)
        widest = max(sum(kernel // 2 * (dilation + 1) for dilation in dilations) for kernel, dilations in blocks)
        reach, fine = 3.0, 1
        for rate, width in zip(config.upsample_rates, config.upsample_kernel_sizes, strict=True):
            fine *= rate
            reach += (width + widest) / fine
        return ceil(reach + 3 / fine)


class Synthesizer(nn.Module):
    """What the voices of all kinds have in common: from what is meant to sound."""

    def __init__(self, shape: Shape, *, biased: bool = False) -> None:
        super().__init__()
        self.shape, config = shape, shape.config
        self.speakers = nn.Embedding(shape.speakers, config.speaker_embedding_size)
        self.encoder = nn.ModuleList(VitsEncoderLayer(config) for _ in range(config.num_hidden_layers))
        self.project = nn.Conv1d(config.hidden_size, 2 * config.flow_size, 1)
        self.flow = VitsResidualCouplingBlock(config)
        self.decoder = Decoder(shape, biased=biased)
        if shape.tones:
            self.pitch = nn.Embedding(PITCHES, config.hidden_size)
        for module in self.flow.modules():
            if parametrize.is_parametrized(module):  # norms are for training; the checkpoint's are folded in
                parametrize.remove_parametrizations(module, "weight")

    def moments(self, heard: int, seconds: float) -> int:
        """How many there are in so many of the encoder's, which took so long."""
        raise NotImplementedError

    def meant(self, content: Tensor, hertz: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """What is to be said, shaped (1, moments, hidden), and the pitch of the source."""
        raise NotImplementedError

    @torch.inference_mode()
    def forward(self, content: Tensor, hertz: Tensor | None, speaker: int) -> Tensor:
        """The samples, shaped (samples,), of what is said at each moment, shaped (moments, features), and of its pitch
        in Hz, shaped (moments,), 0 where there is none; a voice of no tones is told none."""
        hidden, source = self.meant(content, hertz)
        every = torch.ones_like(hidden[:, :, :1])
        for layer in self.encoder:
            hidden = layer(hidden, every)[0]
        mean, spread = self.project(hidden.transpose(1, 2)).chunk(2, dim=1)
        voice = self.speakers.weight[speaker][None, :, None]
        latents = mean + spread.exp() * torch.randn_like(mean) * self.shape.lively
        latents = self.flow(latents, every.transpose(1, 2), voice, reverse=True)
        return self.decoder(latents, voice, None if source is None else source[None])[0, 0]


def stepped(hertz: Tensor) -> Tensor:
    """The pitch in the steps that voices have learnt, 1 to 255 along the mel scale; 1 where there is none."""
    low, high = (log1p(one / 700) for one in (LOWEST, HIGHEST))
    steps = (torch.log1p(hertz / 700) - low) * (PITCHES - 2) / (high - low) + 1
    return steps.clamp(1, PITCHES - 1).round().long()
