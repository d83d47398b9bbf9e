"""Tiny checkpoints of random weights, made here and stored as the hub stores the real ones, so that the same code loads
them. Their text is nonsense; its form is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from speechlab_transformers import TransformersParams

from speechlab import Audio, Context
from speechlab.testing import fetched, one_thread

if find_spec("torch") is None or find_spec("transformers") is None:
    collect_ignore_glob = ["src/speechlab_transformers/[a-z]*.py", "tests/*"]  # all else needs them

LETTERS = "abcdefghijklmnopqrstuvwxyz'"
SMALL = {
    "d_model": 32,
    "encoder_layers": 1,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
}
WAV2VEC2 = {
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "conv_dim": (32,) * 7,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
    "pad_token_id": 0,
    "mask_time_length": 2,
}


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture(scope="session")
def makers() -> dict[str, Callable[[Path], None]]:
    """What makes a tiny checkpoint, by its name."""
    return MAKERS


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory, makers: dict[str, Callable[[Path], None]]) -> Callable[[str], Path]:
    """The folder of a tiny checkpoint by its name."""

    @cache
    def built(name: str) -> Path:
        import torch
        from speechlab_transformers.quiet import quiet

        folder = tmp_path_factory.mktemp(name)
        with quiet(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            makers[name](folder)
        return folder

    return built


@pytest.fixture(scope="session")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A host that downloads nothing."""
    return Context(tmp_path_factory.mktemp("home"), download=False)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Path], Path]:
    """A hub's cache of our own, offline; called with a repository's name and its files, it gives the snapshot."""
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    return partial(fetched, tmp_path / "hub")


@pytest.fixture(scope="session")
def load(build: Callable[[str], Path], context: Context) -> Callable[..., Any]:
    """The engine on a tiny checkpoint, by the checkpoint's name and other parameters."""
    from speechlab_transformers.engine import Transformers

    @cache
    def loaded(name: str, **params: Any) -> Transformers:
        return Transformers(TransformersParams(model=str(build(name)), **params), context)

    return loaded


@pytest.fixture(scope="session")
def sounds() -> list[Audio]:
    """Three stretches of one recording: noise that swells and fades, 3, 1.3 and 2 s long."""
    random = np.random.default_rng(7)

    def sound(seconds: float, start: float) -> Audio:
        frames = round(16_000 * seconds)
        swell = 0.5 + 0.5 * np.sin(np.arange(frames) * 2 * np.pi * 3 / 16_000)
        return Audio((0.3 * swell * random.standard_normal(frames)).astype(np.float32), 16_000, start)

    return [sound(3, 10.0), sound(1.3, 20.0), sound(2, 30.0)]


def whisper(folder: Path) -> None:
    """Multilingual: bytes, 100 languages, two tasks, 1501 timestamps; it likes letters and blanks best."""
    _whisper(folder, multilingual=True)


def whisper_english(folder: Path) -> None:
    """As the .en checkpoints: no language, no task."""
    _whisper(folder, multilingual=False)


def whisper_old(folder: Path) -> None:
    """As fine-tunes of years ago: nothing told about generation."""
    _whisper(folder, multilingual=True)
    (folder / "generation_config.json").unlink()


def whisper_shards(folder: Path) -> None:
    """Too large for one file."""
    _whisper(folder, multilingual=True, max_shard_size="200KB")


