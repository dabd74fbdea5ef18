import Divisions
import Lattice
import Ledger
import Libraries
import Yams

extension StoryReader {
    /// So much work can a play be told to do.
    private static let countMax: Int64 = 1_000_000

    // MARK: Plays that go on for a while

    mutating func work(_ told: Told) throws(StoryFault) -> any Play {
        let what = "\"\(told.verb.rawValue)\""
        switch told.verb {
        case .clerks:
            let keyed = try nodes.keyed(told.value, known: ["edits", "new", "thinking", "at"], what: what)
            hasCases = true
            try checkOfficeHours(told)
            return Clerks(
                edits: try count("edits", in: keyed), new: try percentage("new", in: keyed) ?? Amount(3_000),
                thinking: try thinking(in: keyed) ?? Amount(0...600_000), desks: try desks(keyed["at"]) { _ in true })
        case .superiors:
            let keyed = try nodes.keyed(told.value, known: ["edits", "thinking"], what: what)
            guard hasCases else {
                throw nodes.fault(
                    told.value, "superiors write on cases that others opened, and no step before this one opens any")
            }
            try checkOfficeHours(told)
            return Superiors(
                edits: try count("edits", in: keyed), thinking: try thinking(in: keyed) ?? Amount(0...600_000))
        case .scribbles:
            let keyed = try nodes.keyed(told.value, known: ["edits", "records", "blind"], what: what)
            let records = try keyed["records"].map { node throws(StoryFault) in
                try nodes.amount(node, "records", .count, within: 1...Self.countMax)
            }
            return Scribbles(
                edits: try count("edits", in: keyed), records: records ?? Amount(6),
                blind: try percentage("blind", in: keyed) ?? Amount(1_500))
        case .roster:
            let keyed = try nodes.keyed(told.value, known: ["moves", "at"], what: what)
            try checkOfficeHours(told)
            return Roster(
                moves: try count("moves", in: keyed),
                desks: try desks(keyed["at"]) { $0.level == .city || $0.level == .county })
        case .casework: return try caseload(told)
        default: return try faults(told.value)
        }
    }

    private func caseload(_ told: Told) throws(StoryFault) -> any Play {
        _ = try setting(told)
        let keyed = try nodes.keyed(
            told.value, known: ["cases", "deeds", "forgeries", "overrulings", "suspensions", "thinking"],
            what: "\"casework\"")
        func some(_ key: String) throws(StoryFault) -> Amount {
            try keyed[key].map { node throws(StoryFault) in
                try nodes.amount(node, key, .count, within: 0...Self.countMax)
            } ?? Amount(0)
        }
        return Caseload(
            cases: try count("cases", in: keyed), deeds: try some("deeds"), forgeries: try some("forgeries"),
            overrulings: try some("overrulings"), suspensions: try some("suspensions"),
            thinking: try thinking(in: keyed) ?? Amount(0...600_000))
    }

    /// Refuses work at a time when, whatever the seed draws, no office is open.
    private func checkOfficeHours(_ told: Told) throws(StoryFault) {
        guard let node = told.keyed["to"] else { return }
        let to = try nodes.moment(node, "to").bounds(after: bounds)
        let span = Instant(milliseconds: bounds.lowerBound)...Instant(milliseconds: to.upperBound)
        guard OfficeHours.within(span).isEmpty else { return }
        throw nodes.fault(node, "offices are closed all the while; they work 08:30 to 12:00 and 14:30 to 17:30")
    }

    private func count(_ key: String, in keyed: StoryNodes.Keyed) throws(StoryFault) -> Amount {
        try nodes.amount(nodes.required(key, in: keyed), key, .count, within: 0...Self.countMax)
    }

    private func percentage(_ key: String, in keyed: StoryNodes.Keyed) throws(StoryFault) -> Amount? {
        try keyed[key].map { node throws(StoryFault) in try nodes.percentage(node, key) }
    }

