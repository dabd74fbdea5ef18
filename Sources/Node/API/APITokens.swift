package import Divisions
package import Ledger

/// For whom a bearer token stands: one officer, acting for one division and body, in one role.
package struct TokenHolder: Hashable, Sendable {
    /// What the operator calls the token, to find and revoke it.
    package let label: String
    package let role: Role
    /// The officer's record; `nil` for a token of the node itself, such as an importer's.
    package let author: RecordID?
    /// The division acted for.
    package let division: DivisionCode
    /// The acting body's code; may be empty.
    package let body: String
    /// Why he looks, where a session was told; otherwise his role says it.
    var purpose: Purpose?

    package init(label: String, role: Role, author: RecordID?, division: DivisionCode, body: String) {
        (self.label, self.role, self.author) = (label, role, author)
        (self.division, self.body) = (division, body)
    }
}

/// The bearer tokens of one node (RFC 6750), in a JSON file that only its account may read. The file holds hashes: a
/// token is shown once, when it is made, and cannot be found out afterwards.
///
/// Many may use one value at once. A running node notices when the file has changed, so that a token works, or works
/// no more, as soon as a command has written it.
package final class APITokens: Sendable {
    static let prefix = "tributary_"
    static let labelBytesMax = 120

    private struct Entry: Codable {
        let label: String
        let role: Role
        let division: String
        let body: String
        let author: String?
        /// SHA-256 of the token, in hexadecimal.
        let hash: String
        /// Milliseconds since 1970.
        let created: UInt64
    }

    private struct File: Codable {
        var tokens: [Entry]
    }

    private typealias Known = [(hash: [UInt8], holder: TokenHolder)]

    private let file: LockedFile<File, Known>

    /// - Parameter path: the file; it need not be there yet.
    package init(path: String) {
        file = LockedFile(path: path, of: "tokens", empty: File(tokens: [])) { content throws(AccessFault) in
            var known: Known = []
            for entry in content.tokens {
                guard let hash = bytes(hexadecimal: entry.hash), hash.count == Digest.byteCount else {
                    throw AccessFault(file: path, what: "the hash of a token cannot be read: make the token anew")
                }
                known.append((hash, try Self.holder(entry, in: path)))
            }
            return known
        }
    }

    /// Makes a token and adds its hash to the file, replacing an earlier token of the same label.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Returns: the token's text: the only time that anybody sees it.
    package func create(_ holder: TokenHolder, now: UInt64) throws(AccessFault) -> String {
        guard (1...Self.labelBytesMax).contains(holder.label.utf8.count) else {
            throw file.fault("a token's label has 1 to \(Self.labelBytesMax) bytes")
        }
        guard holder.body.utf8.count <= Limits.bodyBytesMax else {
            throw file.fault("a body's code has at most \(Limits.bodyBytesMax) bytes")
        }
        var chance = SystemRandomNumberGenerator()
        let secret = (0..<AccessLimits.secretBytes).map { _ in UInt8.random(in: .min ... .max, using: &chance) }
        let text = Self.prefix + Base64URL.text(secret)
        let entry = Entry(
            label: holder.label, role: holder.role, division: holder.division.text, body: holder.body,
            author: holder.author?.description, hash: hexadecimal(Self.hash(text)), created: now)
        try file.change { content in
            content.tokens.removeAll { $0.label == holder.label }
            content.tokens.append(entry)
        }
        return text
    }

    /// Takes a token away.
    ///
    /// - Returns: whether there was one of that label.
    package func revoke(label: String) throws(AccessFault) -> Bool {
        try file.change { content in
            let wasThere = content.tokens.contains { $0.label == label }
            content.tokens.removeAll { $0.label == label }
            return wasThere
        }
    }

    /// For whom tokens stand, in the order in which they were made.
    package func holders() throws(AccessFault) -> [TokenHolder] { try file.current().map(\.holder) }

    /// For whom this token stands; `nil` if it is none. Takes the same time however much of it is right.
    func holder(of text: String) throws(AccessFault) -> TokenHolder? {
        let hash = Self.hash(text)
        let holders = try file.current()
        var found: TokenHolder?
        for (known, holder) in holders {
            var difference: UInt8 = 0
            for (left, right) in zip(known, hash) { difference |= left ^ right }
            if difference == 0 { found = holder }
        }
        return found
    }

    private static func hash(_ text: String) -> [UInt8] {
        Digest.of(Suite.p256.rawValue, Array("tributary token 1\n".utf8), Array(text.utf8)).bytes
    }

    private static func holder(_ entry: Entry, in path: String) throws(AccessFault) -> TokenHolder {
        func unreadable(_ what: String) -> AccessFault {
            AccessFault(file: path, what: "the \(what) of a token cannot be read: make the token anew")
        }
        guard let division = DivisionCode(entry.division) else { throw unreadable("division") }
        var author: RecordID?
        if let text = entry.author {
            guard let id = RecordID(text) else { throw unreadable("author") }
            author = id
        }
        return TokenHolder(
            label: entry.label, role: entry.role, author: author, division: division, body: entry.body)
    }
}
