#!/usr/bin/env python3
"""Derives every golden vector from Docs/wire.md and link.proto alone, and says where a file differs.

Standard library only: python3 Proto/vectors/check.py
"""

import hashlib
import hmac
import json
import pathlib
import sys

FLOWS = {"up": 1, "up-urgent": 2, "down": 3, "down-urgent": 4}
LEVELS = {"province": 1, "city": 2, "county": 3, "township": 4, "village": 5}
TYPES = {"register": 1, "set": 2, "log": 3, "counter": 4, "exists": 5}
NAME = set(b"abcdefghijklmnopqrstuvwxyz0123456789-")
REMOVAL, SAME_RECORD, PERSONAL, CITES = 0x08, 0x10, 0x20, 0x40


# Writing

def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def fixed64(number):
    return number.to_bytes(8, "big")


def block(data):
    return varint(len(data)) + data


def text(string):
    return block(string.encode())


def many(items):
    return varint(len(items)) + b"".join(items)


def present(data):
    return b"\0" if data is None else b"\1" + data


def record(string):
    kind, home, flow, key = string.split(":")
    return text(home) + bytes([FLOWS[flow]]) + text(kind) + bytes.fromhex(key)


def value(meant):
    kind, content = meant["type"], meant["value"]
    if kind == "text":
        return b"\1" + text(content)
    if kind == "integer":
        number = int(content)
        return b"\2" + varint(2 * number if number >= 0 else -2 * number - 1)
    if kind == "boolean":
        return b"\3" + bytes([content == "true"])
    if kind == "bytes":
        return b"\4" + block(bytes.fromhex(content))
    return b"\5" + record(content)


def digest(tag, domain, data):
    return bytes([tag]) + hashlib.sha256(f"tributary {domain} 1\n".encode() + data).digest()


def tree_version(tree):
    def short(string):
        return bytes([len(string.encode())]) + string.encode()

    def by_code(division):
        return division["code"].encode()

    out = len(tree["divisions"]).to_bytes(4, "big")
    for division in sorted(tree["divisions"], key=by_code):
        name = division["name"].encode()
        out += short(division["code"]) + len(name).to_bytes(2, "big") + name
        out += bytes([LEVELS[division["level"]]]) + short(division.get("parent") or "")
    out += len(tree["seated"]).to_bytes(4, "big")
    return digest(1, "tree", out + b"".join(short(code) for code in sorted(tree["seated"])))


def opening(meant):
    predecessor = meant.get("predecessor")
    return (
        text(meant["home"]) + bytes([FLOWS[meant["flow"]], int(meant["suite"])]) + block(bytes.fromhex(meant["key"]))
        + bytes.fromhex(meant["nonce"]) + present(bytes.fromhex(predecessor) if predecessor else None))


def citations(group, places):
    rows = sorted(
        (places[one["stream"]], int(one["number"]), int(one["index"]), bytes.fromhex(one["check"])) for one in group)
    return many([varint(place) + varint(number) + varint(index) + check for place, number, index, check in rows])


def edits(meant, stream):
    groups = [[edit["replaces"], edit["reads"], edit["after"]] for edit in meant]
    cited = sorted({one["stream"] for group in groups for part in group for one in part} - {stream})
    places = {stream: 0} | {name: index + 1 for index, name in enumerate(cited)}
    names = list(dict.fromkeys(name for edit in meant for name in (edit["kind"], edit["field"])))
    out = []
    for index, edit in enumerate(meant):
        before = meant[index - 1] if index else None
        same = before is not None and (before["kind"], before["record"]) == (edit["kind"], edit["record"])
        cites = any(groups[index])
        flags = TYPES[edit["type"]] | REMOVAL * edit["removal"] | SAME_RECORD * same
        flags |= PERSONAL * ("personal" in edit) | CITES * cites
        data = bytes([flags])
        if not same:
            data += varint(names.index(edit["kind"])) + bytes.fromhex(edit["record"])
        data += varint(names.index(edit["field"]))
        if "personal" in edit:
            data += bytes.fromhex(edit["personal"])
        elif "plain" in edit:
            data += value(edit["plain"])
        if cites:
            data += b"".join(citations(part, places) for part in groups[index])
        out.append(data)
    return many([bytes.fromhex(name) for name in cited]) + many([text(name) for name in names]) + many(out)


