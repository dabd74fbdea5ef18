"""Holds a live node against its own description: schemathesis draws requests from the OpenAPI document, good and bad,
and looks at every answer.

    .browser/bin/python Tests/Browser/api/described.py .build/debug/tributary [--requests 5000] [--seed N]

No server error (but a declared 503), no status, media type or member that is not described, nothing that takes longer
than ten seconds. The seed is printed; the same seed draws the same requests.
"""

import argparse
import collections
import random
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CheckContext  # noqa: F401
from schemathesis.specs.openapi import checks as described

from live import CALLERS, LiveNode, Node

OFFICER = CALLERS["officer"]
ITEM = "44990000000001"
SECONDS_MAX = 10
# Streams that only end when somebody ends them.
STREAMS = {"/v1/changes"}
CHECKS = (
    described.status_code_conformance, described.content_type_conformance, described.response_schema_conformance,
)


class Findings:
    """What was wrong, once for each operation and kind."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str], str] = {}
        self.statuses: collections.Counter[int] = collections.Counter()
        self.reached: dict[str, set[int]] = collections.defaultdict(set)
        self.requests = 0

    def add(self, operation: str, kind: str, words: str) -> None:
        if (operation, kind) not in self.seen:
            self.seen[(operation, kind)] = words
            print(f"FOUND {operation}: {kind}\n    {words}", flush=True)


class Caller:
    """Sends what schemathesis draws, with ids and names of what is there in place of half of the drawn ones."""

    def __init__(self, node: Node, findings: Findings, seed: int):
        self.node, self.findings = node, findings
        self.chance = random.Random(seed)
        self.session = requests.Session()

    def value(self, name: str, path: str) -> str | None:
        """Something for a parameter that the node knows."""
        records = self.node.records
        if name == "id" and path.startswith("/v1/files"):
            return self.chance.choice(self.node.files)
        if name == "id" and path.startswith(("/public", "/v1/publications")) and records["publication"]:
            return self.chance.choice(records["publication"])
        if name == "id" and path.startswith("/v1/cases"):
            return self.chance.choice(records["case"] + records["other-case"])
        if name == "id":
            return self.chance.choice([id for ids in records.values() for id in ids])
        if name == "code":
            return OFFICER.body if path.startswith("/v1/bodies") else ITEM
        known = {
            "kind": ["case", "officer", "item", "on-spot-decision"], "home": ["440781", "440781001", "440000"],
            "division": ["440781", "440000"], "title": ["示例河道保护条例"], "q": ["处罚"], "form": ["1", "2"],
            "certificate": [OFFICER.certificate], "item": [ITEM], "number": ["8"],
            "violated-on": ["2026-03-01"], "on": ["2026-03-01"], "body": [OFFICER.body],
        }.get(name)
        return self.chance.choice(known) if known else None

    def send(self, case: Any) -> None:
        operation = f"{case.method} {case.path}"
        for name in list(case.path_parameters or {}):
            known = self.value(name, case.path)
            if known is not None and self.chance.random() < 0.6:
                case.path_parameters[name] = quote(known, safe="")
        for name in list(case.query or {}):
            known = self.value(name, case.path)
            if known is not None and self.chance.random() < 0.4:
                case.query[name] = known
        role = self.chance.choice(list(self.node.tokens))
        began = time.monotonic()
        self.findings.requests += 1
        try:
            response = case.call(
                base_url=self.node.base, session=self.session, timeout=SECONDS_MAX,
                headers={"Authorization": f"Bearer {self.node.tokens[role]}"})
        except requests.exceptions.Timeout:
            return self.findings.add(operation, "hang", f"no answer within {SECONDS_MAX} s: {case.as_curl_command()}")
        except (requests.exceptions.InvalidHeader, UnicodeEncodeError):
            # Not a request that HTTP could carry.
            return
        except requests.exceptions.ConnectionError as failure:
            return self.findings.add(operation, "connection", f"{failure}: {case.as_curl_command()}")
        if time.monotonic() - began > SECONDS_MAX:
            self.findings.add(operation, "hang", case.as_curl_command())
        status = response.status_code
        self.findings.statuses[status] += 1
        self.findings.reached[operation].add(status)
        declared = {str(code) for code in case.operation.definition.raw["responses"]}
        if status >= 500 and not (status == 503 and "503" in declared):
            self.findings.add(operation, f"server error {status}", f"{case.as_curl_command()}\n    {response.text[:400]}")
        try:
            case.validate_response(response, checks=CHECKS)
        except schemathesis.errors.FailureGroup if hasattr(schemathesis.errors, "FailureGroup") else Exception as group:
            for failure in getattr(group, "exceptions", [group]):
                words = f"{failure}".strip().replace("\n", "\n    ")[:1200]
                self.findings.add(operation, f"{type(failure).__name__} {status}", f"{words}\n    {case.as_curl_command()[:600]}")


def draw(operation: Any, mode: GenerationMode, count: int, seed: int, caller: Caller, until: float) -> None:
    """Sends so many drawn requests of one operation."""

    @hypothesis.seed(seed)
    @settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def sent(case: Any) -> None:
        if time.monotonic() < until:
            caller.send(case)

    sent()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--seconds", type=float, default=900, help="when to stop drawing, whatever is left")
    parser.add_argument("--only", default="", help="operations whose path contains this")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    findings = Findings()
    with LiveNode(arguments.binary) as node:
        document = requests.get(f"{node.base}/openapi.json", timeout=SECONDS_MAX).json()
        schema = schemathesis.openapi.from_dict(document)
        operations = [result.ok() for result in schema.get_all_operations()]
        operations = [it for it in operations if it.path not in STREAMS and arguments.only in it.path]
        caller = Caller(node, findings, arguments.seed)
        until = time.monotonic() + arguments.seconds
        # Passes of a few requests each, until enough were sent: what cannot be drawn wrong is drawn right instead.
        turn = 0
        while findings.requests < arguments.requests and time.monotonic() < until:
            for place, operation in enumerate(operations):
                seed = arguments.seed + turn * len(operations) + place
                for mode, count in ((GenerationMode.POSITIVE, 8), (GenerationMode.NEGATIVE, 4)):
                    if findings.requests >= arguments.requests:
                        break
                    try:
                        draw(operation, mode, count, seed, caller, until)
                    except (hypothesis.errors.Unsatisfiable, schemathesis.errors.InvalidSchema) as failure:
                        if mode is GenerationMode.POSITIVE:
                            findings.add(f"{operation.method} {operation.path}", "schema", str(failure))
            turn += 1
        if not node.is_running():
            findings.add("node", "ended", node.office.last_words())
    untouched = [name for name, statuses in findings.reached.items() if not any(status < 400 for status in statuses)]
    print(f"{findings.requests} requests to {len(operations)} operations: {dict(sorted(findings.statuses.items()))}")
    print(f"never answered well: {', '.join(sorted(untouched)) or 'none'}")
    enough = findings.requests >= arguments.requests
    print(f"{len(operations) - len({name for name, _ in findings.seen})} passed, {len(findings.seen)} failed")
    return 0 if enough and not findings.seen else 1


if __name__ == "__main__":
    sys.exit(main())
