"""RVC's network: what is said, and how high, to sound. Most of it is VITS, which transformers has."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod, sqrt

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu
from torch.nn.utils import parametrize
from transformers import VitsConfig
from transformers.models.vits.modeling_vits import VitsEncoderLayer, VitsHifiGan, VitsResidualCouplingBlock

from .source import excitation

LIVELY = 0.66666
"""How far what is said may stray from the likeliest."""
PITCHES = 256
"""Steps of pitch that were learnt, of which 0 is none."""


@dataclass(frozen=True)
class Shape:
    """How large a voice's network is."""

    config: VitsConfig
    features: int
    """Numbers that tell what is said at a moment."""
    speakers: int
    pitched: bool
    """Whether it is told the pitch."""
    rate: int
    """Samples per second that it gives."""

    @property
    def hop(self) -> int:
        """Samples that it gives for each moment."""
        return prod(self.config.upsample_rates)


class Decoder(VitsHifiGan):
    """Latents to sound, along a source that hums at the pitch, where the voice has one."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape.config)
        self.rate, self.hop = shape.rate, shape.hop
        if not shape.pitched:
            return
        self.merge = nn.Linear(1, 1)
        self.noise_convs = nn.ModuleList()
        stride = shape.hop
        for number, rate in enumerate(shape.config.upsample_rates):
            stride //= rate
            channels = shape.config.upsample_initial_channel >> (number + 1)
            self.noise_convs.append(
                nn.Conv1d(1, channels, 2 * stride, stride, stride // 2) if stride > 1 else nn.Conv1d(1, channels, 1)
            )

    def forward(self, latents: Tensor, voice: Tensor, hertz: Tensor | None = None) -> Tensor:
        """Samples in [-1, 1], shaped (1, 1, samples)."""
        source = None
        if hertz is not None:
            hum = excitation(hertz, self.rate, self.hop)[:, :, None]
            source = torch.tanh(self.merge(hum)).transpose(1, 2)
        sound = self.conv_pre(latents) + self.cond(voice)
        for number, upsample in enumerate(self.upsampler):
            sound = upsample(leaky_relu(sound, self.config.leaky_relu_slope))
            if source is not None:
                sound = sound + self.noise_convs[number](source)
            blocks = self.resblocks[number * self.num_kernels : (number + 1) * self.num_kernels]
            sound = sum(block(sound) for block in blocks) / self.num_kernels
        return torch.tanh(self.conv_post(leaky_relu(sound)))


class Synthesizer(nn.Module):
    """A voice."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape, config = shape, shape.config
        hidden, flow = config.hidden_size, config.flow_size
        self.speakers = nn.Embedding(shape.speakers, config.speaker_embedding_size)
        self.content = nn.Linear(shape.features, hidden)
        if shape.pitched:
            self.pitch = nn.Embedding(PITCHES, hidden)
        self.encoder = nn.ModuleList(VitsEncoderLayer(config) for _ in range(config.num_hidden_layers))
        self.project = nn.Conv1d(hidden, 2 * flow, 1)
        self.flow = VitsResidualCouplingBlock(config)
        self.decoder = Decoder(shape)
        for module in self.flow.modules():
            if parametrize.is_parametrized(module):  # norms are for training; the checkpoint's are folded in
                parametrize.remove_parametrizations(module, "weight")

    @torch.inference_mode()
    def forward(self, content: Tensor, steps: Tensor | None, hertz: Tensor | None, speaker: int) -> Tensor:
        """The samples, shaped (samples,), of moments of 10 ms: what is said (moments, features), and the pitch of each
        in the steps that were learnt and in Hz (moments,), where the voice is told it."""
        hidden = self.content(content[None])
        if steps is not None:
            hidden = hidden + self.pitch(steps[None])
        hidden = leaky_relu(hidden * sqrt(self.shape.config.hidden_size), 0.1)
        every = torch.ones_like(hidden[:, :, :1])
        for layer in self.encoder:
            hidden = layer(hidden, every)[0]
        mean, spread = self.project(hidden.transpose(1, 2)).chunk(2, dim=1)
        voice = self.speakers.weight[speaker][None, :, None]
        latents = mean + spread.exp() * torch.randn_like(mean) * LIVELY
        latents = self.flow(latents, every.transpose(1, 2), voice, reverse=True)
        return self.decoder(latents, voice, None if hertz is None else hertz[None])[0, 0]