def header(meant, stream):
    out = bytes([1, 1 if "opening" in meant else 2]) + varint(int(meant["number"])) + bytes.fromhex(meant["previous"])
    out += fixed64(int(meant["stamp"])) + bytes.fromhex(meant["tree"])
    if "opening" in meant:
        first = meant["opening"]
        certificates = many([block(bytes.fromhex(one)) for one in first["certificates"]])
        return out + opening(first) + text(first["seat"]) + certificates
    act = meant["act"]
    out += present(record(act["author"]) if "author" in act else None)
    out += text(act["division"]) + text(act["body"]) + bytes.fromhex(act["change"])
    return out + edits(meant["edits"], stream)


def body(personal):
    if not personal:
        return b""
    return many([varint(int(one["index"])) + bytes.fromhex(one["salt"]) + value(one["value"]) for one in personal])


# Reading

class Refused(Exception):
    pass


class Reader:
    """Reads one header, refusing every form of it but the valid one."""

    def __init__(self, data, stream):
        self.data, self.place, self.stream = data, 0, stream

    def need(self, holds, what):
        if not holds:
            raise Refused(f"{what}, before byte {self.place}")

    def raw(self, count):
        self.need(count <= len(self.data) - self.place, "the bytes end early")
        self.place += count
        return self.data[self.place - count:self.place]

    def byte(self, low=0, high=255):
        number = self.raw(1)[0]
        self.need(low <= number <= high, "a byte out of range")
        return number

    def varint(self, limit=2**64 - 1):
        start, number = self.place, 0
        for shift in range(0, 70, 7):
            part = self.raw(1)[0]
            number |= (part & 0x7F) << shift
            if part < 0x80:
                break
        self.need(number <= limit and varint(number) == self.data[start:self.place], "an integer out of form or range")
        return number

    def text(self, limit):
        try:
            return self.raw(self.varint(limit)).decode()
        except UnicodeDecodeError as error:
            raise Refused("a text that is not UTF-8") from error

    def name(self, limit=48):
        name = self.text(limit)
        self.need(name and set(name.encode()) <= NAME, "a name out of form")
        return name

    def list(self, limit, read):
        return [read() for _ in range(self.varint(limit))]

    def record(self):
        return self.name(15), self.byte(1, 4), self.name(), self.raw(16)

    def value(self):
        kind = self.byte(1, 5)
        if kind == 1:
            self.text(131_072)
        elif kind == 2:
            self.varint()
        elif kind == 3:
            self.byte(0, 1)
        elif kind == 4:
            self.raw(self.varint(131_072))
        else:
            self.record()

    def opening(self):
        self.name(15), self.byte(1, 4), self.byte(), self.raw(self.varint(160)), self.raw(16)
        if self.byte(0, 1):
            self.raw(33)

    def header(self):
        self.byte(1, 1)
        kind = self.byte(1, 2)
        self.varint(), self.raw(33), self.raw(8), self.raw(33)
        if kind == 1:
            self.opening(), self.name(15), self.list(6, lambda: self.raw(self.varint(4_096)))
        else:
            if self.byte(0, 1):
                self.record()
            self.name(15), self.text(64), self.raw(16)
            self.edits()
        self.need(self.place == len(self.data), "bytes are left over")

    def edits(self):
        streams = self.list(1_024, lambda: self.raw(33))
        self.need(streams == sorted(set(streams) - {self.stream}), "a table of streams out of order")
        self.names, self.used, self.streams, self.cited = self.list(256, self.name), 0, len(streams), set()
        self.need(len(set(self.names)) == len(self.names), "a name told twice")
        count = self.varint(4_096)
        self.need(count > 0, "no edits")
        before = None
        for _ in range(count):
            before = self.edit(before)
        self.need(self.used == len(self.names) and len(self.cited) == len(streams), "a row that nothing uses")

    def table_name(self):
        index = self.varint()
        self.need(index < len(self.names) and index <= self.used, "a name out of order")
        self.used = max(self.used, index + 1)
        return index

    def edit(self, before):
        flags = self.byte(0, 0x7F)
        self.need(1 <= flags & 7 <= 5, "an unknown type of field")
        if flags & SAME_RECORD:
            self.need(before is not None, "the record of no edit")
            this = before
        else:
            this = self.table_name(), self.raw(16)
            self.need(this != before, "a record told again")
        self.table_name()
        if flags & REMOVAL or flags & 7 == 5:
            self.need(not flags & PERSONAL, "content where none belongs")
        elif flags & PERSONAL:
            self.raw(33)
        else:
            self.value()
        if flags & CITES:
            groups = [self.citations(), self.citations(), self.citations()]
            self.need(any(groups), "no citations")
        return this

    def citations(self):
        group = self.list(1_024, self.citation)
        self.need(all(one < other for one, other in zip(group, group[1:])), "citations out of order")
        self.cited |= {place for place, *_ in group if place}
        return group

    def citation(self):
        return self.varint(self.streams), self.varint(), self.varint(4_096), self.raw(8)


