import Divisions
import Yams

extension StoryReader {
    // MARK: Lines

    mutating func lineAct(_ told: Told) throws(StoryFault) -> any Play {
        switch told.verb {
        case .cut: try cut(told, try lines(told.value), isolated: nil)
        case .isolate:
            try isolate(told)
        case .mend: try mend(told.value)
        case .heal:
            try heal(told.value)
        case .reset: Deed(acts: [.reset(try lines(told.value))], needs: needs(try lines(told.value)))
        case .silence: Deed(acts: [.silence(try lines(told.value))], needs: needs(try lines(told.value)))
        default:
            ShapePlay(
                lines: try lines(told.value), quality: try quality(told), lasting: try lasting(told),
                needs: needs(try lines(told.value)))
        }
    }

    /// `[a, b]`, `{ between: [[a, …], [b, …]] }`, `{ around: [a, …] }`, `{ below: CODE }` or `all`.
    private func lines(_ node: Node) throws(StoryFault) -> Lines {
        switch node {
        case .scalar(let scalar) where scalar.string == "all": return .all
        case .sequence(let ends) where ends.count == 2:
            return try between([ends[0]], [ends[1]], node)
        case .mapping:
            let keyed = try nodes.keyed(node, known: ["between", "around", "below"], what: "lines")
            guard keyed.keys.count == 1 else { throw nodes.fault(node, "lines are told with one of the three keys") }
            if let node = keyed["around"] { return .around(try machines(node, "around")) }
            if let node = keyed["below"] {
                let group = names.machines(atOrBelow: try division(node, "below"))
                guard !group.isEmpty else { throw nodes.fault(node, "there is no machine at or below it") }
                return .around(group)
            }
            let groups = try nodes.list(nodes.required("between", in: keyed), what: "\"between\"")
            guard groups.count == 2 else { throw nodes.fault(node, "\"between\" names two groups of machines") }
            return try between([groups[0]], [groups[1]], node)
        default:
            throw nodes.fault(
                node, "lines are [a, b], { between: [[a], [b]] }, { around: [a] }, { below: a } or all")
        }
    }

    private func between(_ left: [Node], _ right: [Node], _ node: Node) throws(StoryFault) -> Lines {
        let (left, right) = (try machines(left[0], "lines"), try machines(right[0], "lines"))
        if let both = left.first(where: right.contains) {
            throw nodes.fault(node, "\(both) stands at both ends of the lines")
        }
        return .between(left, right)
    }

    private func needs(_ lines: Lines) -> [String] {
        switch lines {
        case .all: []
        case .between(let left, let right): (left + right).map(StoryNames.machine)
        case .around(let group): group.map(StoryNames.machine)
        }
    }

    private func lasting(_ told: Told) throws(StoryFault) -> Amount? {
        try told.keyed["for"].map { node throws(StoryFault) in try nodes.duration(node, "for") }
    }

    private func quality(_ told: Told) throws(StoryFault) -> DrawnQuality {
        let quality = try nodes.quality(told.keyed)
        guard quality != DrawnQuality() || told.keyed["for"] == nil else {
            throw nodes.fault(told.keyed.node, "say how the lines are: \(StoryNodes.listed(StoryNodes.qualities))")
        }
        return quality
    }

    private mutating func isolate(_ told: Told) throws(StoryFault) -> any Play {
        let machine = try machine(told.value, "isolate")
        return try cut(told, .around([machine]), isolated: machine)
    }

    private mutating func cut(_ told: Told, _ lines: Lines, isolated: String?) throws(StoryFault) -> any Play {
        var name = "cut-\(step)"
        if let node = told.keyed["as"] { name = try recordName(node) }
        guard names.cut(name) == nil else {
            throw nodes.fault(told.keyed["as"] ?? told.value, "there is a cut \(name) before; choose another name")
        }
        names.add(StoryNames.Cut(name: name, lines: lines, isolated: isolated), making(told.value))
        return Deed(
            acts: [.cut(name: name, lines)], ending: .mend(name: name), lasting: try lasting(told),
            needs: needs(lines), makes: [StoryNames.cut(name)])
    }

    /// A cut by its name, by the machine it isolated, or by its lines.
    private func mend(_ node: Node) throws(StoryFault) -> any Play {
        let cut: StoryNames.Cut?
        if let text = node.scalar?.string, text != "all" {
            let machine = names.division(text)?.text ?? text
            cut = names.cut(text) ?? names.cuts.last { $0.isolated == machine }
        } else {
            let lines = try lines(node)
            cut = names.cuts.last { $0.lines == lines }
        }
        guard let cut else {
            throw nodes.fault(node, "no step before this one cuts that; name a cut, or its lines as they were cut")
        }
        try need(StoryNames.cut(cut.name), node, "the cut \(cut.name)")
        return Deed(acts: [.mend(name: cut.name)], needs: [StoryNames.cut(cut.name)])
    }

    private func heal(_ node: Node) throws(StoryFault) -> any Play {
        guard node.scalar?.string == "all" else {
            throw nodes.fault(node, "\"heal\" mends all there is: write heal: all, or mend one cut")
        }
        return Deed(acts: [.heal])
    }

