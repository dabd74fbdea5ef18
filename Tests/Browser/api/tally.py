"""What is kept of hostile inputs, whoever they are sent to."""

import collections
import random

from live import Node

# Fewer prove little.
INPUTS_MIN = 1_000


class Tally:
    """Counts what was sent and answered, and keeps what gave way."""

    def __init__(self, node: Node, seed: int):
        self.node = node
        self.chance = random.Random(seed)
        self.inputs: collections.Counter[str] = collections.Counter()
        self.statuses: collections.Counter[str] = collections.Counter()
        self.faults: list[str] = []

    def fault(self, words: str) -> None:
        self.faults.append(words)
        print(f"FAULT {words[:1200]}", flush=True)

    def end(self, **more: collections.Counter[str]) -> int:
        """Tells what it came to; answers with what the process ends."""
        total = sum(self.inputs.values())
        print(f"{total} hostile inputs: {dict(sorted(self.inputs.items()))}")
        print(f"answers: {dict(sorted(self.statuses.items()))}")
        for name, counts in more.items():
            print(f"{name}: {dict(sorted(counts.items()))}")
        if total < INPUTS_MIN:
            self.fault(f"only {total} inputs were sent")
        print(f"{total - len(self.faults)} passed, {len(self.faults)} failed")
        return 1 if self.faults else 0