def whisper_pickled(folder: Path) -> None:
    """As stored before there were safetensors."""
    import torch
    from safetensors.torch import load_file

    _whisper(folder, multilingual=True)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def _whisper(folder: Path, multilingual: bool, **how: Any) -> None:
    import transformers as t
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers.models.whisper.tokenization_whisper import LANGUAGES

    alphabet = sorted(ByteLevel.alphabet())
    vocab = {character: number for number, character in enumerate(alphabet)}
    vocab["<|endoftext|>"] = len(vocab)
    languages = [f"<|{code}|>" for code in LANGUAGES]
    rest = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    special = ["<|startoftranscript|>", *languages, *(f"<|{name}|>" for name in rest)]
    tokenizer = t.WhisperTokenizer(vocab=vocab, merges=[], additional_special_tokens=special)
    tokenizer.add_tokens([t.AddedToken(f"<|{step * 0.02:.2f}|>", special=False) for step in range(1501)])
    t.WhisperProcessor(t.WhisperFeatureExtractor(feature_size=80), tokenizer).save_pretrained(folder)

    token = tokenizer.convert_tokens_to_ids
    end, start = token("<|endoftext|>"), token("<|startoftranscript|>")
    config = t.WhisperConfig(
        vocab_size=len(tokenizer),
        **SMALL,
        num_mel_bins=80,
        max_target_positions=64,
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        decoder_start_token_id=start,
    )
    model = t.WhisperForConditionalGeneration(config)
    _talkative(model, [vocab[character] for character in [*LETTERS, "Ġ"]], token("<|0.00|>"))  # Ġ is the blank
    settings = {
        "is_multilingual": multilingual,
        "no_timestamps_token_id": token("<|notimestamps|>"),
        "prev_sot_token_id": token("<|startofprev|>"),
        "max_initial_timestamp_index": 50,
        "max_length": 64,
        # As real ones, it says no special token; and 3 s of timestamps are enough for sounds so short.
        "suppress_tokens": [*map(token, special), *(token(f"<|{step * 0.02:.2f}|>") for step in range(150, 1501))],
        "begin_suppress_tokens": [end],
        "alignment_heads": [[0, 0], [1, 1]],
        "decoder_start_token_id": start,
        "pad_token_id": end,
        "eos_token_id": end,
        "return_timestamps": False,
        "_from_model_config": False,  # else loading derives it anew and drops what follows
    }
    if multilingual:
        settings["lang_to_id"] = {name: token(name) for name in languages}
        settings["task_to_id"] = {name: token(f"<|{name}|>") for name in ("translate", "transcribe")}
    for name, value in settings.items():
        setattr(model.generation_config, name, value)
    model.save_pretrained(folder, **how)


def _talkative(model: Any, letters: list[int], first_time: int) -> None:
    """Weights so large that what is said depends on the sound, mostly letters, with timestamps now and then."""
    import torch

    torch.manual_seed(9)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "conv" in name:
                weight *= 3
            elif weight.dim() > 1 and "embed" not in name:
                weight.normal_(std=0.4)
        decoder = model.model.decoder
        decoder.embed_tokens.weight.normal_(std=0.02)
        decoder.embed_tokens.weight[letters] = torch.randn(len(letters), 32) * 0.6
        decoder.embed_tokens.weight[letters[-1]] *= 1.6
        decoder.embed_tokens.weight[256:first_time] *= 25
        decoder.embed_tokens.weight[first_time:] *= 15
        decoder.embed_positions.weight.normal_(std=0.5)


def wav2vec2(folder: Path) -> None:
    """As wav2vec2-large-960h-lv60: it is told what is padding."""
    import transformers as t

    config = t.Wav2Vec2Config(**WAV2VEC2, vocab_size=32, do_stable_layer_norm=True, feat_extract_norm="layer")
    _ctc(folder, t.Wav2Vec2ForCTC(config), masked=True)


def wav2vec2_base(folder: Path) -> None:
    """As wav2vec2-base-960h: padding changes what it hears."""
    import transformers as t

    config = t.Wav2Vec2Config(**WAV2VEC2, vocab_size=32, feat_extract_norm="group")
    _ctc(folder, t.Wav2Vec2ForCTC(config), masked=False)


def hubert(folder: Path) -> None:
    """As hubert-large-ls960-ft."""
    import transformers as t

    config = t.HubertConfig(**WAV2VEC2, vocab_size=32, do_stable_layer_norm=True, feat_extract_norm="layer")
    _ctc(folder, t.HubertForCTC(config), masked=True)


def wavlm(folder: Path) -> None:
    """As WavLM base: it is told what is padding, but takes a norm over it."""
    import transformers as t

    _ctc(folder, t.WavLMForCTC(t.WavLMConfig(**WAV2VEC2, vocab_size=32)), masked=True)


def wav2vec2_untrained(folder: Path) -> None:
    """As wav2vec2-base: it has learnt to listen, but not to write."""
    import transformers as t

    config = t.Wav2Vec2Config(**WAV2VEC2, vocab_size=32, proj_codevector_dim=32, codevector_dim=32)
    _ctc(folder, t.Wav2Vec2ForPreTraining(config), masked=False)


def _ctc(folder: Path, model: Any, masked: bool) -> None:
    import transformers as t

    vocab = {token: number for number, token in enumerate(["<pad>", "<s>", "</s>", "<unk>", "|", *LETTERS])}
    (folder / "vocab.json").write_text(json.dumps(vocab))
    tokenizer = t.Wav2Vec2CTCTokenizer(str(folder / "vocab.json"))
    features = t.Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=masked)
    t.Wav2Vec2Processor(features, tokenizer).save_pretrained(folder)
    _decided(model)
    model.save_pretrained(folder)


