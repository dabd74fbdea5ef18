package import Divisions
import Lattice
package import Ledger
import Libraries

/// What the API says of people and their sessions, and what it takes of them.

/// Somebody who is signed in.
package struct SignedInMessage: Codable, Hashable, Sendable {
    package let certificate: String
    package let name: String
    package let role: String
    package let roleWords: WordsMessage
    /// The division acted for.
    package let division: String
    package let divisionName: String
    package let body: String
    /// The officer's record.
    package let author: String?
    /// Whether he may do nothing but choose another password.
    package let mustChange: Bool

    init(_ account: Account, isByCertificate: Bool, in tree: DivisionTree) {
        (certificate, name, role) = (account.certificate, account.name, account.role.rawValue)
        roleWords = WordsMessage(account.role)
        division = account.division.text
        divisionName = tree.division(account.division)?.name ?? account.division.text
        (body, author) = (account.body, account.author?.description)
        mustChange = account.mustChange && !isByCertificate
    }
}

/// A session; times are milliseconds since 1970.
package struct SessionMessage: Codable, Hashable, Sendable {
    /// The bearer token: in the answer that opens the session and in no other.
    package let token: String?
    /// What every form of the console sends back.
    package let csrf: String
    /// When it ends if nothing is asked for until then.
    package let expires: UInt64
    /// When it ends in any case.
    package let ends: UInt64
    /// Why he looks: what `Tributary-Purpose` says by default.
    package let purpose: String
    package let account: SignedInMessage

    init(_ session: Sessions.Session, of account: Account, token: String? = nil, in tree: DivisionTree) {
        (self.token, csrf, expires, ends) = (token, session.csrf, session.expires, session.ends)
        purpose = (session.purpose ?? account.role.purpose).rawValue
        self.account = SignedInMessage(account, isByCertificate: session.isByCertificate, in: tree)
    }
}

/// An account as its operator sees it.
package struct AccountMessage: Codable, Hashable, Sendable {
    package let certificate: String
    package let name: String
    package let role: String
    package let roleWords: WordsMessage
    package let division: String
    package let divisionName: String
    package let body: String
    package let author: String?
    package let fingerprints: [String]
    /// Milliseconds since 1970.
    package let created: UInt64
    package let passwordChanged: UInt64
    package let mustChange: Bool
    package let isDisabled: Bool

    init(_ account: Account, in tree: DivisionTree) {
        (certificate, name, role) = (account.certificate, account.name, account.role.rawValue)
        roleWords = WordsMessage(account.role)
        division = account.division.text
        divisionName = tree.division(account.division)?.name ?? account.division.text
        (body, author, fingerprints) = (account.body, account.author?.description, account.fingerprints)
        (created, passwordChanged) = (account.created, account.passwordChanged)
        (mustChange, isDisabled) = (account.mustChange, account.isDisabled)
    }
}

package struct AccountList: Codable, Hashable, Sendable {
    package let accounts: [AccountMessage]
    package let next: String?
}

package struct WrittenAccount: Codable, Hashable, Sendable {
    package let account: AccountMessage
    /// The password that was drawn, shown this once; absent where the request chose it or chose none.
    package let password: String?
}

// MARK: Requests

/// `POST /v1/sessions`.
struct SignInRequest {
    /// Needed with a password.
    let certificate: String?
    /// Absent where a client certificate speaks for the account.
    let password: String?
    let purpose: Purpose?

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        certificate = try object.optionalText("certificate")
        password = try object.optionalText("password")
        purpose = try object.optionalPurpose("purpose")
        try object.finish()
        if let certificate, !(1...AccessLimits.nameBytesMax).contains(certificate.utf8.count) {
            throw Problem(
                .badValue, "a certificate number of 1 to \(AccessLimits.nameBytesMax) bytes is expected",
                at: "/certificate")
        }
        if let password { try Self.check(password, at: "/password") }
        if password != nil, certificate == nil {
            throw Problem(.missingMember, "the member \"certificate\" is required: add it", at: "/certificate")
        }
    }

    /// Refuses what cannot be a password, so that nothing else is ever hashed.
    static func check(_ password: String, at place: String) throws(Problem) {
        guard (1...AccessLimits.passwordBytesMax).contains(password.utf8.count) else {
            throw Problem(.badValue, "1 to \(AccessLimits.passwordBytesMax) bytes are expected", at: place)
        }
    }
}

/// `POST /v1/sessions/current/password`.
struct PasswordRequest {
    let old: String
    let new: String

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        (old, new) = (try object.text("old"), try object.text("new"))
        try object.finish()
        try SignInRequest.check(old, at: "/old")
    }
}

