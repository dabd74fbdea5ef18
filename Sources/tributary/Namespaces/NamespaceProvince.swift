import Divisions
import Foundation
import Identity
import Ledger
import Node
import Simulation

/// A province of real processes, each office in a network namespace of its own, with a line from each to every office
/// above it.
///
/// A line is a pair of virtual network cards from the office to this machine, and a relay here that passes on to the
/// office above. It is cut by taking the card down, made slow by a token bucket on both cards, and what else may
/// happen to it the relay does. A further pair leads to each office for its API and for the lines from below.
struct NamespaceProvince: Sendable {
    /// One machine: an office, or a second machine of it.
    struct Machine: Sendable {
        /// As stories name it.
        let name: String
        let office: Office
        /// Its lines, the parent's first.
        let lines: [Line]
        /// A file system of its own, so that it can be full; nil for the others.
        let disk: String?

        var seat: DivisionCode { office.seat }
    }

    /// The way from one machine to the office at one division above it.
    struct Line: Sendable {
        let lower: String
        let upper: DivisionCode
        let wire: NamespaceNetwork.Wire
        let relay: LineRelay

        var name: String { "\(lower) \(upper)" }
    }

    /// Where nodes listen in their namespaces.
    private static let linkPort = 7_443
    private static let apiPort = 8_443
    /// Of a file system that can be full: room for the store of any story that runs here.
    private static let diskMebibytes = 64

    let tree: DivisionTree
    /// The directory that holds those of the offices.
    let path: String
    private let executable: String
    private let network: NamespaceNetwork
    private let seed: UInt64
    /// Parents before children, twins last.
    private(set) var machines: [Machine] = []
    private var addresses: [DivisionCode: String] = [:]

    /// Makes namespaces, identities, files and lines; no node runs yet. What it has made before something fails is taken
    /// away again.
    ///
    /// - Parameters:
    ///   - path: a directory that is not there yet.
    ///   - executable: of `tributary`.
    ///   - fillable: machines whose disks get full.
    init(
        _ tree: DivisionTree, at path: String, executable: String, seed: UInt64, fillable: Set<String>
    ) async throws {
        (self.tree, self.path, self.executable, self.seed) = (tree, path, executable, seed)
        network = try NamespaceNetwork.claim()
        do {
            try Files.makeDirectory(path, mode: 0o700)
            for division in tree.parentsFirst where tree.seat(at: division.code) != nil {
                try await add(division.code.text, at: division, isFillable: fillable.contains(division.code.text))
            }
        } catch {
            await remove(keepingFiles: false)
            throw error
        }
    }

    subscript(name: String) -> Machine? { machines.first { $0.name == name } }

    /// The first machine at a division.
    func machine(at seat: DivisionCode) -> Machine? { machines.first { $0.seat == seat } }

    var lines: [Line] { machines.flatMap(\.lines) }

    // MARK: Making machines

    private mutating func add(_ name: String, at division: Division, isFillable: Bool) async throws {
        let machine = try make(name, at: division, isFillable: isFillable)
        machines.append(machine)
        try enrol(machine.office)
        try configure(machine)
        try await open(machine)
    }

    /// A second machine of an office starts from a copy of its disk, in a namespace of its own; nobody dials it.
    ///
    /// - Parameter source: the copy.
    mutating func addTwin(of original: Machine, named name: String, store source: String) async throws -> Machine {
        let machine = try make(name, at: original.office.division, isFillable: false)
        machines.append(machine)
        try Files.makeDirectory(machine.office.data.path, mode: 0o700)
        try FileManager.default.copyItem(
            atPath: original.office.data.identityDirectory, toPath: machine.office.data.identityDirectory)
        try machine.office.restore(from: source)
        try configure(machine)
        try await open(machine)
        return machine
    }

