"""The harness itself, on a small site of its own: each check passes what is right and fails what is wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.common.exceptions import WebDriverException

import checks
from accessibility import assert_accessible, violations
from browser import CHINESE, DESK, ENGLISH, PHONE, Browser, Trust
from keeping import watched
from lines import Line
from province import run
from static_site import StaticSite

STYLE = "body{margin:0}a:focus,button:focus,input:focus{outline:3px solid #06c}"


ICON = "<svg xmlns='http://www.w3.org/2000/svg'/>"


def document(body: str, language: str = ENGLISH, head: str = "") -> str:
    other, name = (CHINESE, "中文") if language == ENGLISH else (ENGLISH, "English")
    path = "/zh" if language == ENGLISH else "/"
    return (
        f'<!doctype html><html lang="{language}"><head><title>Home</title><link rel="icon" href="/icon.svg">'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>{head}</head>'
        f'<body data-template="home"><header><a href="{path}" lang="{other}" hreflang="{other}">{name}</a></header>'
        f"<main>{body}</main></body></html>"
    )


GOOD = (
    '<h1>Home</h1><p>Case of <span translate="no" lang="zh-Hans">孙样明</span></p>'
    '<form method="post" action="/note"><label>Note <input name="a-note"></label>'
    '<label>Day <input type="date" name="day"></label>'
    '<label>Kind <select name="kind"><option value="a">A</option><option value="b">B</option></select></label>'
    '<label>Photo <input type="file" name="photo" accept="image/*" capture="environment"></label>'
    '<label><input type="radio" name="size" value="1">One</label>'
    '<label><input type="radio" name="size" value="2">Two</label><button data-act="note">Note it</button></form>'
)


@pytest.fixture(scope="module")
def identity(binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("site")
    topology = data / "topology.yaml"
    topology.write_text('divisions:\n  - { code: "440000", name: 广东省, level: province, '
                        'node: { host: "127.0.0.1", port: 7441 } }\n')
    run(binary, "pki", "init", "--data", data, "--topology", topology)
    return data / "identity"


@pytest.fixture
def site(identity: Path) -> Iterator[StaticSite]:
    texts = {"/": document(GOOD), "/zh": document("<h1>首页</h1>", CHINESE), "/icon.svg": ICON}
    with StaticSite(identity, texts) as site:
        yield site


@pytest.fixture
def open_browser(identity: Path, tmp_path: Path) -> Iterator[Callable[..., Browser]]:
    trust = Trust(identity / "root.pem", tmp_path / "home")
    opened: list[Browser] = []

    def opening(*arguments: object) -> Browser:
        opened.append(Browser(trust, *arguments))
        watched.append(opened[-1])
        return opened[-1]

    yield opening
    watched.clear()
    for browser in opened:
        browser.__exit__()


def test_a_good_page_passes_every_check(site: StaticSite, open_browser: Callable[..., Browser]) -> None:
    browser = open_browser(PHONE, ENGLISH)
    browser.visit(site.address + "/")
    assert browser.page == "home"
    assert browser.driver.execute_script("return [innerWidth, innerHeight, isSecureContext]") == [390, 844, True]
    assert_accessible(browser)
    checks.assert_fits(browser)
    checks.assert_keyboard_reaches_everything(browser)
    checks.assert_one_language(browser, ENGLISH)
    checks.assert_light(browser, site.address + "/")
    checks.assert_works_without_scripts(browser, site.address + "/")
    assert browser.complaints == []
    assert browser.foreign_requests(site.address) == []


@pytest.mark.parametrize("body, check, words", [
    ("<h1>Home</h1><img src='/x.svg'><button></button>", assert_accessible, "button-name"),
    ("<h1>Home</h1><p style='width:1000px'>wide", checks.assert_fits, "at 768"),
    ("<h1>Home</h1><a href='/' tabindex='-1'>x</a><button style='outline:none'>b</button>",
     checks.assert_keyboard_reaches_everything, "no ring"),
    ("<h1>Home</h1><button style='position:fixed;left:-999px'>b</button>",
     checks.assert_keyboard_reaches_everything, "outside the window"),
    ("<h1>Home</h1><a href='/' style='display:block;width:0;height:0;overflow:hidden'>x</a>",
     checks.assert_keyboard_reaches_everything, "no extent"),
    ("<h1>Home</h1><img src='/x.svg' alt='案件'>", lambda browser: checks.assert_one_language(browser, ENGLISH), "案件"),
], ids=["axe", "overflow", "ring", "outside", "extent", "language"])
def test_a_bad_page_fails(
    site: StaticSite, open_browser: Callable[..., Browser], body: str, check: Callable[[Browser], None], words: str,
) -> None:
    site.texts |= {"/": document(body), "/x.svg": ICON}
    browser = open_browser(DESK, ENGLISH)
    browser.visit(site.address + "/")
    with pytest.raises(AssertionError, match=words):
        check(browser)


def test_english_on_a_chinese_page_fails(site: StaticSite, open_browser: Callable[..., Browser]) -> None:
    browser = open_browser(DESK, CHINESE)
    browser.visit(site.address + "/")
    browser.speak(CHINESE)
    checks_fail = pytest.raises(AssertionError, match="Home")
    with checks_fail:
        checks.assert_one_language(browser, CHINESE)


def test_a_heavy_page_fails(site: StaticSite, open_browser: Callable[..., Browser]) -> None:
    site.texts |= {"/": document(GOOD, head='<script src="/big.js" defer></script>'), "/big.js": "//" + "x" * 200_000}
    browser = open_browser(DESK, ENGLISH)
    with pytest.raises(AssertionError, match="big.js"):
        checks.assert_light(browser, site.address + "/")


def test_what_only_scripts_offer_is_found(site: StaticSite, open_browser: Callable[..., Browser]) -> None:
    script = "document.querySelector('main').insertAdjacentHTML('beforeend', '<a href=\"/more\">more</a>')"
    site.texts |= {"/": document(GOOD, head='<script src="/a.js" defer></script>'), "/a.js": script}
    browser = open_browser(DESK, ENGLISH)
    with pytest.raises(AssertionError, match="/more"):
        checks.assert_works_without_scripts(browser, site.address + "/")


def test_console_errors_and_other_hosts_are_heard(site: StaticSite, open_browser: Callable[..., Browser]) -> None:
    site.texts["/"] = document(
        GOOD + "<img src='https://127.0.0.1:9/x.png' alt='x'><script>evil()</script>"
        "<link rel='stylesheet' href='/missing.css'>")
    browser = open_browser(DESK, ENGLISH)
    browser.visit(site.address + "/")
    browser.read_logs()
    heard = "\n".join(browser.complaints)
    assert "127.0.0.1:9" in heard and "script-src" in heard and "missing.css" in heard
    site.texts["/"] = document(GOOD)
    other = open_browser(DESK, ENGLISH)
    other.visit(site.address + "/")
    assert site.address + "/" in other.foreign_requests("https://localhost:1")
    with other.tolerating("status of 404"):
        other.visit(site.address + "/missing.css")
    assert other.complaints == []


def test_a_person_fills_a_form(site: StaticSite, open_browser: Callable[..., Browser], tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"PNG of a scene")
    browser = open_browser(PHONE, CHINESE)
    browser.visit(site.address + "/")
    browser.fill("/note", a_note="渣土", day="2026-11-20", kind="b", size="2", photo=str(photo))
    browser.submit("/note")
    assert len(site.posted) == 1
    for value in ("a-note=%E6%B8%A3%E5%9C%9F", "day=2026-11-20", "kind=b", "size=2", "photo=photo.png"):
        assert value in site.posted[0]


WORKER = """
self.addEventListener("install", event => event.waitUntil(
    caches.open("a").then(cache => cache.addAll(["/", "/app.js"]))))