    private func thinking(in keyed: StoryNodes.Keyed) throws(StoryFault) -> Amount? {
        try keyed["thinking"].map { node throws(StoryFault) in try nodes.duration(node, "thinking") }
    }

    /// Where work is done: at `all` offices, at those of one level, or at the machines of a list and all they serve.
    private func desks(
        _ node: Node?, usual: (Division) -> Bool
    ) throws(StoryFault) -> [Desk] {
        let levels: [String: Level] = [
            "provinces": .province, "cities": .city, "counties": .county, "townships": .township, "villages": .village,
        ]
        let tree = names.tree
        var chosen: [Division] = tree.divisions.filter(usual)
        if let node {
            if let word = node.scalar?.string, word == "all" || levels[word] != nil {
                chosen = tree.divisions.filter { word == "all" || $0.level == levels[word] }
            } else {
                let machines = try machines(node, "at")
                let codes = machines.flatMap { machine -> [DivisionCode] in
                    guard let seat = names.machines[machine] else { return [] }
                    return [seat] + tree.hosted(by: seat)
                }
                chosen = codes.compactMap { tree.division($0) }
            }
            guard !chosen.isEmpty else { throw nodes.fault(node, "there is no such office in this tree") }
        }
        // A tree without cities and counties keeps its rosters where it can.
        let divisions = chosen.isEmpty ? tree.divisions : chosen
        return divisions.compactMap { division in
            tree.seatServing(division.code).map { Desk(division: division.code, machine: $0.division.text) }
        }
    }

    private func faults(_ node: Node) throws(StoryFault) -> any Play {
        let keyed = try nodes.keyed(node, known: ["count", "kinds", "lasting"], what: "\"faults\"")
        var weights = Faults.Kind.allCases.map { (kind: $0, weight: $0.usualWeight) }
        if let node = keyed["kinds"] {
            let told = try nodes.keyed(node, known: Faults.Kind.allCases.map(\.rawValue), what: "\"kinds\"")
            for index in weights.indices {
                let kind = weights[index].kind.rawValue
                weights[index].weight = Int(
                    try told[kind].map { node throws(StoryFault) in try nodes.fixed(node, kind, within: 0...1_000) }
                        ?? 0)
            }
            guard weights.contains(where: { $0.weight > 0 }) else {
                throw nodes.fault(node, "no kind of fault has a weight; give one of them at least 1")
            }
        }
        let lasting = try keyed["lasting"].map { node throws(StoryFault) in try nodes.duration(node, "lasting") }
        return Faults(
            count: try count("count", in: keyed), weights: weights, lasting: lasting ?? Amount(1_000...600_000))
    }

    // MARK: Plays that begin at a moment

    mutating func happening(_ told: Told) throws(StoryFault) -> any Play {
        let what = "\"\(told.verb.rawValue)\""
        switch told.verb {
        case .amendment: return try amendment(told.value)
        case .import: return try `import`(told.value)
        case .typhoon: return try typhoon(told.value)
        case .swizzle:
            let keyed = try nodes.keyed(told.value, known: ["machines", "for"], what: what)
            let most = Int64(names.tree.seats.count)
            return Swizzle(
                machines: try nodes.amount(
                    nodes.required("machines", in: keyed), "machines", .count, within: 1...most),
                lasting: try nodes.duration(nodes.required("for", in: keyed), "for"))
        default:
            let keyed = try nodes.keyed(told.value, known: ["release", "protocols", "every"], what: what)
            return RollingUpgrade(
                release: try release(in: keyed),
                every: try nodes.duration(nodes.required("every", in: keyed), "every"))
        }
    }

