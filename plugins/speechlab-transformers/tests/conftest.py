"""Tiny checkpoints that translate or speak, made here and stored as the hub stores the real ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import vocabularies

SMALL = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": 128,
}


@pytest.fixture(scope="session")
def makers(makers: dict[str, Callable[[Path], None]]) -> dict[str, Callable[[Path], None]]:
    """Those of the speech checkpoints, and these."""
    return {**makers, **{maker.__name__: maker for maker in MAKERS}}


def nllb(folder: Path) -> None:
    """As nllb-200-distilled-600M, but in safetensors."""
    import transformers as t

    tokenizer = vocabularies.nllb()
    config = t.M2M100Config(vocab_size=len(tokenizer), **SMALL)
    _store(folder, t.M2M100ForConditionalGeneration(config), tokenizer)


def nllb_pickled(folder: Path) -> None:
    """As nllb-200-distilled-600M lies on the hub: pickled, with the files of a tokenizer of version 4."""
    import torch
    from safetensors.torch import load_file

    nllb(folder)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    whole = json.loads((folder / "tokenizer.json").read_text())
    added = [token for token in whole["added_tokens"] if token["id"] < 4]
    for token in (*vocabularies.FLORES, "<mask>"):  # in this order they follow the vocabulary
        added.append({**added[0], "id": len(whole["model"]["vocab"]) + len(added) - 4, "content": token})
    (folder / "tokenizer.json").write_text(json.dumps({**whole, "added_tokens": added}))
    _version_4(folder, "NllbTokenizer", vocabularies.FLORES)


def nllb_moe(folder: Path) -> None:
    """As nllb-moe-54b, with two experts."""
    import transformers as t

    tokenizer = vocabularies.nllb()
    config = t.NllbMoeConfig(
        vocab_size=len(tokenizer), **SMALL, num_experts=2, encoder_sparse_step=2, decoder_sparse_step=2
    )
    _store(folder, t.NllbMoeForConditionalGeneration(config), tokenizer)


def nllb_nameless(folder: Path) -> None:
    """With a tokenizer that was stripped of the languages, as an incomplete copy may be."""
    nllb(folder)
    whole = json.loads((folder / "tokenizer.json").read_text())
    whole["added_tokens"] = [token for token in whole["added_tokens"] if token["content"] not in vocabularies.FLORES]
    (folder / "tokenizer.json").write_text(json.dumps(whole))
    told = json.loads((folder / "tokenizer_config.json").read_text())
    told["extra_special_tokens"] = told["additional_special_tokens"] = []
    (folder / "tokenizer_config.json").write_text(json.dumps(told))


def nllb_unknown(folder: Path) -> None:
    """As an early copy of NLLB: its languages are named, but not in the way that transformers reads them today."""
    nllb(folder)
    (folder / "tokenizer.json").unlink()
    _version_4(folder, "NllbTokenizer", vocabularies.FLORES)
    vocabularies.subwords(folder / "sentencepiece.bpe.model", "bpe")


def m2m100(folder: Path) -> None:
    """As m2m100_418M."""
    import transformers as t

    tokenizer, size = vocabularies.m2m100(folder)
    _store(folder, t.M2M100ForConditionalGeneration(t.M2M100Config(vocab_size=size, **SMALL)), tokenizer)


def m2m100_old(folder: Path) -> None:
    """As m2m100_418M lies on the hub, with the files of a tokenizer of version 4."""
    from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

    m2m100(folder)
    (folder / "added_tokens.json").unlink()
    _version_4(folder, "M2M100Tokenizer", [f"__{code}__" for code in FAIRSEQ_LANGUAGE_CODES["m2m100"]])


def _version_4(folder: Path, kind: str, languages: Sequence[str]) -> None:
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": kind, "model_max_length": 1024}))
    (folder / "special_tokens_map.json").write_text(json.dumps({"additional_special_tokens": list(languages)}))


def marian(folder: Path) -> None:
    """As opus-mt-en-fr: one pair."""
    _marian(folder, "en", "fr")


def marian_family(folder: Path) -> None:
    """As opus-mt-en-ROMANCE: the text begins with the language to write."""
    _marian(folder, "en", "ROMANCE", ">>fr<<", ">>pob<<", ">>es_MX<<")


def marian_into_one(folder: Path) -> None:
    """As opus-mt-ROMANCE-en: what it reads is not told apart."""
    _marian(folder, "ROMANCE", "en")


def mms_tts_eng(folder: Path) -> None:
    """As mms-tts-eng."""
    _vits(folder, "eng", "_ abcdefghijklmnopqrstuvwxyz0123456789'-")


def mms_tts_fra(folder: Path) -> None:
    """As mms-tts-fra: other letters, and a voice of its own."""
    _vits(folder, "fra", "_ abcdefghijklmnopqrstuvwxyzàâçéèêëîïôûù'", seed=2)


def mms_tts_kor(folder: Path) -> None:
    """As mms-tts-kor: it reads Latin letters, whatever its language is written in."""
    _vits(folder, "kor", "_ abcdefghijklmnopqrstuvwxyz", is_uroman=True)


def vits_ljs(folder: Path) -> None:
    """As vits-ljs: it reads phonemes."""
    _vits(folder, "en-us", "_ abc", phonemize=True)


def vits_vctk(folder: Path) -> None:
    """As vits-vctk: many voices in one."""
    _vits(folder, "eng", "_ abc", num_speakers=4, speaker_embedding_size=8)


def _vits(
    folder: Path,
    language: str,
    letters: str,
    *,
    is_uroman: bool = False,
    phonemize: bool = False,
    seed: int = 1,
    **how: Any,
) -> None:
    import torch
    import transformers as t

    vocabulary = {letter: number for number, letter in enumerate(letters)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    tokenizer = t.VitsTokenizer(
        str(folder / "vocab.json"),
        pad_token="_",
        unk_token=None,
        language=language,
        phonemize=phonemize,
        is_uroman=is_uroman,
    )
    config = t.VitsConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        ffn_dim=64,
        flow_size=32,
        spectrogram_bins=33,
        upsample_initial_channel=32,
        duration_predictor_num_flows=2,
        depth_separable_num_layers=1,
        prior_encoder_num_flows=2,
        prior_encoder_num_wavenet_layers=1,
        posterior_encoder_num_wavenet_layers=1,
        duration_predictor_filter_channels=32,
        **how,
    )
    torch.manual_seed(seed)
    model = t.VitsModel(config)
    with torch.no_grad():
        for name, weight in model.decoder.named_parameters():
            if "original1" in name or name.endswith("weight"):
                weight.normal_(std=0.3)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _marian(folder: Path, source: str, target: str, *tokens: str) -> None:
    import transformers as t

    tokenizer, pad = vocabularies.marian(folder, source, target, *tokens)
    config = t.MarianConfig(
        vocab_size=pad + 1,
        **SMALL,
        pad_token_id=pad,
        eos_token_id=0,
        decoder_start_token_id=pad,
        forced_eos_token_id=0,
    )
    model = t.MarianMTModel(config)
    how = model.generation_config
    how.bad_words_ids, how.max_length, how.num_beams, how._from_model_config = [[pad]], 64, 4, False
    _store(folder, model, tokenizer)


def _store(folder: Path, model: Any, tokenizer: Any) -> None:
    """With weights so large that what is written depends on what is read and on what is told."""
    import torch

    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(std=0.3)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


MAKERS = (
    nllb,
    nllb_pickled,
    nllb_moe,
    nllb_nameless,
    nllb_unknown,
    m2m100,
    m2m100_old,
    marian,
    marian_family,
    marian_into_one,
    mms_tts_eng,
    mms_tts_fra,
    mms_tts_kor,
    vits_ljs,
    vits_vctk,
)
