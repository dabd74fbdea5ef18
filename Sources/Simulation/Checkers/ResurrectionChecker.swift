import Divisions
import Lattice
import Ledger
package import Replication

/// What was replaced stays replaced. In the end each machine shows exactly what a naive reading of all entries leaves:
/// written minus replaced, as sets, in no order at all. And while the world turns, no machine shows again what an entry
/// it has stored replaces.
package final class ResurrectionChecker: Checker {
    package let name = "resurrection"
    package let chinese = "被替换或删除的内容绝不重现，同时写下的内容一样不丢。"
    package let english = "What was replaced or deleted never comes back, and nothing written beside it is dropped."

    /// A value that an entry says is replaced.
    private struct Struck: Hashable {
        let citation: Citation
        let record: RecordID
        /// Nil for whatever field the value stands in.
        let field: FieldKey?
    }

    private let reader: EntryReader
    /// Everything that any entry replaces, once, and where each dot stands in it.
    private var struck: [Struck] = []
    private var numbers: [Struck: Int] = [:]
    private var byDot: [Dot: [Int]] = [:]
    /// By which streams each of them is replaced.
    private var strikers: [Int: [StreamID]] = [:]
    /// Beside the world's machines, what entries replace that the machine has merged.
    private var known: [Set<Int>] = []
    private var wrongs = Inspection()

    init(reading reader: EntryReader) { self.reader = reader }

    package convenience init(for world: World) { self.init(reading: EntryReader(tree: world.tree)) }

    // MARK: Looking on

    package func committed(_ commit: Commit, at machine: World.Machine, in world: World) {
        while known.count <= machine.index { known.append([]) }
        for run in commit.runs {
            for entry in run.entries where entry.id.number <= run.head.number {
                note(entry, of: run.head, at: machine.index, in: world.tree)
            }
        }
        for fork in commit.forks { forget(fork.head.stream, at: machine.index) }
        for change in commit.changes { look(at: change.state, of: machine) }
    }

    private func note(_ entry: JudgedEntry, of head: StreamHead, at machine: Int, in tree: DivisionTree) {
        guard entry.header.tree == tree.version, let act = entry.header.act, tree.level(of: act.division) != nil else {
            return
        }
        for edit in entry.header.edits where edit.strikes && !edit.replaces.isEmpty {
            let record = RecordID(home: head.home, flow: head.flow, kind: edit.kind, key: edit.record)
            for citation in edit.replaces {
                let number = number(of: Struck(citation: citation, record: record, field: edit.struckField))
                if strikers[number]?.contains(head.stream) != true { strikers[number, default: []].append(head.stream) }
                known[machine].insert(number)
            }
        }
    }

    private func number(of item: Struck) -> Int {
        if let number = numbers[item] { return number }
        let number = struck.count
        struck.append(item)
        numbers[item] = number
        byDot[item.citation.dot, default: []].append(number)
        return number
    }

    /// Part of a stream counts no longer: what it alone replaces may come back.
    private func forget(_ stream: StreamID, at machine: Int) {
        for number in known[machine] where strikers[number]?.contains(stream) == true { known[machine].remove(number) }
    }

    package func diskReplaced(_ machine: World.Machine, in world: World) {
        if machine.index < known.count { known[machine.index] = [] }
    }

    private func look(at state: RecordState, of machine: World.Machine) {
        wrongs.looked += 1
        for field in state.fields {
            for live in field.live {
                guard let numbers = byDot[live.dot] else { continue }
                let isBack = numbers.contains { number in
                    let item = struck[number]
                    return known[machine.index].contains(number) && item.citation == live.citation
                        && item.record == state.id && (item.field == nil || item.field == field.key)
                }
                if isBack { wrongs.add("\(machine.name) shows \(live.dot) of \(state.id), which was replaced there") }
            }
        }
    }

    // MARK: Judging

    /// All that was written in one record, and all that was replaced there.
    private struct Account {
        var written: [FieldKey: Set<Citation>] = [:]
        var replaced: [FieldKey: Set<Citation>] = [:]
        var removed = Set<Citation>()

        mutating func take(_ write: Write) {
            let key = FieldKey(name: write.edit.field, type: write.edit.type)
            if write.edit.strikes {
                if write.edit.struckField == nil {
                    removed.formUnion(write.edit.replaces)
                } else if !write.edit.replaces.isEmpty {
                    replaced[key, default: []].formUnion(write.edit.replaces)
                }
            }
            guard !write.edit.isRemoval else { return }
            written[key, default: []].insert(Citation(dot: write.dot, check: write.check))
        }

        var left: [Field] {
            written.keys.sorted().compactMap { key in
                let left = written[key, default: []].subtracting(replaced[key, default: []]).subtracting(removed)
                return left.isEmpty ? nil : Field(key: key, dots: left.sorted())
            }
        }
    }

    private struct Field: Equatable {
        let key: FieldKey
        let dots: [Citation]
    }

    package func verdict(on world: World) throws -> Inspection {
        var verdict = wrongs
        var holdings = try Holdings(of: world)
        let accounts = try accounts(of: holdings)
        for id in accounts.keys.sorted() {
            let expected = accounts[id]?.left ?? []
            for index in holdings.holders(of: StreamPlace(home: id.home, flow: id.flow)) {
                let machine = holdings.machines[index]
                verdict.looked += 1
                let state = try machine.store?.record(id)
                let shown = (state?.fields ?? []).filter { !$0.live.isEmpty }
                let isSame =
                    shown.count == expected.count
                    && zip(shown, expected).allSatisfy { field, other in
                        field.key == other.key && field.live.elementsEqual(other.dots) { $0.citation == $1 }
                    }
                if !isSame { verdict.add(difference(shown, expected, id, machine)) }
            }
        }
        return verdict
    }

    /// Every entry that counts, from the machine that is furthest in its stream.
    private func accounts(of holdings: Holdings) throws -> [RecordID: Account] {
        var accounts: [RecordID: Account] = [:]
        for stream in holdings.streams {
            guard let standing = holdings.standings[stream], let store = holdings.machines[standing.at].store else {
                continue
            }
            try store.readAll(of: stream) { item in
                guard item.id.number <= standing.number,
                    let read = reader.read(item, suite: standing.head.opening.suite)
                else { return }
                for (record, write) in read.writes { accounts[record, default: Account()].take(write) }
            }
        }
        return accounts
    }

    private func difference(
        _ shown: [FieldState], _ expected: [Field], _ id: RecordID, _ machine: World.Machine
    ) -> String {
        let live = Set(shown.flatMap { $0.live.map(\.dot) })
        let left = Set(expected.flatMap { $0.dots.map(\.dot) })
        if let extra = live.subtracting(left).min() {
            return "\(machine.name) shows \(extra) of \(id), which is replaced or was never written"
        }
        if let lacking = left.subtracting(live).min() {
            return "\(machine.name) does not show \(lacking) of \(id), which nothing replaces"
        }
        return "\(machine.name) shows values of \(id) in other fields than they were written in"
    }
}

extension Edit {
    /// Whether what it cites as replaced is taken away: a log only grows, and a creation takes nothing away.
    fileprivate var strikes: Bool {
        switch type {
        case .register, .set, .counter: true
        case .exists: isRemoval
        case .log: false
        }
    }

    /// The field it takes away from; nil for every field of the record.
    fileprivate var struckField: FieldKey? { type == .exists ? nil : FieldKey(name: field, type: type) }
}
