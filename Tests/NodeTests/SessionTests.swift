import Divisions
import Foundation
import Testing

@testable import Node

/// Sessions by themselves: what opens, keeps and ends one.
struct SessionTests {
    private static let minute: UInt64 = 60_000
    private let weak = ScryptCost(rounds: 16, blockSize: 1, parallelism: 1)

    private func account(_ certificate: String = "GD-0001") -> Account {
        Account(
            certificate: certificate, name: "陈警官", role: .officer, division: "440781", body: "", author: nil,
            password: PasswordHash("a long password", cost: weak), now: 1)
    }

    private func touch(_ sessions: Sessions, _ token: String, _ now: UInt64, _ account: Account?) -> Sessions.Session? {
        sessions.touch(token, now: now) { (_: String) throws(Never) in account }?.0
    }

    @Test func `a session that is used goes on, and one that is idle ends`() {
        let (sessions, account) = (Sessions(idleMinutes: 30), account())
        let (token, opened) = sessions.open(for: account, isByCertificate: false, purpose: nil, now: 0)
        #expect(opened.expires == 30 * Self.minute)
        #expect(touch(sessions, token, 29 * Self.minute, account)?.expires == 59 * Self.minute)
        #expect(touch(sessions, token, 58 * Self.minute, account) != nil)
        #expect(touch(sessions, token, 88 * Self.minute, account) == nil)
        #expect(touch(sessions, token, 58 * Self.minute, account) == nil)
        #expect(sessions.count == 0)
    }

    @Test func `no session lasts longer than twelve hours`() {
        let (sessions, account) = (Sessions(idleMinutes: 30), account())
        let (token, opened) = sessions.open(for: account, isByCertificate: false, purpose: nil, now: 0)
        var now: UInt64 = 0
        while now + 20 * Self.minute < opened.ends {
            now += 20 * Self.minute
            let session = touch(sessions, token, now, account)
            #expect(session?.expires == min(now + 30 * Self.minute, opened.ends))
        }
        #expect(opened.ends == 12 * 60 * Self.minute)
        #expect(touch(sessions, token, opened.ends, account) == nil)
    }

    @Test func `another password, being disabled or being gone ends a session`() {
        let sessions = Sessions()
        func ends(_ change: (inout Account?) -> Void) -> Bool {
            var account: Account? = account()
            guard let opened = account else { return false }
            let token = sessions.open(for: opened, isByCertificate: false, purpose: nil, now: 0).token
            change(&account)
            return touch(sessions, token, 1, account) == nil
        }
        #expect(!ends { _ in })
        #expect(ends { $0?.passwordChanged += 1 })
        #expect(ends { $0?.isDisabled = true })
        #expect(ends { $0 = nil })
        #expect(!ends { $0?.role = .reviewer })
    }

    @Test func `whoever opens a ninth session loses the one he left longest`() {
        let (sessions, account) = (Sessions(), account())
        let other = sessions.open(for: self.account("GD-0002"), isByCertificate: false, purpose: nil, now: 0).token
        let tokens = (0..<8).map { _ in
            sessions.open(for: account, isByCertificate: false, purpose: nil, now: 0).token
        }
        #expect(touch(sessions, tokens[0], 0, account) != nil)
        _ = sessions.open(for: account, isByCertificate: false, purpose: nil, now: 0)
        #expect(touch(sessions, tokens[0], 0, account) != nil)
        #expect(touch(sessions, tokens[1], 0, account) == nil)
        #expect(touch(sessions, other, 0, self.account("GD-0002")) != nil)
    }

    @Test func `a node holds so many sessions and no more`() {
        let sessions = Sessions()
        let first = sessions.open(for: account("C-0"), isByCertificate: false, purpose: nil, now: 0).token
        for number in 1...AccessLimits.sessionsMax {
            _ = sessions.open(for: account("C-\(number)"), isByCertificate: false, purpose: nil, now: 0)
        }
        #expect(sessions.count == AccessLimits.sessionsMax)
        #expect(touch(sessions, first, 0, account("C-0")) == nil)
    }

