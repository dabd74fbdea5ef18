package import Divisions
import Foundation
package import Ledger
import Synchronization

// An optimised build sees `struct stat` through this module first.
#if canImport(CoreFoundation)
    import CoreFoundation
#endif

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

    package init(label: String, role: Role, author: RecordID?, division: DivisionCode, body: String) {
        (self.label, self.role, self.author) = (label, role, author)
        (self.division, self.body) = (division, body)
    }
}

/// Why the file of tokens could not be used.
package struct TokenFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let file: String
    package let what: String

    package var description: String { "\(file): \(what)" }
}

/// The bearer tokens of one node (RFC 6750), in a JSON file that only its account may read. The file holds hashes: a
/// token is shown once, when it is made, and cannot be found out afterwards.
///
/// Many may use one value at once. A running node notices when the file has changed, so that a token works, or works
/// no more, as soon as a command has written it.
package final class APITokens: Sendable {
    /// Bytes of chance in a token: nobody guesses 256 bits, therefore one round of SHA-256 hides them well enough.
    static let secretBytes = 32
    static let prefix = "tributary_"
    static let fileBytesMax = 4 << 20
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

    private struct Known {
        var stamp: FileStamp?
        var holders: [(hash: [UInt8], holder: TokenHolder)] = []
    }

    /// What shows that a file has been replaced.
    private struct FileStamp: Equatable {
        let node: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private let path: String
    private let known = Mutex(Known())

    /// - Parameter path: the file; it need not be there yet.
    package init(path: String) { self.path = path }

    /// Makes a token and adds its hash to the file, replacing an earlier token of the same label.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Returns: the token's text: the only time that anybody sees it.
    package func create(_ holder: TokenHolder, now: UInt64) throws(TokenFault) -> String {
        guard (1...Self.labelBytesMax).contains(holder.label.utf8.count) else {
            throw fault("a token's label has 1 to \(Self.labelBytesMax) bytes")
        }
        guard holder.body.utf8.count <= Limits.bodyBytesMax else {
            throw fault("a body's code has at most \(Limits.bodyBytesMax) bytes")
        }
        var chance = SystemRandomNumberGenerator()
        let secret = (0..<Self.secretBytes).map { _ in UInt8.random(in: .min ... .max, using: &chance) }
        let text = Self.prefix + Base64URL.text(secret)
        let entry = Entry(
            label: holder.label, role: holder.role, division: holder.division.text, body: holder.body,
            author: holder.author?.description, hash: hexadecimal(Self.hash(text)), created: now)
        try change { tokens in
            tokens.removeAll { $0.label == holder.label }
            tokens.append(entry)
        }
        return text
    }

    /// Takes a token away.
    ///
    /// - Returns: whether there was one of that label.
    package func revoke(label: String) throws(TokenFault) -> Bool {
        var wasThere = false
        try change { tokens in
            wasThere = tokens.contains { $0.label == label }
            tokens.removeAll { $0.label == label }
        }
        return wasThere
    }

    /// For whom tokens stand, in the order in which they were made.
    package func holders() throws(TokenFault) -> [TokenHolder] {
        var holders: [TokenHolder] = []
        for entry in try read().tokens { holders.append(try holder(entry)) }
        return holders
    }

    /// For whom this token stands; `nil` if it is none. Takes the same time however much of it is right.
    func holder(of text: String) throws(TokenFault) -> TokenHolder? {
        let hash = Self.hash(text)
        let holders = try current()
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

    /// What the file says now; read again only if it has been replaced.
    private func current() throws(TokenFault) -> [(hash: [UInt8], holder: TokenHolder)] {
        let stamp = Self.stamp(path)
        if let holders = known.withLock({ $0.stamp == stamp && stamp != nil ? $0.holders : nil }) { return holders }
        var holders: [(hash: [UInt8], holder: TokenHolder)] = []
        for entry in try read().tokens {
            guard let hash = bytes(hexadecimal: entry.hash), hash.count == Digest.byteCount else {
                throw fault("the hash of a token cannot be read: make the token anew")
            }
            holders.append((hash, try holder(entry)))
        }
        let read = holders
        known.withLock { $0 = Known(stamp: stamp, holders: read) }
        return read
    }

    private func holder(_ entry: Entry) throws(TokenFault) -> TokenHolder {
        guard let division = DivisionCode(entry.division) else {
            throw fault("the division of a token cannot be read: make the token anew")
        }
        var author: RecordID?
        if let text = entry.author {
            guard let id = RecordID(text) else {
                throw fault("the author of a token cannot be read: make the token anew")
            }
            author = id
        }
        return TokenHolder(
            label: entry.label, role: entry.role, author: author, division: division, body: entry.body)
    }

    // MARK: The file

    private func fault(_ what: String) -> TokenFault { TokenFault(file: path, what: what) }

    private func systemFault(_ doing: String) -> TokenFault {
        fault("the file of tokens cannot be \(doing) (\(String(cString: strerror(errno)))): see who owns it")
    }

    private static func stamp(_ path: String) -> FileStamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return FileStamp(
            node: UInt64(status.st_ino), size: Int64(status.st_size), seconds: Int(status.st_mtim.tv_sec),
            nanoseconds: Int(status.st_mtim.tv_nsec))
    }

    private func read() throws(TokenFault) -> File {
        guard let stamp = Self.stamp(path) else {
            guard errno == ENOENT else { throw systemFault("examined") }
            return File(tokens: [])
        }
        guard stamp.size <= Self.fileBytesMax else { throw fault("has more than \(Self.fileBytesMax) bytes") }
        let content: Data
        do { content = try Data(contentsOf: URL(fileURLWithPath: path)) } catch { throw systemFault("read") }
        guard !content.isEmpty else { return File(tokens: []) }
        do { return try JSONDecoder().decode(File.self, from: content) } catch {
            throw fault("is no file of tokens: restore it, or remove it and make the tokens anew")
        }
    }

    /// Changes the file while no other process does; a crash leaves the old file or the new.
    private func change(_ body: (inout [Entry]) -> Void) throws(TokenFault) {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw systemFault("locked") }
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw systemFault("locked") }
        }
        var file = try read()
        body(&file.tokens)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let content: Data
        do { content = try encoder.encode(file) } catch { throw fault("the tokens cannot be written as JSON") }
        try replace(with: Array(content))
    }

    private func replace(with content: [UInt8]) throws(TokenFault) {
        let temporary = path + ".new"
        guard unlink(temporary) == 0 || errno == ENOENT else { throw systemFault("replaced") }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw systemFault("written") }
        defer { close(descriptor) }
        var written = 0
        while written < content.count {
            let count = content[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw systemFault("written")
            }
            written += count
        }
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw systemFault("written") }
    }
}
