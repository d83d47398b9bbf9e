"""SeamlessM4T v2 in steps, so that nothing is computed twice: hear or read, write, speak."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import pad
from torch.nn.utils.rnn import pad_sequence
from transformers import GenerationMixin, SeamlessM4Tv2Model
from transformers.modeling_outputs import BaseModelOutput

Tokens = list[int]


@dataclass(frozen=True)
class Understood:
    """What an encoder made of some stretches of sound or some texts."""

    states: torch.Tensor
    """Shaped (stretches, positions, width)."""
    mask: torch.Tensor
    """1 where there is something, 0 where it is filled up; shaped (stretches, positions)."""

    @classmethod
    def join(cls, several: Sequence[Understood]) -> Understood:
        """Several side by side, each filled up to the longest."""
        states = pad_sequence([row for one in several for row in one.states], batch_first=True)
        return cls(states, pad_sequence([row for one in several for row in one.mask], batch_first=True))


class Network(SeamlessM4Tv2Model):
    """The whole model. Its own ``generate`` does all steps in one: it encodes sound twice, keeps the scores of all
    256,000 tokens at each step of each hypothesis, and fails where there is nothing to say. What is computed is the
    same."""

    _keep_in_fp32_modules_strict = ("vocoder",)  # as its authors run it: the ear tells the difference

    def hear(self, features: torch.Tensor) -> Understood:
        """One sound, as the feature extractor gives it.

        Side by side with longer ones it would be understood otherwise: where it ends, the encoder's last convolution
        looks at what fills it up.
        """
        states = self.speech_encoder(
            input_features=features, attention_mask=torch.ones(features.shape[:2], device=self.device)
        ).last_hidden_state
        return Understood(states, torch.ones(states.shape[:2], dtype=torch.long, device=self.device))

    def read(self, texts: Sequence[Tokens], language: int) -> Understood:
        """Texts in a language, which its token stands for."""
        rows = [torch.tensor([language, *tokens, self.config.eos_token_id]) for tokens in texts]
        inputs = pad_sequence(rows, batch_first=True, padding_value=self.config.pad_token_id).to(self.device)
        mask = pad_sequence([torch.ones_like(row) for row in rows], batch_first=True).to(self.device)
        return Understood(self.text_encoder(input_ids=inputs, attention_mask=mask).last_hidden_state, mask)

    def write(self, understood: Understood, language: int, beams: int, bounds: Sequence[int]) -> list[Tokens]:
        """Each in a language, in at most so many tokens."""
        begin = torch.full((len(understood.states), 1), language, device=self.device)
        rows = GenerationMixin.generate(
            self,
            encoder_outputs=BaseModelOutput(last_hidden_state=understood.states),
            attention_mask=understood.mask,
            decoder_input_ids=begin,
            num_beams=beams,
            do_sample=False,
            max_new_tokens=max(bounds),
        )
        return [self._text(row)[:bound] for row, bound in zip(rows.tolist(), bounds, strict=True)]

    def sure(self, understood: Understood, language: int, text: Tokens) -> float:
        """The mean logarithm of the probability of each token of a text, and of its end."""
        logits = self.lm_head(self._decoded(understood, language, text))[0, 1:].float()
        follow = torch.tensor([*text, self.config.eos_token_id], device=self.device)
        return float(logits.log_softmax(-1).gather(-1, follow[:, None]).mean())

    def speak(
        self, understood: Understood, language: int, text: Tokens, *, tongue: int, speaker: int, speed: float = 1.0
    ) -> torch.Tensor:
        """The very text, which is one way to write what was understood, as a waveform; empty where nothing of it can be
        spoken. ``tongue`` is the language's number in the vocoder."""
        states = self._decoded(understood, language, text)
        tokens, filler = torch.tensor([text], device=self.device), self.config.pad_token_id
        subwords = self._indices_to_subwords(tokens)
        counts = self._count_character_length_in_subword(tokens, subwords, pad_token_id=filler)
        counts = pad(counts, (1, 1))  # each state tells the token after it: the first a language, the last the end
        if not counts.any():
            return torch.zeros(0)
        characters = self._get_char_input_ids(tokens, subwords, counts, pad_token_id=filler)
        with self._paced(speed):
            logits = self.t2u_model(
                inputs_embeds=states,
                attention_mask=torch.ones(states.shape[:2], dtype=torch.long, device=self.device),
                char_input_ids=characters,
                char_count_per_id=counts,
            ).last_hidden_state
        units = self._units(logits[0].argmax(-1))
        if not len(units):
            return torch.zeros(0)
        waveform, _ = self.vocoder(
            input_ids=units[None],
            speaker_id=torch.tensor([[speaker]], device=self.device),
            lang_id=torch.tensor([[tongue]], device=self.device),
        )  # the lengths that it tells count some units as filler
        sound: torch.Tensor = waveform.reshape(-1).float().cpu()
        return sound

    def _decoded(self, understood: Understood, language: int, text: Tokens) -> torch.Tensor:
        """The decoder's states where it has written a text so far, shaped (1, 2 + tokens, width)."""
        row = torch.tensor([[self.config.decoder_start_token_id, language, *text]], device=self.device)
        states: torch.Tensor = self.text_decoder(
            input_ids=row, encoder_hidden_states=understood.states, encoder_attention_mask=understood.mask
        ).last_hidden_state
        return states

    def _text(self, row: Tokens) -> Tokens:
        """What was generated behind the start and the language, up to the end."""
        text = row[2:]
        return text[: text.index(self.config.eos_token_id)] if self.config.eos_token_id in text else text

    def _units(self, told: torch.Tensor) -> torch.Tensor:
        """The vocoder's units, up to the end; other symbols have no sound."""
        over = (told == self.config.t2u_eos_token_id) | (told == self.config.t2u_pad_token_id)
        units = told[: int(over.int().argmax())] if over.any() else told
        units = units - self.config.vocoder_offset
        return units[(units >= 0) & (units < self.config.unit_hifi_gan_vocab_size)]

    @contextmanager
    def _paced(self, speed: float) -> Iterator[None]:
        """How long each character lasts is told as log(1 + duration); within, it lasts ``1 / speed`` of that."""

        def paced(_: Any, __: Any, told: torch.Tensor) -> torch.Tensor:
            return torch.log1p(torch.expm1(told).clamp_min(0) / speed)

        if speed == 1:
            yield
            return
        handle = self.t2u_model.model.decoder.duration_predictor.register_forward_hook(paced)
        try:
            yield
        finally:
            handle.remove()
