package import Divisions
package import Ledger
import Replication

/// Somebody who signs in at this node.
package struct Account: Hashable, Sendable {
    /// The certificate number: what he signs in with.
    package let certificate: String
    /// How he is called on the screen.
    package var name: String
    package var role: Role
    /// The division acted for.
    package var division: DivisionCode
    /// The acting body's code; may be empty.
    package var body: String
    /// The officer's record, as the author of what he writes.
    package var author: RecordID?
    package var password: PasswordHash
    /// SHA-256 of TLS client certificates that sign in for him, 64 hexadecimal digits each.
    package var fingerprints: [String]
    /// Milliseconds since 1970.
    package let created: UInt64
    package var passwordChanged: UInt64
    /// Whether somebody else chose the password: then he may do nothing until he has chosen another.
    package var mustChange: Bool
    package var isDisabled: Bool

    package init(
        certificate: String, name: String, role: Role, division: DivisionCode, body: String, author: RecordID?,
        password: PasswordHash, fingerprints: [String] = [], now: UInt64
    ) {
        (self.certificate, self.name, self.role) = (certificate, name, role)
        (self.division, self.body, self.author) = (division, body, author)
        (self.password, self.fingerprints) = (password, fingerprints)
        (created, passwordChanged, mustChange, isDisabled) = (now, now, true, false)
    }

    /// For whom a session of his stands.
    var holder: TokenHolder {
        TokenHolder(label: certificate, role: role, author: author, division: division, body: body)
    }

    /// What is wrong with it, in words that name no value; nil where nothing is.
    package var fault: String? {
        let isPlain = certificate.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, (1...64).contains(certificate.utf8.count) else {
            return "a certificate number has 1 to 64 letters, digits, -, _ or ."
        }
        guard (1...AccessLimits.nameBytesMax).contains(name.utf8.count) else {
            return "a name has 1 to \(AccessLimits.nameBytesMax) bytes"
        }
        guard body.utf8.count <= Limits.bodyBytesMax else {
            return "a body's code has at most \(Limits.bodyBytesMax) bytes"
        }
        guard fingerprints.count <= AccessLimits.fingerprintsMax else {
            return "an account has at most \(AccessLimits.fingerprintsMax) client certificates"
        }
        guard fingerprints.allSatisfy({ Digest(sha256: $0) != nil }) else {
            return "a client certificate is named by its SHA-256, 64 hexadecimal digits in lower case"
        }
        return nil
    }
}

/// The accounts of one node, in a JSON file beside the tokens that only the node's own account may read. It holds
/// hashes of passwords. A running node notices when a command has changed it.
package final class Accounts: Sendable {
    private struct Entry: Codable, Sendable {
        let certificate: String
        let name: String
        let role: Role
        let division: String
        let body: String
        let author: String?
        let cost: ScryptCost
        /// Hexadecimal, like the hash.
        let salt: String
        let hash: String
        let fingerprints: [String]
        /// Milliseconds since 1970.
        let created: UInt64
        let passwordChanged: UInt64
        let mustChange: Bool
        let isDisabled: Bool
    }

    private struct File: Codable, Sendable {
        var accounts: [Entry]
    }

    private struct Reading: Sendable {
        /// In the order of certificate numbers.
        var accounts: [Account] = []
        var places: [String: Int] = [:]
    }

    private let file: LockedFile<File, Reading>

    /// - Parameter path: the file; it need not be there yet.
    package init(path: String) {
        file = LockedFile(path: path, of: "accounts", empty: File(accounts: [])) { content throws(AccessFault) in
            var reading = Reading()
            for entry in content.accounts { reading.accounts.append(try Self.account(entry, in: path)) }
            reading.accounts.sort { $0.certificate < $1.certificate }
            for (place, account) in reading.accounts.enumerated() { reading.places[account.certificate] = place }
            return reading
        }
    }

    /// Every account, in the order of certificate numbers.
    package func all() throws(AccessFault) -> [Account] { try file.current().accounts }

    package func account(_ certificate: String) throws(AccessFault) -> Account? {
        let reading = try file.current()
        return reading.places[certificate].map { reading.accounts[$0] }
    }

    /// The accounts for which a TLS client certificate may sign in.
    func accounts(fingerprint: String) throws(AccessFault) -> [Account] {
        try file.current().accounts.filter { $0.fingerprints.contains(fingerprint) }
    }

    /// - Returns: false where there is one of this certificate number already.
    package func add(_ account: Account) throws(AccessFault) -> Bool {
        if let what = account.fault { throw file.fault(what) }
        return try file.change { content in
            guard !content.accounts.contains(where: { $0.certificate == account.certificate }) else { return false }
            content.accounts.append(Self.entry(account))
            return true
        }
    }

    /// Changes an account as the file has it now.
    ///
    /// - Returns: the account as it is then; nil where there is none of this certificate number.
    package func change(
        _ certificate: String, _ body: (inout Account) -> Void
    ) throws(AccessFault) -> Account? {
        try file.change { content throws(AccessFault) in
            guard let place = content.accounts.firstIndex(where: { $0.certificate == certificate }) else { return nil }
            var account = try Self.account(content.accounts[place], in: file.path)
            body(&account)
            if let what = account.fault { throw file.fault(what) }
            content.accounts[place] = Self.entry(account)
            return account
        }
    }

    // MARK: Entries

    private static func entry(_ account: Account) -> Entry {
        Entry(
            certificate: account.certificate, name: account.name, role: account.role, division: account.division.text,
            body: account.body, author: account.author?.description, cost: account.password.cost,
            salt: hexadecimal(account.password.salt), hash: hexadecimal(account.password.hash),
            fingerprints: account.fingerprints, created: account.created, passwordChanged: account.passwordChanged,
            mustChange: account.mustChange, isDisabled: account.isDisabled)
    }

    private static func account(_ entry: Entry, in path: String) throws(AccessFault) -> Account {
        func unreadable(_ what: String) -> AccessFault {
            AccessFault(file: path, what: "the \(what) of an account cannot be read: restore the file")
        }
        guard let division = DivisionCode(entry.division) else { throw unreadable("division") }
        guard let salt = bytes(hexadecimal: entry.salt), salt.count == AccessLimits.saltBytes,
            let hash = bytes(hexadecimal: entry.hash), hash.count == AccessLimits.hashBytes, entry.cost.isSound
        else { throw unreadable("password") }
        var author: RecordID?
        if let text = entry.author {
            guard let id = RecordID(text) else { throw unreadable("author") }
            author = id
        }
        var account = Account(
            certificate: entry.certificate, name: entry.name, role: entry.role, division: division, body: entry.body,
            author: author, password: PasswordHash(cost: entry.cost, salt: salt, hash: hash),
            fingerprints: entry.fingerprints, now: entry.created)
        (account.passwordChanged, account.mustChange) = (entry.passwordChanged, entry.mustChange)
        account.isDisabled = entry.isDisabled
        if account.fault != nil { throw unreadable("entry") }
        return account
    }
}
