"""A real little province on this machine: every office a process of the program under test, every line a relay."""

import json
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable, Self

import cast
from lines import Line, free_port
from waiting import until

REPOSITORY = Path(__file__).resolve().parents[2]
LIBRARIES = REPOSITORY / "Fixtures"


@dataclass(frozen=True)
class Division:
    """A place in the tree; `uppers` are the divisions above it, the nearest first."""

    code: str
    name: str
    level: str
    uppers: tuple[str, ...] = ()


DIVISIONS = [
    Division(cast.PROVINCE, "广东省", "province"),
    Division(cast.CITY, "江门市", "city", (cast.PROVINCE,)),
    Division(cast.COUNTY, "台山市", "county", (cast.CITY, cast.PROVINCE)),
    Division(cast.TOWNSHIP, "台城街道", "township", (cast.COUNTY, cast.CITY, cast.PROVINCE)),
    Division(cast.OTHER_TOWNSHIP, "川岛镇", "township", (cast.COUNTY, cast.CITY, cast.PROVINCE)),
]


class Refused(Exception):
    """The node's answer to a call was a problem (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]):
        super().__init__(f"{status}: {problem.get('title', '')}: {problem.get('detail', '')}")
        self.status, self.problem = status, problem


@dataclass
class Office:
    """One node: its directory, its ports, its lines upward, and its processes one after another."""

    division: Division
    directory: Path
    binary: Path
    lines: dict[str, Line] = field(default_factory=dict)
    link_port: int = field(default_factory=free_port)
    api_port: int = field(default_factory=free_port)
    console_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    # Tokens by role and certificate. They are good for a copy of the office as well.
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    # Between people and this node; cut for a phone that has left the network.
    console_line: Line | None = None

    @property
    def code(self) -> str:
        return self.division.code

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def console(self) -> str:
        """Its console by the one name that its certificate bears."""
        return f"https://localhost:{self.console_port}"

    @property
    def console_over_line(self) -> str:
        """The console for somebody whose connection can be cut."""
        if self.console_line is None:
            self.console_line = Line(self.console_port)
        return f"https://localhost:{self.console_line.port}"

    @property
    def log(self) -> Path:
        return self.directory / "node.log"

    # Its process

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "node", "run", "--config", self.directory / "node.yaml"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
        until(f"{self.division.name} to answer at {self.api}/healthz", self._is_healthy, 60, (OSError,))

    def _is_healthy(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"{self.division.name} ended instead of starting:\n{self.last_words()}")
        with urllib.request.urlopen(f"{self.api}/healthz", timeout=2) as answer:
            return answer.status == 200

    def stop(self) -> None:
        """Stops the node in order, or by force if that takes too long."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(25)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def last_words(self) -> str:
        if not self.log.exists():
            return "no log"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])

    # Its commands and calls

    def run(self, *arguments: str | Path, words: str = "") -> str:
        """Runs a command of the program in the node's name, and answers its standard output."""
        environment = dict(os.environ, TRIBUTARY_API=self.api, NO_COLOR="1")
        if self.process is not None:
            environment["TRIBUTARY_TOKEN"] = self.token("operator")
        return run(self.binary, *arguments, words=words, environment=environment)

    def token(self, role: str, certificate: str = "none", body: str = "", division: str = "") -> str:
        """A bearer token for one holder; the same one each time."""
        known = self.tokens.get((role, certificate))
        if known is None:
            arguments = ["node", "token", "--data", self.directory, "--role", role, "--officer", certificate]
            arguments += ["--division", division or self.code] + (["--body", body] if body else [])
            known = run(self.binary, *arguments).strip()
            self.tokens[(role, certificate)] = known
        return known

    def call(
        self, method: str, path: str, body: Any = None, token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """One call of the node's API, as the operator if nobody is named."""
        request = urllib.request.Request(self.api + path, method=method)
        request.add_header("Authorization", f"Bearer {token or self.token('operator')}")
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
            request.add_header("Content-Type", kind)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, data, timeout=30) as answer:
                content = answer.read()
        except urllib.error.HTTPError as failure:
            content = failure.read()
            problem = json.loads(content) if content.startswith(b"{") else {"detail": content[:200].decode()}
            raise Refused(failure.code, problem) from None
        return json.loads(content) if content else None

    def status(self) -> dict[str, Any]:
        return self.call("GET", "/v1/status")


