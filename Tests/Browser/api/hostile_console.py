"""Sends a live console what nobody should send, and looks whether anything gave way.

    .browser/bin/python Tests/Browser/api/hostile_console.py .build/release/tributary [--seed N]

Markup in every text field of every form of every page, all pages read back afterwards; forms without a session's secret
or with somebody else's, and from other sites; every page and form for every role that may not open it; ways out of a
folder in every part of every address; forms, files, queries and headers that are far too large or of another kind;
cookies that nobody gave out; addresses of other hosts to be sent on to.

None of it may be a server error, take longer than ten seconds, change what its sender may not, or come back in a page
as anything but text.
"""

import argparse
import collections
import csv
import http.client
import io
import json
import random
import re
import ssl
import sys
import time
import xml.etree.ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator
from urllib.parse import quote, urlencode, urlsplit

from hostile_pages import EVERYBODY, READ, SENT
from live import LiveNode, Node, OneOffice
from markup import MARK, MARKUP, UNFILLED, Form, Shown
from tally import Tally

import cast
from cast import Person
from pages import PAGES, Page
from province import LIBRARIES, REPOSITORY
from scene import Desk, Scene, case_up_to, directive, numbers_are_leased, officer_person, published_case, verification

SECONDS_MAX = 10
WALK_MAX, PER_TEMPLATE_MAX = 90, 6

TEXTS = [
    *MARKUP, UNFILLED, "\" onfocus=tributary() autofocus x=\"", "' onfocus=tributary() x='",
    "&lt;script&gt;tributary()&lt;/script&gt;", "=HYPERLINK(\"tributary\")", "javascript:tributary()",
]
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
WAYS_OUT = [
    "..", "%2e%2e", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2fnode.yaml", "..%5c..%5cidentity", "%252e%252e%252fnode.yaml",
    "%00", "%20", "%c0%ae%c0%ae%2fnode.yaml", "%", "%zz", "%ff%fe", "x%0d%0aSet-Cookie:%20tributary=1", "A" * 9_000,
    "%3Cscript%3Etributary()%3C%2Fscript%3E", "file:%2f%2f%2fetc%2fpasswd", "%EF%BC%8E%EF%BC%8E%2Fnode.yaml",
]
SECRETS = [b"root:x:0", b"BEGIN PRIVATE KEY", b"BEGIN EC PRIVATE", b"topology: topology.yaml", b"saved-by: \"words\""]
PERSONAL = [b"440781189907", "样板街".encode(), "涉嫌".encode()]
ELSEWHERE = ["https://elsewhere.example", "null", "http://localhost", "https://localhost.elsewhere.example", "file://"]
PEOPLE = {
    "officer": cast.OFFICER, "reviewer": cast.REVIEWER, "responsible": cast.HEAD, "supervisor": cast.SUPERVISOR,
    "librarian": cast.LIBRARIAN, "operator": cast.OPERATOR, "citizen": None,
}
# Templates on which a hostile text must have been seen, as text: where none of them arrived, nothing was tried.
SHOWING = {
    "case", "cases", "case-facts", "step", "work", "officer", "operation-tokens", "operation-accounts", "directive",
    "conflict", "publicity-entry", "statutes",
}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    shown: Shown | None = None


