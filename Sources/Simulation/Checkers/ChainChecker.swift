import Divisions
import Lattice
import Ledger
import Replication

/// Every stored stream is one chain of its writer's own entries, sealed to its end. Judged anew, by other code than
/// that which let the entries in, and by a notary that cannot be talked into anything.
package final class ChainChecker: Checker {
    package let name = "chain"
    package let chinese = "每一条记录链编号不缺、环环相扣，并有书写者本人的封印，任何改动都会显露。"
    package let english = "Every stream is an unbroken chain under its writer's own seal: no change goes unnoticed."

    private let notary = TestNotary()
    private let reader: EntryReader
    /// What was found sound on one machine need not be looked at on the next.
    private var soundEntries: [EntryID: Entry] = [:]
    private var soundSeals: [EntryID: [UInt8]] = [:]

    init(reading reader: EntryReader) { self.reader = reader }

    package convenience init(for world: World) { self.init(reading: EntryReader(tree: world.tree)) }

    package func verdict(on world: World) throws -> Inspection {
        var verdict = Inspection()
        for machine in world.running {
            guard let store = machine.store else { continue }
            for head in try store.heads() {
                verdict.looked += 1
                if let fault = try fault(in: head, of: store) { verdict.add("\(machine.name): \(fault)") }
            }
        }
        return verdict
    }

    /// The first thing that is wrong with a stream as it is stored.
    private func fault(in head: StreamHead, of store: any Storing) throws -> String? {
        if let limit = head.forkedAfter, let fault = try forkFault(in: head, limit, of: store) { return fault }
        var walk = Walk(head: head)
        try store.readAll(of: head.stream) { item in
            guard walk.fault == nil else { return }
            walk.fault = try fault(in: item, after: walk, store)
            if let read = reader.read(item, suite: head.opening.suite) { walk.took(read.judged, item) }
        }
        if let fault = walk.fault { return fault }
        guard walk.number >= head.number else {
            return "\(head.stream.short) ends at \(walk.number), its head says \(head.number)"
        }
        guard walk.sealed >= head.number else {
            return "\(head.stream.short) has no seal that covers entry \(head.number)"
        }
        return nil
    }

    /// One stream on the way from its first stored entry to its last.
    private struct Walk {
        let head: StreamHead
        var number: UInt64 = 0
        var hash: Digest
        var stamp: UInt64 = 0
        /// The last entry that a seal covers.
        var sealed: UInt64 = 0
        var fault: String?

        init(head: StreamHead) { (self.head, hash) = (head, head.stream.digest) }

        mutating func took(_ entry: JudgedEntry, _ item: LoggedEntry) {
            (number, hash, stamp) = (item.id.number, entry.hash, entry.header.stamp)
            if item.signature != nil { sealed = number }
        }
    }

    private func fault(in item: LoggedEntry, after walk: Walk, _ store: any Storing) throws -> String? {
        let head = walk.head
        guard item.id == EntryID(stream: head.stream, number: walk.number + 1) else {
            return "\(item.id) stands where \(head.stream.short)/\(walk.number + 1) belongs"
        }
        guard let entry = reader.read(item, suite: head.opening.suite)?.judged else {
            return "\(item.id) cannot be read"
        }
        let header = entry.header
        guard header.number == item.id.number else { return "\(item.id) calls itself \(header.number)" }
        guard header.previous == walk.hash else { return "\(item.id) does not follow the entry before it" }
        guard header.stamp >= walk.stamp else { return "\(item.id) is stamped before the entry before it" }
        guard item.home == head.home, item.flow == head.flow else { return "\(item.id) is kept for another place" }
        guard try store.hash(of: item.id) == entry.hash else { return "\(item.id) is kept under another hash" }
        if item.id.number == head.number, (entry.hash, header.stamp) != (head.hash, head.stamp) {
            return "\(head.stream.short): the head is not what entry \(head.number) comes to"
        }
        if let fault = contentFault(of: entry, in: head) { return fault }
        return item.signature.flatMap { sealFault($0, entry, head) }
    }

    private func contentFault(of entry: JudgedEntry, in head: StreamHead) -> String? {
        if soundEntries[entry.id] == entry.entry { return nil }
        switch entry.header.payload {
        case .opening(let opening, let seat, let certificates):
            guard entry.id.number == 1 else { return "\(entry.id) is an opening" }
            guard opening.stream == head.stream, opening == head.opening, seat == head.seat else {
                return "\(entry.id) opens another stream"
            }
            guard case .success(seat) = notary.seat(certificates: certificates, key: opening.key, suite: opening.suite)
            else { return "\(entry.id): nobody vouches for its writer" }
        case .edits(_, let edits):
            guard entry.id.number > 1 else { return "\(entry.id) is no opening" }
            guard hidden(in: edits) == entry.personal.map({ Hidden($0, suite: head.opening.suite) }) else {
                return "\(entry.id): its personal values are not those its header names"
            }
        }
        soundEntries[entry.id] = entry.entry
        return nil
    }

    /// A personal value as its header names it.
    private struct Hidden: Equatable {
        let index: Int
        let digest: Digest

        init(index: Int, digest: Digest) { (self.index, self.digest) = (index, digest) }

        init(_ value: PersonalValue, suite: UInt8) {
            self.init(index: Int(value.index), digest: value.digest(suite: suite))
        }
    }

    private func hidden(in edits: [Edit]) -> [Hidden] {
        edits.enumerated().compactMap { index, edit in
            if case .personal(let digest) = edit.content { Hidden(index: index, digest: digest) } else { nil }
        }
    }

    private func sealFault(_ signature: [UInt8], _ entry: JudgedEntry, _ head: StreamHead) -> String? {
        if soundSeals[entry.id] == signature, soundEntries[entry.id] == entry.entry { return nil }
        let message = Seal.message(stream: head.stream, number: entry.id.number, hash: entry.hash)
        guard
            notary.isValid(
                signature: signature, over: message, key: head.opening.key, suite: head.opening.suite)
        else { return "\(entry.id): the seal is not its writer's" }
        soundSeals[entry.id] = signature
        return nil
    }

    private func forkFault(in head: StreamHead, _ limit: UInt64, of store: any Storing) throws -> String? {
        guard head.number <= limit else {
            return "\(head.stream.short) counts \(head.number) beyond its fork at \(limit)"
        }
        guard let proof = try store.forkProof(of: head.stream), proof.stream == head.stream, proof.common == limit,
            proof.isValid(for: head.opening, notary: notary)
        else { return "\(head.stream.short) ends in a fork that nothing proves" }
        return nil
    }
}
