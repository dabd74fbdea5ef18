package import Divisions
import Lattice
package import Ledger
package import Replication

/// Entries that a machine should hold and does not.
package struct Missing: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let machine: String
    /// Where the machine is seated.
    package let division: DivisionCode
    package let stream: StreamID
    /// The numbers it lacks.
    package let from: UInt64
    package let through: UInt64

    package static func < (left: Missing, right: Missing) -> Bool {
        (left.machine, left.stream, left.from) < (right.machine, right.stream, right.from)
    }

    package var description: String {
        "\(machine) lacks \(from == through ? "\(from)" : "\(from) to \(through)") of \(stream.short)"
    }
}

/// All machines that run hold the same of what they are to hold, and nothing else.
package final class ConvergenceChecker: Checker {
    package let name = "convergence"
    package let chinese = "凡在运行的节点，应存的内容彼此完全一致，不多也不少。"
    package let english = "All running nodes hold the same of what they should hold: nothing less and nothing more."

    /// Every record that any commit has changed.
    private var records = Set<RecordID>()

    package init() {}

    package func committed(_ commit: Commit, at machine: World.Machine, in world: World) {
        for change in commit.changes { records.insert(change.state.id) }
    }

    package func verdict(on world: World) throws -> Inspection {
        var holdings = try Holdings(of: world)
        var verdict = Inspection()
        try Self.look(at: &holdings, in: world, &verdict)
        for record in records.sorted() { try compare(record, &holdings, &verdict) }
        return verdict
    }

    /// The same record shows the same everywhere.
    private func compare(_ id: RecordID, _ holdings: inout Holdings, _ verdict: inout Inspection) throws {
        var first: (shown: [FieldState], name: String)?
        for index in holdings.holders(of: StreamPlace(home: id.home, flow: id.flow)) {
            let machine = holdings.machines[index]
            let shown = try machine.store?.record(id)?.fields.filter { !$0.live.isEmpty } ?? []
            verdict.looked += 1
            guard let other = first else {
                first = (shown, machine.name)
                continue
            }
            let isSame =
                shown.count == other.shown.count
                && zip(shown, other.shown).allSatisfy { $0.key == $1.key && $0.live == $1.live }
            if !isSame { verdict.add("\(machine.name) and \(other.name) show \(id) differently") }
        }
    }

    // MARK: While the world settles

    /// The first thing in which two running machines differ; `nil` once all agree.
    ///
    /// Cheap as long as they do not: digests tell. Only when those are equal is every head looked at.
    package static func divergence(of world: World) throws -> String? {
        if let difference = differingDigests(in: world) { return difference }
        var holdings = try Holdings(of: world)
        var verdict = Inspection()
        try look(at: &holdings, in: world, &verdict)
        return verdict.findings.first
    }

    /// What is missing where, by all that any running machine holds and that counts.
    package static func pending(of world: World) throws -> [Missing] {
        var holdings = try Holdings(of: world)
        var missing: [Missing] = []
        for stream in holdings.streams {
            guard let standing = holdings.standings[stream] else { continue }
            for index in holdings.holders(of: standing.place) {
                let have = holdings.heads[index][stream]?.number ?? 0
                guard have < standing.number else { continue }
                let machine = holdings.machines[index]
                missing.append(
                    Missing(
                        machine: machine.name, division: machine.seat, stream: stream, from: have + 1,
                        through: standing.number))
            }
        }
        return missing.sorted()
    }

    /// Each machine against the nearest one above it, or against the first one of its own seat.
    private static func differingDigests(in world: World) -> String? {
        var first: [DivisionCode: World.Machine] = [:]
        let writing = world.running.filter(\.isWriting)
        for machine in writing where first[machine.seat] == nil { first[machine.seat] = machine }
        for machine in writing {
            let seat = machine.seat
            let twin = first[seat].flatMap { $0 === machine ? nil : $0 }
            let above = world.tree.ancestors(of: seat).lazy.compactMap { first[$0] }.first
            guard let other = twin ?? above, let own = machine.performer, let theirs = other.performer else { continue }
            guard own.inspect({ $0.digest(of: seat) }) == theirs.inspect({ $0.digest(of: seat) }) else {
                return "\(machine.name) and \(other.name) differ in what \(seat) holds"
            }
        }
        return nil
    }

    /// Every head of every machine.
    private static func look(at holdings: inout Holdings, in world: World, _ verdict: inout Inspection) throws {
        for stream in holdings.streams {
            guard let standing = holdings.standings[stream] else { continue }
            let best = holdings.machines[standing.at].name
            for index in holdings.holders(of: standing.place) {
                verdict.looked += 1
                let name = holdings.machines[index].name
                guard let head = holdings.heads[index][stream], head.number > 0 else {
                    if standing.number > 0 { verdict.add("\(name) lacks \(stream.short), \(best) holds it") }
                    continue
                }
                let other = standing.head
                guard (head.number, head.forkedAfter) == (other.number, standing.forkedAfter) else {
                    verdict.add(
                        "\(stream.short): \(name) is at \(head.ending), \(best) at \(other.ending)")
                    continue
                }
                if head.hash != other.hash {
                    verdict.add("\(stream.short): entry \(head.number) at \(name) is another than at \(best)")
                }
            }
        }
        for (machine, heads) in zip(holdings.machines, holdings.heads) {
            let strange = heads.values.filter {
                $0.number > 0 && !world.tree.holds(machine.seat, home: $0.home, flow: $0.flow)
            }
            for head in strange.sorted(by: { $0.stream < $1.stream }) {
                verdict.add("\(machine.name) holds \(head.stream.short), which is none of its")
            }
            if try machine.store?.dirtyRecords(limit: 1).isEmpty == false {
                verdict.add("\(machine.name) has still to recompute records")
            }
        }
    }
}

extension StreamHead {
    /// Where it ends, for people.
    fileprivate var ending: String { forkedAfter.map { "\(number), forked after \($0)" } ?? "\(number)" }
}
