"""One node of its own for the tests of the API: a province's, which serves every office below it."""

import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cast  # noqa: E402
from province import DIVISIONS, LIBRARIES, REPOSITORY, Office, Province, run  # noqa: E402
from waiting import until  # noqa: E402

# Who calls, by the name of his role, beside an officer of another office.
CALLERS = {
    "officer": cast.OFFICER, "other-officer": cast.OTHER_OFFICER, "reviewer": cast.REVIEWER,
    "responsible": cast.HEAD, "supervisor": cast.SUPERVISOR, "librarian": cast.LIBRARIAN, "operator": cast.OPERATOR,
}

# What a node writes by itself: numbers of documents, and who looked at what.
OWN_KINDS = {"number-request", "number-block", "receipt", "view-log"}
# So many looks in a row that saw the same.
STILL_LOOKS = 40


@dataclass
class Node:
    """A running node, tokens of every role, and records that are there to be asked for."""

    office: Office
    tokens: dict[str, str] = field(default_factory=dict)
    # Ids by kind of record.
    records: dict[str, list[str]] = field(default_factory=dict)
    # Digests of files.
    files: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, binary: Path, directory: Path) -> Self:
        office = Office(DIVISIONS[0], directory, binary)
        directory.mkdir(parents=True, mode=0o700, exist_ok=True)
        rows = []
        for division in DIVISIONS:
            parent = f', parent: "{division.uppers[0]}"' if division.uppers else ""
            node = f', node: {{ host: "127.0.0.1", port: {office.link_port} }}' if not division.uppers else ""
            rows.append(f'  - {{ code: "{division.code}", name: {division.name}, level: {division.level}{parent}{node} }}')
        (directory / "topology.yaml").write_text("divisions:\n" + "\n".join(rows) + "\n")
        (directory / "node.yaml").write_text(
            f'division: "{office.code}"\ndata: .\ntopology: topology.yaml\nidentity: identity\n'
            f'api: {{ host: "127.0.0.1", port: {office.api_port} }}\n'
            f'console: {{ host: "127.0.0.1", port: {office.console_port} }}\nlog: {{ level: warning, format: json }}\n')
        run(binary, "pki", "init", "--data", directory, "--topology", directory / "topology.yaml")
        office.start()
        node = cls(office)
        node._bring_libraries()
        node._make_tokens()
        node._open_cases()
        node.rest()
        return node

    @property
    def base(self) -> str:
        return self.office.api

    def call(self, method: str, path: str, body: Any = None, role: str = "officer", **headers: str) -> Any:
        return self.office.call(method, path, body, self.tokens[role], headers)

    def _bring_libraries(self) -> None:
        office = self.office
        office.run("import", "statutes", LIBRARIES / "laws", "--allow-refused")
        for table in ("bodies", "items", "benchmarks", "calendar", "officers", "case-officers"):
            kind = "officers" if table.endswith("officers") else table
            office.run("import", kind, LIBRARIES / f"{table}.csv", "--allow-refused")
        office.run("procedures", "import", REPOSITORY)

    def _make_tokens(self) -> None:
        known = self.office.run("node", "token", "--help")
        for name, person in CALLERS.items():
            if person.role not in known:
                continue
            self.tokens[name] = self.office.token(person.role, person.certificate, person.body, person.division)
        self.tokens["node"] = self.office.token("operator")

    def _open_cases(self) -> None:
        procedures = self.call("GET", "/v1/procedures")["procedures"]
        cases = []
        for procedure in procedures:
            opened = self.call(
                "POST", "/v1/cases",
                {"procedure": procedure["id"], "officers": [cast.OFFICER.certificate, cast.SECOND.certificate]})
            cases.append(opened["id"])
        other = self.call("POST", "/v1/cases", {"procedure": procedures[0]["id"]}, role="other-officer")["id"]
        record = self.call("POST", "/v1/records", {"kind": "case", "fields": {"title": "倾倒渣土", "notes": ["一"]}})
        self.files = [self.call("POST", "/v1/files", b"\x89PNG scene")["digest"]]
        self.call(
            "POST", f"/v1/cases/{cases[0]}/evidence",
            {"digest": self.files[0], "kind": "视听资料", "capturedAt": "2026-03-01T08:00"})
        self.records = {"case": [*cases, record["id"]], "other-case": [other]}
        for kind in ("evidence", "officer", "body", "item", "article", "statute", "procedure", "publication"):
            role = "operator" if kind == "officer" else "officer"
            page = self.call("GET", f"/v1/records?kind={kind}&limit=5", role=role)
            self.records[kind] = [row["id"] for row in page["records"]]

    def held(self) -> dict[str, Any]:
        """What shows that anything was written for somebody: how many records of each kind there are, but for those the
        node writes of its own accord, and the tag of every record known here."""
        kinds = self.call("GET", "/v1/status", role="operator")["kinds"]
        counts = {row["kind"]: row for row in kinds if row["kind"] not in OWN_KINDS}
        tags = {}
        for ids in self.records.values():
            for id in ids:
                role = "other-officer" if id in self.records["other-case"] else "officer"
                tags[id] = self.call("GET", f"/v1/records/{quote(id)}", role=role)["etag"]
        return {"counts": counts, "tags": tags}

    def rest(self) -> None:
        """Waits until the node has done what it does of its own accord after its libraries came."""
        last: list[int] = []

        def is_still() -> bool:
            last.append(self.call("GET", "/v1/status", role="operator")["lastPosition"])
            return len(last) > STILL_LOOKS and len(set(last[-STILL_LOOKS:])) == 1

        until("the node to rest", is_still, 60)

    def stop(self) -> None:
        self.office.stop()

    def is_running(self) -> bool:
        return self.office.process is not None and self.office.process.poll() is None


class OneOffice(Province):
    """The node as a province of which it is every office, for what sets a scene."""

    def __init__(self, node: Node):
        super().__init__(node.office.binary, node.office.directory)
        self.node = node
        self.offices = {division.code: node.office for division in DIVISIONS}

    def settle(self, seconds: float = 120) -> None:
        self.node.rest()


class LiveNode:
    """A node for as long as a `with` lasts; its log is shown where something went wrong."""

    def __init__(self, binary: Path):
        self.binary = binary.resolve()

    def __enter__(self) -> Node:
        self.directory = Path(tempfile.mkdtemp(prefix="tributary-api-"))
        self.node: Node | None = None
        try:
            self.node = Node.start(self.binary, self.directory / "node")
        except BaseException:
            log = self.directory / "node" / "node.log"
            print(log.read_text(errors="replace")[-4000:] if log.exists() else "no log", file=sys.stderr)
            shutil.rmtree(self.directory, ignore_errors=True)
            raise
        return self.node

    def __exit__(self, kind: type | None, *_: object) -> None:
        if self.node is not None:
            if kind is not None:
                print(self.node.office.last_words(), file=sys.stderr)
            self.node.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