    private mutating func make(_ name: String, at division: Division, isFillable: Bool) throws -> Machine {
        let uppers = tree.uplinks(of: division.code).map(\.division)
        let wires = try network.addOffice(wires: 1 + uppers.count)
        let lines = zip(uppers, wires.dropFirst()).enumerated().map { place, pair in
            Line(
                lower: name, upper: pair.0, wire: pair.1,
                relay: LineRelay(seed: seed &+ UInt64(machines.count * 8 + place)))
        }
        guard let ip = HostCommand.path(of: "ip") else { preconditionFailure("ip has just made a namespace") }
        let office = Office(
            division, data: DataDirectory(path: "\(path)/\(name)"), executable: executable, apiPort: Self.apiPort,
            linkPort: Self.linkPort, lines: [], hasChildren: !tree.downlinks(of: division.code).isEmpty,
            host: wires[0].nearAddress, launcher: [ip, "netns", "exec", wires[0].namespace])
        if addresses[division.code] == nil { addresses[division.code] = wires[0].nearAddress }
        guard isFillable else { return Machine(name: name, office: office, lines: lines, disk: nil) }
        try Files.makeDirectory(office.data.path, mode: 0o700)
        try HostCommand.run(
            "mount",
            ["-t", "tmpfs", "-o", "size=\(Self.diskMebibytes)m,mode=700", "tributary", office.data.path])
        return Machine(name: name, office: office, lines: lines, disk: office.data.path)
    }

    private func open(_ machine: Machine) async throws {
        for line in machine.lines {
            guard let target = addresses[line.upper] else { continue }
            try await line.relay.open(host: line.wire.farAddress, port: Self.linkPort, target: target)
        }
    }

    // MARK: Files

    private func enrol(_ office: Office) throws {
        try Files.makeDirectory(office.data.path, mode: 0o700)
        let parent = tree.uplinks(of: office.seat).first.flatMap { machine(at: $0.division) }?.office
        try Enrolment.enrol(office, below: parent, in: tree)
    }

    /// Each office reaches those above it at its own lines' ends; addresses are no part of a tree's version.
    private func configure(_ machine: Machine) throws {
        let office = machine.office
        let seats = tree.seats.map { seat in
            let line = machine.lines.first { $0.upper == seat.division }
            // Nobody dials the others, and each must have an address of its own.
            let host = line?.wire.farAddress ?? "\(seat.division).invalid"
            return Seat(division: seat.division, name: seat.name, host: host, port: Self.linkPort)
        }
        try Files.write(
            Topology.render(try DivisionTree(divisions: tree.divisions, seats: seats)), to: office.topologyFile)
        let link = office.hasChildren ? "link: { host: \"0.0.0.0\", port: \(Self.linkPort) }\n" : ""
        let configuration = """
            # \(office.name) · an office in a network namespace
            division: "\(office.seat)"
            data: .
            topology: topology.yaml
            identity: identity
            \(link)api: { host: "\(office.host)", port: \(Self.apiPort) }
            log: { level: info, format: json }

            """
        try Files.write(configuration, to: office.data.configurationFile)
    }

    // MARK: Lines

    func set(_ lines: [Line], isCut: Bool) async throws {
        if isCut {
            for line in lines { line.relay.set(isCut: true) }
            for line in lines { await line.relay.reset() }
        }
        try network.set(lines.map(\.wire), isUp: !isCut)
        if !isCut { for line in lines { line.relay.set(isCut: false) } }
    }

    /// - Parameter isLimited: whether the rate of some of the lines is limited now or shall be.
    func shape(_ lines: [Line], _ quality: LineQuality, isLimited: Bool) throws {
        for line in lines { line.relay.shape(latency: quality.latency, breaks: quality.breaks) }
        if isLimited { try network.limit(lines.map(\.wire), to: quality.bytesPerSecond) }
    }

    // MARK: The end

    /// Ends every process, and takes network, mounted disks and files away.
    ///
    /// - Parameter keepingFiles: leaves the files for whoever wants to know what went wrong, but for disks of their own.
    func remove(keepingFiles: Bool) async {
        await withDiscardingTaskGroup { group in
            for machine in machines { group.addTask { await machine.office.kill() } }
        }
        for line in lines { await line.relay.close() }
        for machine in machines {
            guard let disk = machine.disk else { continue }
            // Now if nobody looks into it any more, else as soon as nobody does.
            try? HostCommand.run("umount", ["--lazy", disk])
        }
        network.remove()
        if !keepingFiles { try? FileManager.default.removeItem(atPath: path) }
    }
}
