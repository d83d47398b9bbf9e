"""Let each of Kokoro's voices say a sentence, and write down how it sounds to the speaker encoder.

    pip install speechlab-kokoro speechlab-voicematch
    python embed_voices.py FOLDER

``kokoro.npz`` has ``names`` and ``voices``, (54, 256), each of length 1. It takes about four minutes of one core.
``ge2e.onnx`` must lie in the folder; ``export_encoder.py`` makes it.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
from platformdirs import user_data_path
from speechlab_kokoro import KokoroOptions, KokoroParams
from speechlab_kokoro.engine import Kokoro
from speechlab_voicematch.speaker import SpeakerEncoder

from speechlab import Audio, Context

SENTENCE = "Every morning the children walk to school along the river, talking and laughing together."
ALL = 54


def main() -> None:
    folder = Path(sys.argv[1])
    encoder = SpeakerEncoder(folder)
    kokoro = Kokoro(KokoroParams(), Context(user_data_path("speechlab", appauthor=False), report=print))
    names = kokoro.styles()
    if len(names) < ALL:
        raise SystemExit(f"there are only {len(names)} of {ALL} voices: npm or the hub is needed once")
    spoken = (Audio.join(kokoro.synthesize(SENTENCE, name, KokoroOptions(language="en-US"))) for name in names)
    voices = np.stack([encoder.embed(audio) for audio in spoken])
    target = folder / "kokoro.npz"
    np.savez(target, names=np.array(names), voices=voices)
    print(f"{target.name}: {len(names)} voices, sha256 {hashlib.sha256(target.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
