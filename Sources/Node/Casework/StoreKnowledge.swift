package import Casework
package import Divisions
package import Lattice
package import Ledger
package import Replication
package import Store

/// The records of a node's store as casework reads them: all out of one commit.
///
/// A question that the disk does not answer is answered with nothing, which never passes a gate, and the failure is
/// told when the reading ends.
package final class StoreRecords: RecordSource {
    package let snapshot: StoreSnapshot
    /// The first question that the store did not answer.
    fileprivate var failure: (any Error)?

    init(_ snapshot: StoreSnapshot) { self.snapshot = snapshot }

    package func record(_ id: RecordID) -> RecordState? {
        asking { try snapshot.record(id) }.flatMap { $0?.isVisible == true ? $0 : nil }
    }

    package func records(of kind: String, where field: String, is text: String) -> [RecordState] {
        asking { try snapshot.records(of: kind, where: RecordQuery.Condition(field: field, equals: .text(text))) } ?? []
    }

    package func records(of kind: String) -> [RecordState] { asking { try snapshot.records(of: kind) } ?? [] }

    package func entry(_ id: EntryID) -> JudgedEntry? { asking { try snapshot.entry(id) } ?? nil }

    func asking<Answer>(_ question: () throws -> Answer) -> Answer? {
        do { return try question() } catch {
            failure = failure ?? error
            return nil
        }
    }
}

/// What a node knows of its libraries, by its own store.
package typealias StoreKnowledge = RecordKnowledge<StoreRecords>

extension RecordKnowledge where Source == StoreRecords {
    /// A case as its entries tell it, out of the same commit; nil if the node does not hold it.
    ///
    /// Entries that name a division which the tree does not know have no level and are left out.
    package func history(of record: RecordID) -> CaseHistory? {
        guard let state = source.record(record),
            let entries = source.asking({ try source.snapshot.history(of: record) })
        else { return nil }
        return CaseHistory(
            state,
            entries: entries.compactMap { item in
                guard let act = item.judged.header.act, let level = tree.level(of: act.division) else { return nil }
                return CaseEntry(entry: item.judged, home: item.logged.home, flow: item.logged.flow, level: level)
            })
    }
}

extension StoreReader {
    /// Hands out the node's knowledge as of one commit; it is of no use once the closure has ended.
    ///
    /// - Throws: what the store could not answer, even if the closure went on without it.
    package func knowing<Answer>(
        _ tree: DivisionTree, titles: @escaping (StoreSnapshot) -> StatuteTitles? = { _ in nil },
        _ body: (StoreKnowledge) throws -> Answer
    ) throws(StoreFailure) -> Answer {
        try snapshot { snapshot in
            let records = StoreRecords(snapshot)
            let answer = try body(RecordKnowledge(source: records, tree: tree) { titles(snapshot) })
            if let failure = records.failure { throw failure }
            return answer
        }
    }
}
