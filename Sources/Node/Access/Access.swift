import Ledger
import Libraries
package import Logging

/// Who may come in: accounts and sessions of people on this node, and the way from the one to the other.
package final class Access: Sendable {
    /// A session that was just opened.
    struct Opened: Sendable {
        /// Shown this once.
        let token: String
        let session: Sessions.Session
        let account: Account
    }

    package let accounts: Accounts
    package let sessions: Sessions
    private let cost: ScryptCost
    private let attempts = SignInGuard()
    private let hashing = HashingQueue()
    private let meters: AccessMeters
    private let logger: Logger

    /// - Parameter cost: of passwords hashed from now on; cheaper ones are hashed anew when they are next used.
    package init(
        accounts: Accounts, sessions: Sessions, cost: ScryptCost = .standard, metrics: MetricsRegistry, logger: Logger
    ) {
        (self.accounts, self.sessions, self.cost, self.logger) = (accounts, sessions, cost, logger)
        meters = AccessMeters(registry: metrics)
    }

    /// Brings the metrics up to now.
    func observe() { meters.observe(sessions: sessions.count) }

    // MARK: Signing in

    /// Opens a session for whoever knows the password.
    func signIn(
        _ certificate: String, password: String, purpose: Purpose?, from peer: Peer, now: UInt64
    ) async throws(Problem) -> Opened {
        let found = try await check(certificate, password, from: peer, now: now)
        guard !found.isDisabled else { throw refused(certificate, from: peer, now) }
        attempts.succeeded(certificate)
        let account = try await strengthened(found, password)
        return opened(account, isByCertificate: false, purpose, now)
    }

    /// Opens a session for whoever proved to hold a client certificate of an account.
    ///
    /// - Parameter certificate: which account, where several have the same client certificate.
    func signIn(
        _ certificate: String?, purpose: Purpose?, from peer: Peer, now: UInt64
    ) throws(Problem) -> Opened {
        guard let fingerprint = peer.certificate else {
            throw Problem(
                .badCredentials, "send a password, or connect with a client certificate that an account names")
        }
        let candidates = try faultless { () throws(AccessFault) in try accounts.accounts(fingerprint: fingerprint) }
            .filter { !$0.isDisabled && (certificate == nil || $0.certificate == certificate) }
        guard let account = candidates.first, candidates.count == 1 else {
            meters.count(.refused)
            logger.notice("a sign-in was refused", metadata: ["by": "certificate"])
            throw Problem(
                .badCredentials,
                candidates.isEmpty
                    ? "no account here may be used with this client certificate: the operator adds it to one"
                    : "several accounts may be used with this client certificate: send the certificate number too")
        }
        return opened(account, isByCertificate: true, purpose, now)
    }

    private func opened(_ account: Account, isByCertificate: Bool, _ purpose: Purpose?, _ now: UInt64) -> Opened {
        let (token, session) = sessions.open(
            for: account, isByCertificate: isByCertificate, purpose: purpose, now: now)
        meters.count(.signedIn)
        logger.info(
            "somebody signed in",
            metadata: ["role": "\(account.role.rawValue)", "by": isByCertificate ? "certificate" : "password"])
        return Opened(token: token, session: session, account: account)
    }

    /// The account whose password this is, however long nobody of that name takes. On success `attempts` still waits
    /// for its end.
    private func check(
        _ certificate: String, _ password: String, from peer: Peer, now: UInt64
    ) async throws(Problem) -> Account {
        switch attempts.begin(certificate, from: peer.address, now: now) {
        case .mayTry: break
        case .locked(let until):
            meters.count(.locked)
            throw Self.locked(until: until, now)
        case .busy:
            meters.count(.overloaded)
            throw Problem(.overloaded, "passwords of this account are being checked already: try again in a second")
        }
        let account: Account?
        do throws(Problem) {
            account = try faultless { () throws(AccessFault) in try accounts.account(certificate) }
        } catch {
            attempts.abandoned(certificate)
            throw error
        }
        let hash = account?.password ?? .decoy(cost)
        guard let isRight = await hashing.run({ hash.matches(password) }) else {
            attempts.abandoned(certificate)
            meters.count(.overloaded)
            throw Self.overloaded
        }
        guard isRight, let account else { throw refused(certificate, from: peer, now) }
        return account
    }

    private func refused(_ certificate: String, from peer: Peer, _ now: UInt64) -> Problem {
        meters.count(.refused)
        let isLocked = attempts.failed(certificate, from: peer.address, now: now)
        logger.notice("a sign-in was refused", metadata: ["by": "password", "locked": "\(isLocked)"])
        guard isLocked else {
            return Problem(.badCredentials, "the certificate number or the password is wrong, or the account disabled")
        }
        return Self.locked(until: now + AccessLimits.failureWindowMilliseconds, now)
    }

    /// The account with its password hashed as dearly as is the custom now.
    private func strengthened(_ account: Account, _ password: String) async throws(Problem) -> Account {
        guard account.password.cost.work < cost.work else { return account }
        let (cost, accounts) = (cost, accounts)
        let changed = await hashing.run { () -> Result<Account?, AccessFault> in
            let hash = PasswordHash(password, cost: cost)
            do throws(AccessFault) {
                return .success(
                    try accounts.change(account.certificate) { changed in
                        if changed.password == account.password { changed.password = hash }
                    })
            } catch { return .failure(error) }
        }
        // Where there is no time or no room for it now, the next sign-in does it.
        guard case .success(let changed?)? = changed else { return account }
        return changed
    }

    /// Whether the token is of a session that goes on, without being used for it.
    func isSession(_ token: String, now: UInt64) -> Bool {
        let found = try? sessions.glance(token, now: now) { certificate throws(AccessFault) in
            try accounts.account(certificate)
        }
        return found ?? false
    }

    // MARK: Passwords

    /// Lets somebody who is signed in choose another password. His session goes on, his others end.
    func changePassword(
        _ session: SignedIn, from old: String, to new: String, peer: Peer, now: UInt64
    ) async throws(Problem) -> Account {
        let certificate = session.account.certificate
        _ = try await check(certificate, old, from: peer, now: now)
        attempts.succeeded(certificate)
        if let what = PasswordRules.fault(of: new, for: certificate, instead: old) {
            throw Problem(.passwordRules, what, at: "/new")
        }
        let changed = try await change(certificate, password: new) { account in
            (account.passwordChanged, account.mustChange) = (max(now, account.passwordChanged + 1), false)
        }
        sessions.keep(session.token, under: changed)
        logger.info("a password was changed", metadata: ["role": "\(changed.role.rawValue)"])
        return changed
    }

    /// Makes an account whose password its holder must change.
    func create(_ make: @escaping @Sendable (PasswordHash) -> Account, password: String) async throws(Problem)
        -> Account
    {
        let (cost, accounts) = (cost, accounts)
        let made = await hashing.run { () -> Result<Account?, AccessFault> in
            let account = make(PasswordHash(password, cost: cost))
            do throws(AccessFault) { return .success(try accounts.add(account) ? account : nil) } catch {
                return .failure(error)
            }
        }
        guard let made else { throw Self.overloaded }
        guard let account = try faultless({ () throws(AccessFault) in try made.get() }) else {
            throw Problem(
                .alreadyExists, "there is an account of this certificate number: change it", at: "/certificate")
        }
        return account
    }

    /// Changes an account for an operator. A new password, or being disabled, ends its sessions.
    func change(
        _ certificate: String, password: String?, now: UInt64, _ body: @escaping @Sendable (inout Account) -> Void
    ) async throws(Problem) -> Account {
        let changed = try await change(certificate, password: password) { account in
            body(&account)
            if password != nil {
                (account.passwordChanged, account.mustChange) = (max(now, account.passwordChanged + 1), true)
            }
        }
        if password != nil { attempts.forgive(certificate) }
        if password != nil || changed.isDisabled { sessions.endAll(of: certificate) }
        return changed
    }

    private func change(
        _ certificate: String, password: String?, _ body: @escaping @Sendable (inout Account) -> Void
    ) async throws(Problem) -> Account {
        let (cost, accounts) = (cost, accounts)
        let changed = await hashing.run { () -> Result<Account?, AccessFault> in
            let hash = password.map { PasswordHash($0, cost: cost) }
            do throws(AccessFault) {
                return .success(
                    try accounts.change(certificate) { account in
                        if let hash { account.password = hash }
                        body(&account)
                    })
            } catch { return .failure(error) }
        }
        guard let changed else { throw Self.overloaded }
        guard let account = try faultless({ () throws(AccessFault) in try changed.get() }) else {
            throw Problem(.notFound, "there is no account of this certificate number here", at: "path:certificate")
        }
        return account
    }

    // MARK: Problems

    /// Does `body`; what is wrong with the file goes to the log, since its path is no business of whoever asks.
    func faultless<Answer>(_ body: () throws(AccessFault) -> Answer) throws(Problem) -> Answer {
        do throws(AccessFault) { return try body() } catch {
            logger.error("the file of accounts cannot be used", metadata: ["reason": "\(error)"])
            throw Problem(
                .unavailable, "the node cannot use its file of accounts: its operator finds the reason in its log")
        }
    }

    private static func locked(until: UInt64, _ now: UInt64) -> Problem {
        Problem(
            .lockedOut, "there were too many wrong passwords: wait until the time in \"until\", or ask the operator",
            members: [
                "until": .integer(Int64(until)), "retryAfter": .integer(Int64((until - min(now, until) + 999) / 1_000)),
            ])
    }

    private static var overloaded: Problem {
        Problem(.overloaded, "too many passwords wait to be checked: try again in some seconds")
    }
}

/// Somebody who is signed in, as the calls about his own session see him.
struct SignedIn: Sendable {
    let token: String
    let session: Sessions.Session
    let account: Account
}
