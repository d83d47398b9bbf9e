"""Tokenizers of tiny translators, learnt here from a few lines and stored as the hub stores the real ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CORPUS = (
    "The quick brown fox jumps over the lazy dog, and nobody knows why.",
    "Good morning! How are you today? The old lighthouse stands at the end of the harbor.",
    "Bom dia, amanhã vou à praia com a minha irmã.",
    "Où est la bibliothèque ? Je ne sais pas, dit-elle.",
    "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 .,:;!?-'\"()<>_/",
)
"""What they learn; of their own words."""
FLORES = ("eng_Latn", "fra_Latn", "por_Latn", "zho_Hans", "zho_Hant")
"""The languages of NLLB's."""


def nllb() -> Any:
    """As that of nllb-200, for :data:`FLORES`."""
    import transformers as t
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    bpe = Tokenizer(models.BPE(unk_token="<unk>"))
    bpe.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    bpe.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=260, special_tokens=special, show_progress=False))
    trained = json.loads(bpe.to_str())["model"]
    merges = [tuple(merge) for merge in trained["merges"]]
    return t.NllbTokenizer(vocab=trained["vocab"], merges=merges, additional_special_tokens=list(FLORES))


def m2m100(folder: Path) -> tuple[Any, int]:
    """As that of m2m100_418M, with all its languages; and the size of the vocabulary that its network has."""
    import transformers as t
    from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

    pieces = subwords(folder / "sentencepiece.bpe.model", "bpe")
    _vocabulary(folder, ["<s>", "<pad>", "</s>", "<unk>", *pieces])
    tokenizer = t.M2M100Tokenizer(
        str(folder / "vocab.json"),
        str(folder / "sentencepiece.bpe.model"),
        additional_special_tokens=[f"__{code}__" for code in FAIRSEQ_LANGUAGE_CODES["m2m100"]],
    )
    return tokenizer, max(tokenizer.lang_token_to_id.values()) + 1 + tokenizer.num_madeup_words


def marian(folder: Path, source: str, target: str, *tokens: str) -> tuple[Any, int]:
    """As that of opus-mt-en-fr, with ``tokens`` that tell the language to write; and the number of its padding, which
    is the last."""
    import transformers as t

    pieces = subwords(folder / "source.spm", "unigram")
    shutil.copy(folder / "source.spm", folder / "target.spm")
    vocabulary = _vocabulary(folder, ["</s>", "<unk>", *tokens, *(p for p in pieces if p != "<s>"), "<pad>"])
    tokenizer = t.MarianTokenizer(
        source_spm=str(folder / "source.spm"),
        target_spm=str(folder / "target.spm"),
        vocab=str(folder / "vocab.json"),
        source_lang=source,
        target_lang=target,
    )
    return tokenizer, vocabulary["<pad>"]


def subwords(file: Path, kind: str) -> list[str]:
    """Learn a SentencePiece model of this kind, and give its pieces."""
    import sentencepiece

    with file.open("wb") as out:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(CORPUS),
            model_writer=out,
            model_type=kind,
            vocab_size=160,
            hard_vocab_limit=False,
            character_coverage=1.0,
            unk_id=0,
            bos_id=1,
            eos_id=2,
            pad_id=-1,
            minloglevel=2,
        )
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(file))
    return [pieces.id_to_piece(number) for number in range(pieces.get_piece_size())]


def _vocabulary(folder: Path, tokens: Iterable[str]) -> dict[str, int]:
    """The tokens, each once, with their numbers; written to the folder."""
    numbered = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    (folder / "vocab.json").write_text(json.dumps(numbered))
    return numbered
