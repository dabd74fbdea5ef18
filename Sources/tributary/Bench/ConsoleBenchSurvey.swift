import Console
import Foundation
import Libraries
import Node

/// Every page looked at alone: its addresses, what it costs when nobody else asks, and the statements behind it.
struct ConsoleBenchSurvey: Sendable {
    /// One look at one page.
    struct Look: Sendable {
        let click: ConsoleBenchBrowser.Click
        let statements: [ConsoleBenchStatements.Statement]
        let commits: Int
    }

    private(set) var site = ConsoleBenchSite()
    let words: [String]
    /// By the page's path with parameters.
    private(set) var looks: [String: [Look]] = [:]
    private(set) var searchLooks: [Look] = []
    /// What pages answered that did not show what was asked for, by page: the last status.
    private(set) var unshown: [String: Int] = [:]
    private var chance: SplitMix64

    /// Addresses of one page that are looked at.
    private static let looksPerPage = 12
    private static let crawlRounds = 3
    private static let crawledPerPage = 6
    /// Cases that people open; more than any cache of pages holds.
    private static let casesSeeded = 2_000

    init(words: [String], seed: UInt64) {
        self.words = words
        chance = SplitMix64(seed: seed ^ 0x7375_7276)
    }

    /// Pages of cases from all of them, not only of those that lists begin with.
    mutating func seed(_ cases: [ConsoleBenchCases.Written]) {
        guard !cases.isEmpty else { return }
        for _ in 0..<min(Self.casesSeeded, cases.count) {
            site.add("/cases/\(cases[chance.below(cases.count)].id)")
        }
        for one in cases where one.isOpen {
            guard let next = one.next else { continue }
            site.add("/cases/\(one.id)/facts")
            site.add("/cases/\(one.id)/steps/\(next)")
        }
    }

    // MARK: Finding

    /// Follows links from page to page, in every role, so that pages of one thing are known by things that are there.
    @_optimize(none)
    mutating func crawl(_ people: [ConsoleBenchPeople.Clicker]) async throws {
        for _ in 0..<Self.crawlRounds {
            for person in people {
                for page in site.addresses where page.isPage && page.admits(role: person.role.rawValue) {
                    for _ in 0..<Self.crawledPerPage {
                        guard let target = site.target(of: page, words: words, &chance) else { break }
                        let click = try await person.browser.get(target)
                        if click.isShown { site.read(click.text, at: target) }
                    }
                }
            }
        }
    }

    /// Each page once for everybody who may open it, so that nothing is met for the first time.
    @_optimize(none)
    func visitAll(_ people: [ConsoleBenchPeople.Clicker]) async throws {
        var chance = chance
        for person in people {
            for page in site.addresses where page.isPage && page.admits(role: person.role.rawValue) {
                guard let target = site.target(of: page, words: words, &chance) else { continue }
                _ = try await person.browser.get(target)
            }
        }
    }

    // MARK: Looking

    @_optimize(none)
    mutating func look(_ people: [ConsoleBenchPeople.Clicker]) async throws {
        for page in site.addresses where page.isPage {
            let readers = people.filter { page.admits(role: $0.role.rawValue) }
            guard !readers.isEmpty else { continue }
            for turn in 0..<Self.looksPerPage {
                guard let target = site.target(of: page, words: words, &chance) else { break }
                let look = try await Self.look(at: target, readers[turn % readers.count])
                if look.click.isShown {
                    looks[page.path, default: []].append(look)
                } else {
                    unshown[page.path] = look.click.status
                }
            }
        }
    }

    @_optimize(none)
    private static func look(at target: String, _ person: ConsoleBenchPeople.Clicker) async throws -> Look {
        let (click, statements, commits) = try await ConsoleBenchStatements.heard {
            try await person.browser.get(target)
        }
        return Look(click: click, statements: statements, commits: commits)
    }

    // MARK: Searching

    /// Where laws are searched: the page of it, or the API's call where there is none.
    var searchTarget: String {
        let pages = site.searches.filter { $0.key.hasPrefix("/statutes") }.sorted { $0.key < $1.key }
        return pages.first?.value.min() ?? "/v1/statutes/search?q="
    }

    @_optimize(none)
    mutating func search(_ people: [ConsoleBenchPeople.Clicker], count: Int) async throws {
        guard let person = people.first, !words.isEmpty else { return }
        for _ in 0..<count {
            let word = words[chance.below(words.count)]
            let look = try await Self.look(at: searchTarget + ConsoleBenchSite.encoded(word), person)
            guard look.click.isShown else { throw BenchFailure("a search failed: HTTP \(look.click.status)") }
            searchLooks.append(look)
        }
    }

    /// Searches one after another, spread over so many seconds.
    ///
    /// - Returns: what each took on the server, in milliseconds.
    @_optimize(none)
    func searchMeanwhile(
        _ person: ConsoleBenchPeople.Clicker, count: Int, seconds: Double
    ) async throws -> [Double] {
        guard !words.isEmpty else { return [] }
        var chance = chance
        var found: [Double] = []
        let begun = ContinuousClock.now
        for number in 0..<count {
            try await Task.sleep(until: begun + .seconds(seconds * Double(number) / Double(count)))
            let word = words[chance.below(words.count)]
            found.append(try await person.browser.get(searchTarget + ConsoleBenchSite.encoded(word)).server)
        }
        return found
    }
}

/// What SQLite alone takes for the statements behind each page, in milliseconds.
struct ConsoleBenchBare {
    struct Figures {
        /// One for each address and repetition.
        var milliseconds: [Double] = []
        /// How many statements the page asks, in the middle of its addresses.
        var statements = 0
        /// Those of a page that write, such as that somebody looked.
        var commits = 0.0
        /// The slowest statement, and its share.
        var slowest = ""
    }

    private(set) var pages: [String: Figures] = [:]
    private(set) var search = Figures()
    /// The search's own statement alone.
    private(set) var match = Figures()
    let refused: Int

    private static let repetitions = 3

    init(_ survey: ConsoleBenchSurvey) throws {
        let replay = ConsoleBenchReplay()
        for (path, looks) in survey.looks.sorted(by: { $0.key < $1.key }) {
            pages[path] = try Self.figures(looks, replay)
        }
        search = try Self.figures(survey.searchLooks, replay)
        match = try Self.figures(
            survey.searchLooks.map { look in
                ConsoleBenchSurvey.Look(
                    click: look.click, statements: look.statements.filter { $0.sql.contains(" MATCH ") }, commits: 0)
            }, replay)
        refused = replay.refused
    }

    private static func figures(_ looks: [ConsoleBenchSurvey.Look], _ replay: ConsoleBenchReplay) throws -> Figures {
        var figures = Figures()
        var slowest = (seconds: 0.0, sql: "")
        for look in looks {
            // The first one fills caches.
            _ = try replay.seconds(look.statements)
            for _ in 0..<repetitions { figures.milliseconds.append(try replay.seconds(look.statements) * 1_000) }
        }
        for statement in looks.first?.statements ?? [] {
            let seconds = try replay.seconds([statement])
            if seconds > slowest.seconds { slowest = (seconds, statement.sql) }
        }
        if !looks.isEmpty {
            figures.statements = looks.map(\.statements.count).sorted()[looks.count / 2]
            figures.commits = Double(looks.reduce(0) { $0 + $1.commits }) / Double(looks.count)
        }
        figures.slowest = slowest.sql
        return figures
    }
}
