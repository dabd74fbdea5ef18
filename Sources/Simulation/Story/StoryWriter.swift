import Casework
import Divisions
import Lattice
import Ledger
import Libraries

/// Writes a story down as a scenario file, one event a line, that draws back to the same story: what shrinking leaves,
/// and what a seed of a swarm came to.
package struct StoryWriter {
    private let scenario: Scenario
    /// Kinds with their flow that are told outright because something is written in them that the libraries do not know.
    private let free: Set<KindInFlow>
    /// The seats of the machines, twins as they come.
    private var seats: [String: DivisionCode]
    private var declared: Set<String> = []

    struct KindInFlow: Hashable {
        let kind: String
        let flow: Flow
    }

    private init(_ scenario: Scenario) {
        self.scenario = scenario
        seats = Dictionary(uniqueKeysWithValues: scenario.tree.seats.map { ($0.division.text, $0.division) })
        var free: Set<KindInFlow> = []
        for event in scenario.events {
            for use in event.act.uses where !use.isOfLibraries {
                free.insert(KindInFlow(kind: use.record.kind, flow: use.record.flow))
            }
        }
        self.free = free
    }

    /// The text of a file that must be called like the scenario, with `.yaml` behind it. Records of different kinds,
    /// homes or flows must have different names, as all have that were drawn from files.
    package static func render(_ scenario: Scenario) -> String {
        var writer = StoryWriter(scenario)
        var text = writer.head
        for event in scenario.events { text += "  - { \(writer.line(event)) }\n" }
        return text
    }

    // MARK: Head

    private var head: String {
        let tree = scenario.tree
        var text = """
            scenario: \(scenario.name)
            title: \(StoryText.quoted(scenario.title))
            why: \(StoryText.quoted(scenario.why))

            """
        if let shape = Shape(of: tree) {
            text += "offices: \(shape)\n"
        } else {
            // The key of topology files stands for the same list here.
            let rows = Topology.render(tree).split(separator: "\n").filter { !$0.hasPrefix("#") }
            text += rows.joined(separator: "\n").replacing("divisions:", with: "offices:", maxReplacements: 1) + "\n"
        }
        text += "begins: \"\(scenario.begins)\"\n"
        text += "calm: \(StoryUnit.duration.render(Int64(scenario.calm)))\n"
        text += "lines: { \(StoryText.quality(scenario.lines)) }\n"
        text += "seed: \(scenario.seed)\n"
        if let casework = scenario.casework {
            text += "casework: { procedure: \(StoryText.quoted(casework.text)) }\n"
        }
        if let bug = scenario.planted { text += "plant: \(bug.rawValue)\n" }
        return text + (scenario.events.isEmpty ? "story: []\n" : "story:\n")
    }

    // MARK: Events

    private mutating func line(_ event: Scenario.Event) -> String {
        let at = event.at == .end ? "at: end" : "at: \"\(event.at)\""
        return "\(at), \(words(event.act))"
    }

    private mutating func words(_ act: StoryAct) -> String {
        switch act {
        case .write(let writing): return words(writing)
        case .casework(let act): return words(act)
        case .expect(let expectation): return "expect: { \(words(expectation)) }"
        case .clone(let machine, let twin), .resume(let machine, let twin):
            seats[twin] = seats[machine]
            return StoryText.act(act)
        default: return StoryText.act(act)
        }
    }

    private mutating func words(_ writing: Writing) -> String {
        let record = writing.record
        let kind = KindInFlow(kind: record.kind, flow: record.flow)
        let seat = seats[writing.machine]
        let isFirst = declared.insert(record.name).inserted
        declared.formUnion(writing.also)
        var parts: [String] = []
        var edits = writing.edits
        let opens = edits.first == .creation
        let removes = edits.count == 1 && edits[0].change == .remove
        if opens { edits.removeFirst() }
        parts.append("\(opens ? "open" : removes ? "remove" : "edit"): \(StoryText.name(record.name))")
        parts.append("by: \(writing.machine)")
        if (opens && record.home != seat) || (!opens && isFirst) { parts.append("home: \(record.home)") }
        let isUsual = record.kind == LibraryKinds.caseFile.name && !free.contains(kind)
        if opens || isFirst, !isUsual {
            let told = "{ name: \(record.kind), flow: \(record.flow.name) }"
            parts.append("kind: \(free.contains(kind) ? told : record.kind)")
        }
        if writing.acting != seat { parts.append("acting: \(writing.acting)") }
        if removes {
            if edits[0].isBlind { parts.append("blind: true") }
        } else {
            let groups = EditGroup.groups(of: edits)
            if groups.count == 1, !groups[0].touchesExistence {
                parts.append(groups[0].words)
            } else if !groups.isEmpty {
                parts.append("edits: [\(groups.map { "{ \($0.words) }" }.joined(separator: ", "))]")
            }
        }
        if writing.thinking > 0 { parts.append("thinking: \(StoryUnit.duration.render(Int64(writing.thinking)))") }
        if !writing.also.isEmpty { parts.append("also: [\(StoryText.rows(writing.also).joined(separator: ", "))]") }
        return parts.joined(separator: ", ")
    }

    private mutating func words(_ act: CaseAct) -> String {
        let seat = seats[act.machine]
        var parts = [act.deed.verbWords, "by: \(act.machine)"]
        if case .open(let record, _) = act.deed {
            declared.insert(record.name)
            if record.home != act.acting { parts.append("home: \(record.home)") }
        }
        if act.acting != seat { parts.append("acting: \(act.acting)") }
        parts += act.deed.arguments
        if act.thinking > 0 { parts.append("thinking: \(StoryUnit.duration.render(Int64(act.thinking)))") }
        return parts.joined(separator: ", ")
    }

    // MARK: Expectations

    private func words(_ expectation: Expectation) -> String {
        switch expectation {
        case .shows(let record, let field, let type, let values, let machines):
            let isFree = free.contains(KindInFlow(kind: record.kind, flow: record.flow))
            let told = isFree ? ", type: \(type.storyName)" : ""
            let shown = values.map(StoryText.value).joined(separator: ", ")
            return about(record, "field: \(field)\(told), shows: [\(shown)]", machines)
        case .conflict(let record, let field, let flag, let machines):
            return about(record, "field: \(field), conflict: \(flag)", machines)
        case .visible(let record, let flag, let machines): return about(record, "visible: \(flag)", machines)
        case .held(let record, let flag, let machines): return about(record, "held: \(flag)", machines)
        case .linked(let machine, let to): return "link: \(machine), to: \(to?.text ?? "none")"
        case .alarm(let code, let flag, let machine): return "alarm: \(code), at: \(machine), is: \(flag)"
        case .forks(let count): return "forks: \(count)"
        case .running(let machine, let flag): return "running: \(machine), is: \(flag)"
        case .reported(let machine, let word, let flag): return "reported: \(word), by: \(machine), is: \(flag)"
        case .agree(let flag): return "agree: \(flag)"
        case .published(let record, let standing, let machines):
            let at = machines == scenario.tree.machinesHolding(record) ? "" : ", at: \(StoryText.list(machines))"
            return "publication: \(StoryText.name(record.name)), standing: \(standing.rawValue)\(at)"
        case .judged(let record, let question, let machines):
            let at = machines == scenario.tree.machinesHolding(record) ? "" : ", at: \(StoryText.list(machines))"
            return "case: \(StoryText.name(record.name)), \(question.words)\(at)"
        }
    }

    private func about(_ record: RecordName, _ words: String, _ machines: [String]) -> String {
        let at = machines == scenario.tree.machinesHolding(record) ? "" : ", at: \(StoryText.list(machines))"
        return "record: \(StoryText.name(record.name)), \(words)\(at)"
    }
}

