import Casework
import Divisions
import Lattice
import Ledger
import Replication
import Simulation

/// A story made ready for real processes: what happens in which order, and what of it cannot happen here.
struct NamespacePlan: Sendable {
    enum Step: Sendable {
        case act(StoryAct)
        /// An officer opens a record; what he then sees is kept under the number until he saves.
        case look(Int, Writing)
        case save(Int, Writing)
    }

    struct Moment: Sendable {
        let at: Instant
        let step: Step
    }

    /// More processes than this do not keep the pace of a story on a small machine.
    static let machinesMax = 30

    /// Looking and saving stand apart, each at its moment; of one moment in the order of the story.
    let moments: [Moment]
    /// What is asked once everything is mended and all agree.
    let ending: [Expectation]

    init(_ scenario: Scenario) {
        var moments: [Moment] = []
        var ending: [Expectation] = []
        for (place, event) in scenario.events.enumerated() {
            switch event.act {
            case .expect(let expectation) where event.isAtEnd: ending.append(expectation)
            case .write(let writing):
                moments.append(Moment(at: event.at, step: .look(place, writing)))
                moments.append(Moment(at: event.at + writing.thinking, step: .save(place, writing)))
            default: moments.append(Moment(at: event.at, step: .act(event.act)))
            }
        }
        self.ending = ending
        self.moments = moments.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
    }

    /// Whether somebody saves something that this machine should hold before another process starts there, seen from a
    /// place in the order.
    func isSaved(for machine: String, at seat: DivisionCode, after place: Int, in tree: DivisionTree) -> Bool {
        for moment in moments.dropFirst(place + 1) {
            switch moment.step {
            case .save(_, let writing) where tree.holds(seat, home: writing.record.home, flow: writing.record.flow):
                return true
            case .act(.start(let other)) where other == machine, .act(.restore(let other, _)) where other == machine,
                .act(.upgrade(let other, _)) where other == machine:
                return false
            default: continue
            }
        }
        return false
    }

    // MARK: What cannot happen here

    /// What of a story cannot be made to happen to real processes, each thing once; nothing for a story that can run.
    static func obstacles(of scenario: Scenario) -> [String] {
        var found: [Obstacle] = []
        if let bug = scenario.planted {
            found.append(Obstacle("only the simulator carries bugs on purpose", bug.rawValue))
        }
        let twins = scenario.events.count { if case .clone = $0.act { true } else { false } }
        let machines = scenario.tree.seats.count + twins
        if machines > machinesMax {
            found.append(Obstacle("there can be \(machinesMax) processes at most", "\(machines) machines"))
        }
        found += obstacles(in: scenario.lines)
        for event in scenario.events { found += obstacles(in: event.act, tree: scenario.tree) }
        var told: [(what: String, details: [String])] = []
        for obstacle in found {
            let place = told.firstIndex { $0.what == obstacle.what } ?? told.endIndex
            if place == told.endIndex { told.append((obstacle.what, [])) }
            if !told[place].details.contains(obstacle.detail) { told[place].details.append(obstacle.detail) }
        }
        return told.map { "\($0.what): \($0.details.joined(separator: ", "))" }
    }

    private struct Obstacle {
        let what: String
        let detail: String

        init(_ what: String, _ detail: String) { (self.what, self.detail) = (what, detail) }
    }

    private static func obstacles(in quality: LineQuality) -> [Obstacle] {
        var found: [Obstacle] = []
        if quality.duplicates > 0 { found.append(Obstacle("TCP never delivers bytes twice", "doubled frames")) }
        if quality.damages > 0 { found.append(Obstacle("TLS keeps strangers from it", "damaged frames")) }
        return found
    }

    private static func obstacles(in act: StoryAct, tree: DivisionTree) -> [Obstacle] {
        switch act {
        case .write(let writing): return obstacles(in: writing)
        case .shape(_, let quality): return obstacles(in: quality)
        case .resume(let machine, _): return [Obstacle("the memory of a process cannot be resumed elsewhere", machine)]
        case .clock(let machine, _, _): return [Obstacle("all processes share this machine's clock", machine)]
        case .lie(_, _, let lie): return [Obstacle("the released program does not lie", lie.rawValue)]
        case .casework(let act): return [Obstacle("cases are worked on in the simulator only", act.deed.word)]
        case .expect(.judged(let record, _, _)), .expect(.published(let record, _, _)):
            return [Obstacle("cases are judged in the simulator only", record.name)]
        case .upgrade(_, let release) where release.protocols != ReplicationLimits.protocols:
            return [Obstacle("there is one release of the program, with one range of protocols", release.name)]
        case .clone(tree.root.text, _):
            return [Obstacle("nobody above a twin of the root could tell it from the other", tree.root.text)]
        case .expect(.reported(_, let word, _)) where NamespaceStory.logged[word] == nil:
            return [Obstacle("nodes write no such word into their logs", word)]
        case .cut, .mend, .heal, .reset, .silence, .crash, .start, .backup, .restore, .clone, .fillDisk, .freeDisk,
            .upgrade, .expect:
            return []
        }
    }

    private static func obstacles(in writing: Writing) -> [Obstacle] {
        let record = writing.record
        guard let kind = CaseworkKinds.all[record.kind] else {
            return [Obstacle("the program has no such kind", record.kind)]
        }
        guard kind.flow == record.flow else {
            return [Obstacle("the API writes a kind in its own flow only", "\(kind.name) \(record.flow.name)")]
        }
        var found: [Obstacle] = []
        var written: Set<String> = []
        for edit in writing.edits {
            switch edit.change {
            case .create: continue
            case .remove:
                if edit.isBlind || writing.edits.count > 1 || !writing.also.isEmpty {
                    found.append(
                        Obstacle("the API removes one record that was seen, and does nothing else", "\(kind.name)"))
                }
            case .put(let value), .drop(let value):
                guard let field = kind.field(edit.field), field.type == edit.type, field.value.admits(value) else {
                    found.append(Obstacle("the program has no such field", "\(kind.name).\(edit.field) (\(edit.type))"))
                    continue
                }
                if edit.type == .register, !written.insert(edit.field).inserted {
                    found.append(Obstacle("the API writes a register once in an act", "\(kind.name).\(edit.field)"))
                }
            }
        }
        if !writing.also.isEmpty, !writing.edits.contains(.creation), !writing.edits.allSatisfy(\.isImported) {
            found.append(Obstacle("edits of many records by one act can only set registers", kind.name))
        }
        return found
    }
}

extension FieldEdit {
    /// Whether an import does the same to a record that is there.
    fileprivate var isImported: Bool {
        if case .put = change { type == .register && !isBlind } else { false }
    }
}
