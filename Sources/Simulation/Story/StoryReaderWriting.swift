import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Yams

/// A group of edits as a file writes them: at a step itself, or as one of its `edits`.
private let groupKeys = ["set", "add", "drop", "append", "count", "personal", "blind"]

extension StoryReader {
    mutating func writing(_ told: Told) throws(StoryFault) -> any Play {
        let keyed = told.keyed
        let machine = try machine(nodes.required("by", in: keyed), "by")
        guard let seat = names.machines[machine] else { preconditionFailure("a machine has a seat") }
        let record = try record(told, seat: seat)
        let acting = try keyed["acting"].map { node throws(StoryFault) in try division(node, "acting") } ?? seat
        guard names.tree.mayWrite(seat: seat, acting: acting, home: record.name.home) else {
            throw nodes.fault(
                keyed["acting"] ?? keyed["home"] ?? told.value,
                "\(machine) may not write at \(record.name.home) for \(acting); "
                    + "the home must be at or below the division acted for, and that at or below the machine's own")
        }
        var edits: [WritingPlay.Plan] = []
        switch told.verb {
        case .remove:
            let isBlind = try keyed["blind"].map { node throws(StoryFault) in try nodes.flag(node, "blind") } ?? false
            edits = [WritingPlay.Plan(field: "exists", type: .exists, change: .remove, isBlind: isBlind)]
        case .open: edits = [Self.creation] + (try self.edits(in: keyed, of: record.name.name))
        default:
            edits = try self.edits(in: keyed, of: record.name.name)
            guard !edits.isEmpty else {
                throw nodes.fault(
                    keyed.node, "this edit changes nothing; say what with set, add, drop, append or count")
            }
        }
        let also = try keyed["also"].map { node throws(StoryFault) in try self.also(node, beside: record) } ?? []
        for name in also { try declare(record.like(name), at: keyed.node) }
        return WritingPlay(
            machine: machine, record: record.name, acting: acting, edits: edits,
            thinking: try keyed["thinking"].map { node throws(StoryFault) in try nodes.duration(node, "thinking") }
                ?? Amount(0),
            also: also,
            needs: [StoryNames.machine(machine)]
                + (told.verb == .open
                    ? []
                    : [
                        StoryNames.record(record.name.name)
                    ]))
    }

    private static var creation: WritingPlay.Plan {
        WritingPlay.Plan(field: "exists", type: .exists, change: .create)
    }

    // MARK: Which record

    /// The record a step writes on: declared here by `open`, or by a home or kind, or else by a step before.
    private mutating func record(_ told: Told, seat: DivisionCode) throws(StoryFault) -> StoryNames.Record {
        let name = try recordName(told.value)
        guard told.verb == .open || told.keyed["home"] != nil || told.keyed["kind"] != nil else {
            return try known(told.value, name)
        }
        let home = try told.keyed["home"].map { node throws(StoryFault) in try division(node, "home") } ?? seat
        let (kind, flow, isFree) = try self.kind(told.keyed["kind"])
        let record = StoryNames.Record(
            name: RecordName(kind: kind, home: home, flow: flow, name: name), isFree: isFree,
            line: nodes.mark(of: told.value).line)
        try declare(record, at: told.value)
        return names.records[name] ?? record
    }

    func recordName(_ node: Node) throws(StoryFault) -> String {
        let name = try nodes.text(node, "the record's name")
        guard name.utf8.count <= StoryNames.recordNameBytesMax, Division.isName(name), !name.contains("..") else {
            throw nodes.fault(
                node,
                "a record's name has 1 to \(StoryNames.recordNameBytesMax) bytes, no two dots in a row and "
                    + "nothing invisible")
        }
        return name
    }

    /// A record that a step before has declared.
    func known(_ node: Node, _ name: String) throws(StoryFault) -> StoryNames.Record {
        guard let record = names.records[name] else {
            throw nodes.fault(
                node, "no step before this one opens \(name.debugDescription); open it, or name its home and kind here")
        }
        try need(StoryNames.record(name), node, name)
        return record
    }