class Province:
    """All offices below one directory. Use it in a `with`: what it started, it ends."""

    def __init__(self, binary: Path, directory: Path):
        self.binary, self.directory = binary, directory
        self.offices: dict[str, Office] = {}

    def __getitem__(self, code: str) -> Office:
        return self.offices[code]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def root(self) -> Office:
        return self.offices[cast.PROVINCE]

    @property
    def root_certificate(self) -> Path:
        return self.root.directory / "identity" / "root.pem"

    # Making and copying it

    @classmethod
    def found(cls, binary: Path, directory: Path) -> Self:
        """Makes identities and files; no node runs yet."""
        province = cls(binary, directory)
        province._lay_out()
        for office in province.offices.values():
            province._enrol(office)
        return province

    def copy(self, directory: Path) -> Self:
        """A second province that holds what this one, which has stopped, holds; with ports and lines of its own."""
        shutil.copytree(self.directory, directory)
        copy = type(self)(self.binary, directory)
        copy._lay_out()
        for code, office in copy.offices.items():
            office.tokens = dict(self[code].tokens)
            office.log.unlink(missing_ok=True)
        return copy

    def _lay_out(self) -> None:
        for division in DIVISIONS:
            office = Office(division, self.directory / division.code, self.binary)
            office.lines = {upper: Line(self.offices[upper].link_port) for upper in division.uppers}
            self.offices[division.code] = office
        for office in self.offices.values():
            office.directory.mkdir(parents=True, mode=0o700, exist_ok=True)
            (office.directory / "topology.yaml").write_text(self._topology(office))
            (office.directory / "node.yaml").write_text(self._configuration(office))

    def _topology(self, office: Office) -> str:
        """The tree as the office dials it: over its lines. Addresses are no part of a tree's version."""
        rows = []
        for other in self.offices.values():
            line = office.lines.get(other.code)
            port = line.port if line else other.link_port
            division = other.division
            parent = f', parent: "{division.uppers[0]}"' if division.uppers else ""
            rows.append(
                f'  - {{ code: "{division.code}", name: {division.name}, level: {division.level}{parent}, '
                f'node: {{ host: "127.0.0.1", port: {port} }} }}\n'
            )
        return "divisions:\n" + "".join(rows)

    def _configuration(self, office: Office) -> str:
        has_children = any(office.code in division.uppers for division in DIVISIONS)
        link = f'link: {{ host: "127.0.0.1", port: {office.link_port} }}\n' if has_children else ""
        return (
            f'division: "{office.code}"\ndata: .\ntopology: topology.yaml\nidentity: identity\n{link}'
            f'api: {{ host: "127.0.0.1", port: {office.api_port} }}\n'
            f'console: {{ host: "127.0.0.1", port: {office.console_port} }}\n'
            "log: { level: info, format: json }\n"
        )

    def _enrol(self, office: Office) -> None:
        topology = office.directory / "topology.yaml"
        if not office.division.uppers:
            run(self.binary, "pki", "init", "--data", office.directory, "--topology", topology)
            return
        parent = self[office.division.uppers[0]].directory
        issues = [] if office.division.level == "township" else ["--may-issue"]
        token = run(
            self.binary, "pki", "token", "--data", parent, "--topology", topology, "--division", office.code, *issues)
        run(
            self.binary, "pki", "join", "--data", office.directory, "--topology", topology, "--issuer", parent,
            "--token", "-", words=token)

    # Running it

    def start(self) -> None:
        """Starts every node, parents first, and waits until each is linked to its parent."""
        for office in self.offices.values():
            office.start()
        until("every office to be linked to its parent", self._is_linked, 60)

    def _is_linked(self) -> bool:
        for office in self.offices.values():
            if office.division.uppers and office.division.uppers[0] not in self._streaming(office):
                return False
        return True

    @staticmethod
    def _streaming(office: Office) -> set[str]:
        return {link.get("peer") for link in office.status()["links"] if link.get("phase") == "streaming"}

    def stop(self) -> None:
        for office in self.offices.values():
            if office.process is not None:
                office.process.send_signal(signal.SIGTERM)
        for office in self.offices.values():
            office.stop()

    def end(self) -> None:
        self.stop()
        for office in self.offices.values():
            for line in [*office.lines.values(), *([office.console_line] if office.console_line else [])]:
                line.cut()

    def cut(self, code: str) -> None:
        """No line upward is left to this office, and it has noticed."""
        office = self[code]
        for line in office.lines.values():
            line.cut()
        until(f"{office.division.name} to notice that it is cut off", lambda: not self._streaming(office), 60)

    def mend(self, code: str) -> None:
        for line in self[code].lines.values():
            line.mend()

    def settle(self, seconds: float = 120) -> None:
        """Waits until every office is linked and nothing waits anywhere."""
        until("every office to be linked to its parent", self._is_linked, seconds)
        until("nothing to wait anywhere", self._is_quiet, seconds)

    def _is_quiet(self) -> bool:
        states = [office.status() for office in self.offices.values()]
        return all(state["isQuiet"] and state["backlog"] == 0 and state["files"]["missing"] == 0 for state in states)

    # Its libraries and people

    def bring_libraries(self) -> None:
        """The province's libraries and procedures, and each office's officers."""
        root = self.root
        # Each of these files has a row that is rightly refused.
        root.run("import", "statutes", LIBRARIES / "laws", "--allow-refused")
        for table in ("bodies", "items", "benchmarks", "calendar"):
            root.run("import", table, LIBRARIES / f"{table}.csv", "--allow-refused")
        root.run("procedures", "import", REPOSITORY)
        self.settle()
        # Rows belong to the division that they name, and the office of that division writes them.
        for table in ("officers.csv", "case-officers.csv"):
            header, *rows = (LIBRARIES / table).read_text().splitlines()
            for office in self.offices.values():
                own = [row for row in rows if row.split(",")[3] == office.code]
                if own:
                    office.run("import", "officers", "-", "--allow-refused", words="\n".join([header, *own]) + "\n")
        self.settle()

    def open_accounts(self, people: Iterable[cast.Person]) -> None:
        """Accounts at the people's nodes; each has chosen a password of his own at his first sign-in."""
        for person in people:
            office = self[person.office]
            written = office.call("POST", "/v1/accounts", {
                "certificate": person.certificate, "name": person.name, "role": person.role,
                "division": person.division, "body": person.body,
            })
            first = written["password"]
            session = office.call("POST", "/v1/sessions", {"certificate": person.certificate, "password": first})
            office.call(
                "POST", "/v1/sessions/current/password", {"old": first, "new": cast.PASSWORD}, session["token"])

    def keep_logs(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        for office in self.offices.values():
            if office.log.exists():
                shutil.copy(office.log, directory / f"{office.code}.log")


def run(binary: Path, *arguments: str | Path, words: str = "", environment: dict[str, str] | None = None) -> str:
    """Runs a command of the program and answers its standard output; a failure tells what it said."""
    done = subprocess.run(
        [binary, *arguments], input=words, capture_output=True, text=True, timeout=120, env=environment)
    if done.returncode != 0:
        raise RuntimeError(f"tributary {' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout
