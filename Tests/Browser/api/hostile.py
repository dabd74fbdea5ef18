"""Sends a live node what nobody should send, and looks whether anything gave way.

    .browser/bin/python Tests/Browser/api/hostile.py .build/debug/tributary [--seed N]

At least a thousand inputs: markup and template text in every text of every body, ways out of a folder, bodies, headers
and queries that are far too large, JSON that is far too deep, other media types, the token of every role and of nobody
for every call, line ends in headers, what is no UTF-8, cursors and limits that nobody gave out, another office's cases.

None of it may be a server error (but a declared 503), take longer than ten seconds, change what its sender may not, or
come back unescaped in a page.
"""

import argparse
import json
import random
import socket
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator
from urllib.parse import quote

from hostile_pages import PAGES
from live import LiveNode, Node
from markup import MARKUP
from tally import Tally

SECONDS_MAX = 10

# What a template engine, a shell, SQL or a formatter might take for its own.
TEMPLATES = [
    "{{{case.id}}}", "{{#facts}}{{.}}{{/facts}}", "{{> head}}", "{{=<% %>=}}<% case.id %>", "${7*7}", "#{7*7}",
    "'; DROP TABLE record; --", "\" OR \"1\"=\"1", "$(id)", "`id`", "%s%s%n", "=HYPERLINK(\"x\")", "\u202e反", "\u0000",
    "..%2f..%2fetc/passwd", "A" * 20_000, "\ud83d\ude00" * 200, "行" * 5_000, "\r\nSet-Cookie: tributary=1",
]
TEXTS = MARKUP + TEMPLATES
# If any of it is in a page as it stands, it was not escaped.
RAW = [text for text in MARKUP if "<" in text]

WAYS_OUT = [
    "/v1/files/../../../../etc/passwd", "/v1/files/..%2f..%2f..%2fetc%2fpasswd", "/v1/files/%2e%2e/%2e%2e/etc/passwd",
    "/v1/records/..%2f..%2fnode.yaml", "/v1/records/%00", "/public/..%2f..%2fapi-tokens.json", "/public/%2e%2e",
    "/public//etc/passwd", "/v1/cases/..%5c..%5cidentity", "/v1/cases/../../healthz", "/..%2f..%2fetc/passwd",
    "/v1/exchange/..%2f..%2fnode.yaml", "/v1/cases/%2e%2e%2f/documents/..%2f..%2ftemplates", "/./v1/../v1/status",
    "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/v1/files/file:///etc/passwd", "/\\..\\..\\etc\\passwd",
]
# Whoever may write, by the sort of call; a sort that nobody has named here is tried by nobody at all.
CASEWORK = {"officer", "other-officer", "reviewer", "responsible"}
MAY = {
    "/v1/cases": CASEWORK, "/v1/files": CASEWORK, "/v1/import": {"librarian", "operator", "node"},
    "/v1/records": CASEWORK | {"supervisor"}, "/v1/publications": CASEWORK | {"supervisor"},
    # Everybody may ask who a party is, sign in, and end his own session.
    "/v1/accounts": {"operator", "node"},
    "": {"officer", "other-officer", "reviewer", "responsible", "supervisor", "librarian", "operator", "node"},
}
# What a body is filled with, so that it gets as far as the question of who may.
KNOWN = {
    "kind": "case", "procedure": "ordinary-penalty", "division": "440781001", "body": "440781001-01", "step": "filing",
    "ruling": "confirm", "action": "append", "field": "notes", "capturedAt": "2026-03-01T08:00", "seen": "",
}
SECRETS = [b"root:x:0", b"BEGIN PRIVATE KEY", b"BEGIN EC PRIVATE", b"\"hash\"", b"topology.yaml"]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "")


def ask(node: Node, head: bytes, body: bytes = b"") -> Answer | None:
    """Sends bytes as they are, on a connection of their own; nothing if the node closed it without a word."""
    with socket.create_connection(("127.0.0.1", node.office.api_port), timeout=SECONDS_MAX) as line:
        line.settimeout(SECONDS_MAX)
        # Whoever sends too much is answered before he has sent it all.
        sending = threading.Thread(target=pour, args=(line, head + body), daemon=True)
        sending.start()
        received = b""
        wanted: int | None = None
        while wanted is None or len(received) < wanted:
            try:
                part = line.recv(65_536)
            except ConnectionResetError:
                break
            if not part:
                break
            received += part
            end = received.find(b"\r\n\r\n")
            if wanted is None and end >= 0:
                fields = received[:end].decode("latin-1").split("\r\n")
                lengths = [row.split(":")[1] for row in fields if row.lower().startswith("content-length:")]
                if lengths:
                    wanted = end + 4 + int(lengths[0])
                elif fields[0].split(" ")[1] in ("204", "304"):
                    wanted = end + 4
    if not received:
        return None
    top, _, rest = received.partition(b"\r\n\r\n")
    rows = top.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (row.partition(":") for row in rows[1:])}
    return Answer(int(rows[0].split(" ")[1]), headers, rest)


def pour(line: socket.socket, content: bytes) -> None:
    try:
        line.sendall(content)
    except OSError:
        # It has said what it thinks of the beginning already, and wants no more.
        pass


class Attack(Tally):
    """Sends hostile inputs to the API."""

    def __init__(self, node: Node, document: dict[str, Any], seed: int):
        super().__init__(node, seed)
        self.document = document

    # Sending

    def send(
        self, sort: str, method: str, target: str, body: bytes | None = None, role: str | None = None,
        headers: dict[str, str] | None = None, raw: bytes = b"",
    ) -> Answer | None:
        """One input. `raw` is put among the headers as it is."""
        self.inputs[sort] += 1
        fields = {"Host": f"127.0.0.1:{self.node.office.api_port}", "Connection": "close"}
        if role is not None:
            fields["Authorization"] = f"Bearer {self.node.tokens.get(role, role)}"
        if body is not None:
            fields["Content-Type"] = "application/json"
            fields["Content-Length"] = str(len(body))
        fields.update(headers or {})
        head = f"{method} {target} HTTP/1.1\r\n".encode("utf-8", "surrogateescape")
        head += b"".join(f"{name}: {value}\r\n".encode("utf-8", "surrogatepass") for name, value in fields.items())
        name = f"{sort}: {method} {target[:200]}"
        began = time.monotonic()
        try:
            answer = ask(self.node, head + raw + b"\r\n", body or b"")
        except TimeoutError:
            self.fault(f"{name}: no answer within {SECONDS_MAX} s")
            return None
        except ConnectionError as failure:
            self.fault(f"{name}: {failure}")
            return None
        if time.monotonic() - began > SECONDS_MAX:
            self.fault(f"{name}: it took longer than {SECONDS_MAX} s")
        if answer is None:
            self.statuses["closed"] += 1
            return None
        self.statuses[str(answer.status)] += 1
        self.look(name, method, target, answer)
        return answer

    def look(self, name: str, method: str, target: str, answer: Answer) -> None:
        """What may stand in no answer, whatever was sent."""
        if answer.status >= 500 and not (answer.status == 503 and self.declares(method, target, 503)):
            self.fault(f"{name}: {answer.status} {answer.body[:300]!r}")
        if "set-cookie" in answer.headers and "tributary=1" in answer.headers["set-cookie"]:
            self.fault(f"{name}: a header was made out of an input")
        if any(secret in answer.body for secret in SECRETS) and "openapi" not in target:
            self.fault(f"{name}: it shows a file of the node")
        if "html" in answer.kind or "xml" in answer.kind:
            text = answer.body.decode("utf-8", "replace")
            for markup in RAW:
                if markup in text:
                    self.fault(f"{name}: {markup!r} stands unescaped in {answer.kind}")

    def declares(self, method: str, target: str, status: int) -> bool:
        parts = target.partition("?")[0].split("/")
        for path, item in self.document["paths"].items():
            wanted = path.split("/")
            if len(wanted) == len(parts) and all(a == b or a.startswith("{") for a, b in zip(wanted, parts)):
                return str(status) in item.get(method.lower(), {}).get("responses", {})
        return False

    # What there is

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, item in sorted(self.document["paths"].items()):
            for method, operation in sorted(item.items()):
                if "text/event-stream" not in json.dumps(operation["responses"]):
                    yield method.upper(), path, operation

    def target(self, path: str, id: str | None = None) -> str:
        """The path with something in its braces that is there."""
        records = self.node.records
        if "{" not in path:
            return path
        ids = records["case"] if path.startswith("/v1/cases") else [one for row in records.values() for one in row]
        if path.startswith("/v1/files"):
            ids = self.node.files
        path = path.replace("{id}", quote(id or self.chance.choice(ids), safe=":"))
        return path.replace("{kind}", "on-spot-decision").replace("{form}", "1").replace("{", "x").replace("}", "x")

    def schema(self, operation: dict[str, Any]) -> dict[str, Any] | None:
        content = operation.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("schema")

    def texts(self, schema: dict[str, Any], depth: int = 0) -> Iterator[tuple[Any, ...]]:
        """Where in a body texts stand, as ways to them."""
        schema = self.resolved(schema)
        if depth > 4:
            return
        if schema.get("type") == "string" or "string" in (schema.get("type") or []) or "anyOf" in schema:
            yield ()
        elif schema.get("type") == "array":
            yield from ((0, *way) for way in self.texts(schema["items"], depth + 1))
        elif schema.get("type") == "object":
            for name, part in schema.get("properties", {}).items():
                yield from ((name, *way) for way in self.texts(part, depth + 1))
            if isinstance(schema.get("additionalProperties"), dict):
                yield from (("title", *way) for way in self.texts(schema["additionalProperties"], depth + 1))

    def plain(self, schema: dict[str, Any], depth: int = 0) -> Any:
        """A body that fits."""
        schema = self.resolved(schema)
        if "enum" in schema:
            return schema["enum"][0]
        sort = schema.get("type")
        if isinstance(sort, list):
            sort = sort[0]
        if sort == "object":
            needed = schema.get("required", [])
            return {
                name: KNOWN.get(name) if self.is_text(schema["properties"][name]) and name in KNOWN
                else self.plain(schema["properties"][name], depth + 1) for name in needed if depth < 5
            }
        return {"array": [], "integer": 1, "number": 1, "boolean": True}.get(sort, "x")

    def is_text(self, schema: dict[str, Any]) -> bool:
        return self.resolved(schema).get("type") == "string"

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        name = schema.get("$ref")
        return self.document["components"]["schemas"][name.split("/")[-1]] if name else schema

    def filled(self, schema: dict[str, Any], way: tuple[Any, ...], text: str) -> Any:
        body = self.plain(schema)
        here, schema = body, self.resolved(schema)
        if not way:
            return text
        for step, after in zip(way, (*way[1:], None)):
            part: Any = text if after is None else [] if after == 0 else {}
            inner = schema["items"] if step == 0 else schema.get("properties", {}).get(
                step, schema.get("additionalProperties"))
            if isinstance(part, dict):
                part = self.plain(inner)
            if isinstance(here, list):
                here.append(part)
            else:
                here[step] = part
            here, schema = part, self.resolved(inner)
        return body