self.addEventListener("activate", event => event.waitUntil(self.clients.claim()))
self.addEventListener("fetch", event => event.respondWith(
    fetch(event.request).catch(() => caches.match(event.request))))
"""
APP = """
navigator.serviceWorker.register("/worker.js")
navigator.serviceWorker.ready.then(() => document.body.dataset.worker = "ready")
document.body.dataset.online = navigator.onLine
document.querySelector("[data-act=note]").addEventListener("click", event => {
    event.preventDefault()
    navigator.geolocation.getCurrentPosition(where => document.body.dataset.place = where.coords.latitude)
})
"""


def test_a_phone_works_without_its_line(site: StaticSite, open_browser: Callable[..., Browser]) -> None:
    head = '<script src="/app.js" defer></script>'
    site.texts |= {"/": document(GOOD, head=head), "/app.js": APP, "/worker.js": WORKER}
    line = Line(site.port)
    browser = open_browser(PHONE, ENGLISH)
    browser.visit(f"https://localhost:{line.port}/")
    browser.find('body[data-worker="ready"]')
    line.cut()
    with browser.tolerating("net::ERR_"):
        browser.leave_network()
        browser.visit(f"https://localhost:{line.port}/")
        assert browser.find("body").get_attribute("data-online") == "false"
        browser.stand_at(22.25, 112.78)
        browser.click("[data-act=note]")
        browser.find('body[data-place="22.25"]')
    line.mend()
    browser.join_network()
    browser.visit(f"https://localhost:{line.port}/")
    assert browser.find("body").get_attribute("data-online") == "true"
    assert browser.wire_bytes(f"https://localhost:{line.port}/")[f"https://localhost:{line.port}/app.js"] > len(APP)
    browser.read_logs()
    assert browser.complaints == []
    browser.forget()
    line.cut()
    with pytest.raises(WebDriverException, match="ERR_CONNECTION_REFUSED"):
        browser.visit(f"https://localhost:{line.port}/")


def test_axe_itself_is_current(site: StaticSite, open_browser: Callable[..., Browser]) -> None:
    browser = open_browser(DESK, ENGLISH)
    browser.visit(site.address + "/")
    assert violations(browser) == []
    assert browser.driver.execute_script("return axe.version").startswith("4.")
