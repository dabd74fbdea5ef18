import Divisions
import Yams

/// What a step can tell; the raw value is the key in a file.
enum Verb: String, CaseIterable {
    case open, edit, remove
    case cut, isolate, mend, heal, reset, silence, shape
    case crash, start, restart, backup, restore, clone, resume
    case fillDisk = "fill-disk"
    case freeDisk = "free-disk"
    case clock, upgrade, lie, expect
    case clerks, superiors, scribbles, roster, faults
    case amendment, `import`, typhoon, swizzle
    case rollingUpgrade = "rolling-upgrade"
    case fileCase = "file-case"
    case enter, take, forge
    case takeOver = "take-over"
    case overrule, acknowledge, suspend
    case endDelegation = "end-delegation"
    case amendLaw = "amend-law"
    case casework

    /// The keys that may stand beside it.
    var arguments: [String] {
        switch self {
        case .open, .edit:
            [
                "by", "home", "kind", "acting", "set", "add", "drop", "append", "count", "edits", "personal", "blind",
                "thinking", "also",
            ]
        case .remove: ["by", "home", "kind", "acting", "blind", "thinking", "also"]
        case .cut, .isolate: ["as", "for"]
        case .shape: StoryNodes.qualities + ["for"]
        case .crash: ["when", "for"]
        case .backup, .clone, .resume: ["as"]
        case .restore: ["from"]
        case .fillDisk: ["for"]
        case .clock: ["jump", "drift"]
        case .upgrade: ["release", "protocols"]
        case .lie: ["to", "with"]
        case .fileCase: ["by", "home", "acting", "facts", "thinking"]
        case .enter: ["by", "acting", "facts", "thinking"]
        case .take: ["by", "acting", "step", "outcome", "officers", "number", "thinking"]
        case .forge: ["by", "acting", "step", "outcome", "officers", "number", "cites", "thinking"]
        case .takeOver: ["by", "acting", "thinking"]
        case .overrule: ["by", "acting", "step", "word", "of", "rival", "thinking"]
        case .acknowledge, .suspend, .amendLaw: ["by", "acting", "thinking"]
        case .endDelegation: ["by", "acting", "until", "thinking"]
        case .mend, .heal, .reset, .silence, .start, .restart, .freeDisk, .expect, .clerks, .superiors, .scribbles,
            .roster, .faults, .amendment, .import, .typhoon, .swizzle, .rollingUpgrade, .casework:
            []
        }
    }

    /// Whether it goes on from one moment to another.
    var lasts: Bool {
        switch self {
        case .clerks, .superiors, .scribbles, .roster, .faults, .casework: true
        default: false
        }
    }
}

extension StoryReader {
    /// A step before its verb is read: its keys, and the verb's own value.
    struct Told {
        let verb: Verb
        let value: Node
        let keyed: StoryNodes.Keyed
    }

    mutating func steps(_ node: Node) throws(StoryFault) -> [Step] {
        var steps: [Step] = []
        var previous: ClosedRange<UInt64>?
        for node in try nodes.list(node, what: "\"story\"") {
            step += 1
            let told = try told(node)
            let from = try nodes.moment(
                nodes.required(told.verb.lasts ? "from" : "at", in: told.keyed), told.verb.lasts ? "from" : "at")
            if case .after = from, previous == nil {
                throw nodes.fault(node, "nothing happens before the first step; give it a moment such as 08:30")
            }
            if from == .end, told.verb != .expect {
                throw nodes.fault(node, "at the end there is nothing but \"expect\"; give the step a moment")
            }
            bounds = from.bounds(after: previous ?? 0...0)
            let to = told.verb.lasts ? try end(of: told) : nil
            steps.append(Step(from: from, to: to, play: try play(told)))
            if from != .end { previous = bounds }
        }
        return steps
    }

