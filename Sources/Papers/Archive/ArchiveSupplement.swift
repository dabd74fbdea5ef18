import Ledger
package import Libraries

/// What is put beside a sealed volume later: a correction is a new record, the volume stays as it is.
///
/// Its digest is `H("tributary supplement 1\n" ‖ before ‖ day ‖ reason ‖ each piece's name and digest)`, with `before` the
/// digest of the volume, or of the supplement that came before this one.
package struct ArchiveSupplement: Hashable, Sendable {
    package let before: String
    package let day: LegalDate
    package let reason: String
    package let pieces: [ArchivePiece]
    /// 64 hexadecimal digits.
    package let digest: String

    package init(before: String, day: LegalDate, reason: String, pieces: [ArchivePiece]) {
        (self.before, self.day, self.reason, self.pieces) = (before, day, reason, pieces)
        digest = Self.digest(before: before, day: day, reason: reason, pieces: pieces)
    }

    private static func digest(before: String, day: LegalDate, reason: String, pieces: [ArchivePiece]) -> String {
        var writer = ByteWriter()
        for text in [before, day.description, reason] + pieces.flatMap({ [$0.name, $0.digest] }) { writer.text(text) }
        let digest = Digest.of(Suite.p256.rawValue, Array("tributary supplement 1\n".utf8), writer.bytes)
        return String(digest.description.dropFirst(2))
    }

    /// Whether it says what it said when it was made.
    package var isIntact: Bool {
        digest == Self.digest(before: before, day: day, reason: reason, pieces: pieces)
    }

    /// One line of JSON, members ascending: how a record keeps it.
    package var text: String {
        JSON.object([
            "before": .text(before), "day": .text(day.description), "reason": .text(reason), "digest": .text(digest),
            "pieces": .array(pieces.map { .object($0.members) }),
        ]).compactText
    }

    /// Nil for what is no supplement.
    package init?(_ text: String) {
        guard let json = try? JSONParser.parse(Array(text.utf8)), let before = json["before"]?.text,
            let day = json["day"]?.text.flatMap({ LegalDate($0) }), let reason = json["reason"]?.text,
            let digest = json["digest"]?.text, let list = json["pieces"]?.array
        else { return nil }
        let pieces = list.compactMap(ArchivePiece.init)
        guard pieces.count == list.count else { return nil }
        (self.before, self.day, self.reason, self.pieces, self.digest) = (before, day, reason, pieces, digest)
    }
}

extension ArchiveVolume {
    /// A supplement to this volume, behind those it already has.
    package func supplement(
        _ pieces: [ArchivePiece], reason: String, on day: LegalDate, after earlier: [ArchiveSupplement] = []
    ) -> ArchiveSupplement {
        ArchiveSupplement(before: earlier.last?.digest ?? digest, day: day, reason: reason, pieces: pieces)
    }

    /// Whether the supplements follow one another and this volume without a gap, each as it was made.
    package func isContinued(by supplements: [ArchiveSupplement]) -> Bool {
        var before = digest
        for supplement in supplements {
            guard supplement.before == before, supplement.isIntact else { return false }
            before = supplement.digest
        }
        return true
    }
}