    @Test func `tokens and form secrets are drawn anew and are not each other`() {
        let (sessions, account) = (Sessions(), account())
        let first = sessions.open(for: account, isByCertificate: false, purpose: nil, now: 0)
        let second = sessions.open(for: account, isByCertificate: false, purpose: .audit, now: 0)
        #expect(Set([first.token, second.token, first.session.csrf, second.session.csrf]).count == 4)
        #expect(first.token.hasPrefix(Sessions.prefix) && first.token.count == Sessions.prefix.count + 43)
        #expect(second.session.purpose == .audit)
        sessions.choose(.complaint, for: first.token)
        #expect(touch(sessions, first.token, 0, account)?.purpose == .complaint)
    }
}

/// Who may try a password, and when not.
struct SignInGuardTests {
    private static let window = AccessLimits.failureWindowMilliseconds

    @Test func `five failures lock an account until the window is over`() {
        let attempts = SignInGuard()
        for number in 1...5 {
            #expect(attempts.begin("a", from: "10.0.0.1", now: 100) == .mayTry)
            #expect(attempts.failed("a", from: "10.0.0.1", now: 100) == (number == 5))
        }
        #expect(attempts.begin("a", from: "10.0.0.2", now: 101) == .locked(until: 100 + Self.window))
        #expect(attempts.begin("b", from: "10.0.0.1", now: 101) == .mayTry)
        #expect(attempts.begin("a", from: nil, now: 100 + Self.window) == .mayTry)
    }

    @Test func `failures that are long past do not count, and success clears them`() {
        let attempts = SignInGuard()
        for _ in 1...4 {
            _ = attempts.begin("a", from: nil, now: 0)
            #expect(!attempts.failed("a", from: nil, now: 0))
        }
        _ = attempts.begin("a", from: nil, now: Self.window)
        #expect(!attempts.failed("a", from: nil, now: Self.window))
        #expect(attempts.begin("a", from: nil, now: Self.window) == .mayTry)
        attempts.succeeded("a")
        for _ in 1...4 {
            _ = attempts.begin("a", from: nil, now: Self.window)
            #expect(!attempts.failed("a", from: nil, now: Self.window))
        }
    }

    @Test func `a hundred guesses at once are no more than five`() {
        let attempts = SignInGuard()
        let verdicts = (0..<100).map { _ in attempts.begin("a", from: nil, now: 0) }
        #expect(verdicts.count { $0 == .mayTry } == 5)
        #expect(verdicts.last == .busy)
        attempts.abandoned("a")
        #expect(attempts.begin("a", from: nil, now: 0) == .mayTry)
    }

    @Test func `an address that tries many names is locked, and only the address`() {
        let attempts = SignInGuard()
        for number in 1...AccessLimits.failuresPerAddressMax {
            #expect(attempts.begin("name \(number)", from: "10.0.0.1", now: 0) == .mayTry)
            #expect(!attempts.failed("name \(number)", from: "10.0.0.1", now: 0))
        }
        #expect(attempts.begin("other", from: "10.0.0.1", now: 1) == .locked(until: Self.window))
        #expect(attempts.begin("other", from: "10.0.0.2", now: 1) == .mayTry)
    }

    @Test func `a flood of names does not unlock one that is locked`() {
        let attempts = SignInGuard()
        for _ in 1...5 {
            _ = attempts.begin("a", from: nil, now: 0)
            _ = attempts.failed("a", from: nil, now: 0)
        }
        for number in 0..<2 * AccessLimits.failuresRememberedMax {
            _ = attempts.begin("name \(number)", from: nil, now: 1)
            _ = attempts.failed("name \(number)", from: nil, now: 1)
        }
        #expect(attempts.begin("a", from: nil, now: 2) == .locked(until: Self.window))
        attempts.forgive("a")
        #expect(attempts.begin("a", from: nil, now: 2) == .mayTry)
    }
}
