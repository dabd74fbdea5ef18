package import Casework
import Ledger
package import Libraries

/// A document or a piece of evidence on its way into the file.
package struct ArchivePiece: Hashable, Sendable {
    package enum Sort: String, Hashable, Sendable, CaseIterable { case document, evidence }

    /// Unique in the volume, such as `penalty-decision/1` or `evidence/3`: what tells an altered piece from another.
    package let name: String
    package let sort: Sort
    /// The kind of document; of evidence, its kind.
    package let kind: String
    /// The step it was issued or attached with.
    package let step: String
    package let title: String
    package let number: String?
    package let day: LegalDate?
    /// SHA-256 in 64 hexadecimal digits: of the frozen text, or of the evidence's bytes.
    package let digest: String
    package let note: String?
    /// Where it goes if the procedure's rule does not name it.
    package fileprivate(set) var volume: DocumentTemplate.Volume

    package init(
        name: String, sort: Sort = .document, kind: String, step: String, title: String, number: String? = nil,
        day: LegalDate? = nil, digest: String, note: String? = nil, volume: DocumentTemplate.Volume = .main
    ) {
        (self.name, self.sort, self.kind, self.step, self.title) = (name, sort, kind, step, title)
        (self.number, self.day, self.digest, self.note, self.volume) = (number, day, digest, note, volume)
    }
}

/// The file of a case, sealed: its pieces in their order, and one digest over all of them. After archiving nobody may
/// change, add or remove anything (档案法第37条 asks an electronic file to be complete and of reliable source); a
/// correction is an `ArchiveSupplement`.
///
/// The digest is a chain: `c0 = H("tributary volume 1\n" ‖ case ‖ title ‖ body ‖ day ‖ years)`, then for each piece in
/// order `ci = H("tributary volume 1\n" ‖ ci-1 ‖ ordinal ‖ volume ‖ name ‖ sort ‖ kind ‖ step ‖ title ‖ number ‖ day ‖ note
/// ‖ digest)`, where H is SHA-256, texts have their length before them, and numbers are variable-length. The last is the
/// digest.
package struct ArchiveVolume: Hashable, Sendable {
    /// A piece in its place. Pages are not counted before they are printed: places are.
    package struct Placed: Hashable, Sendable {
        /// From 1, in its own volume.
        package let ordinal: Int
        package let volume: DocumentTemplate.Volume
        package let piece: ArchivePiece
    }

    package let caseNumber: String
    package let title: String
    package let body: String
    package let sealedOn: LegalDate
    /// How long it is kept; nil for ever.
    package let years: Int?
    /// The main volume, then the sub-volume.
    package let pieces: [Placed]
    /// 64 hexadecimal digits.
    package let digest: String

    /// Puts the pieces in the order of the rule and seals them. Pieces that one entry of the rule names keep the order
    /// in which they come.
    package init(
        caseNumber: String, title: String, body: String, sealedOn: LegalDate, rule: ArchiveRule, pieces: [ArchivePiece]
    ) {
        precondition(Set(pieces.map(\.name)).count == pieces.count, "two pieces of one volume share a name")
        (self.caseNumber, self.title, self.body) = (caseNumber, title, body)
        (self.sealedOn, self.years) = (sealedOn, rule.years)
        var main: [ArchivePiece] = []
        var sub: [ArchivePiece] = []
        var left = pieces
        func take(_ entry: String) -> [ArchivePiece] {
            let taken = left.filter { $0.isNamed(by: entry) }
            left.removeAll { $0.isNamed(by: entry) }
            return taken
        }
        for entry in rule.main { main += take(entry) }
        for entry in rule.sub { sub += take(entry) }
        main += left.filter { $0.volume == .main }
        sub += left.filter { $0.volume == .sub }
        self.pieces =
            main.enumerated().map { Placed(ordinal: $0 + 1, volume: .main, piece: $1.placed(in: .main)) }
            + sub.enumerated().map { Placed(ordinal: $0 + 1, volume: .sub, piece: $1.placed(in: .sub)) }
        digest = Self.chain(
            caseNumber: caseNumber, title: title, body: body, sealedOn: sealedOn, years: rule.years, pieces: self.pieces
        )
    }

    fileprivate init(
        caseNumber: String, title: String, body: String, sealedOn: LegalDate, years: Int?, placed: [Placed],
        digest: String
    ) {
        (self.caseNumber, self.title, self.body, self.sealedOn) = (caseNumber, title, body, sealedOn)
        (self.years, self.pieces, self.digest) = (years, placed, digest)
    }

    private static let domain = Array("tributary volume 1\n".utf8)

    private static func chain(
        caseNumber: String, title: String, body: String, sealedOn: LegalDate, years: Int?, pieces: [Placed]
    ) -> String {
        var writer = ByteWriter()
        for text in [caseNumber, title, body, sealedOn.description] { writer.text(text) }
        writer.varint(years ?? 0)
        var link = Digest.of(Suite.p256.rawValue, domain, writer.bytes)
        for placed in pieces {
            let piece = placed.piece
            var writer = ByteWriter()
            writer.raw(link.bytes.dropFirst())
            writer.varint(placed.ordinal)
            for text in [
                placed.volume.rawValue, piece.name, piece.sort.rawValue, piece.kind, piece.step, piece.title,
                piece.number ?? "",
                piece.day?.description ?? "", piece.note ?? "", piece.digest,
            ] { writer.text(text) }
            link = Digest.of(Suite.p256.rawValue, domain, writer.bytes)
        }
        return String(link.description.dropFirst(2))
    }

    /// What became of the volume since it was sealed.
    ///
    /// - Parameter having: the digests of what lies in the archive now, by the pieces' names.
    package func verify(having digests: [String: String]) -> VolumeFindings {
        let sealed = Dictionary(pieces.map { ($0.piece.name, $0.piece.digest) }) { first, _ in first }
        let recomputed = Self.chain(
            caseNumber: caseNumber, title: title, body: body, sealedOn: sealedOn, years: years, pieces: pieces)
        return VolumeFindings(
            added: digests.keys.filter { sealed[$0] == nil }.sorted(),
            removed: pieces.map(\.piece.name).filter { digests[$0] == nil },
            altered: pieces.filter { placed in digests[placed.piece.name].map { $0 != placed.piece.digest } ?? false }
                .map(\.piece.name),
            isListIntact: recomputed == digest)
    }
}

