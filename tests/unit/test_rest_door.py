"""The password: for programs with each request, for people once, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest
from fastapi import FastAPI, WebSocket
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from speechlab import Lab
from speechlab.rest.app import create_app
from speechlab.rest.door import COOKIE
from speechlab.rest.serving import serving

PASSWORD = "lantern & öl"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    lab = Lab(discover=False, home=tmp_path_factory.mktemp("lab"))
    app = create_app(lab, ui=False, password=PASSWORD)

    @app.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("in")

    @app.get("/")
    async def page() -> str:
        return "the page"

    return app


@pytest.fixture(scope="module")
def url(app: FastAPI) -> Iterator[str]:
    with serving(app) as url:
        yield url


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speechlab.rest.door.PAUSE", 0.01)


def test_a_key_that_is_the_password_opens(url: str) -> None:
    answer = httpx.get(f"{url}/v1/models", headers={"authorization": f"Bearer {PASSWORD}".encode()})
    assert answer.status_code == 200


def test_a_wrong_key_is_the_clients_own_error(url: str) -> None:
    client = openai.OpenAI(base_url=f"{url}/v1", api_key="guess", max_retries=0)
    with client, pytest.raises(openai.AuthenticationError) as caught:
        client.models.list()
    assert caught.value.code == "invalid_api_key"


def test_basic_authentication_takes_it_under_any_name(url: str) -> None:
    assert httpx.get(f"{url}/v1/models", auth=("me", PASSWORD)).status_code == 200
    assert httpx.get(f"{url}/v1/models", auth=("me", "guess")).status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Basic not-base64!", "Digest x", f"Basic {PASSWORD}"])
def test_anything_else_is_refused(url: str, header: str) -> None:
    answer = httpx.get(f"{url}/v1/engines", headers={"authorization": header.encode()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_health_is_for_anybody(url: str) -> None:
    assert httpx.get(f"{url}/healthz").status_code == 200


def test_people_type_it_once(url: str) -> None:
    with httpx.Client(base_url=url, headers={"accept": "text/html"}, follow_redirects=True) as browser:
        asked = browser.get("/")
        assert asked.url.path == "/login"
        assert "This lab asks for a password" in asked.text
        wrong = browser.post("/login", data={"password": "guess"})
        assert wrong.status_code == 401
        assert "That is not the password" in wrong.text
        right = browser.post("/login", data={"password": PASSWORD})
        assert right.json() == "the page"
        assert browser.get("/v1/models").status_code == 200
        [cookie] = [c for c in browser.cookies.jar if c.name == COOKIE]
        assert PASSWORD not in str(cookie.value)
        assert cookie.has_nonstandard_attr("HttpOnly")


def test_a_form_without_end_is_refused(url: str) -> None:
    assert httpx.post(f"{url}/login", content=b"password=" + b"x" * 10_000).status_code == 413


def test_a_forged_cookie_is_refused(url: str) -> None:
    assert httpx.get(f"{url}/v1/models", cookies={COOKIE: "forged"}).status_code == 401


def test_a_socket_needs_it_too(url: str) -> None:
    address = url.replace("http", "ws") + "/socket"
    with pytest.raises(InvalidStatus) as caught:
        connect(address)
    assert caught.value.response.status_code == 403
    with httpx.Client(base_url=url) as browser:
        browser.post("/login", data={"password": PASSWORD})
        cookie = f"{COOKIE}={browser.cookies[COOKIE]}"
    with connect(address, additional_headers={"cookie": cookie}) as socket:
        assert socket.recv() == "in"


def test_without_a_password_there_is_no_door(home: Path) -> None:
    lab = Lab(discover=False, home=home)
    with serving(create_app(lab, ui=False)) as url:
        assert httpx.get(f"{url}/v1/models").status_code == 200


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-origin", 200), ("same-site", 200)])
def test_pages_of_other_sites_are_not_let_work_here(home: Path, site: str, status: int) -> None:
    lab = Lab(discover=False, home=home)
    app = create_app(lab, ui=False)
    app.add_api_route("/work", lambda: "done", methods=["GET", "POST"])
    with serving(app) as url:
        assert httpx.post(f"{url}/work", headers={"sec-fetch-site": site}).status_code == status
        assert httpx.get(f"{url}/work", headers={"sec-fetch-site": site}).status_code == 200  # a link to the page
