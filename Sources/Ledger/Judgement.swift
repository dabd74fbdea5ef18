package import Divisions

/// Where a stream stands here: its opening and its last entry that counts.
package struct StreamHead: Hashable, Sendable {
    package let stream: StreamID
    package let opening: Opening
    /// The division the writer is seated at, by its certificate.
    package let seat: DivisionCode
    package var number: UInt64
    package var hash: Digest
    package var stamp: UInt64
    /// Where a proven fork ends the stream; `nil` as long as its writer has not contradicted itself.
    package var forkedAfter: UInt64?

    package init(
        stream: StreamID, opening: Opening, seat: DivisionCode, number: UInt64, hash: Digest, stamp: UInt64,
        forkedAfter: UInt64? = nil
    ) {
        (self.stream, self.opening, self.seat) = (stream, opening, seat)
        (self.number, self.hash, self.stamp, self.forkedAfter) = (number, hash, stamp, forkedAfter)
    }

    package var home: DivisionCode { opening.home }
    package var flow: Flow { opening.flow }
}

/// An entry that passed: its bytes and what they mean, decoded once.
package struct JudgedEntry: Hashable, Sendable {
    package let id: EntryID
    package let hash: Digest
    package let entry: Entry
    package let header: EntryHeader
    package let personal: [PersonalValue]

    package init(id: EntryID, hash: Digest, entry: Entry, header: EntryHeader, personal: [PersonalValue]) {
        (self.id, self.hash, self.entry, self.header, self.personal) = (id, hash, entry, header, personal)
    }
}

/// What became of a run of entries. Only a gap and an unknown tree are waited for; only the writer's own signed
/// contradiction stops a stream; anything else that is wrong is the fault of the link that brought it.
package enum Verdict: Hashable, Sendable {
    /// The entries past our head, all of them to be stored, with the head they lead to. Entries above that head lie
    /// beyond a fork: they are kept as evidence, so that the run stays sealed, and count for nothing.
    case accepted([JudgedEntry], StreamHead)
    case alreadyKnown
    case waitingFor(Gap)
    case refused(Refusal)
    /// The seal is the writer's own, and the run does not follow what we hold: the branch below `first` tells where they parted.
    case diverged(first: UInt64)
}

package enum Gap: Hashable, Sendable {
    /// The next number we can take.
    case number(UInt64)
    case tree(TreeVersion)
}

/// Why bytes are no part of the stream they claim to extend.
package enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(Malformed, number: UInt64)
    case tooLarge(number: UInt64)
    case emptyRun
    case unknownSuite(UInt8)
    case wrongStream
    case wrongNumber(expected: UInt64, found: UInt64)
    case brokenChain(number: UInt64)
    case stampRunsBack(number: UInt64)
    case misplacedOpening(number: UInt64)
    case certificate(String)
    case strangerHome(DivisionCode)
    case actsElsewhere(DivisionCode, number: UInt64)
    case personalValue(number: UInt64)
    case wrongSeal(number: UInt64)
    case beyondFork(number: UInt64)

    package var description: String {
        switch self {
        case .malformed(let fault, let number): "entry \(number): \(fault)"
        case .tooLarge(let number): "entry \(number) is larger than the limit"
        case .emptyRun: "a run without entries"
        case .unknownSuite(let suite): "suite \(suite) is not accepted by this node"
        case .wrongStream: "the opening is not the one this stream is named after"
        case .wrongNumber(let expected, let found): "entry \(found) stands where \(expected) belongs"
        case .brokenChain(let number): "entry \(number) does not follow the hash of the entry before it"
        case .stampRunsBack(let number): "entry \(number) is stamped before the entry it follows"
        case .misplacedOpening(let number): "entry \(number): an opening is entry 1, and entry 1 is an opening"
        case .certificate(let reason): "the writer's certificate: \(reason)"
        case .strangerHome(let home): "the writer's seat is neither at \(home) nor above it"
        case .actsElsewhere(let division, let number):
            "entry \(number) acts for \(division), which is not between the writer's seat and the record's home"
        case .personalValue(let number): "entry \(number): a personal value is missing or not the one its header names"
        case .wrongSeal(let number): "the seal at entry \(number) is not the writer's"
        case .beyondFork(let number): "entry \(number) lies beyond the point where its stream forked"
        }
    }
}

/// What acceptance needs from outside the ledger, as pure functions: the same answer on every node, at any time.
package protocol Notary: Sendable {
    /// The division that a writer's certificates seat it at, if they lead to the provincial root and name `key`;
    /// their expiry is not judged.
    func seat(certificates: [[UInt8]], key: [UInt8], suite: UInt8) -> Result<DivisionCode, Refusal>
    func isValid(signature: [UInt8], over message: [UInt8], key: [UInt8], suite: UInt8) -> Bool
    func accepts(suite: UInt8) -> Bool
}