class Attack(Tally):
    """Looks at what pages answer."""

    def __init__(self, node: Node, seed: int):
        super().__init__(node, seed)
        # Templates that showed a hostile text as text.
        self.showing: collections.Counter[str] = collections.Counter()
        self.context = ssl.create_default_context(cafile=str(node.office.directory / "identity" / "root.pem"))

    def look(self, name: str, answer: Answer, is_paper: bool = False) -> None:
        """What may stand in no answer, whatever was sent."""
        kind = answer.headers.get("content-type", "")
        if answer.status >= 500:
            self.fault(f"{name}: {answer.status} {answer.body[:300]!r}")
        if f"{MARK}=1" in answer.headers.get("set-cookie", ""):
            self.fault(f"{name}: a header was made out of an input")
        goal = answer.headers.get("location", "/")
        if not re.match(r"/(?![/\\])", goal):
            self.fault(f"{name}: it sends on to {goal!r}")
        if any(secret in answer.body for secret in SECRETS):
            self.fault(f"{name}: it shows a file of the node")
        policy = answer.headers.get("content-security-policy", "")
        # Heads that are too large are refused before anybody has read them, without a word.
        if answer.status in (400, 431, 414) and not answer.body and not policy:
            return
        if "default-src 'none'" not in policy or "unsafe-inline" in policy.partition("script-src")[2].partition(";")[0]:
            self.fault(f"{name}: its content security policy is {policy!r}")
        if answer.headers.get("x-content-type-options") != "nosniff":
            self.fault(f"{name}: a browser may guess what it is")
        if "html" in kind:
            text = answer.body.decode("utf-8", "replace")
            answer.shown = Shown(text, is_paper)
            for words in answer.shown.faults:
                self.fault(f"{name}: {words}")
            if answer.shown.is_marked:
                self.showing[answer.shown.template] += 1
        elif "xml" in kind:
            feed = xml.etree.ElementTree.fromstring(answer.body)
            for element in feed.iter():
                if MARK in element.tag or any(MARK in attribute for attribute in element.attrib):
                    self.fault(f"{name}: <{element.tag}> in the feed")
        elif "csv" in kind:
            for row in csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))):
                for cell in row:
                    if MARK in cell and cell.startswith(FORMULA):
                        self.fault(f"{name}: a spreadsheet computes {cell!r}")

    def kept(self) -> dict[str, Any]:
        """What shows that anything was written, beside what the node writes of its own accord."""
        node = self.node
        accounts = node.call("GET", "/v1/accounts?limit=100", role="operator")["accounts"]
        operation = node.call("GET", "/v1/operation", role="operator")
        return {
            **node.held(),
            "accounts": [
                {name: account.get(name) for name in ("certificate", "name", "role", "division", "body", "state")}
                for account in accounts
            ],
            "tokens": sorted(token["label"] for token in operation["tokens"]),
            "jobs": [job["id"] for job in node.call("GET", "/v1/operation/jobs", role="operator")["jobs"]],
        }


class Visitor:
    """Somebody at the console without a browser, signed in or not."""

    def __init__(self, attack: Attack, person: Person | None):
        self.attack, self.person = attack, person
        self.cookie, self.secret = "", ""
        self.line: http.client.HTTPSConnection | None = None
        if person is not None:
            answer = self.ask(None, "POST", "/sign-in", [
                ("certificate", person.certificate), ("password", cast.PASSWORD)])
            self.cookie = answer.headers.get("set-cookie", "").partition(";")[0]
            if answer.status != 303 or not self.cookie:
                raise RuntimeError(f"{person.role} cannot sign in: {answer.status}")
            page = self.ask(None, "GET", "/password")
            self.secret = re.search(rb'<meta name="csrf" content="([^"]+)">', page.body)[1].decode()

    def ask(
        self, sort: str | None, method: str, target: str, form: list[tuple[str, str]] | bytes | None = None,
        headers: dict[str, str] | None = None, cookie: str | None = None, is_paper: bool = False,
    ) -> Answer:
        """One request; an input where it is of a sort. Nothing is followed."""
        if sort is not None:
            self.attack.inputs[sort] += 1
        fields = {"Cookie": self.cookie if cookie is None else cookie, "Accept-Language": "zh-CN"}
        body = form
        if isinstance(form, list):
            body = urlencode(form, errors="surrogatepass").encode()
            fields["Content-Type"] = "application/x-www-form-urlencoded"
        fields.update(headers or {})
        fields = {name: value for name, value in fields.items() if value}
        name = f"{sort}: {self.person.role if self.person else 'citizen'}: {method} {target[:160]}"
        began = time.monotonic()
        try:
            answer = self._exchange(method, target, body, fields)
        except TimeoutError:
            self.attack.fault(f"{name}: no answer within {SECONDS_MAX} s")
            return Answer(0, {}, b"")
        if answer.status and time.monotonic() - began > SECONDS_MAX:
            self.attack.fault(f"{name}: it took longer than {SECONDS_MAX} s")
        self.attack.statuses[str(answer.status)] += 1
        if answer.status:
            self.attack.look(name, answer, is_paper)
        return answer

    def _exchange(self, method: str, target: str, body: bytes | None, fields: dict[str, str]) -> Answer:
        """Over the line that is open, or a new one where the node has closed that; status 0 where it closes both."""
        for _ in range(2):
            if self.line is None:
                self.line = http.client.HTTPSConnection(
                    "localhost", self.attack.node.office.console_port, timeout=SECONDS_MAX, context=self.attack.context)
            try:
                self.line.putrequest(method, target, skip_accept_encoding=True, skip_host="Host" in fields)
                for field, value in fields.items():
                    self.line.putheader(field, value.encode("utf-8", "surrogatepass"))
                if body is not None and "Content-Length" not in fields:
                    self.line.putheader("Content-Length", str(len(body)))
                try:
                    self.line.endheaders(body)
                except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                    # Whoever sends too much is answered before he has sent it all.
                    pass
                got = self.line.getresponse()
                answer = Answer(
                    got.status, {field.lower(): value for field, value in got.getheaders()}, got.read())
                if got.will_close:
                    self.line = None
                return answer
            except TimeoutError:
                self.line = None
                raise
            except (http.client.HTTPException, OSError):
                self.line = None
        return Answer(0, {}, b"")

    def send(
        self, sort: str, form: Form, values: list[tuple[str, str]], file: tuple[str, str, bytes] | None = None,
        follows: bool = True,
    ) -> Answer:
        """Sends a form as a browser does, with its own secret; if it `follows`, it looks at where that leads."""
        if form.method == "get":
            path = form.action.partition("#")[0].partition("?")[0]
            return self.ask(sort, "GET", f"{path}?{urlencode(values, errors='surrogatepass')}")
        values = [(name, self.secret if name == "csrf" else value) for name, value in values]
        if form.has_files:
            body, kind = multipart(form, values, file)
            answer = self.ask(sort, "POST", form.action, body, {"Content-Type": kind})
        else:
            answer = self.ask(sort, "POST", form.action, values)
        if follows and answer.status == 303:
            return self.ask(None, "GET", answer.headers["location"].partition("#")[0])
        return answer