def kind_of(path: str) -> str:
    return max((sort for sort in MAY if path.startswith(sort)), key=len)


def encoded(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")


# What must change nothing


def wrong_holders(attack: Attack) -> None:
    """Every call by nobody and by a made-up token, and every call that writes by every role that may not."""
    for method, path, operation in attack.operations():
        if not operation.get("security"):
            continue
        schema = attack.schema(operation)
        body = encoded(attack.plain(schema)) if schema else b"x" if "requestBody" in operation else None
        if path == "/v1/import":
            body = encoded({"drafts": [{"kind": "body", "key": "x", "fields": {"code": "x", "name": "x"}}]})
        for role in (None, "tributary_" + "0" * 43, "x", "<script>tributary()</script>", "é", ""):
            answer = attack.send("nobody", method, attack.target(path), body, role)
            if answer is not None and answer.status not in (400, 401):
                attack.fault(f"nobody: {method} {path} answers {answer.status} to {role!r}")
        if method == "GET":
            continue
        case = attack.node.records["case"][0] if path.startswith(("/v1/cases", "/v1/records")) else None
        for role in attack.node.tokens:
            if role in MAY[kind_of(path)]:
                continue
            answer = attack.send("wrong role", method, attack.target(path, case), body, role)
            if answer is not None and answer.status < 400:
                attack.fault(f"wrong role: {method} {path} answers {answer.status} to the {role}")


def other_office(attack: Attack) -> None:
    """What an officer of another township, and a librarian, may not see or change of this township's case."""
    case = attack.node.records["case"][0]
    for method, path, operation in attack.operations():
        if not path.startswith(("/v1/cases/{id}", "/v1/records/{id}")):
            continue
        body = encoded(attack.plain(schema)) if (schema := attack.schema(operation)) else None
        for id in (case, case.replace("440781001", "440781115"), case.upper(), case + ":", quote(case, safe="")):
            answer = attack.send("other office", method, attack.target(path, id), body, "other-officer")
            if answer is not None and answer.status < 400:
                attack.fault(f"other office: {method} {path} answers {answer.status}: {answer.body[:200]!r}")


def malformed(attack: Attack) -> None:
    """Bodies that are too deep, too large, of another kind, or no text."""
    deep = b"[" * 100_000
    nested = b"{\"a\":" * 20_000 + b"1" + b"}" * 20_000
    twice = b"{\"facts\":{},\"facts\":{\"title\":\"x\"}}"
    bodies = [
        deep, nested, twice, b"", b"null", b"[]", b"\"x\"", b"{", b"{\"a\":1,}", b"\xff\xfe", b"{\"facts\":\"\xff\"}",
        b"{\"kind\":\"\\ud800\"}", b"{\"kind\":\"case\",\"fields\":{\"title\":\"\xc3\x28\"}}", b"1e999999", b"-",
        b"9" * 10_000, b"{\"x\":" + b"9" * 400 + b"}", b"\x00" * 100, b"\xef\xbb\xbf{}", b"{\"\\u0000\":1}", b"NaN",
        b"{}" * 1_000, b"<x/>", b"a=b&c=d",
    ]
    for method, path, operation in attack.operations():
        if attack.schema(operation) is None:
            continue
        for body in bodies:
            attack.send("malformed", method, attack.target(path), body, "officer")
        for kind in ("text/plain", "text/html", "application/xml", "multipart/form-data; boundary=x",
                     "application/x-www-form-urlencoded", "application/json, text/html", "", "application/jsonp"):
            answer = attack.send(
                "media type", method, attack.target(path), b"{}", "officer", {"Content-Type": kind})
            if answer is not None and answer.status < 400:
                attack.fault(f"media type: {method} {path} takes {kind!r}")


def oversized(attack: Attack) -> None:
    """More than anybody needs, announced and not."""
    big = b"{\"facts\":{\"title\":\"" + b"x" * (9 << 20) + b"\"}}"
    case = attack.target("/v1/cases/{id}/facts")
    attack.send("oversized", "POST", case, big, "officer")
    attack.send("oversized", "POST", "/v1/import", big, "librarian")
    attack.send("oversized", "POST", case, big, "officer", {"Idempotency-Key": "big"})
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    attack.send(
        "oversized", "POST", case, chunk * 160, "officer", {"Transfer-Encoding": "chunked", "Content-Length": ""})
    for length in ("99999999999", "-1", "1e9", "0x10", "18446744073709551617", "1, 2"):
        attack.send("oversized", "POST", case, b"{}", "officer", {"Content-Length": length, "Expect": ""})
    for size in (9_000, 100_000, 1_000_000):
        attack.send("oversized", "GET", "/v1/status", role="officer", headers={"X-Long": "x" * size})
        attack.send("oversized", "GET", "/v1/status?" + "x" * size, role="officer")
        attack.send("oversized", "GET", "/public/" + "x" * size)
        attack.send("oversized", "GET", "/v1/records?kind=case&where.status=" + "x" * size, role="officer")
        attack.send("oversized", "GET", "/v1/statutes/search?q=" + quote("罚" * (size // 9)), role="officer")
    attack.send("oversized", "GET", "/v1/status", role="officer", raw=b"X-Many: x\r\n" * 5_000)
    attack.send("oversized", "GET", "/v1/cases?" + "&".join(f"a{n}=1" for n in range(500)), role="officer")
    for size in (1_000, 60_000):
        attack.send("oversized", "GET", "/v1/status", role="x" * size)
        attack.send("oversized", "GET", case, role="officer", headers={"If-None-Match": ",".join(['"x"'] * (size // 4))})


def pointers(attack: Attack) -> None:
    """Cursors, limits, divisions and days that nobody gave out, for every list."""
    values = {
        "limit": ["-1", "0", "999999999999999999999", "1.5", "1e3", "x", "", "%00", "１"],
        "cursor": ["-1", "x", "9" * 100, "0", "A" * 5_000, "..", "%ff", "18446744073709551616", "9223372036854775808",
                   "<script>tributary()</script>", "1.2.3", "-9223372036854775809"],
        "home": ["0", "-1", "44'--", "9" * 50, "%00", "440000%00"], "division": ["0", "zz", "9" * 50, "%00"],
        "below": ["2", "yes", "%ff"], "on": ["0000-00-00", "9999-99-99", "2026-02-30", "-1", "+262143-12-31", "x"],
        "page": ["-1", "0", "9" * 30, "x"], "since": ["x", "t1-9.none.x", "9" * 400, "%ff"],
        "key": ["g", "'", "f" * 33, "%00"], "q": ["\"", "*", "NEAR(", "a AND", "罚\" OR \"", "^", "(" * 500, "-", "%00"],
    }
    for method, path, operation in attack.operations():
        for parameter in operation.get("parameters", []):
            if parameter["in"] != "query":
                continue
            for value in values.get(parameter["name"], ["%00", "%ff", "<script>tributary()</script>", "9" * 400]):
                needed = "".join(
                    f"&{other['name']}=case" for other in operation["parameters"]
                    if other["required"] and other["in"] == "query" and other["name"] != parameter["name"])
                value = quote(value, safe="%")
                attack.send("pointer", method, f"{attack.target(path)}?{parameter['name']}={value}{needed}", role="supervisor")


def smuggled(attack: Attack) -> None:
    """Line ends and worse in addresses and headers."""
    for path in ("/v1/status", "/v1/cases", "/public", "/public/officers", "/v1/records/x"):
        for end in ("%0d%0aSet-Cookie:%20tributary=1", "%0aSet-Cookie:tributary=1", "?x=%0d%0aSet-Cookie:%20tributary=1",
                    "?%0d%0a", "%E5%98%8A%E5%98%8DSet-Cookie:tributary=1"):
            attack.send("line ends", "GET", path + end, role="officer")
    rows = [
        b"X-Evil: a\r\n b\r\n", b"X-Evil: a\rSet-Cookie: tributary=1\r\n", b"X-Evil: a\nSet-Cookie: tributary=1\r\n",
        b"X-Evil: \x00\r\n", b"X-Evil\x00: a\r\n", b"X Evil: a\r\n", b": a\r\n", b"\xff: \xff\r\n",
        b"Content-Length: 0\r\nContent-Length: 9\r\n", b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        b"Transfer-Encoding: chunked, identity\r\n", b"Transfer-Encoding : chunked\r\n", b"Expect: 100-continue\r\n",
        b"Upgrade: h2c\r\nConnection: Upgrade\r\n", b"Host: evil\r\n", b"Range: bytes=0-,5-9,-1\r\n",
        b"If-None-Match: \xff\"\r\n", b"If-Match: ,,,\"\r\n", b"Idempotency-Key: a\tb\r\n", b"Last-Event-ID: -1\r\n",
        b"Accept: */*;q=9\r\n", b"Accept-Language: " + b"x" * 4_000 + b"\r\n", b"Forwarded: for=\"<script>\"\r\n",
        b"X-Forwarded-Proto: https\r\nX-Forwarded-Proto: javascript\r\n", b"Tributary-Purpose: <script>\r\n",
        b"Cookie: session=<script>tributary()</script>\r\n", b"X-HTTP-Method-Override: DELETE\r\n",
    ]
    for row in rows:
        for target in ("/v1/status", "/public/feed.atom", attack.target("/v1/cases/{id}")):
            attack.send("headers", "GET", target, role="officer", raw=row)
    for method in ("TRACE", "CONNECT", "PROPFIND", "get", "G<ET", "PUT", "POST", "DELETE", "OPTIONS", "M" * 5_000):
        attack.send("methods", method, "/v1/status", role="officer")
    for line in (b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                 b"GET http://evil/v1/status HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /v1/status HTTP/1.1\r\n\r\n"):
        attack.inputs["no request"] += 1
        try:
            with socket.create_connection(("127.0.0.1", attack.node.office.api_port), timeout=2) as connection:
                connection.sendall(line)
                connection.shutdown(socket.SHUT_WR)
                said = connection.recv(4_096)
        except (TimeoutError, ConnectionError):
            said = b""
        if said.startswith(b"HTTP/1.1 5"):
            attack.fault(f"no request: {line[:60]!r} is answered {said[:100]!r}")


def ways_out(attack: Attack) -> None:
    for target in WAYS_OUT:
        for role in (None, "officer", "operator"):
            answer = attack.send("ways out", "GET", target, role=role)
            if answer is not None and answer.status == 200 and "healthz" not in target and "status" not in target:
                attack.fault(f"ways out: {target} is answered {answer.body[:100]!r}")


def in_pages(attack: Attack) -> None:
    """Hostile texts in the addresses, headers and forms of pages."""
    for page in PAGES:
        for text in TEXTS:
            shown = text.replace("\r", "").replace("\n", "").replace("\0", "")[:2_000]
            headers = {name: value.replace("{text}", shown) for name, value in page.headers.items()}
            target = page.path.replace("{text}", quote(text[:2_000].encode("utf-8", "surrogatepass"), safe=""))
            attack.send("pages", "GET", target, headers=headers)
            if page.form:
                form = "&".join(
                    f"{quote(name)}={quote(value.replace('{text}', shown).encode('utf-8', 'surrogatepass'))}"
                    for name, value in page.form.items())
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                attack.send("forms", "POST", target, form.encode(), headers=headers)


# What may be written, and must be shown as text


def in_texts(attack: Attack) -> None:
    """Hostile texts in every text of every body, by whoever may write it."""
    for method, path, operation in attack.operations():
        schema = attack.schema(operation)
        if schema is None or path.startswith("/v1/sessions"):
            continue
        for way in attack.texts(schema):
            for text in attack.chance.sample(TEXTS, 5):
                body = encoded(attack.filled(schema, way, text))
                role = "librarian" if path == "/v1/import" else "officer"
                attack.send("texts", method, attack.target(path), body, role)


def shown(attack: Attack) -> None:
    """Cases, records and laws that are full of markup, on every page that shows them."""
    node = attack.node
    for markup in RAW:
        opened = attack.send(
            "shown", "POST", "/v1/cases",
            encoded({"procedure": "ordinary-penalty", "facts": {"title": markup}}), "officer")
        if opened is None or opened.status != 201:
            continue
        case = json.loads(opened.body)
        texts = {
            fact["id"]: [markup] if fact["isMany"] else markup
            for step in case["next"] for fact in step["asks"] if fact["kind"] == "text"
        }
        for name, value in texts.items():
            attack.send(
                "shown", "POST", f"/v1/cases/{case['id']}/facts", encoded({"facts": {name: value}}), "officer")
        kinds = {step["document"] for step in case["next"] if step.get("document")}
        for kind in sorted(kinds | {"filing-approval", "on-spot-decision", "penalty-decision", quote(markup, safe="")}):
            attack.send("shown", "GET", f"/v1/cases/{case['id']}/documents/{kind}", role="officer")
        attack.send("shown", "GET", f"/v1/cases/{case['id']}", role="officer")
        attack.send("shown", "GET", "/public")
    for id in node.records["publication"]:
        attack.send("shown", "GET", f"/public/{quote(id, safe=':')}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with LiveNode(arguments.binary) as node:
        document = node.call("GET", "/openapi.json", role="operator")
        attack = Attack(node, document, arguments.seed)
        for group in (wrong_holders, other_office, malformed, oversized, pointers, smuggled, ways_out, in_pages):
            before = node.held()
            group(attack)
            after = node.held()
            if after != before:
                attack.fault(f"{group.__name__}: something was written: {before} became {after}")
        in_texts(attack)
        shown(attack)
        if not node.is_running():
            attack.fault(f"the node ended: {node.office.last_words()}")
        else:
            node.call("GET", "/v1/status", role="operator")
    return attack.end()


if __name__ == "__main__":
    sys.exit(main())