/// Edits of one act that a file can tell with one mapping: each verb once, in the order of the edits.
private struct EditGroup {
    private var verbs: [(verb: String, fields: [(name: String, values: [Value])])] = []
    private var isBlind: Bool
    /// What the file must say because the libraries do not.
    private var isPersonal: Bool?

    private init(_ edit: FieldEdit) {
        (isBlind, isPersonal) = (edit.isBlind, edit.isPersonal ? true : nil)
    }

    /// Whether it says that the record begins or ends, for which a step has no key of its own.
    var touchesExistence: Bool { verbs.contains { $0.verb == "create" || $0.verb == "remove" } }

    var words: String {
        var parts = verbs.map { verb, fields -> String in
            if verb == "create" || verb == "remove" { return "\(verb): true" }
            let told = fields.map { name, values in
                let words = values.map(StoryText.value)
                return "\(name): \(words.count == 1 ? words[0] : "[\(words.joined(separator: ", "))]")"
            }
            return "\(verb): { \(told.joined(separator: ", ")) }"
        }
        if let isPersonal { parts.append("personal: \(isPersonal)") }
        if isBlind { parts.append("blind: true") }
        return parts.joined(separator: ", ")
    }

    static func groups(of edits: [FieldEdit]) -> [EditGroup] {
        var groups: [EditGroup] = []
        for edit in edits {
            if groups.isEmpty || !groups[groups.count - 1].take(edit) {
                var group = EditGroup(edit)
                guard group.take(edit) else { preconditionFailure("a group takes the edit it was made for") }
                groups.append(group)
            }
        }
        return groups
    }

