"""Numbers as words in Chinese and Japanese."""

# ruff: noqa: RUF001 - these are the marks of their scripts

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechlab_wetext.engine import WeText, written

from speechlab import Kind, Lab, Params


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("zh", "今天是2024年3月5日，气温20°C。", "今天是二零二四年三月五日，气温二十摄氏度。"),
        ("zh", "2024-03-05", "二零二四年三月五日"),
        ("zh", "价格是￥3.50，打8折，占20%。", "价格是三点五零元，打八折，占百分之二十。"),
        ("zh", "下午7:30，10:05", "下午七点三十分，十点零五分"),
        ("zh", "5km，1,234,567人，3/4的人", "五公里，一百二十三万四千五百六十七人，四分之三的人"),
        ("zh", "2个人，第3名，-5℃", "两个人，第三名，负五摄氏度"),
        ("zh", "电话13812345678", "电话幺三八幺二三四五六七八"),
        ("zh", "GPT-4和A4纸", "GPT 四和A四纸"),
        ("zh", "看 https://a.b/c1，第2页", "看 https://a.b/c1，第二页"),
        ("ja", "今日は2024年3月5日、気温は20°Cです。", "今日は二千二十四年三月五日、気温は二十度です。"),
        ("ja", "午後7:30、8月1日", "午後七時三十分、八月一日"),
        ("ja", "3,500円、¥500、20%、5km", "三千五百円、五百円、二十パーセント、五キロメートル"),
        ("ja", "1つ、2人、3.14、1/2", "一つ、二人、三点一四、二分の一"),
    ],
)
def test_what_stands_in_texts(language: str, text: str, said: str) -> None:
    assert written(text, language) == said


@given(st.text(alphabet="0123456789.,:-/ ￥%km°C年月日人円个aé\n，。", max_size=30), st.sampled_from(["ja", "zh"]))
def test_no_text_is_too_odd(text: str, language: str) -> None:
    assert not any(map(str.isdecimal, written(text, language)))


def test_a_language_that_is_unknown_stays_as_it_is() -> None:
    engine = WeText(Params(), None)  # type: ignore[arg-type]  # it asks nothing of it
    texts = engine.process(["3", "3", "3", "3人"], ["en", None, "zh-TW", "ja-JP"], Params())
    assert texts == ["3", "3", "三", "三人"]


def test_the_host_finds_it() -> None:
    with Lab() as lab:
        assert "spoken_form" in lab.plugins.engine(Kind.TEXT, "wetext").features