/// How a volume stands against what lies in the archive; names of pieces, in the volume's order.
package struct VolumeFindings: Hashable, Sendable {
    package let added: [String]
    package let removed: [String]
    package let altered: [String]
    /// Whether the list itself still gives the digest it was sealed with.
    package let isListIntact: Bool

    package init(added: [String], removed: [String], altered: [String], isListIntact: Bool) {
        (self.added, self.removed, self.altered, self.isListIntact) = (added, removed, altered, isListIntact)
    }

    package var isSound: Bool { added.isEmpty && removed.isEmpty && altered.isEmpty && isListIntact }
}

extension ArchivePiece {
    fileprivate func isNamed(by entry: String) -> Bool {
        entry == "evidence" ? sort == .evidence : entry == kind || entry == step
    }

    fileprivate func placed(in volume: DocumentTemplate.Volume) -> ArchivePiece {
        var piece = self
        piece.volume = volume
        return piece
    }
}

extension ArchiveVolume {
    /// One line of JSON, members ascending: how a record keeps the volume.
    package var text: String {
        var members: [String: JSON] = [
            "case": .text(caseNumber), "title": .text(title), "body": .text(body),
            "sealed-on": .text(sealedOn.description), "digest": .text(digest),
            "pieces": .array(
                pieces.map { placed in
                    var members = placed.piece.members
                    members["ordinal"] = .integer(Int64(placed.ordinal))
                    members["volume"] = .text(placed.volume.rawValue)
                    return .object(members)
                }),
        ]
        if let years { members["years"] = .integer(Int64(years)) }
        return JSON.object(members).compactText
    }

    /// Nil for what is no volume. That the digest fits is for `verify` to say.
    package init?(_ text: String) {
        guard let json = try? JSONParser.parse(Array(text.utf8)), let caseNumber = json["case"]?.text,
            let title = json["title"]?.text, let body = json["body"]?.text, let digest = json["digest"]?.text,
            let sealedOn = json["sealed-on"]?.text.flatMap({ LegalDate($0) }), let list = json["pieces"]?.array
        else { return nil }
        let placed = list.compactMap { element -> Placed? in
            guard let ordinal = element["ordinal"]?.integer, let piece = ArchivePiece(element),
                (1...Int64(list.count)).contains(ordinal)
            else { return nil }
            return Placed(ordinal: Int(ordinal), volume: piece.volume, piece: piece)
        }
        guard placed.count == list.count else { return nil }
        let years = json["years"]?.integer
        guard years.map({ (0...10_000).contains($0) }) ?? true else { return nil }
        self.init(
            caseNumber: caseNumber, title: title, body: body, sealedOn: sealedOn, years: years.map { Int($0) },
            placed: placed, digest: digest)
    }
}

extension ArchivePiece {
    var members: [String: JSON] {
        var members: [String: JSON] = [
            "name": .text(name), "sort": .text(sort.rawValue), "kind": .text(kind), "step": .text(step),
            "title": .text(title), "digest": .text(digest), "volume": .text(volume.rawValue),
        ]
        if let number { members["number"] = .text(number) }
        if let day { members["day"] = .text(day.description) }
        if let note { members["note"] = .text(note) }
        return members
    }

    init?(_ json: JSON) {
        guard let name = json["name"]?.text, let sort = json["sort"]?.text.flatMap(Sort.init(rawValue:)),
            let kind = json["kind"]?.text, let step = json["step"]?.text, let title = json["title"]?.text,
            let digest = json["digest"]?.text,
            let volume = json["volume"]?.text.flatMap(DocumentTemplate.Volume.init(rawValue:))
        else { return nil }
        self.init(
            name: name, sort: sort, kind: kind, step: step, title: title, number: json["number"]?.text,
            day: json["day"]?.text.flatMap { LegalDate($0) }, digest: digest, note: json["note"]?.text, volume: volume)
    }
}
