"""The vocabulary: whole words, in the right case, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechlab import ConfigError, Lab, Recording, Segment, SegmentUpdate, Word
from speechlab.builtin.replace import replaced


@pytest.mark.parametrize(
    ("text", "rules", "result"),
    [
        ("my Speech  lab, yes", (("speech lab", "SpeechLab"),), "my SpeechLab, yes"),
        ("label the lab", (("lab", "studio"),), "label the studio"),
        ("Lab LAB lab", (("lab", "studio"),), "Studio STUDIO studio"),
        ("a b", (("a", "b"), ("b", "a")), "b a"),  # what is written is not searched again
        ("new york city", (("new york", "NY"), ("new york city", "NYC")), "NYC"),  # the longest first
        ("c++ and c", (("c++", "C plus plus"),), "C plus plus and c"),
        ("我在东京都", (("东京", "大阪"),), "我在大阪都"),
        ("um yes", (("um", ""),), " yes"),
        ("x", (("x", "1"), ("x", "2")), "1"),  # the first of two that find the same
        ("nothing", (), "nothing"),
        ("back\\1", (("back", r"\1"),), "\\1\\1"),  # no reference to groups
    ],
)
def test_what_is_written_instead(text: str, rules: tuple[tuple[str, str], ...], result: str) -> None:
    assert replaced(text, rules) == result


def test_parts_of_words_and_exact_case() -> None:
    assert replaced("labels", (("lab", "x"),), whole_words=False) == "xels"
    assert replaced("Lab lab", (("lab", "studio"),), match_case=True) == "Lab studio"


def through(stage: dict[str, object], text: str = "we use Speech lab right now") -> Recording:
    words = tuple(Word(n, n + 1, text=one) for n, one in enumerate(text.split()))
    said = SegmentUpdate(segment=Segment(0, len(words), text=text, id="s1", words=words))
    lab = Lab(discover=False)
    from speechlab.runner import compose

    pipeline = lab.pipeline({"stage": [{"use": "text/replace", **stage}]})
    return Recording.of(compose(pipeline, [said], lab.pool))


def test_rules_come_from_the_pipeline_and_from_a_file_and_words_keep_their_times(tmp_path: Path) -> None:
    file = tmp_path / "vocabulary.txt"
    file.write_text("# ours\n\nspeech lab = SpeechLab\nnow = today\n", encoding="utf-8-sig")
    [segment] = through({"file": str(file), "rules": ["now = tomorrow"]}).transcript
    assert segment.text == "we use SpeechLab right tomorrow"
    assert [(word.text, word.start, word.end) for word in segment.words][2:] == [
        ("SpeechLab", 2, 4),
        ("right", 4, 5),
        ("tomorrow", 5, 6),
    ]


def test_what_is_no_rule_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'speech lab' is no rule"):
        through({"rules": ["speech lab"]})
    with pytest.raises(ConfigError, match="cannot be read"):
        through({"file": str(tmp_path / "none.txt")})