    mutating func declare(_ record: StoryNames.Record, at node: Node) throws(StoryFault) {
        let name = record.name.name
        if let old = names.records[name] {
            guard old.name == record.name, old.isFree == record.isFree else {
                throw nodes.fault(
                    node,
                    "\(name.debugDescription) already names another record on line \(old.line); "
                        + "choose another name")
            }
        } else {
            names.records[name] = record
            names.note(StoryNames.record(name), making(node))
        }
        if record.name.kind == "case", record.name.flow == .up { hasCases = true }
    }

    /// A kind of the libraries by its name, or any other told outright with its flow.
    private func kind(_ node: Node?) throws(StoryFault) -> (kind: String, flow: Flow, isFree: Bool) {
        guard let node else { return (LibraryKinds.caseFile.name, LibraryKinds.caseFile.flow, false) }
        guard case .mapping = node else {
            let kind = try libraryKind(node)
            return (kind.name, kind.flow, false)
        }
        let told = try nodes.keyed(node, known: ["name", "flow"], what: "\"kind\"")
        let nameNode = try nodes.required("name", in: told)
        let name = try nodes.text(nameNode, "name")
        guard Name.isValid(name) else {
            throw nodes.fault(
                nameNode, "a kind's name has 1 to \(Name.bytesMax) lower-case letters, digits and hyphens")
        }
        let flowNode = try nodes.required("flow", in: told)
        let text = try nodes.text(flowNode, "flow")
        guard let flow = Flow(name: text) else {
            let known = StoryNodes.listed(Flow.allCases.map(\.name))
            throw nodes.fault(flowNode, "\(text.debugDescription) is no flow; known are \(known)")
        }
        return (name, flow, true)
    }

    func libraryKind(_ node: Node) throws(StoryFault) -> Kind {
        let text = try nodes.text(node, "kind")
        guard let kind = CaseworkKinds.all[text] else {
            let known = StoryNodes.listed(CaseworkKinds.all.all.map(\.name))
            throw nodes.fault(
                node,
                "\(text.debugDescription) is no kind of the libraries; known are \(known); "
                    + "any other is told with { name: …, flow: … }")
        }
        return kind
    }

    /// Further names; `name-2..9` stands for name-2, name-3 and so on to name-9.
    private func also(_ node: Node, beside record: StoryNames.Record) throws(StoryFault) -> [String] {
        var all: [String] = []
        for node in try nodes.list(node, what: "\"also\"") {
            let text = try nodes.text(node, "also")
            let few = 1...100_000
            if let dots = text.firstRange(of: ".."), let hyphen = text[..<dots.lowerBound].lastIndex(of: "-") {
                let prefix = text[...hyphen]
                guard let low = Int(text[text.index(after: hyphen)..<dots.lowerBound]),
                    let high = Int(text[dots.upperBound...]), low <= high, low >= 0, few.contains(high - low + 1)
                else { throw nodes.fault(node, "names in a row are written like name-2..9") }
                all += (low...high).map { "\(prefix)\($0)" }
            } else {
                all.append(try recordName(node))
            }
        }
        guard Set(all + [record.name.name]).count == all.count + 1 else {
            throw nodes.fault(node, "a record is named twice in \"also\"")
        }
        return all
    }

    // MARK: What is changed

    private mutating func edits(
        in keyed: StoryNodes.Keyed, of record: String
    ) throws(StoryFault) -> [WritingPlay.Plan] {
        guard let node = keyed["edits"] else { return try group(keyed, of: record) }
        if let other = keyed.keys.first(where: { groupKeys.contains($0.name) }) {
            throw nodes.fault(other.node, "\"\(other.name)\" stands inside of \"edits\" or there is no \"edits\"")
        }
        var edits: [WritingPlay.Plan] = []
        for node in try nodes.list(node, what: "\"edits\"") {
            edits += try group(
                nodes.keyed(node, known: ["create", "remove"] + groupKeys, what: "one of \"edits\""), of: record)
        }
        return edits
    }