    /// Whether the edit could be put at the group's end.
    private mutating func take(_ edit: FieldEdit) -> Bool {
        guard edit.isBlind == isBlind, (edit.isPersonal ? true : nil) == isPersonal else { return false }
        let (verb, value) = edit.told
        guard let last = verbs.indices.last, verbs[last].verb == verb, let value else {
            guard !verbs.contains(where: { $0.verb == verb }) else { return false }
            verbs.append((verb, value.map { [(edit.field, [$0])] } ?? []))
            return true
        }
        let fields = verbs[last].fields
        if let same = fields.firstIndex(where: { $0.name == edit.field }) {
            let takesMany = edit.type == .set || edit.type == .log
            guard takesMany, same == fields.count - 1 else { return false }
            verbs[last].fields[same].values.append(value)
        } else {
            verbs[last].fields.append((edit.field, [value]))
        }
        return true
    }
}

extension FieldEdit {
    /// The key a file tells it with, and what stands behind it.
    fileprivate var told: (verb: String, value: Value?) {
        switch (change, type) {
        case (.create, _): ("create", nil)
        case (.remove, _): ("remove", nil)
        case (.drop(let value), _): ("drop", value)
        case (.put(let value), .register), (.put(let value), .exists): ("set", value)
        case (.put(let value), .set): ("add", value)
        case (.put(let value), .log): ("append", value)
        case (.put(let value), .counter): ("count", value)
        }
    }
}

/// That something of a field of a record is told.
private struct FieldUse {
    let record: RecordName
    /// Nil for what concerns the whole record.
    var field: (name: String, type: FieldType?)?
    var values: [Value] = []

    /// Whether a file can tell it by the kind's name alone, all else being as the libraries have it.
    var isOfLibraries: Bool {
        guard let kind = CaseworkKinds.all[record.kind], kind.flow == record.flow else { return false }
        guard let field else { return true }
        guard let known = kind.field(field.name), field.type ?? known.type == known.type else { return false }
        return values.allSatisfy(known.value.admits)
    }
}

extension StoryAct {
    fileprivate var uses: [FieldUse] {
        switch self {
        case .write(let writing):
            [FieldUse(record: writing.record)]
                + writing.edits.compactMap { edit in
                    switch edit.change {
                    case .create, .remove: nil
                    case .put(let value), .drop(let value):
                        FieldUse(record: writing.record, field: (edit.field, edit.type), values: [value])
                    }
                }
        case .expect(.shows(let record, let field, let type, let values, _)):
            [FieldUse(record: record, field: (field, type), values: values)]
        case .expect(.conflict(let record, let field, _, _)):
            [FieldUse(record: record, field: (field, nil))]
        default: []
        }
    }
}
