import Casework
import Divisions
import Lattice
import Ledger
import Yams

extension StoryReader {
    /// What must be true: of a record, a link, an alarm, forks, a process, a report, or of the whole world.
    mutating func expectation(_ told: Told) throws(StoryFault) -> any Play {
        let subjects: [(key: String, others: [String])] = [
            ("record", ["field", "type", "shows", "conflict", "visible", "held", "at"]), ("link", ["to"]),
            ("alarm", ["at", "is"]), ("forks", []), ("running", ["is"]), ("reported", ["by", "is"]), ("agree", []),
            ("publication", ["standing", "at"]),
            ("case", ["step", "counts", "broken", "void", "doubt", "is", "standing", "at"]),
        ]
        let pairs = try nodes.named(told.value, what: "\"expect\"")
        guard let subject = subjects.first(where: { subject in pairs.contains { $0.key == subject.key } }) else {
            let known = StoryNodes.listed(subjects.map(\.key))
            throw nodes.fault(told.value, "say of what something is expected: \(known)")
        }
        let keyed = try nodes.keyed(
            told.value, known: [subject.key] + subject.others, what: "an expectation of \"\(subject.key)\"")
        let node = try nodes.required(subject.key, in: keyed)
        let expected: [Expectation]
        switch subject.key {
        case "publication": expected = try published(node, keyed)
        case "case": expected = try judged(node, keyed)
        case "record": expected = try ofRecord(node, keyed)
        case "link":
            let to = try nodes.required("to", in: keyed)
            let upper = to.scalar?.string == "none" ? nil : try division(to, "to")
            expected = [.linked(machine: try machine(node, "link"), to: upper)]
        case "alarm":
            let at = try machine(nodes.required("at", in: keyed), "at")
            expected = [.alarm(try division(node, "alarm"), try isTrue(keyed), machine: at)]
        case "forks": expected = [.forks(Int(try nodes.fixed(node, "forks", within: 0...1_000_000)))]
        case "running": expected = [.running(machine: try machine(node, "running"), try isTrue(keyed))]
        case "reported":
            let word = try nodes.plainName(node, "reported")
            let by = try machine(nodes.required("by", in: keyed), "by")
            expected = [.reported(machine: by, word, try isTrue(keyed))]
        default: expected = [.agree(try nodes.flag(node, "agree"))]
        }
        return Deed(acts: expected.map { .expect($0) }, needs: expected.flatMap(needs))
    }

    private func isTrue(_ keyed: StoryNodes.Keyed) throws(StoryFault) -> Bool {
        try keyed["is"].map { node throws(StoryFault) in try nodes.flag(node, "is") } ?? true
    }

    private func ofRecord(_ node: Node, _ keyed: StoryNodes.Keyed) throws(StoryFault) -> [Expectation] {
        let record = try known(node, nodes.text(node, "record"))
        var machines: [String]
        if let at = keyed["at"], at.scalar?.string != "all" {
            machines = try self.machines(at, "at")
        } else {
            machines = names.tree.machinesHolding(record.name)
        }
        var expected: [Expectation] = []
        if let node = keyed["shows"] {
            let (field, type, value) = try shown(keyed, of: record)
            let values = try nodes.values(node, "shows", value)
            expected.append(
                .shows(record.name, field: field, type: type, values: values, machines: machines))
        }
        if let node = keyed["conflict"] {
            let field = try field(nodes.required("field", in: keyed), of: record).name
            expected.append(.conflict(record.name, field: field, try nodes.flag(node, "conflict"), machines: machines))
        }
        if let node = keyed["visible"] {
            expected.append(.visible(record.name, try nodes.flag(node, "visible"), machines: machines))
        }
        if let node = keyed["held"] {
            expected.append(.held(record.name, try nodes.flag(node, "held"), machines: machines))
        }
        guard !expected.isEmpty else {
            throw nodes.fault(keyed.node, "say what is expected of the record: shows, conflict, visible or held")
        }
        return expected
    }

    /// The field that is looked at, with its type and that of its values.
    private func shown(
        _ keyed: StoryNodes.Keyed, of record: StoryNames.Record
    ) throws(StoryFault) -> (field: String, type: FieldType, value: ValueType?) {
        let node = try nodes.required("field", in: keyed)
        let (name, known) = try field(node, of: record)
        if let known { return (name, known.type, known.value) }
        guard let node = keyed["type"] else {
            guard let type = record.types[name] else {
                throw nodes.fault(node, "no step before writes the field \(name.debugDescription); tell its type")
            }
            return (name, type, nil)
        }
        let text = try nodes.text(node, "type")
        guard let type = FieldType.allCases.first(where: { $0.storyName == text }) else {
            let known = StoryNodes.listed(FieldType.allCases.map(\.storyName))
            throw nodes.fault(node, "\(text.debugDescription) is no type of a field; known are \(known)")
        }
        return (name, type, nil)
    }

    /// A field's name, and the field as the libraries know it if the record's kind is one of theirs.
    private func field(
        _ node: Node, of record: StoryNames.Record
    ) throws(StoryFault) -> (name: String, known: Field?) {
        let name = try nodes.text(node, "field")
        if record.isFree { return (name, nil) }
        let kind = CaseworkKinds.all[record.name.kind]
        guard let field = kind?.field(name) else {
            let known = StoryNodes.listed(kind?.fields.map(\.name) ?? [])
            throw nodes.fault(
                node, "\(record.name.kind) has no field \(name.debugDescription); known are \(known)")
        }
        return (name, field)
    }

    private func needs(_ expectation: Expectation) -> [String] {
        switch expectation {
        case .shows(let record, _, _, _, let machines), .conflict(let record, _, _, let machines),
            .visible(let record, _, let machines), .held(let record, _, let machines),
            .judged(let record, _, let machines), .published(let record, _, let machines):
            [StoryNames.record(record.name)] + machines.map(StoryNames.machine)
        case .linked(let machine, _), .alarm(_, _, let machine), .running(let machine, _),
            .reported(let machine, _, _):
            [StoryNames.machine(machine)]
        case .forks, .agree: []
        }
    }
}

extension DivisionTree {
    /// The machines of the tree that hold the record.
    func machinesHolding(_ record: RecordName) -> [String] {
        seats.map(\.division).filter { holds($0, home: record.home, flow: record.flow) }.map(\.text)
    }
}