    /// In the order of the keys.
    private mutating func group(
        _ keyed: StoryNodes.Keyed, of record: String
    ) throws(StoryFault) -> [WritingPlay.Plan] {
        let isPersonal = try keyed["personal"].map { node throws(StoryFault) in try nodes.flag(node, "personal") }
        let isBlind = try keyed["blind"].map { node throws(StoryFault) in try nodes.flag(node, "blind") } ?? false
        var edits: [WritingPlay.Plan] = []
        for (key, keyNode) in keyed.keys {
            guard let value = keyed[key] else { continue }
            switch key {
            case "create", "remove":
                guard try nodes.flag(value, key) else { throw nodes.fault(keyNode, "leave \"\(key)\" out instead") }
                edits.append(
                    WritingPlay.Plan(
                        field: "exists", type: .exists, change: key == "create" ? .create : .remove))
            case "set": edits += try fields(value, key, .register, of: record)
            case "add", "drop": edits += try fields(value, key, .set, of: record)
            case "append": edits += try fields(value, key, .log, of: record)
            case "count": edits += try fields(value, key, .counter, of: record)
            default: continue
            }
        }
        return edits.map { edit in
            var edit = edit
            edit.isBlind = isBlind
            if let isPersonal, edit.type != .exists { edit.isPersonal = isPersonal }
            return edit
        }
    }

    private mutating func fields(
        _ node: Node, _ verb: String, _ type: FieldType, of record: String
    ) throws(StoryFault) -> [WritingPlay.Plan] {
        var edits: [WritingPlay.Plan] = []
        for (name, nameNode, value) in try nodes.named(node, what: "\"\(verb)\"") {
            let known = try field(name, nameNode, written: type, of: record)
            let drawn: [DrawnValue] =
                switch type {
                case .counter:
                    [.integer(try nodes.amount(value, name, .count, within: Int64.min / 2...Int64.max / 2))]
                case .register: [try nodes.choice(value, name, known?.value)]
                default: try nodes.several(value, name, known?.value)
                }
            edits += drawn.map {
                WritingPlay.Plan(
                    field: name, type: type, change: verb == "drop" ? .drop($0) : .put($0),
                    isPersonal: known?.isPersonal ?? false)
            }
        }
        return edits
    }

    /// The field as the libraries know it; nil if they do not and need not.
    private mutating func field(
        _ name: String, _ node: Node, written type: FieldType, of record: String
    ) throws(StoryFault) -> Field? {
        guard let declared = names.records[record] else { preconditionFailure("\(record) is declared before") }
        let field = CaseworkKinds.all[declared.name.kind]?.field(name)
        if declared.isFree {
            guard Name.isValid(name), name != "exists" else {
                throw nodes.fault(
                    node, "a field's name has 1 to \(Name.bytesMax) lower-case letters, digits and hyphens")
            }
            names.records[record]?.types[name] = type
            return nil
        }
        guard let field else {
            let known = StoryNodes.listed(CaseworkKinds.all[declared.name.kind]?.fields.map(\.name) ?? [])
            throw nodes.fault(node, "\(declared.name.kind) has no field \(name.debugDescription); known are \(known)")
        }
        guard field.type == type else {
            throw nodes.fault(
                node, "\(name) of \(declared.name.kind) is a \(field.type.storyName); \(field.type.advice)")
        }
        return field
    }
}

extension StoryNames.Record {
    /// Another record that differs in nothing but its name.
    func like(_ other: String) -> StoryNames.Record {
        StoryNames.Record(
            name: RecordName(kind: name.kind, home: name.home, flow: name.flow, name: other), isFree: isFree,
            line: line, types: types)
    }
}

extension FieldType {
    var storyName: String {
        switch self {
        case .register: "register"
        case .set: "set"
        case .log: "log"
        case .counter: "counter"
        case .exists: "exists"
        }
    }

    fileprivate var advice: String {
        switch self {
        case .register: "write it with \"set\""
        case .set: "write it with \"add\" or \"drop\""
        case .log: "write it with \"append\""
        case .counter: "write it with \"count\""
        case .exists: "write it with \"open\" or \"remove\""
        }
    }
}