def multipart(
    form: Form, values: list[tuple[str, str]], file: tuple[str, str, bytes] | None,
) -> tuple[bytes, str]:
    """A form with files as bytes, and its media type."""
    name, kind, content = file or ("scene.png", "image/png", b"\x89PNG\r\n\x1a\n")
    parts = []
    for control in form.fields:
        if control.sort == "file":
            parts.append(
                f'Content-Disposition: form-data; name="{control.name}"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
                .encode("utf-8", "surrogatepass") + content)
    parts += [
        f'Content-Disposition: form-data; name="{field}"\r\n\r\n{value}'.encode("utf-8", "surrogatepass")
        for field, value in values
    ]
    return b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n", "multipart/form-data; boundary=edge"


class Siege:
    """Everybody at once before one console, whose pages hold something."""

    def __init__(self, attack: Attack, scene: Scene):
        self.attack, self.scene = attack, scene
        self.visitors = {role: Visitor(attack, person) for role, person in PEOPLE.items()}
        self.others = {
            person.certificate: Visitor(attack, person) for person in (cast.SECOND, cast.OTHER_OFFICER, cast.TOWNSHIP_LIBRARIAN)
        }

    def visitor(self, page: Page) -> Visitor:
        """Who looks at a page; what endangers an account is done with one that nobody else needs."""
        if page.name == "password":
            return self.others[cast.SECOND.certificate]
        if page.reader and page.reader.certificate in self.others:
            return self.others[page.reader.certificate]
        return self.visitors[page.reader.role if page.reader else "citizen"]

    def path(self, page: Page) -> str:
        path = page.path_in(self.scene)
        return path.replace(cast.OPERATOR.certificate, cast.COUNTY_OFFICER.certificate)

    def pages(self) -> Iterator[tuple[Visitor, str]]:
        """Every page of the table, and those that need more than the table has."""
        seen = set()
        for page in PAGES:
            path = self.path(page)
            if (path, page.reader) not in seen:
                seen.add((path, page.reader))
                yield self.visitor(page), path
        officer, item = self.visitors["officer"], "44990000000001"
        for case in self.scene.cases.values():
            yield officer, f"/cases/{quote(case)}"
            yield officer, f"/cases/{quote(case)}/facts"
        yield officer, f"/cases/new?item={item}"
        yield self.visitors["responsible"], f"/cases/{quote(self.scene.cases['under-review'])}"
        yield self.visitors["reviewer"], f"/cases/{quote(self.scene.cases['under-review'])}/steps/legal-review"
        yield officer, "/conflicts"

    def target(self, path: str, part: str | None = None) -> str:
        """An address of the program with something in its braces that is there, or with this in the last of them."""
        known = {
            "{id}": quote(self.scene.cases["under-review"]), "{step}": "file", "{kind}": "penalty-decision",
            "{digest}": self.attack.node.files[0], "{code}": "44990000000001",
            "{certificate}": cast.OFFICER.certificate,
        }
        if path.startswith("/publicity"):
            known["{id}"] = quote(self.scene.publications["published"])
        if path.startswith("/supervision/directives"):
            known["{id}"] = quote(self.scene.directive)
        if path.startswith("/operation/jobs"):
            known["{id}"] = quote(self.scene.job)
        if path.startswith("/network"):
            known["{code}"] = cast.COUNTY
        if path.startswith("/bodies"):
            known["{code}"] = cast.OFFICER.body
        holes = re.findall(r"\{\w+\}", path)
        for hole in holes:
            path = path.replace(hole, part if part is not None and hole == holes[-1] else known[hole], 1)
        return path


