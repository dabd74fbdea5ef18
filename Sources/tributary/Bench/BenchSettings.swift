import Node

/// How much the bench does. Sizes change how sure a figure is, not what it stands for.
struct BenchSettings: Sendable, Encodable {
    /// Invented laws and the articles of each; unused where a directory of laws is given.
    var laws: Int
    var articlesPerLaw: Int
    var items: Int
    var cases: Int
    var officers: Int
    /// Townships below the city that writes: each is a home with streams of its own.
    var towns = 8
    /// As `tributary import` sends them.
    var recordsPerChange = ImportWriter.groupsPerChangeMax
    /// Changes that the city writes in one step: as many as an import keeps in flight.
    var changesPerStep = Importer.changesInFlightMax
    /// Interleaved rounds of each measure that is timed.
    var rounds: Int
    /// Local edits timed while nothing else happens, and at least as many while a neighbour's bulk comes in.
    var editsIdle: Int
    var editsBusy: Int
    /// Homes with streams of their own in the histories that two neighbours compare, the city's included.
    var homes: Int
    /// How many process runs have written one stream each in every home: the lengths of history compared.
    var histories = [1, 10, 100]
    /// Streams changed between two links.
    var changed: [Int]
    /// Cases in the rows of the supervision board.
    var boardCases = 2_000_000
    /// What a township holds while people click through its pages: as many laws as the public library of China and
    /// Guangdong has files, and the items and cases that the design names.
    var consoleLaws = 1_614
    var consoleItems = 9_000
    var consoleCases = 20_000
    /// How many people click, and how long.
    var people = 50
    var seconds = 60
    /// A directory that holds procedures, templates and rules of supervision, such as this repository.
    var procedures = "."
    /// A directory of law files to use in place of invented laws.
    var statutes: String?
    var seed: UInt64 = 1

    static let standard = BenchSettings(
        laws: 300, articlesPerLaw: 50, items: 5_000, cases: 8_000, officers: 4_000, rounds: 5, editsIdle: 1_000,
        editsBusy: 500, homes: 100, changed: [1, 10, 100])

    /// A minute on two cores.
    static let quick = BenchSettings(
        laws: 50, articlesPerLaw: 50, items: 1_000, cases: 1_500, officers: 750, rounds: 3, editsIdle: 300,
        editsBusy: 150, homes: 20, changed: [1, 4, 20], boardCases: 50_000, consoleLaws: 100, consoleItems: 500,
        consoleCases: 400, seconds: 10)
}
