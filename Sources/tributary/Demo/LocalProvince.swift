import Divisions
import Foundation
import Identity
import Node

/// A whole province on this machine: every office of a tree, each with a directory of its own, and a line from each to
/// every office above it.
final class LocalProvince: Sendable {
    let tree: DivisionTree
    /// The directory that holds those of the offices.
    let path: String
    /// Parents before children.
    let offices: [Office]
    private let executable: String

    /// Makes identities, files and lines; no node runs yet.
    ///
    /// - Parameters:
    ///   - path: a directory that may not hold another province.
    ///   - executable: of `tributary`.
    init(_ tree: DivisionTree, at path: String, executable: String) async throws {
        (self.tree, self.path, self.executable) = (tree, path, executable)
        try Files.makeDirectory(path, mode: 0o700)
        var ports: [DivisionCode: Int] = [:]
        for seat in tree.seats { ports[seat.division] = try await Ports.free() }
        var offices: [Office] = []
        for division in tree.parentsFirst {
            guard tree.seat(at: division.code) != nil, let port = ports[division.code] else { continue }
            var lines: [(upper: DivisionCode, line: Line)] = []
            for upper in tree.uplinks(of: division.code) {
                guard let target = ports[upper.division] else { continue }
                lines.append((upper.division, Line(from: try await Ports.free(), to: target)))
            }
            offices.append(
                Office(
                    division, data: DataDirectory(path: "\(path)/\(division.code)"), executable: executable,
                    apiPort: try await Ports.free(), linkPort: port, lines: lines,
                    hasChildren: !tree.downlinks(of: division.code).isEmpty))
        }
        self.offices = offices
        for office in offices {
            try enrol(office)
            try configure(office)
            for (_, line) in office.lines { try await line.open() }
        }
    }

    subscript(seat: DivisionCode) -> Office {
        guard let office = offices.first(where: { $0.seat == seat }) else {
            preconditionFailure("\(seat) has no office in this province")
        }
        return office
    }

    var province: Office { offices[0] }

    /// The nearest office above that runs a node; nil for the province.
    func parent(of office: Office) -> Office? { office.lines.first.map { self[$0.upper] } }

    // MARK: Running

    /// Starts every node, parents first, so that each finds its parent at the first attempt.
    func start() async throws {
        for office in offices { try await office.start() }
    }

    /// Stops every node, all at once, and ends the lines.
    func stop() async {
        await withDiscardingTaskGroup { group in
            for office in offices { group.addTask { await office.stop() } }
        }
        for office in offices {
            for (_, line) in office.lines { await line.close() }
        }
    }

    func reconnectAll() { for office in offices { office.reconnect() } }

    // MARK: Files

    /// Gives the office its identity: the province makes its own, everybody else joins with a one-time token of the
    /// office above.
    private func enrol(_ office: Office) throws {
        try Files.makeDirectory(office.data.path, mode: 0o700)
        try Enrolment.enrol(office, below: parent(of: office), in: tree)
    }

    /// Writes the office's configuration and its own topology file.
    ///
    /// - Parameters:
    ///   - isDirect: whether it dials the offices above themselves instead of its lines.
    ///   - consolePort: where its console listens; nil for none.
    func configure(_ office: Office, isDirect: Bool = false, consolePort: Int? = nil) throws {
        let seats = tree.seats.map { seat in
            let line = isDirect ? nil : office.line(to: seat.division)
            let port = line?.port ?? (office.seat == seat.division ? office : self[seat.division]).linkPort
            return Seat(division: seat.division, name: seat.name, host: "127.0.0.1", port: port)
        }
        // Addresses are no part of a tree's version, so each office may have its own.
        let own = try DivisionTree(divisions: tree.divisions, seats: seats)
        try Files.write(Topology.render(own), to: office.topologyFile)
        let link = office.hasChildren ? "link: { host: \"127.0.0.1\", port: \(office.linkPort) }\n" : ""
        let console = consolePort.map { "console: { host: \"127.0.0.1\", port: \($0) }\n" } ?? ""
        let configuration = """
            # \(office.name) · an office of the demonstration
            division: "\(office.seat)"
            data: .
            topology: topology.yaml
            identity: identity
            \(link)api: { host: "127.0.0.1", port: \(office.apiPort) }
            \(console)log: { level: info, format: json }

            """
        try Files.write(configuration, to: office.data.configurationFile)
    }

    /// A second machine of an office: its directory as it is at this moment, on ports and lines of its own.
    func clone(_ office: Office, named name: String) async throws -> Office {
        var lines: [(upper: DivisionCode, line: Line)] = []
        for (upper, _) in office.lines {
            lines.append((upper, Line(from: try await Ports.free(), to: self[upper].linkPort)))
        }
        let double = Office(
            office.division, data: DataDirectory(path: "\(path)/\(name)"), executable: executable,
            apiPort: try await Ports.free(), linkPort: try await Ports.free(), lines: lines,
            hasChildren: office.hasChildren)
        try Files.makeDirectory(double.data.path, mode: 0o700)
        try FileManager.default.copyItem(
            atPath: office.data.identityDirectory, toPath: double.data.identityDirectory)
        try office.backUp(to: double.data.storeFile)
        try configure(double)
        for (_, line) in lines { try await line.open() }
        return double
    }
}

extension Enrolment {
    /// Gives an office its identity: the province makes its own, everybody else joins with a one-time token of the office
    /// above.
    static func enrol(_ office: Office, below parent: Office?, in tree: DivisionTree) throws {
        let now = Date()
        guard let parent else {
            _ = try initialise(
                directory: office.data.identityDirectory, division: office.seat, name: office.name, now: now)
            return
        }
        let token = try token(
            directory: parent.data.identityDirectory, division: office.seat, mayIssue: office.hasChildren,
            validSeconds: 3_600, now: now, tree: tree)
        _ = try join(
            directory: office.data.identityDirectory, token: token.text, name: office.name,
            issuerDirectory: parent.data.identityDirectory, now: now, tree: tree)
    }
}