def set_scene(office: OneOffice) -> Scene:
    """What the pages of the table name, at an office that has no other from which it could be cut off."""
    scene = Scene()
    numbers_are_leased(office)
    scene.cases["fresh"] = case_up_to(office, "clue", "涉嫌擅自占用河道管理范围案", 2)
    scene.cases["under-review"] = case_up_to(office, "submit-review", "涉嫌在河道管理范围内倾倒渣土案", 3)
    case, publication, _ = published_case(office, "涉嫌在河道管理范围内倾倒垃圾案", 5)
    scene.cases["published"], scene.publications["published"] = case, publication
    scene.directive = directive(office, scene.cases["under-review"])
    record, librarian = officer_person(office, cast.SECOND), Desk(office, cast.TOWNSHIP_LIBRARIAN)
    seen = next(it["seen"] for it in librarian.call("GET", f"/v1/records/{quote(record)}")["fields"] if it["name"] == "phone")
    for phone in ("10004440004", "10005550005"):
        # The second without what the first wrote, so that both stand beside one another.
        librarian.call("PATCH", f"/v1/records/{quote(record)}", {
            "edits": [{"field": "phone", "action": "set", "value": phone, "seen": seen}]})
    scene.conflicts["phone"] = quote(record, safe="")
    scene.job = verification(office)
    return scene


# What must change nothing


def addresses_are_known(siege: Siege) -> None:
    """Whatever the program answers stands in the tables of who may open it."""
    for source in sorted((REPOSITORY / "Sources/Console/Pages").rglob("*.swift")):
        for path in re.findall(r'(?:path: |Path = |Path: )"(/[^"\\]*)"', source.read_text()):
            if path not in READ and path not in SENT:
                siege.attack.fault(f"hostile_pages.py does not say who may open {path}, of {source.name}")


def wrong_roles(siege: Siege) -> None:
    """Every page and form for everybody who may not open it: nothing of its content is shown."""
    tables = [("GET", READ), ("POST", SENT)]
    tables += [("GET", {f"/supervision/{name}.csv": READ["/supervision"] for name in (
        "overview", "trends", "cases", "overdue", "nearly-overdue", "findings", "hot-spots", "scores", "officers",
        "number-gaps")})]
    for method, table in tables:
        for path, may in table.items():
            for role in sorted(EVERYBODY - may):
                visitor = siege.visitors[role]
                target = siege.target(path)
                form = [("csrf", visitor.secret), ("once", f"w-{role}"), ("reason", "x")] if method == "POST" else None
                answer = visitor.ask("wrong role", method, target, form)
                is_sent_away = role == "citizen" and answer.headers.get("location", "").startswith("/sign-in")
                is_refused = answer.status == 403 and answer.shown and answer.shown.template == "problem"
                if not (answer.status == 303 and is_sent_away or role != "citizen" and is_refused):
                    siege.attack.fault(f"wrong role: {method} {target} answers {answer.status} to the {role}")
                if any(word in answer.body for word in PERSONAL):
                    siege.attack.fault(f"wrong role: {method} {target} shows the {role} what is not his")
    for path, may in READ.items():
        visitor = siege.visitors["citizen"]
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
            answer = visitor.ask("methods", method, siege.target(path), b"")
            if answer.status and answer.status < 400:
                siege.attack.fault(f"methods: {method} {path} answers {answer.status}")


def other_office(siege: Siege) -> None:
    """An officer of another township and this township's cases."""
    visitor = siege.others[cast.OTHER_OFFICER.certificate]
    for case in siege.scene.cases.values():
        for method, table in (("GET", READ), ("POST", SENT)):
            for path in table:
                if not path.startswith("/cases/{id}"):
                    continue
                target = siege.target(path).replace(quote(siege.scene.cases["under-review"]), quote(case))
                form = [("csrf", visitor.secret), ("once", "o"), ("fact.title", "x"), ("ruling", "confirm"),
                        ("target", case), ("reason", "x"), ("body", cast.OTHER_OFFICER.body),
                        ("officers", cast.OTHER_OFFICER.certificate)] if method == "POST" else None
                answer = visitor.ask("other office", method, target, form)
                if answer.status < 400 or any(word in answer.body for word in PERSONAL):
                    siege.attack.fault(f"other office: {method} {target} answers {answer.status}")


