import Divisions
import Foundation
import Libraries

/// What the demonstration reads: the files of this repository, and perhaps another library of laws.
struct DemoSources: Sendable {
    let topology: String
    let laws: String
    let bodies, items, benchmarks, calendar: String
    let officers: [OfficerRow]
    /// Those who have to do with the one case that is told from beginning to end.
    let caseOfficers: [OfficerRow]
    /// Holds the procedures and templates.
    let root: String
    /// What the officers photograph at the scene.
    let photograph: String

    /// - Parameter laws: a directory of law files in the place of the repository's own.
    init(laws: String?) throws(CommandFailure) {
        guard let root = Self.root else {
            throw CommandFailure(
                .noInput,
                "Topology/demo.yaml and Fixtures: not found from the working directory or the program upward; run it in the repository"
            )
        }
        topology = "\(root)/Topology/demo.yaml"
        self.laws = laws ?? "\(root)/Fixtures/laws"
        bodies = "\(root)/Fixtures/bodies.csv"
        items = "\(root)/Fixtures/items.csv"
        benchmarks = "\(root)/Fixtures/benchmarks.csv"
        calendar = "\(root)/Fixtures/calendar.csv"
        officers = try Self.rows(of: "\(root)/Fixtures/officers.csv")
        caseOfficers = try Self.rows(of: "\(root)/Fixtures/case-officers.csv")
        self.root = root
        photograph = "\(root)/Fixtures/evidence-scene.png"
    }

    /// How many law files there are: what a progress is measured by.
    var lawFileCount: Int {
        guard let walk = FileManager.default.enumerator(atPath: laws) else { return 0 }
        var count = 0
        for case let name as String in walk where name.hasSuffix(".md") { count += 1 }
        return count
    }

    /// The repository: the first directory with both, from where we are upward, then from the program upward.
    private static var root: String? {
        let places = [FileManager.default.currentDirectoryPath, Executable.path]
        for place in places {
            var directory = URL(fileURLWithPath: place).standardizedFileURL
            while true {
                let path = directory.path
                if Files.exists("\(path)/Topology/demo.yaml"), Files.isDirectory("\(path)/Fixtures/laws") {
                    return path
                }
                guard directory.pathComponents.count > 1 else { break }
                directory.deleteLastPathComponent()
            }
        }
        return nil
    }

    private static func rows<Row: ImportedRow>(of path: String) throws(CommandFailure) -> [Row] {
        var importer = RowImporter<Row>(file: path)
        var events: [RowImporter<Row>.Event] = []
        try Files.stream(path) { chunk throws(CommandFailure) in events += importer.feed(chunk) }
        events += importer.finish()
        return events.compactMap { event in
            if case .row(let row, _) = event { row } else { nil }
        }
    }
}

/// This very program.
enum Executable {
    static var path: String {
        let link = "/proc/self/exe"
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link) { return target }
        return URL(fileURLWithPath: CommandLine.arguments[0]).standardizedFileURL.path
    }
}
