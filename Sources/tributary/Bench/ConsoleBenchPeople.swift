import AsyncHTTPClient
import Console
import Foundation
import Libraries
import Node
import Synchronization

/// The people who click, and what they find.
final class ConsoleBenchPeople: Sendable {
    /// How many of each role, of fifty.
    static let cast: [(role: Role, count: Int)] = [
        (.officer, 34), (.reviewer, 4), (.responsible, 4), (.supervisor, 4), (.librarian, 2), (.operator, 2),
    ]
    static let password = "correct-horse-town"
    /// Between two clicks, on average; exponentially distributed.
    static let thinkSeconds = 2.0

    struct Clicker: Sendable {
        let role: Role
        let certificate: String
        var browser: ConsoleBenchBrowser
    }

    private let found = Mutex<[String: [ConsoleBenchBrowser.Click]]>([:])
    private let failures = Mutex<[String: Int]>([:])

    var clicks: [String: [ConsoleBenchBrowser.Click]] { found.withLock { $0 } }
    /// Statuses of 500 and above, by page.
    var faults: [String: Int] { failures.withLock { $0 } }

    private func note(_ click: ConsoleBenchBrowser.Click, on path: String) {
        // What a page says is of no interest any more.
        let click = ConsoleBenchBrowser.Click(
            status: click.status, bytes: click.bytes, server: click.server, api: click.api, calls: click.calls,
            text: "")
        found.withLock { $0[path, default: []].append(click) }
        if click.status >= 500 { failures.withLock { $0[path, default: 0] += 1 } }
    }

    // MARK: Accounts

    /// Makes the accounts; all have one password, since a hash takes some tenths of a second.
    static func makeAccounts(
        _ library: ConsoleBenchLibrary, in data: DataDirectory, people: Int
    ) throws -> [(role: Role, certificate: String)] {
        let (accounts, hash) = (Accounts(path: data.accountsFile), PasswordHash(password))
        var made: [(role: Role, certificate: String)] = []
        while made.count < people {
            // In turn by share, so that any number of people is a cross-section.
            let place = made.count * 50 / people
            var rest = place
            let role = cast.first { entry in
                rest -= entry.count
                return rest < 0
            }?.role
            guard let role else { break }
            let taken = made.count { $0.role == role }
            let people = library.people(role)
            guard taken < people.count else { throw BenchFailure("the bench has too few people: \(role.rawValue)") }
            let person = people[taken]
            var account = Account(
                certificate: person.certificate, name: person.name, role: role, division: ConsoleBenchTown.town,
                body: ConsoleBenchLibrary.body, author: person.record, password: hash,
                now: BenchClock.wallMilliseconds)
            account.mustChange = false
            guard try accounts.add(account) else { throw BenchFailure("an account is there already") }
            made.append((role, person.certificate))
        }
        return made
    }

    // MARK: Signing in

    /// Everybody signs in at once, as in the morning; whoever is sent away tries again.
    ///
    /// - Returns: the people, how long each one's sign-in took on the server, how long he waited, and how often somebody
    ///   was sent away.
    @_optimize(none)
    static func signIn(
        _ accounts: [(role: Role, certificate: String)], base: String, client: HTTPClient
    ) async throws -> (clickers: [Clicker], server: [Double], waited: [Double], refusals: Int) {
        try await withThrowingTaskGroup(of: (Clicker, Double, Double, Int).self) { group in
            for (role, certificate) in accounts {
                group.addTask {
                    var clicker = Clicker(
                        role: role, certificate: certificate, browser: ConsoleBenchBrowser(base: base, client: client))
                    let start = ContinuousClock.now
                    var refusals = 0
                    while true {
                        if let click = try await clicker.browser.signIn(certificate, password) {
                            let waited = start.duration(to: .now).inSeconds * 1_000
                            return (clicker, click.server, waited, refusals)
                        }
                        refusals += 1
                        try await Task.sleep(for: .milliseconds(500))
                    }
                }
            }
            var all: (clickers: [Clicker], server: [Double], waited: [Double], refusals: Int) = ([], [], [], 0)
            for try await (clicker, server, waited, refusals) in group {
                all.clickers.append(clicker)
                all.server.append(server)
                all.waited.append(waited)
                all.refusals += refusals
            }
            all.clickers.sort { $0.certificate < $1.certificate }
            return all
        }
    }

    // MARK: Clicking

    /// Everybody clicks for so many seconds, each through the pages of his role, every page as often as every other.
    @_optimize(none)
    func click(
        _ clickers: [Clicker], through site: ConsoleBenchSite, words: [String], seconds: Double, seed: UInt64
    ) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (place, clicker) in clickers.enumerated() {
                group.addTask { [self] in
                    var chance = SplitMix64(seed: seed, purpose: 0x636c_6963, index: place)
                    let pages = site.addresses.filter { $0.isPage && $0.admits(role: clicker.role.rawValue) }
                    try await Task.sleep(for: .seconds(Self.think(&chance)))
                    while ContinuousClock.now < end {
                        let page = pages[chance.below(pages.count)]
                        if let target = site.target(of: page, words: words, &chance) {
                            note(try await clicker.browser.get(target), on: page.path)
                        }
                        try await Task.sleep(for: .seconds(Self.think(&chance)))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func think(_ chance: inout SplitMix64) -> Double {
        let share = (Double(chance.below(1_000_000)) + 1) / 1_000_001
        return -thinkSeconds * log(share)
    }
}