def foreign_forms(siege: Siege) -> None:
    """Forms without the session's secret, with another's, and such as a browser says come from elsewhere; and calls of
    scripts that bring the cookie alone."""
    port = siege.attack.node.office.console_port
    stranger = siege.others[cast.SECOND.certificate].secret
    for path, may in SENT.items():
        visitor = siege.visitors[sorted(may - {"citizen"})[0]]
        target, rest = siege.target(path), [("once", "f"), ("title", "x"), ("reason", "x"), ("note", "x")]
        own = [("csrf", visitor.secret), *rest]
        wrong = ["", stranger, visitor.secret[:-1], visitor.secret + "x", visitor.secret.swapcase(), "A" * 10_000, "\0"]
        tries = [(rest, {}), *(([("csrf", secret), *rest], {}) for secret in wrong)]
        tries += [([("csrf", visitor.secret), ("csrf", stranger), *rest], {})]
        tries += [(own, {"Origin": origin}) for origin in [*ELSEWHERE, f"https://127.0.0.1:{port}", f"https://localhost:{port + 1}"]]
        tries += [(own, {"Sec-Fetch-Site": site}) for site in ("cross-site", "same-site", "x")]
        for form, headers in tries:
            answer = visitor.ask("foreign form", "POST", target, form, headers)
            if answer.status != 403:
                siege.attack.fault(f"foreign form: POST {target} answers {answer.status} to {form[:2]} {headers}"[:500])
    visitor = siege.visitors["officer"]
    body = json.dumps({"procedure": "ordinary-penalty"}).encode()
    for secret, headers in (
        ("", {}), (stranger, {}), (visitor.secret, {"Origin": ELSEWHERE[0]}), (visitor.secret, {"Sec-Fetch-Site": "cross-site"}),
        (visitor.secret[:-1], {}),
    ):
        for method, target in (
            ("POST", "/v1/cases"), ("POST", "/v1/records"), ("DELETE", "/v1/sessions/current"), ("POST", "/v1/files"),
            ("POST", "/v1/sessions/current/password"), ("PATCH", f"/v1/accounts/{cast.OFFICER.certificate}"),
            ("PUT", "/v1/cases"),
        ):
            sent = {"Content-Type": "application/json", "X-CSRF-Token": secret, **headers}
            answer = visitor.ask("foreign call", method, target, body, sent)
            if answer.status not in (403, 404, 405) or method != "PUT" and answer.status != 403:
                siege.attack.fault(f"foreign call: {method} {target} answers {answer.status} to {headers}")


def ways_out(siege: Siege) -> None:
    """Ways out of a folder in every part of every address."""
    for method, table in (("GET", {**READ, "/assets/{name}": EVERYBODY, "/language/{name}": EVERYBODY}), ("POST", SENT)):
        for path, may in table.items():
            if "{" not in path:
                continue
            visitor = siege.visitors[sorted(may - {"citizen"})[-1]]
            form = [("csrf", visitor.secret), ("once", "p")] if method == "POST" else None
            for part in WAYS_OUT:
                target = re.sub(r"\{name\}", part, path) if "{name}" in path else siege.target(path, part)
                answer = visitor.ask("ways out", method, target, form)
                leads_back = path == "/language/{name}" and answer.status == 303
                if answer.status < 400 and answer.status and not leads_back:
                        siege.attack.fault(f"ways out: {method} {target} answers {answer.status}")


