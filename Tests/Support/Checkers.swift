import Divisions
import Lattice
package import Ledger
import Replication

/// What must hold of a world that had time to settle. Each answers with the first thing that is wrong.
extension World {
    /// Runs until all machines agree and the fact holds.
    /// - Returns: what is still wrong after `limit` milliseconds; `nil` when all is well.
    package func settle(within limit: UInt64, when fact: () throws -> Bool = { true }) throws -> String? {
        if try run(until: { try divergence() == nil && fact() }, within: limit) { return nil }
        return try divergence() ?? "all agree, and what was waited for did not come"
    }

    /// Every machine holds the same of what its seat holds as every other, in entries and in what they come to.
    package func divergence() throws -> String? {
        var heads: [StreamID: (StreamHead, String)] = [:]
        var records: [RecordID: (RecordView, String)] = [:]
        let stores = running.map { ($0, $0.store) }
        for (machine, store) in stores {
            for head in try store.heads() where head.number > 0 {
                guard let (other, name) = heads[head.stream] else {
                    heads[head.stream] = (head, machine.name)
                    continue
                }
                guard (head.number, head.hash, head.forkedAfter) == (other.number, other.hash, other.forkedAfter) else {
                    return
                        "\(head.stream.short): \(machine.name) is at \(head.number) \(head.forkedAfter.map { "forked \($0)" } ?? ""), \(name) at \(other.number)"
                }
            }
            for state in store.records {
                guard let (other, name) = records[state.id] else {
                    records[state.id] = (state.view, machine.name)
                    continue
                }
                guard state.view == other else { return "\(state.id): \(machine.name) and \(name) show it differently" }
            }
        }
        for (machine, store) in stores {
            let held = Set(try store.heads().filter { $0.number > 0 }.map(\.stream))
            for (head, name) in heads.values.sorted(by: { $0.0.stream < $1.0.stream }) {
                let isHolder = tree.holds(machine.seat, home: head.home, flow: head.flow)
                if isHolder, !held.contains(head.stream) {
                    return "\(machine.name) lacks \(head.stream.short), \(name) holds it"
                }
                if !isHolder, held.contains(head.stream) {
                    return "\(machine.name) holds \(head.stream.short), which is none of its"
                }
            }
        }
        return nil
    }

    /// Every stored record equals the fold of the log, done anew and in another way.
    package func staleRecord() throws -> String? {
        for machine in running {
            for state in machine.store.records {
                guard try rebuilt(state.id, in: machine.store).view == state.view else {
                    return "\(machine.name): \(state.id) is not what its entries come to"
                }
            }
        }
        return nil
    }

    private func rebuilt(_ id: RecordID, in store: MemoryStore) throws -> RecordState {
        let heads = Dictionary(uniqueKeysWithValues: try store.heads().map { ($0.stream, $0) })
        var state = RecordState(id: id)
        var merged: [StreamID: UInt64] = [:]
        for item in try store.history(of: id) {
            guard let head = heads[item.id.stream], item.id.number <= head.number,
                let entry = JudgedEntry(logged: item, suite: head.opening.suite), let act = entry.header.act,
                let level = tree.level(of: act.division)
            else { continue }
            for (record, write) in entry.writes(home: item.home, flow: item.flow, level: level) where record == id {
                state.apply(write) { merged[$0] ?? 0 }
            }
            merged[item.id.stream] = item.id.number
        }
        return state.normalised { stream in
            guard let head = heads[stream] else { return 0 }
            return head.forkedAfter == head.number ? .max : head.number
        }
    }

    /// What two machines or more hold now; whatever happens later, it must still be everywhere it belongs.
    package func acknowledged() throws -> [EntryID: Digest] {
        var holders: [EntryID: Int] = [:]
        var hashes: [EntryID: Digest] = [:]
        for machine in machines.values {
            for head in try machine.store.heads() where head.number > 0 {
                for number in 1...head.number {
                    let id = EntryID(stream: head.stream, number: number)
                    holders[id, default: 0] += 1
                    hashes[id] = try machine.store.hash(of: id)
                }
            }
        }
        return hashes.filter { holders[$0.key] ?? 0 > 1 }
    }

    /// The first entry of `acknowledged` that a holder lacks.
    package func lost(of acknowledged: [EntryID: Digest]) throws -> String? {
        for machine in running {
            let heads = Dictionary(uniqueKeysWithValues: try machine.store.heads().map { ($0.stream, $0) })
            for (id, hash) in acknowledged.sorted(by: { $0.key < $1.key }) {
                guard let head = heads[id.stream] else { continue }
                if let limit = head.forkedAfter, id.number > limit { continue }
                guard head.number >= id.number, try machine.store.hash(of: id) == hash else {
                    return "\(machine.name) lost \(id)"
                }
            }
        }
        return nil
    }
}
