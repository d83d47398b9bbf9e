"""Where the networks come from: the hub's cache, the hub with and without its gated part, and a folder of one's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import safetensors.torch
import torch
from pocket_tts import default_parameters
from pocket_tts.utils import utils
from speechlab_pocket_tts import ALBA, NETWORK, TOKENIZER, PocketOptions, PocketParams, checkpoints
from speechlab_pocket_tts.engine import PUBLISHED, PocketTts

from speechlab import Audio, ConfigError, Consent, Context, EngineUnavailable

GATED, OPEN = "kyutai/pocket-tts", "kyutai/pocket-tts-without-voice-cloning"
CONSENT = Consent("Ada", "my own voice", "2026-01-01T00:00:00+00:00")
Hub = Callable[..., None]
Say = Callable[..., Audio]


# -- what the card tells, against the package --------------------------------------------------------------------------


def test_the_card_names_what_the_package_would_fetch() -> None:
    config = checkpoints.yaml.safe_load((checkpoints.CONFIGS / "english.yaml").read_text())
    for weights, place in (
        (NETWORK, config["weights_path_without_voice_cloning"]),
        (TOKENIZER, config["flow_lm"]["lookup_table"]["tokenizer_path"]),
        (ALBA, utils.get_predefined_voice("english", "alba")),
    ):
        assert place == f"hf://{weights.hub}/{weights.files[0]}@{weights.revision}"


def test_every_network_of_the_package_can_be_asked_for() -> None:
    for names in (checkpoints.NAMES, checkpoints.LARGE):
        assert list(names) == list(PUBLISHED)
        for name in names.values():
            config = checkpoints.yaml.safe_load((checkpoints.CONFIGS / f"{name}.yaml").read_text())
            assert checkpoints.PLACE.fullmatch(config["weights_path"])["hub"] == GATED
            assert checkpoints.PLACE.fullmatch(config["weights_path_without_voice_cloning"])["hub"] == OPEN


def test_the_voices_are_those_of_the_package() -> None:
    names = [name for some in PUBLISHED.values() for name in some.split()]
    assert sorted(names) == sorted(utils._ORIGINS_OF_PREDEFINED_VOICES)
    for code, name in checkpoints.NAMES.items():
        assert PUBLISHED[code].split()[0] == default_parameters.get_default_voice_for_language(name)


# -- the hub's cache ---------------------------------------------------------------------------------------------------


def test_the_open_weights_speak_but_do_not_learn(hub: Hub, context: Context, said: Say, clip: Audio) -> None:
    hub(OPEN)
    engine = PocketTts(PocketParams(), context)
    assert [voice.id for voice in engine.voices()] == ["alba", "juergen"]
    assert said(engine, "Good morning.").duration > 1
    with pytest.raises(EngineUnavailable, match="cannot learn a voice without its cloning weights") as refused:
        engine.clone(clip, CONSENT, PocketOptions())
    assert "accept the terms at https://huggingface.co/kyutai/pocket-tts" in refused.value.hint
    assert said(engine, "Good morning.").duration > 1


def test_the_gated_weights_learn(hub: Hub, context: Context, said: Say, clip: Audio) -> None:
    hub(OPEN, GATED)
    engine = PocketTts(PocketParams(), context)
    before = said(engine, "Good morning.", temperature=0)
    voice = engine.clone(clip, CONSENT, PocketOptions())
    assert said(engine, "Good morning.", voice.id).duration > 1
    assert said(engine, "Good morning.", "alba", temperature=0).frames == before.frames


def test_weights_for_learning_that_came_later_are_taken(hub: Hub, context: Context, said: Say, clip: Audio) -> None:
    hub(OPEN)
    engine = PocketTts(PocketParams(), context)
    said(engine, "Good morning.")
    hub(GATED)
    assert said(engine, "Good morning.", engine.clone(clip, CONSENT, PocketOptions()).id).duration > 1
    assert said(engine, "Good morning.").duration > 1


def test_without_any_network_it_is_told_how_to_get_one(hub: Hub, context: Context) -> None:
    with pytest.raises(EngineUnavailable, match="'pocket-tts-english' are not here") as refused:
        PocketTts(PocketParams(), context)
    assert "allow downloads" in refused.value.hint
    with pytest.raises(EngineUnavailable, match="'pocket-tts-english_2026-09_24l' are not here"):
        PocketTts(PocketParams(size="large"), context)


def test_a_language_that_is_not_here_is_told(hub: Hub, context: Context) -> None:
    hub(OPEN)
    with pytest.raises(EngineUnavailable, match="'pocket-tts-french' are not here"):
        PocketTts(PocketParams(), context).synthesize("Bonjour.", "alba", PocketOptions(language="fr"))


# -- fetching ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def online(hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A hub that gives its open repository to all, and the gated one to nobody; what was asked of it."""
    import huggingface_hub
    from huggingface_hub.errors import GatedRepoError

    cached, asked = huggingface_hub.snapshot_download, list[str]()

    def fetch(repository: str, local_files_only: bool = False, **how: Any) -> str:
        if not local_files_only:
            asked.append(repository)
            if repository == GATED:
                request = httpx.Request("GET", f"https://huggingface.co/{repository}")
                raise GatedRepoError("401", response=httpx.Response(401, request=request))
            if not (tmp_path / "hub" / f"models--{OPEN.replace('/', '--')}").exists():
                hub(OPEN)
        return str(cached(repository, local_files_only=True, **how))

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetch)
    return asked