    private mutating func amendment(_ node: Node) throws(StoryFault) -> any Play {
        let keyed = try nodes.keyed(node, known: ["statute", "articles", "by"], what: "\"amendment\"")
        let statuteNode = try nodes.required("statute", in: keyed)
        let name = try recordName(statuteNode)
        let machine =
            try keyed["by"].map { node throws(StoryFault) in try self.machine(node, "by") }
            ?? names.tree.root.text
        guard let seat = names.machines[machine] else { preconditionFailure("a machine has a seat") }
        let articles = try nodes.amount(nodes.required("articles", in: keyed), "articles", .count, within: 0...1_000)
        let isNew = names.records[name] == nil
        if let old = names.records[name] {
            guard old.name.kind == LibraryKinds.statute.name, old.name.home == seat else {
                throw nodes.fault(statuteNode, "\(name) is no statute of \(seat) on line \(old.line)")
            }
        }
        let line = nodes.mark(of: statuteNode).line
        let statute = RecordName(kind: LibraryKinds.statute.name, home: seat, flow: .down, name: name)
        try declare(StoryNames.Record(name: statute, isFree: false, line: line), at: statuteNode)
        for number in 0..<Int(articles.most) {
            let article = RecordName(
                kind: LibraryKinds.article.name, home: seat, flow: .down,
                name: Amendment.article(number + 1, of: name))
            try declare(StoryNames.Record(name: article, isFree: false, line: line), at: statuteNode)
        }
        return Amendment(
            statute: statute, articles: articles, machine: machine, isNew: isNew,
            needs: [StoryNames.machine(machine), StoryNames.record(name)])
    }

    private mutating func `import`(_ node: Node) throws(StoryFault) -> any Play {
        let keyed = try nodes.keyed(node, known: ["records", "kind", "by", "home", "batch"], what: "\"import\"")
        let machine = try machine(nodes.required("by", in: keyed), "by")
        guard let seat = names.machines[machine] else { preconditionFailure("a machine has a seat") }
        let home = try keyed["home"].map { node throws(StoryFault) in try division(node, "home") } ?? seat
        guard names.tree.mayWrite(seat: seat, acting: seat, home: home) else {
            throw nodes.fault(keyed.node, "\(machine) may not write at \(home), which is not at or below it")
        }
        var kind = LibraryKinds.caseFile
        if let node = keyed["kind"] {
            kind = try libraryKind(node)
            let known = [LibraryKinds.caseFile, LibraryKinds.officer, LibraryKinds.item]
            guard known.contains(kind) else {
                throw nodes.fault(node, "imports are of \(StoryNodes.listed(known.map(\.name)))")
            }
        }
        if kind == LibraryKinds.caseFile { hasCases = true }
        let batch = try keyed["batch"].map { node throws(StoryFault) in
            try nodes.amount(node, "batch", .count, within: 1...10_000)
        }
        return Import(
            records: try count("records", in: keyed), kind: kind.name, flow: kind.flow, home: home, acting: seat,
            machine: machine, batch: batch ?? Amount(100), needs: [StoryNames.machine(machine)])
    }

    private func typhoon(_ node: Node) throws(StoryFault) -> any Play {
        let keyed = try nodes.keyed(node, known: ["cities", "for"], what: "\"typhoon\"")
        let node = try nodes.required("cities", in: keyed)
        let lasting = try nodes.duration(nodes.required("for", in: keyed), "for")
        let possible = Typhoon.cities(of: names.tree)
        // A list of numbers is a choice of how many; any other names the cities.
        guard case .sequence(let list) = node, list.contains(where: { isName($0) }) else {
            let count = try nodes.amount(node, "cities", .count, within: 0...Int64(possible.count))
            return Typhoon(cities: .drawn(count), lasting: lasting)
        }
        var codes: [DivisionCode] = []
        for node in list {
            let code = try division(node, "cities")
            guard possible.contains(code) else { throw nodes.fault(node, "\(code) is no city with a machine below it") }
            guard !codes.contains(code) else { throw nodes.fault(node, "\(code) is named twice") }
            codes.append(code)
        }
        return Typhoon(cities: .named(codes), lasting: lasting)
    }

    /// Whether it is a division's code or name rather than a number: official codes are digits.
    private func isName(_ node: Node) -> Bool {
        guard let text = node.scalar?.string else { return false }
        return names.division(text) != nil || StoryNodes.range(in: text, .count) == nil
    }
}