def oversized(siege: Siege) -> None:
    """More than anybody needs, and bodies of another kind."""
    visitor, case = siege.visitors["officer"], quote(siege.scene.cases["fresh"])
    facts, evidence = f"/cases/{case}/facts", f"/cases/{case}/evidence"
    secret = ("csrf", visitor.secret)
    urlencoded = {"Content-Type": "application/x-www-form-urlencoded"}

    def refused(name: str, *arguments: Any, **more: Any) -> None:
        answer = visitor.ask("oversized", *arguments, **more)
        if answer.status and answer.status < 400:
            siege.attack.fault(f"oversized: {name} is answered {answer.status}")

    refused("a form of 2 MiB", "POST", facts, [secret, ("fact.title", "x" * (2 << 20))])
    refused("600 fields", "POST", facts, [secret, *((f"fact.title", "x") for _ in range(600))])
    refused("half a million fields", "POST", facts, b"&".join([b"a"] * 500_000), urlencoded)
    refused("equals signs", "POST", facts, b"=" * 1_000_000, urlencoded)
    refused("percent signs", "POST", facts, b"%" * 1_000_000, urlencoded)
    refused("no text", "POST", facts, b"csrf=%ff%fe&fact.title=%c0", urlencoded)
    refused("65 MiB", "POST", evidence, b"--edge\r\n" + b"x" * (65 << 20), {"Content-Type": "multipart/form-data; boundary=edge"})
    part = b"--edge\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\nx\r\n"
    refused("100,000 files", "POST", evidence, part * 100_000 + b"--edge--\r\n", {"Content-Type": "multipart/form-data; boundary=edge"})
    for path, limit in (("/sign-in", "citizen"), ("/sign-out", "citizen")):
        answer = siege.visitors[limit].ask(
            "oversized", "POST", path, b"--edge\r\n" + b"x" * (8 << 20), {"Content-Type": "multipart/form-data; boundary=edge"})
        if answer.status and answer.status < 400:
            siege.attack.fault(f"oversized: 8 MiB to {path} by nobody is answered {answer.status}")
    edges = [
        b"", b"--edge", b"--edge\r\n", b"--edge--", b"--edge\r\n\r\n", b"--edge\r\n--edge\r\n--edge--", b"\r\n" * 10_000,
        b"--edge\r\nContent-Disposition: form-data\r\n\r\nx\r\n--edge--",
        b"--edge\r\nContent-Disposition: form-data; name=\"csrf\r\n\r\nx\r\n--edge--",
        b"--edge\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--edge--",
        b"--edge\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n\xff\r\n--edge--",
        b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../node.yaml\"\r\n\r\nx\r\n--edge--",
        b"--edge\r\n" + b"X-A: x\r\n" * 50_000 + b"\r\nx\r\n--edge--",
    ]
    for kind in ("multipart/form-data; boundary=edge", "multipart/form-data", "multipart/form-data; boundary=",
                 "multipart/form-data; boundary=" + "e" * 200, "multipart/form-data; boundary=\"", "MULTIPART/FORM-DATA; BOUNDARY=edge"):
        for body in edges:
            refused(f"{kind} {body[:60]!r}", "POST", evidence, body, {"Content-Type": kind})
    for kind in ("application/json", "text/plain", "text/html", "application/xml", "", "x", "multipart/mixed; boundary=edge",
                 "application/x-www-form-urlencoded; charset=utf-16"):
        for body in (json.dumps({"csrf": visitor.secret, "fact.title": "x"}).encode(), b"<csrf/>", b"\x00" * 1_000, b"[" * 100_000):
            for path in (facts, "/cases/new", evidence):
                refused(f"{kind} to {path}", "POST", path, body, {"Content-Type": kind})
    for size in (9_000, 100_000, 1_000_000):
        for path in ("/work", "/statutes", "/publicity", "/sign-in", f"/cases/{case}"):
            visitor.ask("oversized", "GET", f"{path}?q={'x' * size}")
            visitor.ask("oversized", "GET", path, headers={"X-Long": "x" * size})
            visitor.ask("oversized", "GET", path, cookie=f"{visitor.cookie}; x={'y' * size}")
    for query in ("&".join(f"a{n}=1" for n in range(600)), "%ff", "%", "a=%zz", "=&=&=", "a" * 8_000, "said=%3Cb%3E", "%00=%00"):
        for path in ("/work", "/statutes", "/publicity", "/cases", "/items", "/"):
            visitor.ask("queries", "GET", f"{path}?{query}")


def cookies(siege: Siege) -> None:
    """Sessions that nobody has, and languages that nobody speaks."""
    visitor = siege.visitors["officer"]
    name, _, token = visitor.cookie.partition("=")
    wrong = [
        f"session={token}", f"{name}={token[:-1]}", f"{name}={token}x", f"{name}=", f"{name}", f"{name}={'x' * 6_000}",
        f"{name}=<script>tributary()</script>", f"{name}=../../identity", f"{name}=\u7f5a", f"{name}={token.swapcase()}",
        f"{name.lower()}={token}", f"{name}={token}; {name}=x", f"x={name}={token}", f"{name}={token}%00", ";" * 2_000,
        f"{name}=tributary_{'0' * 43}", f"{name}=\"{token}\"", f"{name}='{token}", f"{name}=Bearer {token}",
    ]
    for cookie in wrong:
        for path in ("/work", "/cases", "/password", f"/cases/{quote(siege.scene.cases['fresh'])}"):
            answer = visitor.ask("cookies", "GET", path, cookie=cookie)
            if answer.status == 200 or any(word in answer.body for word in PERSONAL):
                siege.attack.fault(f"cookies: {cookie[:80]!r} opens {path}")
        answer = visitor.ask("cookies", "POST", "/cases/new", [("csrf", visitor.secret), ("procedure", "x")], cookie=cookie)
        if answer.headers.get("location", "").startswith("/cases"):
            siege.attack.fault(f"cookies: {cookie[:80]!r} opens a case")
    for language in ("<script>tributary()</script>", "xx", "..", "\u00e9", "x" * 5_000, "en; Path=/x"):
        visitor.ask("cookies", "GET", "/publicity", cookie=f"language={language}")
        visitor.ask("cookies", "GET", "/publicity", headers={"Accept-Language": language})


