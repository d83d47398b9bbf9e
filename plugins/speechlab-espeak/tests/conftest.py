"""A pretended espeak-ng, which tells how it was called, so that what goes around the real one can be tested."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from speechlab_espeak import EspeakParams
from speechlab_espeak.engine import Espeak

from speechlab import Context

VOICES = """\
Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  af              --/M      Afrikaans          gmw/af               
 5  chr-US-Qaaa-x-west --/M      Cherokee_          iro/chr              
 5  cmn             --/M      Chinese_(Mandarin,_latin_as_English) sit/cmn              (zh-cmn 5)(zh 5)
 5  cmn-latn-pinyin --/M      Chinese_(Mandarin,_latin_as_Pinyin) sit/cmn-Latn-pinyin  (zh-cmn 5)(zh 5)
 5  en-029          --/M      English_(Caribbean) gmw/en-029           (en 10)
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 2  en-us           --/M      English_(America)  gmw/en-US            (en 3)
 5  eu              --/M      Basque             eu                   
 5  pt              --/M      Portuguese_(Portugal) roa/pt               (pt-pt 5)
 5  pt-br           --/M      Portuguese_(Brazil) roa/pt-BR            (pt 6)
 5  yue             --/M      Chinese_(Cantonese) sit/yue              (zh-yue 5)(zh 8)
 5  yue             --/M      Chinese_(Cantonese,_latin_as_Jyutping) sit/yue-Latn-jyutping (zh-yue 5)(zh 8)
"""
VARIANTS = """\
Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  variant         --/F      Annie              !v/Annie             
 5  variant         --/F      female3            !v/f3                
 5  variant         50/M      male8              !v/m8                
"""
PROGRAM = f"""#!{sys.executable}
import json, struct, sys, time
arguments = sys.argv[1:]
if arguments == ["--voices"]:
    print({VOICES!r}, end="")
elif arguments == ["--voices=variant"]:
    print({VARIANTS!r}, end="")
else:
    text = sys.stdin.read()
    if "sleep" in text:
        time.sleep(60)
    if "fail" in text:
        print("warning: x", file=sys.stderr)
        sys.exit("no such data")
    with open({{log!r}}, "a") as log:
        log.write(json.dumps([arguments, text]) + "\\n")
    if "nonsense" in text:
        print("Hello")
    elif "silence" not in text:
        format = struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
        unknown = struct.pack("<I", 0x7FFFF000)
        head = b"RIFF" + unknown + b"WAVEfmt " + format + b"data" + unknown
        sys.stdout.buffer.write(head + struct.pack("<h", 16384) * 10 * len(text))
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[tuple[list[str], str]]]:
    """Puts it on the path; gives the arguments and the text of each call."""
    folder, log = tmp_path / "bin", tmp_path / "log"
    folder.mkdir()
    (folder / "espeak-ng").write_text(PROGRAM.replace("{log!r}", repr(str(log))))
    (folder / "espeak-ng").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))

    def calls() -> list[tuple[list[str], str]]:
        lines = log.read_text().splitlines() if log.exists() else []
        return [(arguments, text) for arguments, text in map(json.loads, lines)]

    return calls


@pytest.fixture
def pretended(asked: object) -> Espeak:
    return Espeak(EspeakParams(timeout=60), Context(Path("nowhere"), download=False))