    // MARK: Machines

    mutating func machineAct(_ told: Told) throws(StoryFault) -> any Play {
        let machine = try machine(told.value, told.verb.rawValue)
        let needs = [StoryNames.machine(machine)]
        switch told.verb {
        case .crash:
            let point = try told.keyed["when"].map { node throws(StoryFault) in
                try nodes.word(node, "moment of a crash", as: CrashPoint.self)
            }
            return Deed(
                acts: [.crash(machine: machine, point ?? .now)], ending: .start(machine: machine),
                lasting: try lasting(told), needs: needs)
        case .start: return Deed(acts: [.start(machine: machine)], needs: needs)
        case .restart:
            return Deed(acts: [.crash(machine: machine, .now), .start(machine: machine)], needs: needs)
        case .backup: return try backup(told, machine)
        case .restore: return try restore(told, machine)
        case .clone, .resume: return try twin(told, machine)
        case .fillDisk:
            return Deed(
                acts: [.fillDisk(machine: machine)], ending: .freeDisk(machine: machine),
                lasting: try lasting(told), needs: needs)
        case .freeDisk: return Deed(acts: [.freeDisk(machine: machine)], needs: needs)
        case .clock: return try clock(told, machine)
        case .upgrade:
            let release = try release(in: told.keyed)
            return Deed(acts: [.upgrade(machine: machine, release)], needs: needs)
        default: return try lie(told, machine)
        }
    }

    private mutating func backup(_ told: Told, _ machine: String) throws(StoryFault) -> any Play {
        let name = try told.keyed["as"].map { node throws(StoryFault) in try recordName(node) } ?? machine
        names.note(StoryNames.backup(name), making(told.value))
        return Deed(
            acts: [.backup(machine: machine, name: name)], needs: [StoryNames.machine(machine)],
            makes: [StoryNames.backup(name)])
    }

    private func restore(_ told: Told, _ machine: String) throws(StoryFault) -> any Play {
        let node = told.keyed["from"] ?? told.value
        let name = told.keyed["from"] == nil ? machine : try recordName(node)
        let key = StoryNames.backup(name)
        guard names.made[key] != nil else {
            throw nodes.fault(node, "no step before this one keeps a backup \(name.debugDescription)")
        }
        try need(key, node, "the backup \(name)")
        return Deed(
            acts: [.restore(machine: machine, name: name)], needs: [StoryNames.machine(machine), key])
    }

    private mutating func twin(_ told: Told, _ machine: String) throws(StoryFault) -> any Play {
        let node = try nodes.required("as", in: told.keyed)
        let name = try nodes.plainName(node, "as")
        guard names.machines[name] == nil, names.division(name) == nil else {
            throw nodes.fault(node, "\(name) is a machine or a division already; give the twin another name")
        }
        guard let seat = names.machines[machine] else { preconditionFailure("a machine has a seat") }
        names.addTwin(name, of: seat, making(told.value))
        let act: StoryAct =
            told.verb == .clone ? .clone(machine: machine, as: name) : .resume(machine: machine, as: name)
        return Deed(acts: [act], needs: [StoryNames.machine(machine)], makes: [StoryNames.machine(name)])
    }

    private func clock(_ told: Told, _ machine: String) throws(StoryFault) -> any Play {
        let limit = StoryNodes.durationMax
        let jump = try told.keyed["jump"].map { node throws(StoryFault) in
            try nodes.amount(node, "jump", .duration, within: -limit...limit)
        }
        let drift = try told.keyed["drift"].map { node throws(StoryFault) in
            try nodes.amount(node, "drift", .count, within: -500_000...500_000)
        }
        guard jump != nil || drift != nil else {
            throw nodes.fault(told.keyed.node, "say what is wrong with the clock: jump, drift or both")
        }
        return ClockPlay(
            machine: machine, jump: jump ?? Amount(0), drift: drift ?? Amount(0),
            needs: [StoryNames.machine(machine)])
    }

    /// The release that machines get: its name, and the versions of the protocol it speaks.
    func release(in keyed: StoryNodes.Keyed) throws(StoryFault) -> Release {
        let name = try nodes.plainName(nodes.required("release", in: keyed), "release")
        let versions = try keyed["protocols"].map { node throws(StoryFault) in
            let amount = try nodes.amount(node, "protocols", .count, within: 1...Int64(UInt32.max))
            guard amount.choices.count == 1 else {
                throw nodes.fault(node, "protocols are one range of versions, for example 1..2")
            }
            return UInt32(amount.least)...UInt32(amount.most)
        }
        return Release(name: name, protocols: versions ?? Release.current.protocols)
    }

    private func lie(_ told: Told, _ machine: String) throws(StoryFault) -> any Play {
        let node = try nodes.required("to", in: told.keyed)
        let to = try self.machine(node, "to")
        guard to != machine else { throw nodes.fault(node, "nobody lies to himself; name a neighbour") }
        let lie = try nodes.word(nodes.required("with", in: told.keyed), "lie", as: Lie.self)
        return Deed(
            acts: [.lie(machine: machine, to: to, lie)],
            needs: [StoryNames.machine(machine), StoryNames.machine(to)])
    }
}