def sent_on(siege: Siege) -> None:
    """Addresses of other hosts, to which nobody is sent on."""
    elsewhere = [
        "https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "\\\\elsewhere.example",
        "/\t/elsewhere.example", "javascript:tributary()", "data:text/html,tributary", "/work\r\nSet-Cookie: tributary=1",
        "https:elsewhere.example", " //elsewhere.example", "///elsewhere.example", "/" * 3_000, "x", "http://localhost@elsewhere.example",
    ]
    for goal in elsewhere:
        asked = quote(goal, safe="")
        siege.visitors["officer"].ask("sent on", "GET", f"/language/en?back={asked}")
        siege.visitors["officer"].ask("sent on", "GET", f"/language/zh?back={asked}")
        page = siege.visitors["citizen"].ask("sent on", "GET", f"/sign-in?back={asked}")
        if page.shown and any(field.value == goal for form in page.shown.forms for field in form.fields):
            siege.attack.fault(f"sent on: the form to sign in leads on to {goal!r}")
    for host in ("elsewhere.example", "localhost@elsewhere.example", "<script>tributary()</script>", "\u7f5a", ""):
        for path in ("/work", "/publicity", "/publicity/feed.atom", "/sign-in", "/"):
            siege.visitors["citizen"].ask("hosts", "GET", path, headers={"Host": host})
            siege.visitors["citizen"].ask("hosts", "GET", path, headers={"X-Forwarded-Host": host, "Forwarded": f"host={host}"})


# What may be written, and must be shown as text


def in_fields(siege: Siege) -> None:
    """Every text field of every form of every page with markup, alone and all at once."""
    tried = set()
    for visitor, path in siege.pages():
        page = visitor.ask(None, "GET", path)
        if page.shown is None or page.status != 200:
            siege.attack.fault(f"fields: {path} answers {page.status} {page.headers.get('location', '')}")
            continue
        for form in page.shown.forms:
            known = (form.action, visitor.person, tuple(form.texts))
            if form.action == "/sign-out" or "script" in form.action or known in tried:
                continue
            tried.add(known)
            form.action = form.action or path
            batter(siege, visitor, form)


def batter(siege: Siege, visitor: Visitor, form: Form) -> None:
    values = form.values()
    writable = [name for name in form.texts if not name.startswith(("seen.", "once"))]
    # A hostile text in a hidden field is not what a person enters: it goes alone.
    hidden = {control.name for control in form.fields if control.sort == "hidden"}
    open_texts = [name for name in writable if name not in hidden]
    for text in TEXTS if open_texts else []:
        hostile = [(name, text if name in open_texts else fresh(siege, name, value)) for name, value in values]
        file = (text.replace('"', ""), text.replace('"', ""), text.encode())
        visitor.send("all fields", form, hostile, file)
    for name in form.texts:
        for text in siege.attack.chance.sample(TEXTS, 2 if name in open_texts else 1):
            hostile = [(field, text if field == name else fresh(siege, field, value)) for field, value in values]
            visitor.send("one field", form, hostile, follows=False)
    for name, value in values:
        if name not in form.texts and name != "csrf":
            text = siege.attack.chance.choice(TEXTS)
            hostile = [(field, text if field == name else other) for field, other in values]
            visitor.send("no choice", form, hostile, follows=False)


def fresh(siege: Siege, name: str, value: str) -> str:
    """A key of its own for each time a form is sent."""
    return f"{siege.attack.chance.randrange(1 << 60):x}" if name == "once" else value


def in_parts(siege: Siege) -> None:
    """Markup in the parts and queries of addresses."""
    queries = (
        "q", "title", "on", "from", "to", "number", "cursor", "key", "home", "division", "indicator", "month", "item",
        "said", "back", "certificate", "case", "case", "by", "colour", "finding", "state", "page",
    )
    for path, may in READ.items():
        visitor = siege.visitors[sorted(may - {"citizen"})[0]]
        for text in siege.attack.chance.sample(TEXTS, 4):
            part = quote(text, safe="")
            if "{" in path:
                visitor.ask("parts", "GET", siege.target(path, part), is_paper="/documents/" in path or "/papers/" in path)
            query = "&".join(f"{name}={part}" for name in siege.attack.chance.sample(queries, 6))
            visitor.ask("queries", "GET", f"{siege.target(path)}?{query}", is_paper="/documents/" in path)


