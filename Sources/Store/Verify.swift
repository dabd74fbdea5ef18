package import Divisions
import GRDB
import Lattice
package import Ledger
package import Replication

/// Something in a store that is not what the log says it should be.
package enum VerifyFault: Hashable, Sendable, CustomStringConvertible {
    /// SQLite's own check of the file failed.
    case file(String)
    /// From this entry on the stream cannot be what its writer wrote.
    case entry(StreamID, number: UInt64, reason: String)
    case head(StreamID, reason: String)
    case forkProof(StreamID)
    /// The record's state is not the one its entries come to, or they cannot be read.
    case record(RecordID, reason: String)
    /// The row is not the one that the record's state shows; the first column that differs.
    case row(RecordID, table: String, column: String)
    case table(String, reason: String)

    package var description: String {
        switch self {
        case .file(let reason): "the file: \(reason)"
        case .entry(let stream, let number, let reason): "stream \(stream), entry \(number): \(reason)"
        case .head(let stream, let reason): "stream \(stream), head: \(reason)"
        case .forkProof(let stream): "stream \(stream): the proof of its fork proves nothing"
        case .record(let id, let reason): "record \(id): \(reason)"
        case .row(let id, let table, let column):
            "record \(id): its row in \(table) is not what its state shows, in \(column)"
        case .table(let name, let reason): "table \(name): \(reason)"
        }
    }
}

/// What a pass over a whole store counted, and what it found wrong.
package struct VerifyReport: Hashable, Sendable {
    /// Faults are counted beyond this number, and no longer described.
    package static let faultsDescribedMax = 20

    package internal(set) var streams = 0
    package internal(set) var entries = 0
    package internal(set) var records = 0
    package internal(set) var rows = 0
    /// Records that wait to be recomputed, whose states are not compared with the log until then.
    package internal(set) var dirty = 0
    package internal(set) var faultCount = 0
    /// The first of them, in the order in which they were found: file, streams by id, records, tables.
    package internal(set) var faults: [VerifyFault] = []

    package var isSound: Bool { faultCount == 0 }

    mutating func add(_ fault: VerifyFault) {
        faultCount += 1
        if faults.count < Self.faultsDescribedMax { faults.append(fault) }
    }
}

/// How far a pass has come.
package struct VerifyProgress: Hashable, Sendable {
    package enum Stage: Hashable, Sendable { case file, entries, records }

    package let stage: Stage
    package let done: Int
    package let total: Int
}

extension StoreReader {
    /// Checks everything that can be checked without another node: each stream's chain, seals, opening, certificate and
    /// right to write, each head, each record's state against its entries, each row against its record's state. It sees
    /// one moment of a store in use, and holds a few megabytes whatever the store's size.
    ///
    /// - Parameters:
    ///   - notary: judges certificates and seals as it does for a neighbour's entries.
    ///   - trees: every version of the tree that an entry may name.
    ///   - progress: hears how far it is, and ends the pass by throwing.
    package func verify(
        notary: any Notary, trees: [TreeVersion: DivisionTree], progress: (VerifyProgress) throws -> Void = { _ in }
    ) throws(StoreFailure) -> VerifyReport {
        try reading { connection in
            var verifier = Verifier(connection, tables, notary: notary, trees: trees)
            try verifier.run(progress)
            return verifier.report
        }
    }
}

/// One pass over one snapshot.
struct Verifier {
    static let progressStep = 1_000

    let connection: StoreConnection
    let tables: RowTables
    let notary: any Notary
    let trees: [TreeVersion: DivisionTree]
    var report = VerifyReport()
    /// The last entry of each stream that counts.
    var counted: [StreamID: UInt64] = [:]
    /// The last number of each stream that can still be waited for: of one that ended in a fork nothing more can come, so
    /// that a citation beyond its end is as good as settled.
    var settled: [StreamID: UInt64] = [:]
    /// How many rows of `touch` the log asks for.
    private var touches: Int64 = 0
    /// How many rows of `named_change` it asks for.
    private var namedChanges: Int64 = 0

    init(
        _ connection: StoreConnection, _ tables: RowTables, notary: any Notary, trees: [TreeVersion: DivisionTree]
    ) {
        (self.connection, self.tables, self.notary, self.trees) = (connection, tables, notary, trees)
    }

    mutating func run(_ progress: (VerifyProgress) throws -> Void) throws {
        try progress(VerifyProgress(stage: .file, done: 0, total: 1))
        let answer = try connection.prepared("PRAGMA quick_check(1)").first { $0.text(0) }
        if let answer, answer != "ok" { report.add(.file(answer)) }

        let total = Int(try connection.lastPosition())
        for head in try connection.heads() {
            counted[head.stream] = head.number
            settled[head.stream] = head.forkedAfter == head.number ? .max : head.number
            report.streams += 1
            try check(head, total: total, progress)
        }
        let orphans = try connection.prepared(
            "SELECT count(*) FROM entry WHERE stream NOT IN (SELECT id FROM stream WHERE opening IS NOT NULL)"
        ).first { $0.integer(0) }
        if let orphans, orphans > 0 { report.add(.table("entry", reason: "\(orphans) entries of no stream held here")) }
        let stored = try connection.prepared("SELECT count(*) FROM touch").first { $0.integer(0) }
        // Behind a fault nothing of a stream was counted.
        if report.isSound, let stored, stored != touches {
            report.add(.table("touch", reason: "\(stored) places of the history where the log has \(touches)"))
        }
        let named = try connection.prepared("SELECT count(*) FROM named_change").first { $0.integer(0) }
        if report.isSound, let named, named != namedChanges {
            report.add(
                .table("named_change", reason: "\(named) entries of named changes where the log has \(namedChanges)"))
        }
        try checkRecords(progress)
    }

