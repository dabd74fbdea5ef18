import Divisions
import HTTPTypes
import Hummingbird
import Ledger
import Libraries

/// Sessions and accounts of people.
extension Endpoint {
    static let access: [Endpoint] = [
        Endpoint(
            method: .post, path: "/v1/sessions", operation: "signIn",
            summary: "Opens a session with a certificate number and a password, or without either for whoever connects "
                + "with a TLS client certificate that an account names. Its token is a bearer token like any other, "
                + "ends when it is not used, and is shown this once. Five wrong passwords lock an account for a while.",
            body: "SignInRequest", answer: .json("SessionMessage", status: 201, "The session."),
            problems: [
                .badValue, .badCredentials, .lockedOut, .notJSON, .tooLarge, .overloaded,
            ],
            handler: .open { api, call in try await api.signIn(call) }),
        Endpoint(
            method: .get, path: "/v1/sessions/current", operation: "readSession",
            summary: "The session that asks: who it stands for, and until when.",
            answer: .json("SessionMessage", "The session."),
            handler: .session { api, call, session in try api.readSession(call, session) }),
        Endpoint(
            method: .delete, path: "/v1/sessions/current", operation: "signOut", summary: "Ends the session that asks.",
            answer: .json("SignedOutMessage", "The session has ended."),
            handler: .session { api, call, session in try api.signOut(call, session) }),
        Endpoint(
            method: .post, path: "/v1/sessions/current/password", operation: "changePassword",
            summary: "Chooses another password. This session goes on, all others of the account end.",
            body: "PasswordRequest", answer: .json("SessionMessage", "The session."),
            problems: [.badCredentials, .lockedOut, .passwordRules, .notJSON, .tooLarge, .overloaded, .notFound],
            handler: .session { api, call, session in try await api.changePassword(call, session) }),
        Endpoint(
            method: .post, path: "/v1/sessions/current/purpose", operation: "choosePurpose",
            summary: "Says why this session looks at what is personal, for calls without the header Tributary-Purpose.",
            body: "PurposeRequest", answer: .json("SessionMessage", "The session."), problems: [.notJSON, .tooLarge],
            handler: .session { api, call, session in try await api.choosePurpose(call, session) }),
        Endpoint(
            method: .get, path: "/v1/accounts", operation: "listAccounts",
            summary: "The accounts of people on this node, in the order of certificate numbers; for operators.",
            parameters: [
                .query(
                    "limit",
                    ["type": "integer", "minimum": 1, "maximum": .integer(Int64(APILimits.recordsPerPageMax))],
                    "Accounts a page, \(APILimits.recordsPerPage) by default."),
                .query("cursor", ["type": "string"], "\"next\" of the page before."),
            ],
            answer: .json("AccountList", "A page of accounts."), problems: [.roleForbids],
            handler: .holder { api, call, holder in try await api.listAccounts(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/accounts", operation: "createAccount",
            summary: "Makes an account, for operators. Its first password must be changed at the first sign-in.",
            body: "NewAccount", answer: .json("WrittenAccount", status: 201, "The account."),
            problems: [.roleForbids, .alreadyExists, .passwordRules, .notJSON, .tooLarge, .overloaded],
            handler: .holder { api, call, holder in try await api.createAccount(call, holder) }),
        Endpoint(
            method: .patch, path: "/v1/accounts/{certificate}", operation: "changeAccount",
            summary:
                "Changes, disables or enables an account, or gives it another password, for operators. Accounts are "
                + "never removed: what they wrote names them.",
            parameters: [.path("certificate", "The account's certificate number.")], body: "AccountEdits",
            answer: .json("WrittenAccount", "The account as it is now."),
            problems: [.roleForbids, .notFound, .passwordRules, .notJSON, .tooLarge, .overloaded],
            handler: .holder { api, call, holder in try await api.changeAccount(call, holder) }),
    ]
}

/// That a session has ended.
package struct SignedOutMessage: Codable, Hashable, Sendable {
    /// Milliseconds since 1970.
    package let ended: UInt64
}

extension API {
    // MARK: Who asks

    /// Whoever is signed in under this token.
    func signedIn(_ token: String) throws(Problem) -> SignedIn {
        let now = clock()
        let found = try access.faultless { () throws(AccessFault) in
            try access.sessions.touch(token, now: now) { certificate throws(AccessFault) in
                try access.accounts.account(certificate)
            }
        }
        guard let (session, account) = found else {
            throw Problem(.unauthenticated, "the session has ended: sign in again", at: "header:authorization")
        }
        return SignedIn(token: token, session: session, account: account)
    }

    // MARK: Sessions

    func signIn(_ call: APICall) async throws -> Response {
        try call.query.finish()
        let request = try SignInRequest(try await call.body())
        let now = clock()
        let opened: Access.Opened
        if let password = request.password, let certificate = request.certificate {
            opened = try await access.signIn(
                certificate, password: password, purpose: request.purpose, from: call.peer, now: now)
        } else {
            opened = try access.signIn(request.certificate, purpose: request.purpose, from: call.peer, now: now)
        }
        return try Self.json(
            SessionMessage(opened.session, of: opened.account, token: opened.token, in: core.tree), status: .created)
    }

    func readSession(_ call: APICall, _ signedIn: SignedIn) throws -> Response {
        try call.query.finish()
        return try Self.json(SessionMessage(signedIn.session, of: signedIn.account, in: core.tree))
    }

    func signOut(_ call: APICall, _ signedIn: SignedIn) throws -> Response {
        try call.query.finish()
        access.sessions.end(signedIn.token)
        return try Self.json(SignedOutMessage(ended: clock()))
    }

    func changePassword(_ call: APICall, _ signedIn: SignedIn) async throws -> Response {
        try call.query.finish()
        let request = try PasswordRequest(try await call.body())
        let account = try await access.changePassword(
            signedIn, from: request.old, to: request.new, peer: call.peer, now: clock())
        return try Self.json(SessionMessage(signedIn.session, of: account, in: core.tree))
    }

    func choosePurpose(_ call: APICall, _ signedIn: SignedIn) async throws -> Response {
        try call.query.finish()
        let request = try PurposeRequest(try await call.body())
        access.sessions.choose(request.purpose, for: signedIn.token)
        let now = try self.signedIn(signedIn.token)
        return try Self.json(SessionMessage(now.session, of: now.account, in: core.tree))
    }

    // MARK: Accounts

    func listAccounts(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var query = call.query
        let limit = try query.count("limit", default: APILimits.recordsPerPage, max: APILimits.recordsPerPageMax)
        let cursor = query.text("cursor")
        try query.finish()
        try checkOperator(holder)
        let all = try access.faultless { () throws(AccessFault) in try access.accounts.all() }
        let rest = all.drop { account in cursor.map { account.certificate <= $0 } ?? false }
        let page = rest.prefix(limit)
        return try Self.json(
            AccountList(
                accounts: page.map { AccountMessage($0, in: core.tree) },
                next: page.count < rest.count ? page.last?.certificate : nil))
    }

    func createAccount(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try call.query.finish()
        try checkOperator(holder)
        let request = try NewAccountRequest(try await call.body())
        try checkDivision(request.division)
        let now = clock()
        // What is wrong is said before anything is hashed.
        if let what = request.account(.decoy(.standard), now: now).fault { throw Problem(.badValue, what) }
        let (password, drawn) = try password(request.password, isDrawn: true, for: request.certificate)
        let account = try await access.create({ request.account($0, now: now) }, password: password ?? "")
        return try Self.json(
            WrittenAccount(account: AccountMessage(account, in: core.tree), password: drawn), status: .created)
    }

    func changeAccount(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try call.query.finish()
        try checkOperator(holder)
        let edits = try AccountEdits(try await call.body())
        if let division = edits.division { try checkDivision(division) }
        let certificate = call.path("certificate") ?? ""
        guard var edited = try access.faultless({ () throws(AccessFault) in try access.accounts.account(certificate) })
        else {
            throw Problem(.notFound, "there is no account of this certificate number here", at: "path:certificate")
        }
        edits.apply(to: &edited)
        if let what = edited.fault { throw Problem(.badValue, what) }
        let (password, drawn) = try password(edits.password, isDrawn: edits.resetsPassword, for: certificate)
        let account = try await access.change(certificate, password: password, now: clock()) { edits.apply(to: &$0) }
        return try Self.json(WrittenAccount(account: AccountMessage(account, in: core.tree), password: drawn))
    }

    /// The password to set, and the same once more where it was drawn here and has to be shown.
    private func password(
        _ chosen: String?, isDrawn: Bool, for certificate: String
    ) throws(Problem) -> (password: String?, drawn: String?) {
        if let chosen {
            if let what = PasswordRules.fault(of: chosen, for: certificate) {
                throw Problem(.passwordRules, what, at: "/password")
            }
            return (chosen, nil)
        }
        guard isDrawn else { return (nil, nil) }
        var chance = SystemRandomNumberGenerator()
        let drawn = PasswordRules.draw(using: &chance)
        return (drawn, drawn)
    }

    private func checkOperator(_ holder: TokenHolder) throws(Problem) {
        guard holder.role == .operator else {
            throw Problem(
                .roleForbids, "the role \(holder.role.rawValue) may not keep accounts: use the token of an operator")
        }
    }

    private func checkDivision(_ division: DivisionCode) throws(Problem) {
        guard core.tree.division(division) != nil else {
            throw Problem(.badValue, "the tree has no division of this code", at: "/division")
        }
    }
}