def _decided(model: Any) -> None:
    """Make a CTC network change its mind from frame to frame, blanks and word borders included."""
    import torch

    if hasattr(model, "lm_head"):
        with torch.no_grad():
            model.lm_head.weight.normal_(std=3)
            model.lm_head.bias[[0, 4]] = 20.0


ALPHABETS = {"eng": LETTERS, "fra": "àâçéèêëîïôûù"}


def mms(folder: Path) -> None:
    """As mms-1b-all, for two languages: one network, an alphabet and an adapter for each."""
    import torch
    import transformers as t
    from safetensors.torch import save_file

    base = ["<pad>", "<s>", "</s>", "<unk>", "|"]
    vocab = {code: {c: i for i, c in enumerate([*base, *letters])} for code, letters in ALPHABETS.items()}
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False), encoding="utf-8")
    tokenizer = t.Wav2Vec2CTCTokenizer(str(folder / "vocab.json"), target_lang="eng")
    features = t.Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=True)
    t.Wav2Vec2Processor(features, tokenizer).save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False), encoding="utf-8")

    def model(size: int) -> Any:
        torch.manual_seed(0)
        config = t.Wav2Vec2Config(
            **WAV2VEC2,
            vocab_size=size,
            adapter_attn_dim=8,
            do_stable_layer_norm=True,
            feat_extract_norm="layer",
        )
        made = t.Wav2Vec2ForCTC(config)
        _decided(made)
        return made

    model(len(vocab["eng"])).save_pretrained(folder)
    for code, alphabet in vocab.items():
        weights = {name: tensor.contiguous() for name, tensor in model(len(alphabet))._get_adapters().items()}
        save_file(weights, folder / f"adapter.{code}.safetensors", metadata={"format": "pt"})


def moonshine(folder: Path) -> None:
    """An encoder-decoder that hears the waveform itself."""
    import torch
    import transformers as t

    config = t.MoonshineConfig(
        vocab_size=64,
        hidden_size=32,
        intermediate_size=64,
        encoder_num_hidden_layers=1,
        decoder_num_hidden_layers=1,
        encoder_num_attention_heads=2,
        decoder_num_attention_heads=2,
        max_position_embeddings=194,
        pad_token_id=2,
    )
    tokenizer = _subwords(["<unk>", "<s>", "</s>"], 64)
    features = t.Wav2Vec2FeatureExtractor(do_normalize=False, return_attention_mask=True)
    t.Wav2Vec2Processor(features, tokenizer).save_pretrained(folder)
    model = t.MoonshineForConditionalGeneration(config)
    with torch.no_grad():
        model.get_output_embeddings().weight.normal_(std=2)
        model.get_output_embeddings().weight[[1, 2]] = 0  # or it would say neither
    model.save_pretrained(folder)


def speech_encoder_decoder(folder: Path) -> None:
    """wav2vec 2.0 base before a text decoder: it is told what is padding, but takes a norm over it."""
    import torch
    import transformers as t

    decoder = t.BartConfig(
        vocab_size=64,
        d_model=32,
        decoder_layers=1,
        decoder_attention_heads=2,
        decoder_ffn_dim=64,
        max_position_embeddings=100,
        is_decoder=True,
        add_cross_attention=True,
    )
    encoder = t.Wav2Vec2Config(**WAV2VEC2, feat_extract_norm="group")
    config = t.SpeechEncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    config.decoder_start_token_id, config.eos_token_id, config.pad_token_id = 1, 2, 2
    model = t.SpeechEncoderDecoderModel(config=config)
    model.generation_config.decoder_start_token_id, model.generation_config.pad_token_id = 1, 2
    with torch.no_grad():
        model.decoder.get_output_embeddings().weight.normal_(std=1)[:3] = 0  # it would say one of these, or end
    features = t.Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=True)
    t.Wav2Vec2Processor(features, _subwords(["<unk>", "<s>", "</s>"], 64)).save_pretrained(folder)
    model.save_pretrained(folder)


MARKED = {"hello": ",", "there": ".", "you": "?", "and": "0", "how": "0", "are": "0", "fine": ":"}
"""What the tiny punctuators put behind each word."""


def punctuator(folder: Path) -> None:
    """As fullstop-punctuation: a mark behind each word, whatever stands around it."""
    _tokens(folder, ["0", ".", ",", "?", "-", ":"], MARKED)


