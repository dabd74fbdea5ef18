import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Node
import Replication
import Store

/// Writes in bulk through a node's own core before the node runs, many changes in one step: sealed, hashed, judged,
/// merged and projected like everything else that is written.
final class ConsoleBenchWriter {
    let store: SQLiteStore
    let tree: DivisionTree
    private let performer: Performer
    private var chance: SplitMix64
    private var requests: UInt64 = 0

    /// Changes of libraries in one step.
    private static let changesPerStep = 4

    /// One entry of a change: a record of its own, or several that share it.
    typealias Content = [EditDraft]

    init(_ town: ConsoleBenchTown, seed: UInt64) throws {
        store = try SQLiteStore(path: town.data.storeFile, kinds: CaseworkKinds.all)
        tree = town.tree
        performer = try town.performer(over: store)
        chance = SplitMix64(seed: seed ^ 0x7772_6974)
    }

    func draw() -> RecordKey { RecordKey(chance.next(), chance.next()) }

    // MARK: Libraries

    /// Records as an import makes them, one element a change.
    func write(_ changes: [[RecordDraft]]) throws {
        for first in stride(from: 0, to: changes.count, by: Self.changesPerStep) {
            let step = changes[first..<min(first + Self.changesPerStep, changes.count)]
            _ = try perform(step.map { (Self.imported(draw()), Self.parts($0)) }.filter { !$0.1.isEmpty })
        }
    }

    private static func imported(_ change: RecordKey) -> Act {
        Act(author: nil, division: ConsoleBenchTown.town, body: "", change: change)
    }

    private static func parts(_ drafts: [RecordDraft]) -> [LocalChange.Part] {
        var order: [StreamPlace] = []
        var packings: [StreamPlace: BenchPacking] = [:]
        for draft in drafts {
            let edits = BenchWorkload.edits(draft)
            guard !edits.isEmpty else { continue }
            let place = StreamPlace(home: draft.id.home, flow: draft.id.flow)
            if packings[place] == nil { order.append(place) }
            packings[place, default: BenchPacking()].add(edits, isPacked: draft.kind.isPacked)
        }
        return order.map { LocalChange.Part(place: $0, entries: packings[$0]?.entries ?? []) }
    }

    /// A record with these registers, of a home's own.
    static func record(_ id: RecordID, _ kind: Kind, _ values: [(field: String, value: Value)]) -> Content {
        [EditPlanner.creation(of: id)]
            + values.compactMap { name, value in
                kind.field(name).map { field in
                    EditDraft(
                        kind: id.kind, record: id.key, field: name, type: field.type, value: value,
                        isPersonal: field.isPersonal)
                }
            }
    }

    // MARK: Cases

    /// Entries of the town's upward stream, each act a change, all in one step.
    ///
    /// - Returns: for each act the citations of its entries, whose dots lack the index of an edit.
    func write(_ acts: [(act: Act, entries: [Content])]) throws -> [[EntryMark]] {
        let place = StreamPlace(home: ConsoleBenchTown.town, flow: LibraryKinds.caseFile.flow)
        let written = try perform(acts.map { ($0.act, [LocalChange.Part(place: place, entries: $0.entries)]) })
        return try written.map { try $0.map(mark) }
    }

    /// An entry as others cite it.
    struct EntryMark {
        let id: EntryID
        let check: UInt64

        func citation(_ index: Int) -> Citation {
            Citation(dot: Dot(stream: id.stream, number: id.number, index: UInt32(index)), check: check)
        }
    }

    private func mark(_ id: EntryID) throws -> EntryMark {
        guard let hash = try store.hash(of: id) else { throw BenchFailure("an entry that was written is not there") }
        return EntryMark(id: id, check: hash.check)
    }

    func perform(_ changes: [(act: Act, parts: [LocalChange.Part])]) throws -> [[EntryID]] {
        let first = requests
        let inputs = changes.map { change in
            requests += 1
            return Input.change(LocalChange(request: requests, act: change.act, parts: change.parts))
        }
        let now = Moment(wall: BenchClock.wallMilliseconds, monotonic: 0)
        var written = [[EntryID]](repeating: [], count: changes.count)
        for (request, answer) in try performer.perform(inputs, at: now).answers {
            switch answer {
            case .written(let entries): written[Int(request - first) - 1] = entries
            case .refused(let refusal): throw BenchFailure("a change was refused: \(refusal)")
            }
        }
        return written
    }
}

extension ConsoleBenchWriter {
    /// Entries somewhere, in changes small enough to be taken.
    func write(_ entries: [Content], at place: StreamPlace) throws {
        let perChange = 10
        for first in stride(from: 0, to: entries.count, by: perChange) {
            let some = Array(entries[first..<min(first + perChange, entries.count)])
            let act = Act(author: nil, division: ConsoleBenchTown.town, body: "", change: draw())
            _ = try perform([(act, [LocalChange.Part(place: place, entries: some)])])
        }
    }
}
