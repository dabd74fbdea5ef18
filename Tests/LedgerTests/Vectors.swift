import Divisions
import Ledger
import Simulation
import Support

/// The golden vectors of the ledger as they stand in `Proto/vectors/ledger.json`: what is meant, beside the bytes it has
/// to become. Bytes are lower-case hexadecimal; whole numbers are text, since JSON promises only 53 bits of them.
struct LedgerVectors: Codable, Equatable {
    struct Integer: Codable, Equatable {
        var value, bytes: String
    }

    struct PlainValue: Codable, Equatable {
        /// `text`, `integer`, `boolean`, `bytes` or `record`.
        var type: String
        var value: String
        var bytes: String
    }

    struct NaturalKey: Codable, Equatable {
        var kind, naturalKey, key: String
    }

    struct Division: Codable, Equatable {
        var code, name, level: String
        var parent: String?
    }

    struct Tree: Codable, Equatable {
        var divisions: [Division]
        var seated: [String]
        var version: String
    }

    struct Opening: Codable, Equatable {
        var home, flow, suite, key, nonce: String
        var predecessor: String?
        var seat: String
        var certificates: [String]
    }

    struct Act: Codable, Equatable {
        var author: String?
        var division, body, change: String
    }

    struct Cited: Codable, Equatable {
        var stream, number, index, check: String
    }

    struct Edit: Codable, Equatable {
        var kind, record, field, type: String
        var removal: Bool
        var plain: PlainValue?
        var personal: String?
        var replaces, reads, after: [Cited]
    }

    struct Personal: Codable, Equatable {
        var index, salt: String
        var value: PlainValue
        var digest: String
    }

    struct Entry: Codable, Equatable {
        var number, previous, stamp, tree: String
        var opening: Opening?
        var act: Act?
        var edits: [Edit]?
        var personal: [Personal]
        var header, body, hash, check: String
    }

    struct Seal: Codable, Equatable {
        var number, message, signature: String
    }

    struct Stream: Codable, Equatable {
        var opening: String
        var stream: String
        var entries: [Entry]
        var seals: [Seal]
    }

    struct Refused: Codable, Equatable {
        var why, stream, header: String
    }

    var integers: [Integer]
    var values: [PlainValue]
    var naturalKeys: [NaturalKey]
    var tree: Tree
    var streams: [Stream]
    var refused: [Refused]
}

// MARK: From the program's structures

extension LedgerVectors.PlainValue {
    init(_ value: Value) {
        bytes = hexadecimal(value.encoded)
        switch value {
        case .text(let text): (type, self.value) = ("text", text)
        case .integer(let integer): (type, self.value) = ("integer", String(integer))
        case .boolean(let boolean): (type, self.value) = ("boolean", String(boolean))
        case .bytes(let bytes): (type, self.value) = ("bytes", hexadecimal(bytes))
        case .record(let record): (type, self.value) = ("record", record.description)
        }
    }
}

extension LedgerVectors.Tree {
    init(_ tree: DivisionTree) {
        divisions = tree.divisions.map {
            LedgerVectors.Division(
                code: $0.code.text, name: $0.name, level: $0.level.englishName, parent: $0.parent?.text)
        }
        seated = tree.seats.map(\.division.text)
        version = tree.version.description
    }
}

extension LedgerVectors.Opening {
    init(_ opening: Ledger.Opening, seat: DivisionCode, certificates: [[UInt8]]) {
        (home, flow, suite) = (opening.home.text, opening.flow.name, String(opening.suite))
        (key, nonce) = (hexadecimal(opening.key), hexadecimal(opening.nonce))
        predecessor = opening.predecessor?.description
        (self.seat, self.certificates) = (seat.text, certificates.map { hexadecimal($0) })
    }
}

extension LedgerVectors.Cited {
    init(_ citation: Citation) {
        stream = citation.dot.stream.description
        (number, index) = (String(citation.dot.number), String(citation.dot.index))
        var writer = ByteWriter()
        writer.fixed64(citation.check)
        check = hexadecimal(writer.bytes)
    }
}

extension LedgerVectors.Edit {
    init(_ edit: Ledger.Edit) {
        (kind, record, field, type) = (edit.kind, edit.record.description, edit.field, "\(edit.type)")
        removal = edit.isRemoval
        switch edit.content {
        case .plain(let value): plain = LedgerVectors.PlainValue(value)
        case .personal(let digest): personal = digest.description
        case nil: break
        }
        replaces = edit.replaces.map(LedgerVectors.Cited.init)
        reads = edit.reads.map(LedgerVectors.Cited.init)
        after = edit.after.map(LedgerVectors.Cited.init)
    }
}

extension LedgerVectors.Entry {
    init(_ judged: JudgedEntry, suite: UInt8) {
        let header = judged.header
        (number, previous) = (String(header.number), header.previous.description)
        (stamp, tree) = (String(header.stamp), header.tree.description)
        switch header.payload {
        case .opening(let opening, let seat, let certificates):
            self.opening = LedgerVectors.Opening(opening, seat: seat, certificates: certificates)
        case .edits(let act, let edits):
            self.act = LedgerVectors.Act(
                author: act.author?.description, division: act.division.text, body: act.body,
                change: act.change.description)
            self.edits = edits.map(LedgerVectors.Edit.init)
        }
        personal = judged.personal.map {
            LedgerVectors.Personal(
                index: String($0.index), salt: hexadecimal($0.salt), value: LedgerVectors.PlainValue($0.value),
                digest: $0.digest(suite: suite).description)
        }
        self.header = hexadecimal(judged.entry.header)
        body = hexadecimal(judged.entry.body)
        hash = judged.hash.description
        check = String(judged.hash.description.dropFirst(2).prefix(16))
    }
}

extension LedgerVectors.Stream {
    /// - Parameter runs: the stream's entries from its first, as they were sealed.
    init(_ runs: [[JudgedEntry]], by writer: Writer) {
        guard case .opening(let opening, _, _) = runs.first?.first?.header.payload else {
            preconditionFailure("a stream begins with its opening")
        }
        var bytes = ByteWriter()
        bytes.opening(opening)
        self.opening = hexadecimal(bytes.bytes)
        stream = opening.stream.description
        entries = runs.joined().map { LedgerVectors.Entry($0, suite: opening.suite) }
        seals = runs.compactMap { run in
            guard let last = run.last else { return nil }
            let message = Ledger.Seal.message(stream: last.id.stream, number: last.id.number, hash: last.hash)
            return LedgerVectors.Seal(
                number: String(last.id.number), message: hexadecimal(message),
                signature: hexadecimal(writer.seal(run).signature))
        }
    }
}
