extension SealedRun {
    /// Decodes the run and checks what its writer's key can vouch for: numbers, chain, sizes and the seal. Whether it
    /// follows what is held here, and whether the writer had the right, is the judge's to say.
    package func authenticated(by opening: Opening, notary: any Notary) -> Result<[JudgedEntry], Refusal> {
        var judged: [JudgedEntry] = []
        var number = first
        for entry in entries {
            switch decode(entry, number: number, after: judged.last, suite: opening.suite) {
            case .success(let next): judged.append(next)
            case .failure(let refusal): return .failure(refusal)
            }
            number &+= 1
        }
        guard let last = judged.last else { return .failure(.emptyRun) }
        let message = Seal.message(stream: stream, number: last.id.number, hash: last.hash)
        guard notary.isValid(signature: signature, over: message, key: opening.key, suite: opening.suite) else {
            return .failure(.wrongSeal(number: last.id.number))
        }
        return .success(judged)
    }

    private func decode(
        _ entry: Entry, number: UInt64, after previous: JudgedEntry?, suite: UInt8
    ) -> Result<JudgedEntry, Refusal> {
        guard entry.byteCount <= Limits.entryBytesMax else { return .failure(.tooLarge(number: number)) }
        let header: EntryHeader
        let personal: [PersonalValue]
        do {
            header = try ByteReader.header(entry.header, in: stream)
            personal = try ByteReader.body(entry.body)
        } catch { return .failure(.malformed(error, number: number)) }
        guard header.number == number else { return .failure(.wrongNumber(expected: number, found: header.number)) }
        let expected = number == 1 ? stream.digest : previous?.hash
        if let expected, header.previous != expected { return .failure(.brokenChain(number: number)) }
        return .success(
            JudgedEntry(
                id: EntryID(stream: stream, number: number), hash: entry.hash(suite: suite), entry: entry,
                header: header, personal: personal))
    }
}

/// Two sealed branches of one stream that part at the same number: the writer's own signed contradiction. Personal
/// values are left out of it.
package struct ForkProof: Hashable, Sendable {
    package let left: SealedRun
    package let right: SealedRun

    /// The branches in the order of their first hashes, so that two finders write the same proof.
    package init?(_ one: SealedRun, _ other: SealedRun, suite: UInt8) {
        guard one.stream == other.stream, one.first == other.first, let a = one.entries.first,
            let b = other.entries.first
        else { return nil }
        let ordered = a.hash(suite: suite) < b.hash(suite: suite)
        left = (ordered ? one : other).withoutPersonalValues
        right = (ordered ? other : one).withoutPersonalValues
    }

    package var stream: StreamID { left.stream }

    /// The last entry both branches share: up to here the stream counts; 0 if not even the opening is shared.
    package var common: UInt64 { left.first - 1 }

    /// Whether both branches are the writer's, part at one number and share the entry before it.
    package func isValid(for opening: Opening, notary: any Notary) -> Bool {
        guard left.stream == right.stream, left.first == right.first, left.first >= 1,
            case .success(let a) = left.authenticated(by: opening, notary: notary),
            case .success(let b) = right.authenticated(by: opening, notary: notary),
            let first = a.first, let second = b.first
        else { return false }
        return first.hash != second.hash && first.header.previous == second.header.previous
    }
}

extension SealedRun {
    fileprivate var withoutPersonalValues: SealedRun {
        SealedRun(
            stream: stream, first: first, entries: entries.map { Entry(header: $0.header, body: []) },
            signature: signature)
    }
}
