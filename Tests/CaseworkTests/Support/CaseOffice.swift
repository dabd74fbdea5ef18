import Divisions
import Lattice
import Ledger
import Libraries
import Testing

@testable import Casework

/// One office's copy of a case: what it has written and what has reached it.
final class CaseOffice {
    let division: DivisionCode
    let body: String
    var knowledge: FixtureKnowledge
    let id: RecordID
    private var writer: Writer
    /// In the order of arrival, each stream in its own order.
    private(set) var entries: [CaseEntry] = []
    private var known: Set<EntryID> = []
    private var changes: UInt64 = 0
    /// The history as it was read last, of so many entries: they are only ever added.
    private var read: (entries: Int, history: CaseHistory)?

    init(_ division: DivisionCode, _ knowledge: FixtureKnowledge, case id: RecordID, nonce: UInt8) {
        (self.division, self.knowledge, self.id) = (division, knowledge, id)
        body = "b-\(division)"
        writer = Writer(
            identity: WriterIdentity(
                seat: division, suite: .test, key: [nonce], certificates: [],
                nonce: [UInt8](repeating: nonce, count: 16), saltSeed: [UInt8](repeating: nonce, count: 32)))
    }

    // MARK: Reading

    var history: CaseHistory {
        if let read, read.entries == entries.count { return read.history }
        let history = readHistory()
        read = (entries.count, history)
        return history
    }

    private func readHistory() -> CaseHistory {
        var state = RecordState(id: id)
        var heads: [StreamID: UInt64] = [:]
        for item in entries {
            for (record, write) in item.entry.writes(home: item.home, flow: item.flow, level: item.level)
            where record == id {
                state.apply(write) { heads[$0] ?? 0 }
            }
            heads[item.entry.id.stream] = item.entry.id.number
        }
        return CaseHistory(state.normalised { heads[$0] ?? 0 }, entries: entries)
    }

    func acting(_ post: Post, _ officers: [String]) -> Acting {
        Acting(
            division: division, level: knowledge.tree.level(of: division) ?? .township, body: body, post: post,
            officers: officers)
    }

    // MARK: Writing

    /// Refuses what no node may write: only an office at the case's home or above it writes to the case.
    @discardableResult
    func write(_ edits: [EditDraft], by certificate: String?, at moment: LegalMoment) -> [Citation] {
        guard knowledge.tree.mayWrite(seat: division, acting: division, home: id.home) else {
            Issue.record("\(division) may not write to a case of \(id.home): it stands neither there nor above")
            return []
        }
        changes += 1
        let author = certificate.flatMap { knowledge.officer(certificate: $0)?.record }
        let act = Act(author: author, division: division, body: body, change: RecordKey(0, changes))
        let place = StreamPlace(home: id.home, flow: id.flow)
        let written = writer.append(
            act, edits, to: place, predecessor: nil, tree: knowledge.tree.version, now: moment.milliseconds)
        let level = knowledge.tree.level(of: division) ?? .township
        for entry in written {
            known.insert(entry.id)
            entries.append(CaseEntry(entry: entry, home: id.home, flow: id.flow, level: level))
        }
        guard let last = written.last else { return [] }
        return edits.indices.map { index in
            Citation(
                dot: Dot(stream: last.id.stream, number: last.id.number, index: UInt32(index)), check: last.hash.check)
        }
    }

    /// Entries arrive as some line brings them, each stream in its order; none where the case is not held.
    func receive(_ arriving: some Sequence<CaseEntry>) {
        guard knowledge.tree.holds(division, home: id.home, flow: id.flow) else { return }
        for item in arriving where known.insert(item.entry.id).inserted { entries.append(item) }
    }

    /// The line is up: both have what either had and may hold, each stream in its order.
    func sync(with other: CaseOffice) {
        receive(other.entries)
        other.receive(entries)
    }
}
