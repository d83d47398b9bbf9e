"""A tiny SeamlessM4T v2 of random weights, made here and stored as the hub stores the real one, so that the same code
loads it. Its text is nonsense, and depends on what it hears and reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from speechlab_seamless import SeamlessParams

from speechlab import Audio, Context
from speechlab.testing import one_thread

if any(find_spec(name) is None for name in ("torch", "transformers", "sentencepiece")):
    collect_ignore_glob = ["src/speechlab_seamless/[a-z]*.py", "tests/*"]  # all else needs them

WRITTEN = ["eng", "fra", "por", "spa", "cmn", "cmn_Hant"]
SPOKEN = ["eng", "fra", "spa"]
SPECIAL = ["<pad>", "<unk>", "<s>", "</s>"]
CORPUS = [
    "the quick brown fox jumps over the lazy dog",
    "good morning everybody",
    "olá mundo, como você está?",
    "123 456",
]
CHARACTERS = sorted({character for line in CORPUS for character in line} - {" "})


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny checkpoint by its name, one of ``MAKERS``."""

    @cache
    def built(name: str) -> Path:
        import torch
        from speechlab_seamless.quiet import quiet

        folder = tmp_path_factory.mktemp(name)
        with quiet(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            MAKERS[name](folder)
        return folder

    return built


@pytest.fixture(scope="session")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A host that downloads nothing."""
    return Context(tmp_path_factory.mktemp("home"), download=False)


@pytest.fixture(scope="session")
def load(build: Callable[[str], Path], context: Context) -> Callable[..., Any]:
    """The engine on a tiny checkpoint, by the checkpoint's name and other parameters."""
    from speechlab_seamless.engine import Seamless

    @cache
    def loaded(name: str = "seamless", **params: Any) -> Seamless:
        return Seamless(SeamlessParams(model=str(build(name)), **params), context)

    return loaded


@pytest.fixture(scope="session")
def sounds() -> list[Audio]:
    """Three stretches of one recording: noise that swells and fades, 3, 1.3 and 2 s long."""
    random = np.random.default_rng(7)

    def sound(seconds: float, start: float) -> Audio:
        frames = round(16_000 * seconds)
        swell = 0.5 + 0.5 * np.sin(np.arange(frames) * 2 * np.pi * (1 + start / 10) / 16_000)
        return Audio((0.3 * swell * random.standard_normal(frames)).astype(np.float32), 16_000, start)

    return [sound(3, 10.0), sound(1.3, 20.0), sound(2, 30.0)]


def seamless(folder: Path) -> None:
    """As published, in one file."""
    _save(folder, _network(_tokenizer()), _tokenizer())


def shards(folder: Path) -> None:
    """Too large for one file, as the published one is."""
    _save(folder, _network(_tokenizer()), _tokenizer(), max_shard_size="200KB")


def other_speakers(folder: Path) -> None:
    """With a vocoder of somebody's own, of whose speakers nothing is known."""
    _save(folder, _network(_tokenizer(), vocoder_num_spkrs=4), _tokenizer())


def ears(folder: Path) -> None:
    """Only the part that hears and writes."""
    import transformers as t

    network = _network(_tokenizer())
    part = t.SeamlessM4Tv2ForSpeechToText(network.config)
    part.load_state_dict(network.state_dict(), strict=False)
    _save(folder, part, _tokenizer())


def sentencepiece(folder: Path) -> None:
    """With its tokenizer as it was stored in times of transformers 4: a SentencePiece model, and the languages."""
    import sentencepiece as spm

    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS * 4),
        model_prefix=str(folder / "sentencepiece.bpe"),
        vocab_size=70,
        model_type="bpe",
        character_coverage=1.0,
        hard_vocab_limit=False,
        bos_id=1,
        eos_id=2,
        unk_id=0,
        pad_id=-1,
        minloglevel=2,
    )
    (folder / "sentencepiece.bpe.vocab").unlink()
    import transformers as t

    languages = [f"__{code}__" for code in WRITTEN]
    tokenizer = t.SeamlessM4TTokenizer.from_pretrained(folder, additional_special_tokens=languages)
    _save(folder, _network(tokenizer), tokenizer)
    (folder / "tokenizer.json").unlink()
    added = {str(tokenizer.convert_tokens_to_ids(token)): {"content": token, "special": True} for token in languages}
    told = {
        "added_tokens_decoder": added,
        "additional_special_tokens": languages,
        "src_lang": "__eng__",
        "tgt_lang": "__fra__",
        "tokenizer_class": "SeamlessM4TTokenizer",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(told))


