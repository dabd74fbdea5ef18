import Divisions
import Foundation
import Ledger
import Libraries
import Node
import Replication
import Store
import Testing

@testable import tributary

/// Stories on real processes: several nodes of the built program with their stores and mutual TLS on loopback. One at a
/// time, since each has the machine to itself.
@Suite(.serialized) struct ProcessStories {}

/// A province of real processes, as a story uses it.
struct StoryProvince {
    /// How long offices may take to find each other and to hold the same.
    static let limit: Duration = .seconds(120)

    let offices: LocalProvince
    let cast: DemoCast

    var county: Office { offices[DemoCast.county] }
    var city: Office { offices[DemoCast.city] }
    var province: Office { offices[DemoCast.province] }
    var township: Office { offices[DemoCast.restored] }

    /// Returns once the lower office streams to the upper one.
    func link(_ lower: Office, to upper: Office) async throws {
        try await Waiting.until("\(lower.seat) to be linked to \(upper.seat)", within: Self.limit) {
            let link = try await lower.client().status().uplink
            return link?.phase == "streaming" && link?.peer == upper.seat.text
        }
    }

    /// Returns once the two hold the same of what both should hold.
    func agree(_ lower: Office, _ upper: Office) async throws {
        try await Waiting.until("\(lower.seat) and \(upper.seat) to agree", within: Self.limit) {
            try Agreement(lower, upper, in: offices.tree).isWhole
        }
    }

    func cases(at office: Office) async throws -> Int {
        try await office.client().status().records(of: LibraryKinds.caseFile)
    }

    /// Opens cases of a division at the node that serves it.
    func openCases(_ count: Int, of division: DivisionCode) async throws -> [RecordID] {
        var ids: [RecordID] = []
        for _ in 0..<count { ids.append(try await cast.openCase(of: division)) }
        return ids
    }

    /// How many of these cases a node holds.
    func held(_ ids: [RecordID], at office: Office) async throws -> Int {
        let desk = Desk(client: try office.client(), acknowledged: Acknowledged())
        var held = 0
        for id in ids where try await desk.holds(id) { held += 1 }
        return held
    }

    /// Everything agrees, every chain and row is right, and nothing that a node answered for is missing.
    func expectNothingLost() async throws {
        try await offices.converge(within: Self.limit)
        let proof = try Proof(offices, acknowledged: cast.acknowledged.names)
        #expect(proof.lost == 0)
        for finding in proof.findings {
            #expect(finding.faults.isEmpty, "\(finding.seat)")
            #expect(finding.agreement?.isWhole ?? true, "\(finding.seat) and its parent hold different entries")
            #expect(finding.hasEqualRows ?? true, "\(finding.seat) and its parent show different rows")
        }
    }

    /// Returns once the office's log has a line with all of these.
    @discardableResult
    func logged(_ parts: String..., by office: Office) async throws -> Substring {
        var found: Substring?
        try await Waiting.until("\(parts) in \(office.seat)'s log", within: Self.limit) {
            let log = (try? String(contentsOfFile: office.logFile, encoding: .utf8)) ?? ""
            found = log.split(separator: "\n").first { line in parts.allSatisfy(line.contains) }
            return found != nil
        }
        return try #require(found)
    }
}

/// The program that is tested, which is built beside the tests.
var builtProgram: String {
    get throws {
        let path = URL(fileURLWithPath: Executable.path).deletingLastPathComponent().appending(path: "tributary").path
        try #require(FileManager.default.isExecutableFile(atPath: path), "\(path): build the program first")
        return path
    }
}

/// Makes the five offices of `Topology/demo.yaml` in a directory of their own; whatever still runs is stopped
/// afterwards.
///
/// - Parameter prepare: changes files before any node starts.
func withProvince(
    prepare: (StoryProvince) throws -> Void = { _ in }, isStarted: Bool = true,
    _ body: (StoryProvince) async throws -> Void
) async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "story-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let sources = try DemoSources(laws: nil)
    let offices = try await LocalProvince(Files.topology(sources.topology), at: path, executable: builtProgram)
    let story = StoryProvince(offices: offices, cast: DemoCast(offices, officers: sources.officers))
    do {
        try prepare(story)
        if isStarted {
            try await offices.start()
            for office in offices.offices {
                if let parent = offices.parent(of: office) { try await story.link(office, to: parent) }
            }
        }
        try await body(story)
    } catch {
        await offices.stop()
        throw error
    }
    await offices.stop()
}
