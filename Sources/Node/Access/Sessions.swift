import Ledger
import Synchronization

/// The sessions of people who signed in, in memory: a restart of the node ends them all. A session's token is kept as a
/// hash, as those of machines are.
package final class Sessions: Sendable {
    static let prefix = "tss_"

    /// A session as the rest of the node sees it.
    package struct Session: Hashable, Sendable {
        package let certificate: String
        /// What a form must send back, so that no page from elsewhere acts in his name.
        package let csrf: String
        /// When it ends if nothing is asked for until then; milliseconds since 1970.
        package let expires: UInt64
        /// When it ends in any case.
        package let ends: UInt64
        /// Why he looks, if he has said so.
        package let purpose: Purpose?
        /// Whether a TLS client certificate opened it, and no password.
        package let isByCertificate: Bool
    }

    private struct State {
        var sessions: [[UInt8]: Entry] = [:]
        /// Counts what was asked, so that of two sessions of one moment the one asked for last is the later.
        var turn: UInt64 = 0
    }

    private struct Entry {
        let certificate: String
        let csrf: String
        let opened: UInt64
        /// `passwordChanged` of the account: another password ends the session.
        var passwordChanged: UInt64
        let isByCertificate: Bool
        var touched: UInt64
        var turn: UInt64
        var purpose: Purpose?
    }

    private let idleMilliseconds: UInt64
    private let state = Mutex(State())

    /// - Parameter idleMinutes: a session in which nothing is asked for so long ends.
    package init(idleMinutes: Int = NodeConfiguration.Console.idleMinutesDefault) {
        idleMilliseconds = UInt64(idleMinutes) * 60_000
    }

    /// How many there are, those included that have run out unnoticed.
    var count: Int { state.withLock { $0.sessions.count } }

    /// Opens a session. Where there are too many, the one that has been idle longest ends: of the account first.
    ///
    /// - Returns: the token, which nobody sees again, and the session.
    func open(
        for account: Account, isByCertificate: Bool, purpose: Purpose?, now: UInt64
    ) -> (token: String, session: Session) {
        let (token, csrf) = (Self.prefix + Self.secret(), Self.secret())
        let session = state.withLock { state in
            state.sessions = state.sessions.filter { !isOver($0.value, now) }
            let own = state.sessions.filter { $0.value.certificate == account.certificate }
            if own.count >= AccessLimits.sessionsPerAccountMax {
                Self.endIdlest(of: own, in: &state)
            } else if state.sessions.count >= AccessLimits.sessionsMax {
                Self.endIdlest(of: state.sessions, in: &state)
            }
            state.turn += 1
            let entry = Entry(
                certificate: account.certificate, csrf: csrf, opened: now, passwordChanged: account.passwordChanged,
                isByCertificate: isByCertificate, touched: now, turn: state.turn, purpose: purpose)
            state.sessions[Self.hash(token)] = entry
            return self.session(entry)
        }
        return (token, session)
    }

    /// The session of a token, which goes on from now; nil where it is none or has ended.
    ///
    /// - Parameter account: whoever has this certificate number now; nil where nobody has.
    func touch<Failure: Error>(
        _ token: String, now: UInt64, account: (String) throws(Failure) -> Account?
    ) throws(Failure) -> (Session, Account)? {
        let hash = Self.hash(token)
        guard let entry = state.withLock({ $0.sessions[hash] }) else { return nil }
        guard let account = try holder(of: entry, now, account) else {
            _ = state.withLock { $0.sessions.removeValue(forKey: hash) }
            return nil
        }
        let session = state.withLock { state -> Session? in
            state.turn += 1
            let turn = state.turn
            guard var entry = state.sessions[hash] else { return nil }
            (entry.touched, entry.turn) = (max(entry.touched, now), turn)
            state.sessions[hash] = entry
            return self.session(entry)
        }
        return session.map { ($0, account) }
    }

    /// Whether the token is of a session that goes on; looking is no use of it, so that it may run out meanwhile.
    func glance<Failure: Error>(
        _ token: String, now: UInt64, account: (String) throws(Failure) -> Account?
    ) throws(Failure) -> Bool {
        guard let entry = state.withLock({ $0.sessions[Self.hash(token)] }) else { return false }
        return try holder(of: entry, now, account) != nil
    }

    /// Whoever a session is of; nil once it has ended.
    private func holder<Failure: Error>(
        of entry: Entry, _ now: UInt64, _ account: (String) throws(Failure) -> Account?
    ) throws(Failure) -> Account? {
        guard !isOver(entry, now), let account = try account(entry.certificate), !account.isDisabled,
            account.passwordChanged == entry.passwordChanged
        else { return nil }
        return account
    }

    /// Says why he looks from now on.
    func choose(_ purpose: Purpose?, for token: String) {
        state.withLock { $0.sessions[Self.hash(token)]?.purpose = purpose }
    }

    /// Lets this session go on under a password that its holder has just chosen; the others of the account end.
    func keep(_ token: String, under account: Account) {
        let kept = Self.hash(token)
        state.withLock { state in
            state.sessions[kept]?.passwordChanged = account.passwordChanged
            state.sessions = state.sessions.filter { $0.key == kept || $0.value.certificate != account.certificate }
        }
    }

    func end(_ token: String) {
        _ = state.withLock { $0.sessions.removeValue(forKey: Self.hash(token)) }
    }

    /// Ends all sessions of an account.
    func endAll(of certificate: String) {
        state.withLock { state in state.sessions = state.sessions.filter { $0.value.certificate != certificate } }
    }

    // MARK: Entries

    private func isOver(_ entry: Entry, _ now: UInt64) -> Bool {
        now >= entry.touched + idleMilliseconds || now >= entry.opened + AccessLimits.sessionMilliseconds
    }

    private func session(_ entry: Entry) -> Session {
        let ends = entry.opened + AccessLimits.sessionMilliseconds
        return Session(
            certificate: entry.certificate, csrf: entry.csrf, expires: min(entry.touched + idleMilliseconds, ends),
            ends: ends, purpose: entry.purpose, isByCertificate: entry.isByCertificate)
    }

    private static func endIdlest(of entries: [[UInt8]: Entry], in state: inout State) {
        guard let idlest = entries.min(by: { $0.value.turn < $1.value.turn }) else { return }
        state.sessions.removeValue(forKey: idlest.key)
    }

    private static func secret() -> String {
        var chance = SystemRandomNumberGenerator()
        return Base64URL.text(
            (0..<AccessLimits.secretBytes).map { _ in UInt8.random(in: .min ... .max, using: &chance) })
    }

    /// A token is looked up by its hash: how long that takes tells nothing of the token.
    private static func hash(_ token: String) -> [UInt8] {
        Digest.of(Suite.p256.rawValue, Array("tributary session 1\n".utf8), Array(token.utf8)).bytes
    }
}