def punctuator_cased(folder: Path) -> None:
    """As bert-restore-punctuation: a mark and the case of each word."""
    labels = {word: ("O" if mark == "0" else mark) + "OU"[word in ("hello", "how")] for word, mark in MARKED.items()}
    _tokens(folder, sorted(set(labels.values())), labels)


def tagger(folder: Path) -> None:
    """A token classifier that tells parts of speech."""
    _tokens(folder, ["NOUN", "VERB"], {"hello": "NOUN", "are": "VERB"})


def _tokens(folder: Path, labels: list[str], told: dict[str, str]) -> None:
    """A BERT without layers: what it tells of a word depends on the word alone."""
    import torch
    import transformers as t

    vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *told, *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    (folder / "vocab.txt").write_text("\n".join(vocab))
    t.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    config = t.BertConfig(
        vocab_size=len(vocab),
        hidden_size=len(labels),
        num_attention_heads=1,
        num_hidden_layers=0,
        intermediate_size=8,
        max_position_embeddings=512,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
    )
    model = t.BertForTokenClassification(config)
    with torch.no_grad():
        for embedding in model.bert.embeddings.children():
            if isinstance(embedding, torch.nn.Embedding):
                embedding.weight.zero_()
        for word, label in told.items():
            model.bert.embeddings.word_embeddings.weight[vocab.index(word), labels.index(label)] = 5.0
        torch.nn.init.eye_(model.classifier.weight)
        model.classifier.bias.zero_()
        model.classifier.bias[0] = 0.1  # what is not known has no mark
    model.save_pretrained(folder)


def seamless(folder: Path) -> None:
    """SeamlessM4T v2, stored whole, of which speech to text is one part."""
    import transformers as t

    languages = ["eng", "fra", "por", "cmn"]
    trained = _bpe(["<pad>", "<unk>", "<s>", "</s>"], 120)
    tokenizer = t.SeamlessM4TTokenizer(
        vocab=trained["vocab"],
        merges=[tuple(merge) for merge in trained["merges"]],
        src_lang="eng",
        tgt_lang="fra",
        additional_special_tokens=[f"__{code}__" for code in languages],
    )
    features = t.SeamlessM4TFeatureExtractor(feature_size=80, num_mel_bins=80, sampling_rate=16_000, stride=2)
    ones = ("speech_encoder", "t2u_encoder", "t2u_decoder", "encoder", "decoder")
    config = t.SeamlessM4Tv2Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        max_position_embeddings=256,
        **{f"{part}_layers": 1 for part in ones},
        **{f"{part}_attention_heads": 2 for part in ones},
        **{f"{part}_ffn_dim": 64 for part in ones[1:]},
        speech_encoder_intermediate_size=64,
        t2u_vocab_size=64,
        char_vocab_size=80,
        t2u_max_position_embeddings=64,
        t2u_variance_predictor_embed_dim=32,
        t2u_variance_predictor_hidden_dim=32,
        upsample_initial_channel=32,
        unit_hifi_gan_vocab_size=60,
        unit_embed_dim=32,
        lang_embed_dim=16,
        spkr_embed_dim=16,
        vocoder_num_langs=4,
        vocoder_num_spkrs=4,
    )
    model = t.SeamlessM4Tv2Model(config)
    codes = {code: tokenizer.convert_tokens_to_ids(f"__{code}__") for code in languages}
    model.generation_config.text_decoder_lang_to_code_id = codes
    model.generation_config._from_model_config = False
    model.save_pretrained(folder)
    t.SeamlessM4TProcessor(features, tokenizer).save_pretrained(folder)


def _subwords(special: list[str], size: int) -> Any:
    import transformers as t
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(json.dumps(_trained(special, size)))
    unknown, begin, end = special
    return t.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token=unknown, bos_token=begin, eos_token=end, pad_token=end
    )


def _bpe(special: list[str], size: int) -> dict[str, Any]:
    model: dict[str, Any] = _trained(special, size)["model"]
    return model


def _trained(special: list[str], size: int) -> dict[str, Any]:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(["the quick brown fox jumps over the lazy dog", "good morning everybody"], trainer)
    trained: dict[str, Any] = json.loads(tokenizer.to_str())
    return trained


MAKERS: dict[str, Callable[[Path], None]] = {
    maker.__name__: maker
    for maker in (
        whisper,
        whisper_english,
        whisper_old,
        whisper_shards,
        whisper_pickled,
        wav2vec2,
        wav2vec2_base,
        wav2vec2_untrained,
        hubert,
        wavlm,
        mms,
        moonshine,
        speech_encoder_decoder,
        seamless,
        punctuator,
        punctuator_cased,
        tagger,
    )
}