/// Judges runs of one stream after another. It depends on the entries, their writer's certificate and the tree they
/// name, and on nothing that two nodes could see differently.
package struct Judge: Sendable {
    private let notary: any Notary
    private let trees: [TreeVersion: DivisionTree]

    package init(notary: any Notary, trees: [TreeVersion: DivisionTree]) {
        (self.notary, self.trees) = (notary, trees)
    }

    /// - Parameters:
    ///   - head: where the stream stands here, `nil` if it is not here yet.
    ///   - knownHash: our hash of the run's last entry, where we hold that number already.
    package func judge(_ run: SealedRun, head: StreamHead?, knownHash: Digest?) -> Verdict {
        guard let firstEntry = run.entries.first else { return .refused(.emptyRun) }
        let have = head?.number ?? 0
        guard run.first >= 1, run.first <= have + 1 else { return .waitingFor(.number(have + 1)) }

        let opening: Opening
        let seat: DivisionCode
        if let head {
            (opening, seat) = (head.opening, head.seat)
        } else {
            switch open(run.stream, with: firstEntry) {
            case .success(let found): (opening, seat) = found
            case .failure(let refusal): return .refused(refusal)
            }
        }

        switch run.authenticated(by: opening, notary: notary) {
        case .failure(let refusal): return .refused(refusal)
        case .success(let judged):
            return place(judged, head: head, knownHash: knownHash, opening: opening, seat: seat)
        }
    }

    /// From here on the bytes are the writer's own: what does not fit is its contradiction, not the link's fault.
    private func place(
        _ judged: [JudgedEntry], head: StreamHead?, knownHash: Digest?, opening: Opening, seat: DivisionCode
    ) -> Verdict {
        let have = head?.number ?? 0
        guard let first = judged.first, let last = judged.last else { return .refused(.emptyRun) }
        if let limit = head?.forkedAfter, last.id.number > limit {
            if have >= limit { return .alreadyKnown }
            guard first.id.number <= limit else { return .refused(.beyondFork(number: first.id.number)) }
        }
        if last.id.number <= have {
            return knownHash == last.hash ? .alreadyKnown : .diverged(first: first.id.number)
        }
        let fresh = Array(judged.drop { $0.id.number <= have })
        guard let next = fresh.first else { return .alreadyKnown }
        if let head, next.header.previous != head.hash { return .diverged(first: first.id.number) }

        var reached =
            head
            ?? StreamHead(
                stream: next.id.stream, opening: opening, seat: seat, number: 0, hash: next.id.stream.digest, stamp: 0)
        for item in fresh {
            if let verdict = objection(to: item, opening: opening, seat: seat) { return verdict }
            guard item.header.stamp >= reached.stamp else { return .refused(.stampRunsBack(number: item.id.number)) }
            if let limit = head?.forkedAfter, item.id.number > limit { continue }
            (reached.number, reached.hash, reached.stamp) = (item.id.number, item.hash, item.header.stamp)
        }
        return .accepted(fresh, reached)
    }

    private func objection(to item: JudgedEntry, opening: Opening, seat: DivisionCode) -> Verdict? {
        let number = item.id.number
        guard let tree = trees[item.header.tree] else { return .waitingFor(.tree(item.header.tree)) }
        switch item.header.payload {
        case .opening:
            guard number == 1 else { return .refused(.misplacedOpening(number: number)) }
            guard tree.mayWrite(seat: seat, acting: opening.home, home: opening.home) else {
                return .refused(.strangerHome(opening.home))
            }
        case .edits(let act, let edits):
            guard number > 1 else { return .refused(.misplacedOpening(number: number)) }
            guard tree.mayWrite(seat: seat, acting: act.division, home: opening.home) else {
                return .refused(.actsElsewhere(act.division, number: number))
            }
            guard personalValuesMatch(edits, item.personal, suite: opening.suite) else {
                return .refused(.personalValue(number: number))
            }
        }
        return nil
    }

    private func personalValuesMatch(_ edits: [Edit], _ values: [PersonalValue], suite: UInt8) -> Bool {
        var rest = values[...]
        for (index, edit) in edits.enumerated() {
            guard case .personal(let digest) = edit.content else { continue }
            guard let value = rest.popFirst(), value.index == UInt32(index), value.digest(suite: suite) == digest else {
                return false
            }
        }
        return rest.isEmpty
    }

    /// A stream not here yet: its first entry must be the opening it is named after, by a certified writer.
    private func open(_ stream: StreamID, with entry: Entry) -> Result<(Opening, DivisionCode), Refusal> {
        let header: EntryHeader
        do { header = try ByteReader.header(entry.header, in: stream) } catch {
            return .failure(.malformed(error, number: 1))
        }
        guard case .opening(let opening, let seat, let certificates) = header.payload else {
            return .failure(.misplacedOpening(number: header.number))
        }
        guard notary.accepts(suite: opening.suite) else { return .failure(.unknownSuite(opening.suite)) }
        guard opening.stream == stream, header.previous == stream.digest else { return .failure(.wrongStream) }
        switch notary.seat(certificates: certificates, key: opening.key, suite: opening.suite) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let certified):
            guard certified == seat else { return .failure(.certificate("it names \(certified), the opening \(seat)")) }
            return .success((opening, seat))
        }
    }
}
