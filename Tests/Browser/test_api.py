"""The API of a live node: generated requests are answered as described, hostile ones change and show nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

API = Path(__file__).resolve().parent / "api"
# Enough to meet every operation some times; the whole five thousand are for a longer run by hand.
REQUESTS = 1_000


@pytest.mark.parametrize(
    "arguments", [["described.py", "--requests", str(REQUESTS)], ["hostile.py"]], ids=["described", "hostile"])
def test_requests_that_nobody_should_send(arguments: list[str], request: pytest.FixtureRequest) -> None:
    script, *options = arguments
    ended = subprocess.run(
        [sys.executable, API / script, request.config.getoption("--binary"), *options], capture_output=True, text=True,
        check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