    // MARK: Streams

    /// Judges the whole stream again, run by run, as if a neighbour had sent it to an empty store.
    private mutating func check(_ head: StreamHead, total: Int, _ progress: (VerifyProgress) throws -> Void) throws {
        let judge = Judge(notary: notary, trees: trees)
        var reached: StreamHead?
        var hashAtHead: Digest?
        var number: UInt64 = 1
        var run: [Entry] = []
        while true {
            let batch = try connection.stored(of: head.stream, from: number + UInt64(run.count))
            if batch.isEmpty { break }
            for logged in batch {
                guard logged.id.number == number + UInt64(run.count) else {
                    let missing = number + UInt64(run.count)
                    return report.add(.entry(head.stream, number: missing, reason: "it is missing"))
                }
                run.append(logged.entry)
                report.entries += 1
                if report.entries.isMultiple(of: Self.progressStep) {
                    try progress(VerifyProgress(stage: .entries, done: report.entries, total: total))
                }
                guard let signature = logged.signature else { continue }
                let sealed = SealedRun(stream: head.stream, first: number, entries: run, signature: signature)
                switch judge.judge(sealed, head: reached, knownHash: nil) {
                case .accepted(let entries, let next):
                    reached = next
                    note(entries, of: head, &hashAtHead)
                case let verdict: return report.add(fault(verdict, sealed))
                }
                number += UInt64(run.count)
                run = []
            }
        }
        if !run.isEmpty { report.add(.entry(head.stream, number: number, reason: "no seal covers it")) }
        check(head, reached: reached?.number ?? 0, hash: hashAtHead)
        guard let forkedAfter = head.forkedAfter else { return }
        let proof = try connection.forkProof(of: head.stream)
        guard let proof, proof.common == forkedAfter, proof.isValid(for: head.opening, notary: notary) else {
            return report.add(.forkProof(head.stream))
        }
    }

    private mutating func note(_ entries: [JudgedEntry], of head: StreamHead, _ hashAtHead: inout Digest?) {
        for entry in entries {
            if entry.id.number == head.number { hashAtHead = entry.hash }
            touches += Int64(entry.header.records(home: head.home, flow: head.flow).count)
            if entry.header.act?.change.isNamed == true { namedChanges += 1 }
        }
    }

    private func fault(_ verdict: Verdict, _ run: SealedRun) -> VerifyFault {
        let (number, reason): (UInt64, String) =
            switch verdict {
            case .refused(let refusal): (refusal.number ?? run.last, "\(refusal)")
            case .waitingFor(.tree(let version)): (run.first, "the tree \(version) it names is not known")
            case .diverged(let first): (first, "it does not follow the hash of the entry before it")
            case .waitingFor(.number), .alreadyKnown, .accepted: (run.first, "its number is not the next")
            }
        return .entry(run.stream, number: number, reason: reason)
    }

    private mutating func check(_ head: StreamHead, reached: UInt64, hash: Digest?) {
        if head.opening.stream != head.stream {
            report.add(.head(head.stream, reason: "its opening is another stream's"))
        } else if head.number > reached {
            report.add(.head(head.stream, reason: "it is at \(head.number), the last entry is \(reached)"))
        } else if let forkedAfter = head.forkedAfter {
            if head.number != forkedAfter && head.number != min(forkedAfter, reached) {
                report.add(.head(head.stream, reason: "it is at \(head.number), the fork is after \(forkedAfter)"))
            } else if head.number > 0, hash != head.hash {
                report.add(.head(head.stream, reason: "its hash is not that of entry \(head.number)"))
            }
        } else if head.number < reached {
            report.add(.head(head.stream, reason: "it is at \(head.number), the last entry is \(reached)"))
        } else if hash != head.hash {
            report.add(.head(head.stream, reason: "its hash is not that of entry \(head.number)"))
        }
    }
}

extension Refusal {
    /// The entry that is refused, if it is one.
    fileprivate var number: UInt64? {
        switch self {
        case .malformed(_, let number), .tooLarge(let number), .brokenChain(let number), .stampRunsBack(let number),
            .misplacedOpening(let number), .actsElsewhere(_, let number), .personalValue(let number),
            .wrongSeal(let number), .beyondFork(let number), .wrongNumber(let number, _):
            number
        case .emptyRun, .unknownSuite, .wrongStream, .certificate, .strangerHome: nil
        }
    }
}

extension StoreConnection {
    /// A batch of a stream's entries as they are stored, beyond a fork too; empty at the end.
    fileprivate func stored(of stream: StreamID, from number: UInt64) throws -> [LoggedEntry] {
        guard let id = try streamID(stream) else { return [] }
        let rows = try prepared(
            "SELECT \(Self.entryColumns) FROM entry WHERE stream = ? AND number >= ? ORDER BY number")
        return try taking(Limits.sealRunBytesMax / 4, of: rows.bind(1, id).bind(2, number))
    }
}
