import AsyncHTTPClient
import Casework
import Console
import Divisions
import Foundation
import Ledger
import Libraries
import Node
import Replication
import Store

/// How long a township's pages take to answer while fifty people click through them, against the bare SQL behind each.
struct ConsoleBench {
    let settings: BenchSettings
    let directory: String
    let progress: BenchProgress

    static let steps = 9

    /// What a page has to keep to at p95, in milliseconds, and a search through all laws.
    static let (pageMillisecondsMax, searchMillisecondsMax) = (50.0, 100.0)
    /// Searches through all laws that are timed.
    private static let searches = 200
    /// Everybody clicks so long before anything is measured.
    private static let warmUpSeconds = 10.0

    /// What was written before the node ran.
    private struct Filled {
        let town: ConsoleBenchTown
        let library: ConsoleBenchLibrary
        let cases: [ConsoleBenchCases.Written]
        let steps: Int
        let seconds: Double
        let bytes: Int
    }

    func run() async throws -> BenchPart {
        guard FileManager.default.fileExists(atPath: settings.procedures) else {
            throw BenchFailure("\(settings.procedures): no procedures are here: give their directory with --procedures")
        }
        let filled = try fill()
        let accounts = try ConsoleBenchPeople.makeAccounts(
            filled.library, in: filled.town.data, people: settings.people)
        let survey = try await survey(filled, accounts)
        progress.begin("the bare SQL behind every page")
        let bare = try ConsoleBenchBare(survey)
        progress.end()
        let clicks = try await click(filled, accounts, survey)
        return ConsoleBenchFigures(
            settings: settings, survey: survey, bare: bare, clicks: clicks,
            filling: note(filled)
        ).part()
    }

    private func note(_ filled: Filled) -> String {
        let (library, seconds) = (filled.library, BenchStatistics.decimals(filled.seconds, 0))
        let source = settings.statutes == nil ? "invented" : "given"
        return """
            Console: a township's node with \(library.laws.grouped) \(source) laws of \(library.articles.grouped) articles, \
            \(library.items.grouped) items with \(library.benchmarks.grouped) circumstances of benchmarks, \
            \(library.people.count) people and \(filled.cases.count.grouped) invented cases of ordinary and simple penalty \
            with \(filled.steps.grouped) steps in all, \(filled.cases.count { $0.isOpen }.grouped) of them open; written \
            through the node's own core and judged for its board in \(seconds) s; the store has \(filled.bytes.grouped) bytes.
            """
    }

    // MARK: Filling

    private func fill() throws -> Filled {
        let start = ContinuousClock.now
        let town = try ConsoleBenchTown(in: directory)
        let writer = try ConsoleBenchWriter(town, seed: settings.seed)
        var library = ConsoleBenchLibrary(settings)
        progress.begin("the library")
        try library.write(with: writer) { progress.begin("the library: \($0)") }
        progress.end()
        progress.begin("cases")
        let files = try Self.recordings(in: town)
        var cases = try ConsoleBenchCases(library, writer, files: files, seed: settings.seed)
        try cases.write(settings.consoleCases) {
            progress.begin("cases: \($0.grouped) of \(settings.consoleCases.grouped)")
        }
        progress.end()
        progress.begin("judging")
        try judge(town, writer.store)
        try writer.store.close()
        let bytes = try BareDatabase(path: town.data.storeFile).settledBytes()
        progress.end()
        return Filled(
            town: town, library: library, cases: cases.written, steps: cases.steps,
            seconds: start.duration(to: .now).inSeconds, bytes: bytes)
    }

    /// Recordings that all cases share; what is in them is never looked at.
    private static func recordings(in town: ConsoleBenchTown) throws -> [FileName] {
        let shelf = try FileShelf(directory: town.data.filesDirectory)
        return try (0..<5).map { number in
            let upload = FileUpload(to: shelf)
            try upload.write([UInt8](repeating: UInt8(number), count: 4_096))
            return try upload.finish()
        }
    }

    private func judge(_ town: ConsoleBenchTown, _ store: SQLiteStore) throws {
        let rules = try SupervisionRules.held(by: store.reader)
        let board = try BoardDatabase.ofTown(town, rules: rules)
        let shelf = try FileShelf(directory: town.data.filesDirectory)
        let judge = BoardJudge(
            tree: town.tree, rules: rules, board: board,
            isHere: { text in Digest(sha256: text).map { shelf.holds($0) } ?? false },
            clock: { BenchClock.wallMilliseconds })
        let follower = BoardFollower(board: board, judge: judge.judge)
        let today = LegalMoment(milliseconds: BenchClock.wallMilliseconds)?.day.daysSince1970 ?? 0
        var judged = 0
        while true {
            let step = try follower.step(store.reader, today: today)
            if step == .rested { break }
            if case .judged(let count) = step { judged += count }
            progress.begin("judging: \(judged.grouped) of \(settings.consoleCases.grouped)")
        }
        try board.close()
    }

