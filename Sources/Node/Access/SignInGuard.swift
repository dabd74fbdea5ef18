import Synchronization

/// Counts wrong passwords by account and by address, and says when somebody has tried too often. What is not known to be
/// right yet counts as wrong, so that a hundred guesses at once are no more than five. A name without an account is
/// locked like one that has one: nobody learns here which names there are.
final class SignInGuard: Sendable {
    enum Verdict: Hashable, Sendable {
        case mayTry
        /// Until when, in milliseconds since 1970.
        case locked(until: UInt64)
        /// Others are being checked under the same name at this moment.
        case busy
    }

    private struct Tally {
        var failures: [UInt64] = []
        var lockedUntil: UInt64 = 0
        /// Attempts that are being checked.
        var pending = 0

        func isIdle(_ now: UInt64) -> Bool {
            pending == 0 && lockedUntil <= now
                && failures.allSatisfy { $0 + AccessLimits.failureWindowMilliseconds <= now }
        }
    }

    private struct State {
        var accounts: [String: Tally] = [:]
        var addresses: [String: Tally] = [:]
    }

    private let state = Mutex(State())

    /// Somebody wants to try a password. Where he may, `succeeded`, `failed` or `abandoned` must follow.
    func begin(_ account: String, from address: String?, now: UInt64) -> Verdict {
        state.withLock { state in
            if let address {
                let tally = state.addresses[address] ?? Tally()
                if tally.lockedUntil > now { return .locked(until: tally.lockedUntil) }
            }
            var tally = state.accounts[account] ?? Tally()
            if tally.lockedUntil > now { return .locked(until: tally.lockedUntil) }
            Self.forget(&tally, now)
            guard tally.failures.count + tally.pending < AccessLimits.failuresPerAccountMax else { return .busy }
            tally.pending += 1
            Self.makeRoom(in: &state.accounts, now)
            state.accounts[account] = tally
            return .mayTry
        }
    }

    /// Earlier failures of the account are forgotten; those of the address are not, or whoever has one account could
    /// guess at all others.
    func succeeded(_ account: String) {
        state.withLock { state in
            state.accounts[account]?.pending -= 1
            state.accounts[account]?.failures = []
        }
    }

    /// - Returns: whether the account is locked now.
    func failed(_ account: String, from address: String?, now: UInt64) -> Bool {
        state.withLock { state in
            var tally = state.accounts[account] ?? Tally()
            tally.pending = max(0, tally.pending - 1)
            let isLocked = Self.count(&tally, now, max: AccessLimits.failuresPerAccountMax)
            state.accounts[account] = tally
            if let address {
                Self.makeRoom(in: &state.addresses, now)
                var tally = state.addresses[address] ?? Tally()
                _ = Self.count(&tally, now, max: AccessLimits.failuresPerAddressMax)
                state.addresses[address] = tally
            }
            return isLocked
        }
    }

    /// The password was not looked at after all.
    func abandoned(_ account: String) {
        state.withLock { $0.accounts[account]?.pending -= 1 }
    }

    /// An operator has given the account another password.
    func forgive(_ account: String) {
        state.withLock { state in
            state.accounts[account]?.failures = []
            state.accounts[account]?.lockedUntil = 0
        }
    }

    // MARK: Counting

    private static func count(_ tally: inout Tally, _ now: UInt64, max: Int) -> Bool {
        forget(&tally, now)
        tally.failures.append(now)
        guard tally.failures.count >= max else { return false }
        tally.failures = []
        tally.lockedUntil = now + AccessLimits.failureWindowMilliseconds
        return true
    }

    private static func forget(_ tally: inout Tally, _ now: UInt64) {
        tally.failures.removeAll { $0 + AccessLimits.failureWindowMilliseconds <= now }
    }

    /// Drops what no longer counts, and if that is not enough what counts least: never a lock.
    private static func makeRoom(in tallies: inout [String: Tally], _ now: UInt64) {
        guard tallies.count >= AccessLimits.failuresRememberedMax else { return }
        tallies = tallies.filter { !$0.value.isIdle(now) }
        guard tallies.count >= AccessLimits.failuresRememberedMax else { return }
        let loose = tallies.filter { $0.value.pending == 0 && $0.value.lockedUntil <= now }
        for name in loose.keys.sorted().prefix(AccessLimits.failuresRememberedMax / 2) {
            tallies.removeValue(forKey: name)
        }
    }
}