def is_refused(data, stream):
    try:
        Reader(data, stream).header()
    except Refused:
        return True
    return False


# The link

# Field number: name, type, whether it repeats. A type is a scalar or the name of another message.
PIECE = {1: ("stream", "bytes", False), 2: ("first", "uint", False), 3: ("entries", "Entry", True),
         4: ("seal", "bytes", False)}
LEAF = {1: ("stream", "bytes", False), 2: ("number", "uint", False), 3: ("hash", "bytes", False),
        4: ("forked", "bool", False)}
MESSAGES = {
    "Frame": {
        number: (name, name.capitalize(), False) for number, name in enumerate(
            ["greeting", "farewell", "comparison", "batch", "acknowledgement", "have", "ask", "branch", "fork", "alarm",
             "probe"], 1)} | {12: ("file_ask", "FileAsk", False), 13: ("file_note", "FileNote", False),
                         14: ("report", "Report", False)},
    "Greeting": {
        1: ("protocol", "uint", False), 2: ("protocol_oldest", "uint", False), 3: ("division", "text", False),
        4: ("tree_version", "bytes", False), 5: ("nonce", "bytes", False), 6: ("remembers", "bytes", False),
        7: ("root", "bytes", False), 8: ("clock_milliseconds", "uint", False), 9: ("release", "text", False),
        10: ("sent", "uint", False), 11: ("received", "uint", False)},
    "Farewell": {1: ("code", "uint", False), 2: ("reason", "text", False)},
    "Comparison": {1: ("expansions", "Expansion", True), 2: ("replies", "LeafReply", True), 3: ("final", "bool", False)},
    "Expansion": {
        1: ("scope", "uint", False), 2: ("division", "text", False), 3: ("flow", "uint", False),
        4: ("prefix", "bytes", False), 5: ("children", "Child", True), 6: ("leaves", "Leaf", True),
        7: ("is_leaves", "bool", False)},
    "Child": {
        1: ("scope", "uint", False), 2: ("division", "text", False), 3: ("flow", "uint", False),
        4: ("nibble", "uint", False), 5: ("digest", "bytes", False)},
    "Leaf": LEAF,
    "LeafReply": {1: ("leaf", "Leaf", False)},
    "Batch": {
        1: ("sequence", "uint", False), 2: ("lane", "uint", False), 3: ("pieces", "Piece", True),
        4: ("slices", "FileSlice", True)},
    "Piece": PIECE,
    "Entry": {1: ("header", "bytes", False), 2: ("body", "bytes", False)},
    "Acknowledgement": {1: ("received", "uint", False), 2: ("durable", "uint", False)},
    "Have": {1: ("stream", "bytes", False), 2: ("number", "uint", False), 3: ("tree_version", "bytes", False)},
    "Ask": {1: ("stream", "bytes", False), 2: ("from", "uint", False), 3: ("through", "uint", False)},
    "Branch": {1: ("run", "Piece", False)},
    "Fork": {1: ("left", "Piece", False), 2: ("right", "Piece", False)},
    "Alarm": {1: ("code", "uint", False), 2: ("division", "text", False), 3: ("nonces", "bytes", True)},
    "Probe": {1: ("token", "uint", False), 2: ("answer", "bool", False)},
    "FileName": {1: ("digest", "bytes", False), 2: ("chunk_root", "bytes", False), 3: ("size", "uint", False)},
    "FileAsk": {
        1: ("file", "FileName", False), 2: ("record", "text", False), 3: ("first", "uint", False),
        4: ("count", "uint", False)},
    "FileSlice": {
        1: ("file", "FileName", False), 2: ("chunk", "uint", False), 3: ("offset", "uint", False),
        4: ("bytes", "bytes", False), 5: ("proof", "bytes", True)},
    "FileNote": {1: ("code", "uint", False), 2: ("file", "FileName", False)},
    "Report": {1: ("clock_milliseconds", "uint", False), 2: ("nodes", "NodeReport", True)},
    "NodeReport": {
        1: ("division", "text", False), 2: ("release", "text", False), 3: ("nonce", "bytes", False),
        4: ("link", "uint", False), 5: ("linked", "text", False), 6: ("since_milliseconds", "uint", False),
        7: ("heard_milliseconds", "uint", False), 8: ("backlog", "uint", False),
        9: ("behind_milliseconds", "uint", False), 10: ("two_machines", "bool", False),
        11: ("said_milliseconds", "uint", False), 12: ("state", "NodeState", False)},
    "NodeState": {1: ("digest", "bytes", False)} | {
        number: (name, "uint", False) for number, name in enumerate(
            ["entries", "started_milliseconds", "clock_ahead_milliseconds", "clock_behind_milliseconds", "dirty",
             "conflicts", "missing_files", "forks", "alarms", "refused", "faults", "store_failures",
             "restored_milliseconds", "backlog", "behind_milliseconds"], 2)},
}