def in_records(siege: Siege) -> None:
    """Cases, and conflicts about them, that are full of markup, with every document that may be made of them."""
    officer, node = siege.visitors["officer"], siege.attack.node
    for number, text in enumerate(TEXTS):
        asks = node.call("GET", "/v1/procedures")["procedures"] if number == 0 else asks
        rules = {rule["id"]: rule for rule in next(it for it in asks if it["id"] == "ordinary-penalty")["facts"]}
        facts = {id: [text] if rule["isMany"] else text for id, rule in rules.items() if rule["kind"] == "text"}
        case = node.call("POST", "/v1/cases", {
            "procedure": "ordinary-penalty", "officers": [cast.OFFICER.certificate, cast.SECOND.certificate],
            "facts": {"title": text}})["id"]
        siege.scene.cases[f"hostile-{number}"] = case
        path = f"/cases/{quote(case)}"
        page = officer.ask(None, "GET", f"{path}/facts")
        for other in ("", "2"):
            # The second time without what was seen, so that both stand beside one another.
            sent = [(f"fact.{id}", f"{value[0] if isinstance(value, list) else value}{other}") for id, value in facts.items()]
            officer.ask("records", "POST", f"{path}/facts", [("csrf", officer.secret), ("once", f"r{number}{other}"), *sent])
        one = [("csrf", officer.secret), ("once", f"s{number}"), ("fact.title", text)]
        officer.ask("records", "POST", f"{path}/steps/clue", one)
        view = officer.ask(None, "GET", path)
        for link in [link for link in (view.shown.links if view.shown else []) if "/documents/" in link or "/papers/" in link]:
            officer.ask("papers", "GET", link, is_paper=True)
        if page.shown is None or view.shown is None or view.status != 200:
            siege.attack.fault(f"records: the page of {case} answers {view.status}")


def as_text(siege: Siege) -> None:
    """Reads everything back that anybody may open: a walk of every role along all links."""
    for role, visitor in siege.visitors.items():
        waiting, seen, looked = ["/" if role != "citizen" else "/publicity"], set(), collections.Counter[str]()
        waiting += [siege.path(page) for page in PAGES if siege.visitor(page) is visitor]
        if role in ("officer", "responsible", "supervisor"):
            waiting += [f"/cases/{quote(case)}" for case in siege.scene.cases.values()]
        while waiting and len(seen) < WALK_MAX:
            path = waiting.pop(0)
            if path in seen:
                continue
            seen.add(path)
            answer = visitor.ask(None, "GET", path, is_paper="/documents/" in path or "/papers/" in path)
            if answer.status == 303:
                waiting.append(answer.headers["location"])
            if answer.shown is None:
                continue
            looked[answer.shown.template] += 1
            if looked[answer.shown.template] > PER_TEMPLATE_MAX:
                continue
            links = [link.partition("#")[0] for link in answer.shown.links]
            own = [link for link in links if link.startswith("/") and not link.startswith("/language/")]
            siege.attack.chance.shuffle(own)
            waiting += own[:12]
    for template in sorted(SHOWING - set(siege.attack.showing)):
        siege.attack.fault(f"as text: no hostile text came as far as a page {template}, so that nothing was tried there")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with LiveNode(arguments.binary) as node:
        office = OneOffice(node)
        office.open_accounts(cast.EVERYBODY)
        scene = set_scene(office)
        attack = Attack(node, arguments.seed)
        siege = Siege(attack, scene)
        node.rest()
        for group in (
            addresses_are_known, wrong_roles, other_office, foreign_forms, ways_out, oversized, cookies, sent_on, in_parts,
        ):
            before, began = attack.kept(), time.monotonic()
            group(siege)
            after = attack.kept()
            if after != before:
                attack.fault(f"{group.__name__}: something was written: {before} became {after}")
            print(f"{group.__name__}: {time.monotonic() - began:.1f} s", flush=True)
        for group in (in_fields, in_records, as_text):
            began = time.monotonic()
            group(siege)
            print(f"{group.__name__}: {time.monotonic() - began:.1f} s", flush=True)
        if not node.is_running():
            attack.fault(f"the node ended: {node.office.last_words()}")
    return attack.end(shown=attack.showing)


if __name__ == "__main__":
    sys.exit(main())
