"""The web lab in a notebook: a frame, a server behind it, and nothing left when it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from speechlab import Lab
from speechlab.jobs import Order

VISITOR = {"x-visitor": "0123456789abcdef0123456789abcdef"}


@pytest.fixture
def lab(home: Path) -> Iterator[Lab]:
    lab = Lab(discover=False, home=home)
    yield lab
    lab.close()


def test_the_page_is_shown_in_a_frame_until_it_is_closed(lab: Lab, home: Path) -> None:
    shown = lab.show(height=700)
    try:
        html = shown._repr_html_()
        assert f'src="{shown.url}"' in html
        assert 'height="700"' in html
        assert "microphone" in html
        assert shown.url in repr(shown)
        page = httpx.get(shown.url)
        assert page.status_code == 200
        assert "speechlab-max-upload-mb" in page.text
        assert "x-frame-options" not in page.headers

        sent = httpx.post(f"{shown.url}lab/uploads", params={"name": "talk.wav"}, headers=VISITOR, content=b"sound")
        assert sent.json()["upload"]
        assert list(home.glob("uploads/*/*/talk.wav"))
    finally:
        shown.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(shown.url)
    assert not list(home.glob("uploads/*"))
    job = lab.jobs.submit("me", Order(name="talk", sound="talk.wav", pipeline="toy-captions"))
    assert job.over.result(20).state == "failed"  # there is no such file, but the lab still works
    assert "talk.wav" in str(job.error)


def test_who_does_not_say_who_they_are_is_refused(lab: Lab) -> None:
    shown = lab.show()
    try:
        for headers in ({}, {"x-visitor": "api"}, {"x-visitor": "short"}):
            sent = httpx.post(f"{shown.url}lab/uploads", params={"name": "a.wav"}, headers=headers, content=b"sound")
            assert sent.status_code == 400
    finally:
        shown.close()
