import Divisions

/// Makes a failing story as small as it can and still fail in the same way: fewer events, fewer offices, straight lines
/// (delta debugging: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).
package struct Shrinker {
    /// Trials are cheap for small stories and dear for large ones: after this many the best so far has to do.
    package static let trialsMax = 4_000

    package private(set) var best: Scenario
    package private(set) var trials = 0
    private let fails: (Scenario) throws -> Bool

    /// - Parameters:
    ///   - scenario: one that fails.
    ///   - fails: whether a scenario fails in the way that is looked for.
    package init(_ scenario: Scenario, fails: @escaping (Scenario) throws -> Bool) {
        (best, self.fails) = (scenario, fails)
    }

    /// - Parameter progress: told after every trial: how many there were, how many events and offices are left.
    package mutating func shrink(progress: (Int, Int, Int) -> Void = { _, _, _ in }) throws {
        var before: (Int, Int)
        repeat {
            before = (best.events.count, best.tree.seats.count)
            try dropEvents(progress)
            try dropOffices(progress)
        } while (best.events.count, best.tree.seats.count) < before && trials < Self.trialsMax
        try straighten(progress)
        try hurry(progress)
    }

    private mutating func attempt(_ candidate: Scenario, _ progress: (Int, Int, Int) -> Void) throws -> Bool {
        guard trials < Self.trialsMax else { return false }
        trials += 1
        let isFailing = try fails(candidate)
        if isFailing { best = candidate }
        progress(trials, best.events.count, best.tree.seats.count)
        return isFailing
    }

    /// Leaves out ever smaller parts of what happens.
    private mutating func dropEvents(_ progress: (Int, Int, Int) -> Void) throws {
        var size = max(best.events.count / 2, 1)
        while size >= 1, trials < Self.trialsMax {
            var start = 0
            while start < best.events.count {
                var candidate = best
                candidate.events.removeSubrange(start..<min(start + size, best.events.count))
                if try !attempt(candidate.coherent(best.twins), progress) { start += size }
            }
            if size == 1 { break }
            size /= 2
        }
    }

    /// Leaves out offices below which there is none, with all that happens at them.
    private mutating func dropOffices(_ progress: (Int, Int, Int) -> Void) throws {
        var isSmaller = true
        while isSmaller, trials < Self.trialsMax {
            isSmaller = false
            for division in best.tree.subtree(of: best.tree.root).reversed() where division != best.tree.root {
                guard best.tree.division(division) != nil, best.tree.children(of: division).isEmpty,
                    let candidate = best.without(division)
                else { continue }
                if try attempt(candidate, progress) { isSmaller = true }
            }
        }
    }

    private mutating func straighten(_ progress: (Int, Int, Int) -> Void) throws {
        var candidate = best
        candidate.lines = LineQuality(latency: 1...1)
        _ = try attempt(candidate, progress)
    }

    /// Nobody thinks, nothing is imported beside what matters.
    private mutating func hurry(_ progress: (Int, Int, Int) -> Void) throws {
        for place in best.events.indices {
            if case .casework(var act) = best.events[place].act, act.thinking > 0 {
                act.thinking = 0
                var simpler = best
                simpler.events[place].act = .casework(act)
                _ = try attempt(simpler, progress)
            }
            guard case .write(let writing) = best.events[place].act else { continue }
            var simpler = writing
            (simpler.thinking, simpler.also) = (0, [])
            if simpler != writing { _ = try attempt(best.replacing(place, with: simpler), progress) }
            for edit in writing.edits.indices.reversed() where writing.edits.count > 1 {
                guard case .write(var fewer) = best.events[place].act, fewer.edits.count > 1, edit < fewer.edits.count
                else { continue }
                fewer.edits.remove(at: edit)
                _ = try attempt(best.replacing(place, with: fewer), progress)
            }
        }
    }
}