    private func told(_ node: Node) throws(StoryFault) -> Told {
        let pairs = try nodes.named(node, what: "a step")
        let verbs = pairs.compactMap { pair in Verb(rawValue: pair.key).map { ($0, pair) } }
        guard let (verb, pair) = verbs.first else {
            let known = StoryNodes.listed(Verb.allCases.map(\.rawValue))
            throw nodes.fault(pairs.first?.keyNode ?? node, "a step needs one of \(known)")
        }
        guard verbs.count == 1 else {
            throw nodes.fault(
                verbs[1].1.keyNode,
                "a step tells one thing: \"\(verb.rawValue)\" or \"\(verbs[1].0.rawValue)\", "
                    + "not both")
        }
        let when = verb.lasts ? ["from", "to"] : ["at"]
        let keyed = try nodes.keyed(
            node, known: when + [verb.rawValue] + verb.arguments, what: "a step that tells \"\(verb.rawValue)\"")
        return Told(verb: verb, value: pair.value, keyed: keyed)
    }

    private func end(of told: Told) throws(StoryFault) -> DrawnMoment {
        let node = try nodes.required("to", in: told.keyed)
        let to = try nodes.moment(node, "to")
        guard to != .end, to.bounds(after: bounds).lowerBound >= bounds.upperBound || isAfter(to) else {
            throw nodes.fault(node, "it ends before it begins; let \"to\" be after \"from\", for example +2h")
        }
        return to
    }

    private func isAfter(_ moment: DrawnMoment) -> Bool { if case .after = moment { true } else { false } }

    private mutating func play(_ told: Told) throws(StoryFault) -> any Play {
        switch told.verb {
        case .open, .edit, .remove: try writing(told)
        case .cut, .isolate, .mend, .heal, .reset, .silence, .shape: try lineAct(told)
        case .crash, .start, .restart, .backup, .restore, .clone, .resume, .fillDisk, .freeDisk, .clock, .upgrade,
            .lie:
            try machineAct(told)
        case .expect: try expectation(told)
        case .clerks, .superiors, .scribbles, .roster, .faults, .casework: try work(told)
        case .fileCase, .enter, .take, .forge, .takeOver, .overrule, .acknowledge, .suspend, .endDelegation,
            .amendLaw:
            try deed(told)
        case .amendment, .import, .typhoon, .swizzle, .rollingUpgrade: try happening(told)
        }
    }

    // MARK: Who is meant

    func division(_ node: Node, _ key: String) throws(StoryFault) -> DivisionCode {
        let text = try nodes.text(node, key)
        if let code = names.division(text) { return code }
        let count = names.namesakes(text)
        let advice = count > 1 ? "\(count) divisions are called so; use the code" : "see \"offices\""
        throw nodes.fault(node, "there is no one division \(text.debugDescription); \(advice)")
    }

    /// A machine by the code or name of its seat, or a twin by the name it was given.
    func machine(_ node: Node, _ key: String) throws(StoryFault) -> String {
        let text = try nodes.text(node, key)
        if names.machines[text] != nil {
            try need(StoryNames.machine(text), node, text)
            return text
        }
        guard let code = names.division(text) else {
            let twin = names.namesakes(text) > 1 ? "use the code" : "twins are known from the step that makes them on"
            throw nodes.fault(node, "there is no machine \(text.debugDescription); \(twin)")
        }
        guard names.tree.seat(at: code) != nil else {
            let host = names.tree.seatServing(code).map { "; its clerks work at \($0.division)" } ?? ""
            throw nodes.fault(node, "division \(text) has no machine of its own\(host)")
        }
        return code.text
    }

    /// One machine or a list of them; each once, ascending.
    func machines(_ node: Node, _ key: String) throws(StoryFault) -> [String] {
        let all: [Node] = if case .sequence(let sequence) = node { Array(sequence) } else { [node] }
        var machines: [String] = []
        for node in all {
            let machine = try machine(node, key)
            guard !machines.contains(machine) else { throw nodes.fault(node, "\(machine) is named twice in \(key)") }
            machines.append(machine)
        }
        guard !machines.isEmpty else { throw nodes.fault(node, "\(key) names no machine; name at least one") }
        return machines
    }

    /// Refuses what surely happens before the thing it needs has come to be.
    func need(_ key: String, _ node: Node, _ name: String) throws(StoryFault) {
        guard let making = names.made[key], bounds.upperBound < making.bounds.lowerBound else { return }
        throw nodes.fault(node, "\(name) is only there from line \(making.line) on, which happens later")
    }

    func making(_ node: Node) -> StoryNames.Making {
        StoryNames.Making(bounds: bounds, line: nodes.mark(of: node).line)
    }
}