def _tokenizer() -> Any:
    import transformers as t
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    bpe = Tokenizer(models.BPE(unk_token="<unk>"))
    bpe.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=80, special_tokens=SPECIAL, show_progress=False)
    bpe.train_from_iterator(CORPUS, trainer)
    trained = json.loads(bpe.to_str())["model"]
    return t.SeamlessM4TTokenizer(
        vocab=trained["vocab"],
        merges=[tuple(merge) for merge in trained["merges"]],
        src_lang="eng",
        tgt_lang="fra",
        additional_special_tokens=[f"__{code}__" for code in WRITTEN],
    )


def _network(tokenizer: Any, **how: Any) -> Any:
    import transformers as t

    ones = ("speech_encoder", "t2u_encoder", "t2u_decoder", "encoder", "decoder")
    settings = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "max_position_embeddings": 256,
        **{f"{part}_layers": 1 for part in ones},
        **{f"{part}_attention_heads": 2 for part in ones},
        **{f"{part}_ffn_dim": 64 for part in ones[1:]},
        "speech_encoder_intermediate_size": 64,
        "t2u_vocab_size": 64,
        "char_vocab_size": 80,
        "t2u_max_position_embeddings": 512,
        "t2u_variance_predictor_embed_dim": 32,
        "t2u_variance_predictor_hidden_dim": 32,
        "upsample_initial_channel": 32,
        "unit_hifi_gan_vocab_size": 60,
        "unit_embed_dim": 32,
        "lang_embed_dim": 16,
        "spkr_embed_dim": 16,
        "vocoder_num_langs": len(SPOKEN),
        "vocoder_num_spkrs": 200,
    }
    network = t.SeamlessM4Tv2Model(t.SeamlessM4Tv2Config(**{**settings, **how}))
    told = network.generation_config
    told.text_decoder_lang_to_code_id = {code: tokenizer.convert_tokens_to_ids(f"__{code}__") for code in WRITTEN}
    told.t2u_lang_code_to_id = {code: number for number, code in enumerate(SPOKEN)}
    told.vocoder_lang_code_to_id = {code: number for number, code in enumerate(SPOKEN)}
    told.id_to_text = {str(number): tokenizer.convert_ids_to_tokens(number) for number in range(len(tokenizer))}
    told.char_to_id = {character: 2 + number for number, character in enumerate(["▁", *CHARACTERS])}
    told.no_repeat_ngram_size = 2
    told.exponential_decay_length_penalty = (8, 1.3)  # or it would never come to an end
    told._from_model_config = False  # else loading derives it anew and drops the languages
    _talkative(network, tokenizer)
    return network


def _talkative(network: Any, tokenizer: Any) -> None:
    """Weights so large that what is said depends on what is heard or read; it ends now and then, and says no special
    token. A character lasts about four units, and each unit is one."""
    import torch

    torch.manual_seed(1)
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if weight.dim() == 2 and "embed" not in name and not name.startswith("vocoder"):
                weight.normal_(std=0.4)
        network.shared.weight.normal_(std=0.15)
        special = [*range(4), *tokenizer.convert_tokens_to_ids([f"__{code}__" for code in WRITTEN])]
        network.shared.weight[special[:3]] = 0
        network.shared.weight[special[4:]] *= 0.4
        network.shared.weight[3] *= 2.1
        duration = network.t2u_model.model.decoder.duration_predictor.proj
        duration.weight.normal_(std=0.05)
        duration.bias.fill_(float(np.log(5)))
        network.vocoder.dur_predictor.proj.weight.zero_()
        network.vocoder.dur_predictor.proj.bias.fill_(float(np.log(2)))
        network.t2u_model.lm_head.weight.normal_(std=1)
        network.t2u_model.lm_head.weight[:4] = 0


def _save(folder: Path, network: Any, tokenizer: Any, **how: Any) -> None:
    import transformers as t

    network.save_pretrained(folder, **how)
    features = t.SeamlessM4TFeatureExtractor(feature_size=80, num_mel_bins=80, sampling_rate=16_000, stride=2)
    t.SeamlessM4TProcessor(features, tokenizer).save_pretrained(folder)


MAKERS: dict[str, Callable[[Path], None]] = {
    maker.__name__: maker for maker in (seamless, shards, other_speakers, ears, sentencepiece)
}
