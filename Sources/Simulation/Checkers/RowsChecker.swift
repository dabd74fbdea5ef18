import Divisions
import Lattice
import Ledger
package import Replication

/// What a machine shows is what its own log comes to: every record folded anew from the entries, and whatever the disk
/// keeps beside the log compared with it.
package final class RowsChecker: Checker {
    package let name = "rows"
    package let chinese = "各节点显示的每一条记录，都与由其自身日志重新计算的结果一致，没有待重算的遗留。"
    package let english =
        "Every record a node shows equals the one rebuilt from its own log, and none waits to be rebuilt."

    private let reader: EntryReader
    /// Every record that any commit has changed, and its number in that list.
    private var records: [RecordID] = []
    private var numbers: [RecordID: Int] = [:]
    /// Beside the world's machines, the numbers of those that its own commits have changed.
    private var changed: [Set<Int>] = []

    init(reading reader: EntryReader) { self.reader = reader }

    package convenience init(for world: World) { self.init(reading: EntryReader(tree: world.tree)) }

    package func committed(_ commit: Commit, at machine: World.Machine, in world: World) {
        while changed.count <= machine.index { changed.append([]) }
        for change in commit.changes { changed[machine.index].insert(number(of: change.state.id)) }
    }

    private func number(of id: RecordID) -> Int {
        if let number = numbers[id] { return number }
        numbers[id] = records.count
        records.append(id)
        return records.count - 1
    }

    package func verdict(on world: World) throws -> Inspection {
        var verdict = Inspection()
        for machine in world.running {
            guard let store = machine.store else { continue }
            let heads = Dictionary(uniqueKeysWithValues: try store.heads().map { ($0.stream, $0) })
            let rebuilt = try rebuild(from: store, heads)
            for (id, state) in rebuilt.sorted(by: { $0.key < $1.key }) {
                verdict.looked += 1
                if try store.record(id)?.settled(by: heads) ?? RecordState(id: id) != state.settled(by: heads) {
                    verdict.add("\(machine.name): \(id) is not what its entries come to")
                }
            }
            for id in changedRecords(at: machine) where rebuilt[id] == nil {
                if try store.record(id) != nil { verdict.add("\(machine.name): \(id) is there without an entry") }
            }
            let dirty = try store.dirtyRecords(limit: 1_000)
            if !dirty.isEmpty { verdict.add("\(machine.name): \(dirty.count) records wait to be recomputed") }
            for fault in try machine.disk.unsound(notary: TestNotary(), tree: world.tree) {
                verdict.add("\(machine.name): \(fault)")
            }
        }
        return verdict
    }

    private func changedRecords(at machine: World.Machine) -> [RecordID] {
        machine.index < changed.count ? changed[machine.index].sorted().map { records[$0] } : []
    }

    /// Every record that the log speaks of, folded in the order of commits.
    private func rebuild(
        from store: any Storing, _ heads: [StreamID: StreamHead]
    ) throws -> [RecordID: RecordState] {
        var states: [RecordID: RecordState] = [:]
        var merged: [StreamID: UInt64] = [:]
        var open: RecordState?
        try store.readAll { item in
            guard let head = heads[item.id.stream], item.id.number <= head.number,
                let read = reader.read(item, suite: head.opening.suite)
            else { return }
            for (id, write) in read.writes {
                if open?.id != id {
                    if let done = open.take() { states[done.id] = done }
                    open = states.removeValue(forKey: id) ?? RecordState(id: id)
                }
                open?.apply(write) { merged[$0] ?? 0 }
            }
            merged[item.id.stream] = item.id.number
        }
        if let done = open.take() { states[done.id] = done }
        return states
    }
}

extension RecordState {
    /// Without what is owed and can no longer come.
    fileprivate func settled(by heads: [StreamID: StreamHead]) -> RecordState {
        normalised { stream in
            guard let head = heads[stream] else { return 0 }
            return head.forkedAfter == head.number ? .max : head.number
        }
    }
}
