"""What the tests stand on: a province that is copied for each story, browsers, and what is kept of a failure."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cast
from browser import CHINESE, DESK, WINDOWS, Browser, Trust, Window
from browsers import Browsers
from keeping import keep, watched
from offices import Offices
from pages import PAGES, Page
from province import REPOSITORY, Province
from scene import Scene, set_scene


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tributary")
    build = REPOSITORY / ".build"
    group.addoption("--binary", type=Path, default=build / "release/tributary", help="the program under test")
    group.addoption("--kept", type=Path, default=build / "browser", help="where logs and pictures of failures go")
    group.addoption("--screens", type=Path, help="a directory for pictures of every page; without, none are made")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--screens") is None:
        items[:] = [item for item in items if "screens" not in item.fixturenames]
    # Every check of one page before the next page.
    items.sort(key=lambda item: (item.path, *_page(item)))


def _page(item: pytest.Item) -> tuple[int, str, str]:
    about = getattr(getattr(item, "callspec", None), "params", {})
    if not isinstance(about.get("page"), Page):
        return (-1, "", "")
    return (PAGES.index(about["page"]), str(about.get("window", DESK)), about.get("language", CHINESE))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.when != "teardown" and report.failed:
        keep(item.config.getoption("--kept") / re.sub(r"[^\w.-]+", "-", item.nodeid))
    return report


@pytest.fixture(scope="session")
def binary(request: pytest.FixtureRequest) -> Path:
    path = request.config.getoption("--binary").resolve()
    if not path.exists():
        pytest.exit(f"{path} is missing: build it with `make build`, or name another with --binary", returncode=4)
    return path


@pytest.fixture(scope="session")
def screens(request: pytest.FixtureRequest) -> Path:
    return request.config.getoption("--screens")


@pytest.fixture(scope="session")
def founded(binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """A province with its libraries and accounts, at rest. Stories play in copies of it."""
    with Province.found(binary, tmp_path_factory.mktemp("province") / "founded") as province:
        province.start()
        province.bring_libraries()
        province.open_accounts(cast.EVERYBODY)
        province.stop()
        yield province


@pytest.fixture
def province(founded: Province, tmp_path: Path) -> Iterator[Province]:
    """A running province of this test's own."""
    with founded.copy(tmp_path / "province") as province:
        watched.append(province)
        try:
            province.start()
            yield province
        finally:
            watched.remove(province)


@pytest.fixture(scope="session")
def shown(founded: Province, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Province, Scene]]:
    """The running province whose pages are looked at one by one; nobody changes it."""
    with founded.copy(tmp_path_factory.mktemp("shown") / "province") as province:
        province.start()
        yield province, set_scene(province)


@pytest.fixture(scope="session")
def trust(founded: Province, tmp_path_factory: pytest.TempPathFactory) -> Trust:
    return Trust(founded.root_certificate, tmp_path_factory.mktemp("home"))


@pytest.fixture
def browsers(trust: Trust) -> Iterator[Browsers]:
    """Browsers with empty profiles; none may have complained or asked another host when the test is over."""
    browsers = Browsers(trust)
    try:
        yield browsers
        browsers.assert_clean()
    finally:
        browsers.close()


@pytest.fixture(scope="session")
def seats(trust: Trust) -> Iterator[dict[tuple[Window, str], Browser]]:
    """Browsers that look at one page after another, by window and language: opened once, wiped between."""
    seats: dict[tuple[Window, str], Browser] = {}
    yield seats
    for browser in seats.values():
        browser.__exit__()


@pytest.fixture(params=WINDOWS, ids=str)
def window(request: pytest.FixtureRequest) -> Window:
    """Every story is played in both windows."""
    return request.param


@pytest.fixture
def offices(province: Province, browsers: Browsers, window: Window) -> Offices:
    return Offices(province, browsers, window)
