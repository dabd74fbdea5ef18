import Divisions
package import Lattice
package import Ledger
package import Replication

/// The store's contract in plain arrays and dictionaries: the reference that the real store is compared with, and the
/// disk of a simulated node.
package final class MemoryStore: Storing {
    /// All that a node would find again after a crash: a value, so that a backup is a copy and a restore an assignment.
    package struct Contents: Sendable {
        fileprivate var heads: [StreamID: StreamHead] = [:]
        /// In the order of positions, the first of which is 1.
        fileprivate var log: [LoggedEntry] = []
        fileprivate var hashes: [Digest] = []
        fileprivate var lanes: [Lane: [Int]] = [:]
        fileprivate var streams: [StreamID: [Int]] = [:]
        fileprivate var states: [RecordID: RecordState] = [:]
        fileprivate var touches: [RecordID: [Int]] = [:]
        fileprivate var proofs: [StreamID: ForkProof] = [:]
        fileprivate var dirty: [RecordID] = []

        package init() {}
    }

    package var contents: Contents
    /// Why commits fail; `nil` as long as they succeed. Reading goes on either way.
    package var failure: StoreFailure?
    /// How many commits have succeeded.
    package private(set) var commits = 0

    package init(_ contents: Contents = Contents()) { self.contents = contents }

    // MARK: Reading

    package func heads() throws(StoreFailure) -> [StreamHead] { contents.heads.values.sorted { $0.stream < $1.stream } }

    package func lastPosition() throws(StoreFailure) -> UInt64 { UInt64(contents.log.count) }

    package func hash(of entry: EntryID) throws(StoreFailure) -> Digest? {
        guard let places = contents.streams[entry.stream], entry.number >= 1, entry.number <= UInt64(places.count)
        else {
            return nil
        }
        return contents.hashes[places[Int(entry.number) - 1]]
    }

    package func log(
        lane: Lane, after position: UInt64, bytesMax: Int
    ) throws(StoreFailure) -> [LoggedEntry] {
        let places = contents.lanes[lane] ?? []
        let first = places.partitioningPlace { UInt64($0) >= position }
        return taking(places[first...], bytesMax: bytesMax)
    }

    package func entries(
        of stream: StreamID, from number: UInt64, bytesMax: Int
    ) throws(StoreFailure) -> [LoggedEntry] {
        guard let places = contents.streams[stream], let head = contents.heads[stream] else { return [] }
        let start = Int(clamping: max(number, 1) - 1)
        var end = places.count
        if head.forkedAfter != nil {
            let counted = max(Int(clamping: head.number), 1)
            let seal = places.indices.dropFirst(counted - 1).first { contents.log[places[$0]].signature != nil }
            end = (seal ?? places.count - 1) + 1
        }
        return start < end ? taking(places[start..<end], bytesMax: bytesMax) : []
    }

    package func record(_ id: RecordID) throws(StoreFailure) -> RecordState? { contents.states[id] }

    package func records(
        of kind: String, after record: RecordID?, limit: Int
    ) throws(StoreFailure) -> [RecordState] {
        let ids = contents.states.keys.filter { id in id.kind == kind && record.map { id > $0 } != false }
        return ids.sorted().prefix(limit).compactMap { contents.states[$0] }
    }

    package func history(of record: RecordID) throws(StoreFailure) -> [LoggedEntry] {
        (contents.touches[record] ?? []).map { contents.log[$0] }
    }

    package func forkProof(of stream: StreamID) throws(StoreFailure) -> ForkProof? { contents.proofs[stream] }

    package func dirtyRecords(limit: Int) throws(StoreFailure) -> [RecordID] { Array(contents.dirty.prefix(limit)) }

    /// Every record that anything is known of, in the order of ids.
    package var records: [RecordState] { contents.states.values.sorted { $0.id < $1.id } }

    private func taking(_ places: ArraySlice<Int>, bytesMax: Int) -> [LoggedEntry] {
        var taken: [LoggedEntry] = []
        var bytes = 0
        for place in places {
            taken.append(contents.log[place])
            bytes += contents.log[place].entry.byteCount
            if bytes >= bytesMax { break }
        }
        return taken
    }

    // MARK: Writing

    package func commit(_ commit: Commit) throws(StoreFailure) {
        if let failure { throw failure }
        for run in commit.runs { append(run, arrived: commit.arrived) }
        for change in commit.changes {
            contents.states[change.state.id] = change.state.isEmpty ? nil : change.state
        }
        let recomputed = Set(commit.recomputed)
        contents.dirty.removeAll { recomputed.contains($0) }
        for fork in commit.forks { settle(fork) }
        commits += 1
    }

    private func append(_ run: Commit.Run, arrived: UInt64) {
        let head = run.head
        guard let signature = run.signature else { preconditionFailure("a run of \(head.stream) without its seal") }
        let lane = Lane(head.flow)
        for item in run.entries {
            let place = contents.log.count
            precondition(
                item.id.number == UInt64(contents.streams[head.stream, default: []].count) + 1,
                "\(item.id) does not follow what is stored")
            contents.log.append(
                LoggedEntry(
                    position: UInt64(place) + 1, id: item.id, home: head.home, flow: head.flow, entry: item.entry,
                    signature: item.id == run.entries.last?.id ? signature : nil, arrived: arrived))
            contents.hashes.append(item.hash)
            contents.lanes[lane, default: []].append(place)
            contents.streams[head.stream, default: []].append(place)
            for record in item.header.records(home: head.home, flow: head.flow) {
                contents.touches[record, default: []].append(place)
            }
        }
        contents.heads[head.stream] = head
    }

    private func settle(_ fork: Commit.Fork) {
        let head = fork.head
        contents.proofs[head.stream] = fork.proof
        contents.heads[head.stream] = head
        for place in (contents.streams[head.stream] ?? []).dropFirst(Int(clamping: head.number)) {
            guard let header = try? ByteReader.header(contents.log[place].entry.header, in: head.stream) else {
                preconditionFailure("a stored header cannot be read")
            }
            for record in header.records(home: head.home, flow: head.flow) where !contents.dirty.contains(record) {
                contents.dirty.append(record)
            }
        }
    }
}

extension EntryHeader {
    /// The records that the entry's edits touch, each once, in the order in which they first appear.
    fileprivate func records(home: DivisionCode, flow: Flow) -> [RecordID] {
        var records: [RecordID] = []
        for edit in edits where records.last?.key != edit.record || records.last?.kind != edit.kind {
            records.append(RecordID(home: home, flow: flow, kind: edit.kind, key: edit.record))
        }
        var seen = Set<RecordID>()
        return records.filter { seen.insert($0).inserted }
    }
}

extension [Int] {
    /// The first place from which on `isPast` holds, in an array that its answer splits in two.
    fileprivate func partitioningPlace(where isPast: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isPast(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