    // MARK: Looking around

    /// One visit of every page, alone, with every statement that is asked of SQLite.
    @_optimize(none)
    private func survey(
        _ filled: Filled, _ accounts: [(role: Role, certificate: String)]
    ) async throws -> ConsoleBenchSurvey {
        progress.begin("looking at every page")
        defer { progress.end() }
        try ConsoleBenchStatements.begin()
        defer { ConsoleBenchStatements.end() }
        let node = try filled.town.open()
        return try await LinkedNodes.running(node.runner) { _ in
            let client = ConsoleBenchBrowser.client(people: accounts.count)
            let base = try await node.base
            let found = try await Self.surveying(filled, accounts, base: base, client, settings)
            try await client.shutdown()
            return found
        }
    }

    @_optimize(none)
    private static func surveying(
        _ filled: Filled, _ accounts: [(role: Role, certificate: String)], base: String, _ client: HTTPClient,
        _ settings: BenchSettings
    ) async throws -> ConsoleBenchSurvey {
        var one: [(role: Role, certificate: String)] = []
        for account in accounts where !one.contains(where: { $0.role == account.role }) { one.append(account) }
        let people = try await ConsoleBenchPeople.signIn(one, base: base, client: client).clickers
        var survey = ConsoleBenchSurvey(words: filled.library.words, seed: settings.seed)
        survey.seed(filled.cases)
        try await survey.crawl(people)
        try await survey.look(people)
        try await survey.search(people, count: Self.searches)
        return survey
    }

    // MARK: Clicking

    @_optimize(none)
    private func click(
        _ filled: Filled, _ accounts: [(role: Role, certificate: String)], _ survey: ConsoleBenchSurvey
    ) async throws -> ConsoleBenchClicks {
        let node = try filled.town.open()
        return try await LinkedNodes.running(node.runner) { _ in
            let client = ConsoleBenchBrowser.client(people: accounts.count)
            let base = try await node.base
            let clicks = try await clicking(accounts, survey, base: base, client)
            try await client.shutdown()
            return clicks
        }
    }

    @_optimize(none)
    private func clicking(
        _ accounts: [(role: Role, certificate: String)], _ survey: ConsoleBenchSurvey, base: String,
        _ client: HTTPClient
    ) async throws -> ConsoleBenchClicks {
        progress.begin("signing in")
        var clicks = ConsoleBenchClicks()
        for _ in 0..<5 {
            let alone = try await ConsoleBenchPeople.signIn([accounts[0]], base: base, client: client)
            clicks.signInAlone += alone.server
        }
        let signedIn = try await ConsoleBenchPeople.signIn(accounts, base: base, client: client)
        (clicks.signIn, clicks.signInWaited, clicks.signInRefusals) = (
            signedIn.server, signedIn.waited, signedIn.refusals
        )
        progress.end()
        progress.begin("warming up")
        try await survey.visitAll(signedIn.clickers)
        try await ConsoleBenchPeople().click(
            signedIn.clickers, through: survey.site, words: survey.words, seconds: Self.warmUpSeconds,
            seed: settings.seed &+ 1)
        progress.end()
        progress.begin("\(settings.people) people click for \(settings.seconds) s")
        let (people, seconds, searcher) = (ConsoleBenchPeople(), Double(settings.seconds), signedIn.clickers[0])
        let (cpu, start) = (Self.processorSeconds, ContinuousClock.now)
        async let searching = survey.searchMeanwhile(searcher, count: Self.searches, seconds: seconds)
        try await people.click(
            signedIn.clickers, through: survey.site, words: survey.words, seconds: seconds, seed: settings.seed)
        clicks.searches = try await searching
        clicks.processorSeconds = Self.processorSeconds - cpu
        clicks.seconds = start.duration(to: .now).inSeconds
        (clicks.pages, clicks.faults) = (people.clicks, people.faults)
        progress.end()
        progress.begin("searching alone")
        clicks.searchesAlone = try await survey.searchMeanwhile(signedIn.clickers[0], count: Self.searches, seconds: 0)
        progress.end()
        return clicks
    }

    /// What this process has cost so far, of user and system together.
    private static var processorSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

/// What was measured while everybody clicked, in milliseconds.
struct ConsoleBenchClicks: Sendable {
    var pages: [String: [ConsoleBenchBrowser.Click]] = [:]
    var faults: [String: Int] = [:]
    var searches: [Double] = []
    var searchesAlone: [Double] = []
    var signInAlone: [Double] = []
    var signIn: [Double] = []
    var signInWaited: [Double] = []
    var signInRefusals = 0
    /// Of the whole process, the people's side included.
    var processorSeconds = 0.0
    var seconds = 0.0
}