def protobuf_varint(data, place):
    number = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            raise Refused("an integer ends early")
        number |= (data[place] & 0x7F) << shift
        place += 1
        if data[place - 1] < 0x80:
            return number, place
    raise Refused("an integer of more than 64 bits")


def message(kind, data):
    """Reads protobuf: the fields present, as the vectors write them."""
    fields, place = {}, 0
    while place < len(data):
        tag, place = protobuf_varint(data, place)
        if tag >> 3 not in MESSAGES[kind]:
            raise Refused(f"field {tag >> 3} of {kind}")
        name, content, repeats = MESSAGES[kind][tag >> 3]
        number, place = protobuf_varint(data, place)
        if tag & 7 == 0 and content in ("uint", "bool"):
            meant = str(number) if content == "uint" else "true"
        elif tag & 7 == 2 and content not in ("uint", "bool"):
            if number > len(data) - place:
                raise Refused("the bytes end early")
            raw, place = data[place:place + number], place + number
            meant = {"bytes": raw.hex, "text": raw.decode}.get(content, lambda: message(content, raw))()
        else:
            raise Refused(f"field {tag >> 3} of {kind} in another form")
        if repeats:
            fields.setdefault(name, []).append(meant)
        else:
            fields[name] = meant
    return fields


def frame(fields, kind="Frame"):
    """Writes protobuf in its shortest form: fields in the order of their numbers, none at its default."""
    out = b""
    for number, (name, content, repeats) in sorted(MESSAGES[kind].items()):
        if name not in fields:
            continue
        for meant in fields[name] if repeats else [fields[name]]:
            if content in ("uint", "bool"):
                out += varint(number << 3) + varint(int(meant) if content == "uint" else 1)
            else:
                write = {"bytes": bytes.fromhex, "text": str.encode}.get(content, lambda part: frame(part, content))
                out += varint(number << 3 | 2) + block(write(meant))
    return out


# Files

CHUNK = 65_536