extension Scenario {
    fileprivate func replacing(_ place: Int, with writing: Writing) -> Scenario {
        var scenario = self
        scenario.events[place].act = .write(writing)
        return scenario
    }

    /// The same story without a division, its node and what concerns it; `nil` where no tree is left.
    fileprivate func without(_ division: DivisionCode) -> Scenario? {
        let divisions = tree.subtree(of: tree.root).filter { $0 != division }.compactMap { tree.division($0) }
        let seats = tree.seats.filter { $0.division != division }
        guard let smaller = try? DivisionTree(divisions: divisions, seats: seats) else { return nil }
        var gone: Set<String> = [division.text]
        for event in events {
            if case .clone(let machine, let twin) = event.act, gone.contains(machine) { gone.insert(twin) }
            if case .resume(let machine, let twin) = event.act, gone.contains(machine) { gone.insert(twin) }
        }
        var scenario = self
        scenario.tree = smaller
        scenario.events = events.compactMap { event in
            event.act.without(gone, division).map { Event(at: event.at, $0) }
        }
        return scenario.coherent(twins)
    }

    fileprivate var twins: Set<String> { Set(events.compactMap(\.act.twin)) }

    /// The story without what has lost its ground: a cut that was not made is not mended, a backup that was not taken not
    /// restored, a twin that is not there does nothing, and of a record that nobody writes nothing is expected. A file that
    /// told of such things would be refused.
    ///
    /// - Parameter twins: every twin that may be named in it.
    fileprivate func coherent(_ twins: Set<String>) -> Scenario {
        var ground = Ground(unborn: twins)
        var scenario = self
        scenario.events = events.compactMap { event in
            guard let act = event.act.without(ground.unborn, nil), ground.carries(act) else { return nil }
            ground.gains(act)
            return Event(at: event.at, act)
        }
        return scenario
    }
}

/// What has come up in a story so far, for later acts to stand on.
private struct Ground {
    /// Twins that are still to be made.
    var unborn: Set<String>
    private var cuts: Set<String> = []
    private var backups: Set<String> = []
    private var records: Set<RecordName> = []

    init(unborn: Set<String>) { self.unborn = unborn }

    func carries(_ act: StoryAct) -> Bool {
        switch act {
        case .mend(let name): cuts.contains(name)
        case .heal: !cuts.isEmpty
        case .restore(_, let name): backups.contains(name)
        case .expect(let expectation): expectation.record.map(records.contains) ?? true
        case .casework(let act):
            if case .open = act.deed { true } else { act.records.allSatisfy(records.contains) }
        default: true
        }
    }

    mutating func gains(_ act: StoryAct) {
        switch act {
        case .cut(let name, _): cuts.insert(name)
        case .backup(_, let name): backups.insert(name)
        case .clone(_, let twin), .resume(_, let twin): unborn.remove(twin)
        case .write(let writing):
            var name = writing.record
            for record in [name.name] + writing.also {
                name = RecordName(kind: name.kind, home: name.home, flow: name.flow, name: record)
                records.insert(name)
            }
        case .casework(let act): records.formUnion(act.records)
        default: break
        }
    }
}

extension StoryAct {
    /// The second machine that it makes.
    fileprivate var twin: String? {
        switch self {
        case .clone(_, let twin), .resume(_, let twin): twin
        default: nil
        }
    }

    /// The act without these machines and this division; `nil` where nothing of it is left.
    fileprivate func without(_ gone: Set<String>, _ division: DivisionCode?) -> StoryAct? {
        switch self {
        case .write(let writing):
            gone.contains(writing.machine) || writing.record.home == division || writing.acting == division
                ? nil : self
        case .cut(let name, let lines): lines.without(gone).map { .cut(name: name, $0) }
        case .reset(let lines): lines.without(gone).map { .reset($0) }
        case .silence(let lines): lines.without(gone).map { .silence($0) }
        case .shape(let lines, let quality): lines.without(gone).map { .shape($0, quality) }
        case .mend, .heal: self
        case .crash(let name, _), .start(let name), .backup(let name, _), .restore(let name, _), .clone(let name, _),
            .resume(let name, _), .fillDisk(let name), .freeDisk(let name), .clock(let name, _, _),
            .upgrade(let name, _):
            gone.contains(name) ? nil : self
        case .lie(let name, let other, _): gone.contains(name) || gone.contains(other) ? nil : self
        case .casework(let act): act.isWithout(gone, division) ? self : nil
        case .expect(let expectation): expectation.without(gone, division).map { .expect($0) }
        }
    }
}