def test_where_the_gated_weights_are_refused_it_says_so_and_speaks(
    online: list[str], tmp_path: Path, said: Say, clip: Audio
) -> None:
    told: list[str] = []
    engine = PocketTts(PocketParams(), Context(tmp_path / "home", report=told.append))
    assert len(engine.voices()) == 27
    assert online == []  # nothing before somebody speaks
    assert said(engine, "Good morning.").duration > 1
    assert online[:2] == [GATED, OPEN]
    [sentence] = (line for line in told if not line.startswith("downloading"))
    assert sentence.startswith("Pocket TTS speaks with its own voices, but cannot learn others: ")
    assert "accepted its terms" in sentence
    with pytest.raises(EngineUnavailable, match="accepted its terms"):
        engine.clone(clip, CONSENT, PocketOptions())


def test_a_voice_that_the_hub_lacks_for_a_language_is_told(online: list[str], tmp_path: Path) -> None:
    engine = PocketTts(PocketParams(), Context(tmp_path / "home"))
    with pytest.raises(EngineUnavailable, match=r"lacks languages/english/embeddings/marius\.safetensors"):
        engine.synthesize("Good morning.", "marius", PocketOptions())


# -- a folder of one's own ---------------------------------------------------------------------------------------------


@pytest.fixture
def own(tiny: Path, tmp_path: Path) -> Path:
    """A copy of the tiny networks, to be changed."""
    return shutil.copytree(tiny, tmp_path / "own")


def test_voices_of_ones_own(own: Path, context: Context, said: Say) -> None:
    voices = own / "languages" / "english" / "embeddings"
    (voices / "alba.safetensors").rename(voices / "grandma.safetensors")
    engine = PocketTts(PocketParams(folder=str(own)), context)
    assert [voice.id for voice in engine.voices()] == ["grandma", "juergen"]
    assert said(engine, "Good morning.", "grandma").duration > 1


def test_without_voices_it_asks_for_one(own: Path, context: Context, said: Say, clip: Audio) -> None:
    for file in own.rglob("embeddings/*"):
        file.unlink()
    engine = PocketTts(PocketParams(folder=str(own)), context)
    with pytest.raises(ConfigError, match="has no voice here") as refused:
        engine.synthesize("Good morning.", None, PocketOptions())
    assert "clone one" in refused.value.hint
    engine.clone(clip, CONSENT, PocketOptions())
    assert said(engine, "Good morning.").duration > 1


def test_a_network_that_cannot_learn_is_told(own: Path, context: Context, clip: Audio) -> None:
    file = own / "languages" / "english" / "model.safetensors"
    held = safetensors.torch.load_file(file)
    held["flow_lm.speaker_proj_weight"] = torch.zeros_like(held["flow_lm.speaker_proj_weight"])
    safetensors.torch.save_file(held, file)
    with pytest.raises(EngineUnavailable, match="cannot learn voices: the part that would is empty"):
        PocketTts(PocketParams(folder=str(own)), context).clone(clip, CONSENT, PocketOptions())


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("model.safetensors", b"no network", r"model\.safetensors cannot be read as a network of Pocket TTS"),
        ("tokenizer.json", b"{}", "cannot be read as a network of Pocket TTS"),
        ("config.yaml", b": [", r"config\.yaml is no configuration of Pocket TTS"),
        ("config.yaml", b"- 1", r"config\.yaml is no configuration of Pocket TTS"),
        ("embeddings/alba.safetensors", b"", r"alba\.safetensors holds no voice of Pocket TTS"),
    ],
)
def test_damaged_files_are_told(own: Path, context: Context, name: str, content: bytes, told: str) -> None:
    (own / "languages" / "english" / name).write_bytes(content)
    with pytest.raises(EngineUnavailable, match=told) as refused:
        PocketTts(PocketParams(folder=str(own)), context).synthesize("Good morning.", None, PocketOptions())
    assert "fetch it again" in refused.value.hint
    assert "\n" not in str(refused.value)


def test_another_size_of_network_is_told(own: Path, context: Context) -> None:
    (own / "languages" / "english" / "config.yaml").unlink()  # so that the published one is meant
    with pytest.raises(EngineUnavailable, match="cannot be read"):
        PocketTts(PocketParams(folder=str(own)), context).synthesize("Good morning.", None, PocketOptions())


def test_an_empty_folder_is_told(context: Context, tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"lacks languages/english/model\.safetensors"):
        PocketTts(PocketParams(folder=str(tmp_path)), context)