/// `POST /v1/sessions/current/purpose`.
struct PurposeRequest {
    let purpose: Purpose

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        let read = try object.optionalPurpose("purpose")
        try object.finish()
        guard let read else {
            throw Problem(.missingMember, "the member \"purpose\" is required: add it", at: "/purpose")
        }
        purpose = read
    }
}

/// `POST /v1/accounts`.
struct NewAccountRequest {
    let certificate: String
    let name: String
    let role: Role
    let division: DivisionCode
    let body: String
    /// The roster's record of the certificate number, for who handles or watches over cases, by default.
    let author: RecordID?
    /// One is drawn by default.
    let password: String?
    let fingerprints: [String]

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        (certificate, name) = (try object.text("certificate"), try object.text("name"))
        guard let role = try object.optionalRole("role") else {
            throw Problem(.missingMember, "the member \"role\" is required: add it", at: "/role")
        }
        guard let division = try object.optionalDivision("division") else {
            throw Problem(.missingMember, "the member \"division\" is required: add it", at: "/division")
        }
        body = try object.optionalText("body") ?? ""
        let named = try object.optionalAuthor("author")
        password = try object.optionalText("password")
        fingerprints = try object.optionalTexts("fingerprints") ?? []
        try object.finish()
        (self.role, self.division) = (role, division)
        author = named ?? Account.author(certificate, role, of: division)
    }

    /// The account, whose password is already hashed.
    func account(_ hash: PasswordHash, now: UInt64) -> Account {
        Account(
            certificate: certificate, name: name, role: role, division: division, body: body, author: author,
            password: hash, fingerprints: fingerprints, now: now)
    }
}

/// `PATCH /v1/accounts/{certificate}`: what is absent stays.
struct AccountEdits {
    let name: String?
    let role: Role?
    let division: DivisionCode?
    let body: String?
    /// The outer nil leaves the author, the inner one takes it away.
    let author: RecordID??
    let isDisabled: Bool?
    let password: String?
    let resetsPassword: Bool
    let fingerprints: [String]?

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        name = try object.optionalText("name")
        role = try object.optionalRole("role")
        division = try object.optionalDivision("division")
        body = try object.optionalText("body")
        author = try object.optionalAuthor("author")
        isDisabled = try object.optionalTruth("isDisabled")
        password = try object.optionalText("password")
        resetsPassword = try object.optionalTruth("resetPassword") ?? false
        fingerprints = try object.optionalTexts("fingerprints")
        try object.finish()
    }

    func apply(to account: inout Account) {
        if let name { account.name = name }
        if let role { account.role = role }
        if let division { account.division = division }
        if let body { account.body = body }
        if let author { account.author = author }
        if let isDisabled { account.isDisabled = isDisabled }
        if let fingerprints { account.fingerprints = fingerprints }
    }
}

extension Account {
    /// The roster's record of a certificate number at the division acted for, as the author of what its holder writes;
    /// none for those who keep the node, who write nothing.
    package static func author(_ certificate: String, _ role: Role, of division: DivisionCode) -> RecordID? {
        switch role {
        case .officer, .reviewer, .responsible, .supervisor, .librarian:
            RecordID(
                home: division, flow: LibraryKinds.officer.flow, kind: LibraryKinds.officer.name,
                naturalKey: certificate)
        case .operator: nil
        }
    }
}

extension JSONObject {
    fileprivate mutating func optionalRole(_ member: String) throws(Problem) -> Role? {
        guard let text = try optionalText(member) else { return nil }
        guard let role = Role(rawValue: text) else {
            let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badValue, "there is no such role: use one of \(known)", at: at(member))
        }
        return role
    }

    fileprivate mutating func optionalPurpose(_ member: String) throws(Problem) -> Purpose? {
        guard let text = try optionalText(member) else { return nil }
        guard let purpose = Purpose(rawValue: text) else { throw Problem.noSuchPurpose(at: at(member)) }
        return purpose
    }

    fileprivate mutating func optionalDivision(_ member: String) throws(Problem) -> DivisionCode? {
        guard let text = try optionalText(member) else { return nil }
        guard let code = DivisionCode(text) else {
            throw Problem(.badValue, "a division's code is expected", at: at(member))
        }
        return code
    }

    /// The empty text stands for nobody.
    fileprivate mutating func optionalAuthor(_ member: String) throws(Problem) -> RecordID?? {
        guard let text = try optionalText(member) else { return nil }
        guard !text.isEmpty else { return .some(nil) }
        guard let id = RecordID(text) else {
            throw Problem(.badID, "a record's id, kind:home:flow:key, is expected", at: at(member))
        }
        return .some(id)
    }
}

extension Problem {
    static func noSuchPurpose(at place: String) -> Problem {
        let known = Purpose.allCases.map(\.rawValue).joined(separator: ", ")
        return Problem(.badValue, "there is no such purpose: use one of \(known)", at: place)
    }
}
