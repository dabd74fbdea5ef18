"""The API and the console of a live node: generated requests are answered as described, hostile ones change and show
nothing."""

import html
import subprocess
import sys
from pathlib import Path

import pytest

API = Path(__file__).resolve().parent / "api"
sys.path.insert(0, str(API))

from markup import MARKUP, UNFILLED, Shown  # noqa: E402

REQUESTS = 5_000
# The same requests every time, so that a submission fails for what it changes; the scripts alone draw others each time.
SEED = "1"


@pytest.mark.parametrize(
    "arguments", [["described.py", "--requests", str(REQUESTS)], ["hostile.py"], ["hostile_console.py"]],
    ids=["described", "hostile", "hostile-console"])
def test_requests_that_nobody_should_send(arguments: list[str], request: pytest.FixtureRequest) -> None:
    script, *options = arguments
    ended = subprocess.run(
        [sys.executable, API / script, request.config.getoption("--binary"), "--seed", SEED, *options],
        capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("place", ["<p>{}</p>", "<input name='a' value=\"{}\">", "<textarea name='a'>{}</textarea>"])
@pytest.mark.parametrize("text", [*MARKUP, UNFILLED])
def test_escaped_markup_is_text(text: str, place: str) -> None:
    shown = Shown(f"<form action='/x'>{place.format(html.escape(text))}</form>")
    assert shown.is_marked
    assert not shown.faults


@pytest.mark.parametrize("text", MARKUP)
def test_markup_that_was_not_escaped_is_found(text: str) -> None:
    places = ["<p>{}</p>", "<input value=\"{}\">", "<input value='{}'>", "<title>{}</title>", "<textarea>{}</textarea>"]
    assert any(Shown(place.format(text)).faults for place in places)


@pytest.mark.parametrize("page", [
    "<a href='java&#10;script:tributary()'>x</a>", "<a href='//elsewhere.example'>x</a>", "<p style='x:tributary'>x</p>",
    "<script src='https://elsewhere.example/x.js'></script>", "<script src='/assets/../x.js'></script>", "<!-- tributary -->",
    "<meta http-equiv='refresh' content='0'>", "<form action='https://elsewhere.example'></form>", "<p>tributary-x-zh</p>",
])
def test_what_no_page_has_of_itself_is_found(page: str) -> None:
    assert Shown(page).faults