def chunk_tree(data):
    """The digest and the root of a file, and the proof of each of its chunks."""
    levels = [[digest(1, "chunk", data[start:start + CHUNK]) for start in range(0, len(data), CHUNK)]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([
            digest(1, "chunks", below[place] + below[place + 1]) if place + 1 < len(below) else below[place]
            for place in range(0, len(below), 2)])
    proofs = [
        [level[(place >> depth) ^ 1] for depth, level in enumerate(levels[:-1]) if (place >> depth) ^ 1 < len(level)]
        for place in range(len(levels[0]))]
    return digest(1, "file", fixed64(len(data)) + levels[-1][0]), proofs


def check_files(check, frames):
    """The file of the frames: 140,000 bytes, of which byte i is i modulo 251."""
    data = bytes(place % 251 for place in range(140_000))
    root, proofs = chunk_tree(data)
    named = next(one["means"]["file_ask"]["file"] for one in frames if "file_ask" in one["means"])
    check.same("the digest of a file", b"\x01" + hashlib.sha256(data).digest(), named["digest"])
    check.same("the root of its chunks", root, named["chunk_root"])
    slices = next(one["means"]["batch"]["slices"] for one in frames if "slices" in one["means"].get("batch", {}))
    check.holds("the proof of a chunk", [one.hex() for one in proofs[int(slices[0]["chunk"])]] == slices[0]["proof"])


# Digests

ZERO = bytes(33)


class Digests:
    """The digests of what is held, from the heads of all streams and the tree."""

    def __init__(self, heads, tree):
        self.heads = sorted((head for head in heads if head["number"] != "0"), key=lambda head: head["stream"])
        self.parents = {one["code"]: one.get("parent") for one in tree["divisions"]}

    def leaf(self, head):
        data = bytes.fromhex(head["stream"]) + fixed64(int(head["number"])) + bytes.fromhex(head["hash"])
        return digest(1, "leaf", data + bytes([head["forked"] == "true"]))

    def trie(self, home, flow, prefix=""):
        # The tag of the suite comes before the digits.
        below = [head for head in self.heads
                 if (head["home"], head["flow"]) == (home, flow) and head["stream"][2:].startswith(prefix)]
        if not below:
            return ZERO
        if len(below) <= 16:
            return digest(1, "trie", b"\0" + b"".join(map(self.leaf, below)))
        parts = [(digit, self.trie(home, flow, prefix + f"{digit:x}")) for digit in range(16)]
        return digest(1, "trie", b"\1" + b"".join(bytes([digit]) + part for digit, part in parts if part != ZERO))

    def subtree(self, home, flow):
        own = self.trie(home, flow)
        below = [(code, self.subtree(code, flow)) for code in sorted(self.parents) if self.parents[code] == home]
        below = [(code, part) for code, part in below if part != ZERO]
        if own == ZERO and not below:
            return ZERO
        data = home.encode() + bytes([FLOWS[flow]]) + own
        return digest(1, "division", data + b"".join(text(code) + part for code, part in below))

    def root(self, seat):
        above, places = self.parents[seat], []
        for flow in FLOWS:
            places.append((2, seat, FLOWS[flow], self.subtree(seat, flow)))
        while above:
            for flow in ("down", "down-urgent"):
                places.append((3, above, FLOWS[flow], self.trie(above, flow)))
            above = self.parents[above]
        held = [place for place in sorted(places) if place[3] != ZERO]
        if not held:
            return ZERO
        data = b"".join(bytes([scope]) + text(code) + bytes([flow]) + part for scope, code, flow, part in held)
        return digest(1, "division", seat.encode() + data)


def check_link(check, vectors, tree):
    check_files(check, vectors["frames"])
    for one in vectors["frames"]:
        kept = bytes.fromhex(one["bytes"])
        check.same(f"the frame {one['name']!r}", frame(one["means"]), one["bytes"])
        check.holds(f"the frame {one['name']!r} means what is told", message("Frame", kept) == one["means"])
        for end in range(1, len(kept)):
            check.holds(f"the frame {one['name']!r} cut at {end} is refused", is_no_frame(kept[:end]))
    digests = Digests(vectors["heads"], tree)
    for one in vectors["roots"]:
        check.same(f"the digest of what {one['seat']} holds", digests.root(one["seat"]), one["digest"])
    link = vectors["token"]
    greetings = bytes.fromhex(link["lower"]) + bytes.fromhex(link["upper"])
    check.same("the name of a link", hashlib.sha256(greetings).digest()[:16], link["token"])


def is_no_frame(data):
    try:
        message("Frame", data)
    except Refused:
        return True
    return False


# Checking

class Check:
    def __init__(self):
        self.count, self.faults = 0, []

    def same(self, what, derived, kept):
        self.count += 1
        kept = bytes.fromhex(kept)
        if derived != kept:
            self.faults.append(f"{what}:\n  derived {derived.hex()}\n  kept    {kept.hex()}")

    def holds(self, what, is_so):
        self.count += 1
        if not is_so:
            self.faults.append(what)


def check_entry(check, entry, stream, suite, previous, place):
    check.same(f"{place}: previous", previous, entry["previous"])
    kept = bytes.fromhex(entry["header"])
    check.same(f"{place}: header", header(entry, stream), entry["header"])
    check.same(f"{place}: body", body(entry["personal"]), entry["body"])
    hidden = {int(one["index"]): one for one in entry["personal"]}
    for index, edit in enumerate(entry.get("edits", [])):
        if "plain" in edit:
            check.same(f"{place}: the value of edit {index}", value(edit["plain"]), edit["plain"]["bytes"])
        check.holds(f"{place}: a value beside the digest of edit {index}", ("personal" in edit) == (index in hidden))
    for index, one in hidden.items():
        check.same(f"{place}: value {index}", value(one["value"]), one["value"]["bytes"])
        derived = digest(suite, "value", bytes.fromhex(one["salt"]) + value(one["value"]))
        check.same(f"{place}: the digest of value {index}", derived, one["digest"])
        named = entry["edits"][index]["personal"]
        check.holds(f"{place}: value {index} is the one its edit names", named == one["digest"])
    hashed = digest(suite, "entry", kept)
    check.same(f"{place}: hash", hashed, entry["hash"])
    check.same(f"{place}: check", hashed[1:9], entry["check"])
    check.holds(f"{place}: is read", not is_refused(kept, bytes.fromhex(stream)))
    for end in range(len(kept)):
        check.holds(f"{place}: cut at {end} is refused", is_refused(kept[:end], bytes.fromhex(stream)))
    return hashed


def check_stream(check, stream, tree):
    first = stream["entries"][0]["opening"]
    suite, key = int(first["suite"]), bytes.fromhex(first["key"])
    check.same("an opening", opening(first), stream["opening"])
    name = digest(suite, "stream", opening(first))
    check.same("a stream's id", name, stream["stream"])
    hashes, previous = {}, name
    for number, entry in enumerate(stream["entries"], 1):
        place = f"entry {number} of {stream['stream'][:14]}"
        check.holds(f"{place}: is numbered so", entry["number"] == str(number))
        check.holds(f"{place}: names the tree", entry["tree"] == tree)
        previous = hashes[number] = check_entry(check, entry, stream["stream"], suite, previous, place)
    for seal in stream["seals"]:
        number = int(seal["number"])
        message = b"tributary seal 1\n" + name + fixed64(number) + hashes[number]
        check.same(f"the message of seal {number}", message, seal["message"])
        check.same(f"seal {number}", hmac.new(key, message, hashlib.sha256).digest(), seal["signature"])


def main():
    folder = pathlib.Path(__file__).parent
    vectors = json.loads((folder / "ledger.json").read_text())
    check = Check()
    for one in vectors["integers"]:
        check.same(f"the integer {one['value']}", varint(int(one["value"])), one["bytes"])
    for one in vectors["values"]:
        check.same(f"the value {one['value']!r}", value(one), one["bytes"])
    for one in vectors["naturalKeys"]:
        derived = digest(1, "record", text(one["kind"]) + text(one["naturalKey"]))[1:17]
        check.same(f"the key of {one['kind']} {one['naturalKey']}", derived, one["key"])
    check.same("the tree's version", tree_version(vectors["tree"]), vectors["tree"]["version"])
    for stream in vectors["streams"]:
        check_stream(check, stream, vectors["tree"]["version"])
    for one in vectors["refused"]:
        check.holds(f"refused: {one['why']}", is_refused(bytes.fromhex(one["header"]), bytes.fromhex(one["stream"])))
    check_link(check, json.loads((folder / "frames.json").read_text()), vectors["tree"])
    for fault in check.faults:
        print(fault)
    print(f"{check.count} checks, {len(check.faults)} differences")
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