extension Lines {
    fileprivate func without(_ gone: Set<String>) -> Lines? {
        switch self {
        case .all: return self
        case .between(let left, let right):
            let rest = (left.filter { !gone.contains($0) }, right.filter { !gone.contains($0) })
            return rest.0.isEmpty || rest.1.isEmpty ? nil : .between(rest.0, rest.1)
        case .around(let names):
            let rest = names.filter { !gone.contains($0) }
            return rest.isEmpty ? nil : .around(rest)
        }
    }
}

extension Expectation {
    /// The record that it is about.
    package var record: RecordName? {
        switch self {
        case .shows(let record, _, _, _, _), .conflict(let record, _, _, _), .visible(let record, _, _),
            .held(let record, _, _), .judged(let record, _, _), .published(let record, _, _):
            record
        case .linked, .alarm, .forks, .running, .reported, .agree: nil
        }
    }

    fileprivate func without(_ gone: Set<String>, _ division: DivisionCode?) -> Expectation? {
        let left = { (machines: [String]) in machines.filter { !gone.contains($0) } }
        switch self {
        case .shows(let record, let field, let type, let values, let machines):
            let rest = left(machines)
            guard record.home != division, !rest.isEmpty else { return nil }
            return .shows(record, field: field, type: type, values: values, machines: rest)
        case .conflict(let record, let field, let isThere, let machines):
            let rest = left(machines)
            guard record.home != division, !rest.isEmpty else { return nil }
            return .conflict(record, field: field, isThere, machines: rest)
        case .visible(let record, let isVisible, let machines):
            let rest = left(machines)
            return record.home == division || rest.isEmpty ? nil : .visible(record, isVisible, machines: rest)
        case .held(let record, let isHeld, let machines):
            let rest = left(machines)
            return record.home == division || rest.isEmpty ? nil : .held(record, isHeld, machines: rest)
        case .judged(let record, let question, let machines):
            let rest = left(machines)
            return record.home == division || rest.isEmpty ? nil : .judged(record, question, machines: rest)
        case .published(let record, let standing, let machines):
            let rest = left(machines)
            return record.home == division || rest.isEmpty ? nil : .published(record, standing, machines: rest)
        case .linked(let machine, let upper): return gone.contains(machine) || upper == division ? nil : self
        case .alarm(let about, _, let machine): return gone.contains(machine) || about == division ? nil : self
        case .running(let machine, _), .reported(let machine, _, _): return gone.contains(machine) ? nil : self
        case .forks, .agree: return self
        }
    }
}

extension CaseAct {
    /// Whether it neither is done at one of these machines nor concerns the division.
    fileprivate func isWithout(_ gone: Set<String>, _ division: DivisionCode?) -> Bool {
        var named = records.map(\.home) + [acting]
        var certificates: [String] = []
        switch deed {
        case .acknowledge(let office): named.append(office)
        case .endDelegation(let office, _): named.append(office)
        case .suspend(let certificate): certificates = [certificate]
        case .overrule(_, _, _, let of?, _): named.append(of)
        case .take(_, let taking), .forge(_, let taking, _): certificates = taking.officers ?? []
        default: break
        }
        named += certificates.compactMap { CaseworkSetting.holder(of: $0)?.division }
        return !gone.contains(machine) && !(division.map(named.contains) ?? false)
    }
}
