"""The translator, loaded: texts cut into pieces, pieces of like length computed together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from speechlab import Context, EngineFailed

from . import CTranslate2Options, CTranslate2Params
from .cutting import Cutter
from .loading import load
from .sources import CONFIG, Source, read
from .store import fetched, quantization
from .tokens import END, tokens
from .tongues import converted

ROOM, SPARE = 3, 50
"""A translation may have so many times the tokens of its source, and so many more."""


class CTranslate2:
    """One loaded model. Threads may share it."""

    def __init__(self, params: CTranslate2Params, context: Context) -> None:
        source = Source(params.model, params.revision)
        folder = fetched(source, quantization(params), context)
        self.tongues = converted(folder, source.model)
        """The languages that the model knows."""
        self._tokens = tokens(folder)
        self._cut = Cutter(self._tokens)
        self._ends = not read(folder / CONFIG).get("add_source_eos", False)
        self._translator = load(folder, params, context.report)

    def translate(
        self, texts: Sequence[str], source: str | None, target: str, options: CTranslate2Options
    ) -> list[str]:
        """The texts in the language ``target``. Raises ConfigError and EngineFailed."""
        first, last = self.tongues.pair(source, target)
        before, prefix = self.tongues.before(first, last), self.tongues.first(last)
        cut = [list(self._cut(text)) for text in texts]
        wanted = sorted({piece.tokens for pieces in cut for piece in pieces if piece.tokens}, key=len)
        done: dict[tuple[str, ...], str] = {}
        for some in _batches(wanted, options.batch_tokens):
            inputs = [[*before, *piece, *([END] if self._ends else [])] for piece in some]
            done.update(zip(some, self._together(inputs, prefix, options), strict=True))
        return ["".join(done[piece.tokens] if piece.tokens else piece.text for piece in pieces) for pieces in cut]

    def close(self) -> None:
        """Give the memory back."""
        self._translator.unload_model()

    def _together(
        self, inputs: Sequence[list[str]], prefix: list[str] | None, options: CTranslate2Options
    ) -> Iterator[str]:
        try:
            results = self._translator.translate_batch(
                inputs,
                target_prefix=[prefix] * len(inputs) if prefix else None,
                max_input_length=0,
                max_decoding_length=max(map(_room, inputs)),
                beam_size=options.beam_size,
                length_penalty=options.length_penalty,
                repetition_penalty=options.repetition_penalty,
                no_repeat_ngram_size=options.no_repeat_ngram_size,
                disable_unk=True,
            )
        except RuntimeError as error:
            raise EngineFailed(f"CTranslate2 could not compute: {error}", hint="try a smaller batch_tokens") from error
        skip = len(prefix or ())
        return (
            self._tokens.join(result.hypotheses[0][skip : _room(one)])
            for one, result in zip(inputs, results, strict=True)
        )


def _room(tokens: Sequence[str]) -> int:
    """How many tokens a translation may have, so that one that runs in a loop ends."""
    return ROOM * len(tokens) + SPARE


def _batches(pieces: Sequence[tuple[str, ...]], most: int) -> Iterator[list[tuple[str, ...]]]:
    """Pieces in the order of their lengths, as many at once as fill ``most`` tokens with their padding."""
    batch: list[tuple[str, ...]] = []
    for piece in pieces:
        if batch and len(piece) * (len(batch) + 1) > most:
            yield batch
            batch = []
        batch.append(piece)
    if batch:
        yield batch
