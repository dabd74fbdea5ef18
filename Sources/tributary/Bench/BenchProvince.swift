import Divisions
import Foundation
import Identity
import Lattice
import Ledger
import Libraries
import Node
import Replication
import Store

/// A province with a city and its townships, of which the first two have nodes: the two neighbours that the bench
/// measures, with real identities, in one directory.
struct BenchProvince {
    static let provinceCode: DivisionCode = "440000"
    static let cityCode: DivisionCode = "441900"

    let path: String
    let tree: DivisionTree
    let province: NodeIdentity
    let city: NodeIdentity
    let notary: NodeNotary
    private let towns: Int

    init(in path: String, towns: Int) throws {
        (self.path, self.towns) = (path, towns)
        tree = try Topology.parse(Self.topology(towns: towns, ports: [:]), named: "topology")
        let now = Date()
        let (upper, lower) = ("\(path)/\(Self.provinceCode)/identity", "\(path)/\(Self.cityCode)/identity")
        province = try Enrolment.initialise(directory: upper, division: Self.provinceCode, name: "示例省", now: now)
        let token = try Enrolment.token(
            directory: upper, division: Self.cityCode, mayIssue: false, validSeconds: 3_600, now: now, tree: tree)
        city = try Enrolment.join(
            directory: lower, token: token.text, name: "示例市", issuerDirectory: upper, now: now, tree: tree)
        notary = try NodeNotary(identity: province, tree: tree)
    }

    /// The city and its townships: where the city's writers write.
    var homes: [DivisionCode] { tree.subtree(of: Self.cityCode) }

    /// A directory for a node's data, made anew.
    func freshDirectory(_ name: String) throws -> DataDirectory {
        let directory = "\(path)/\(name)"
        try? FileManager.default.removeItem(atPath: directory)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        return DataDirectory(path: directory)
    }

    /// - Parameter ports: where nodes are reached; nobody listens on those that are not named.
    func configuration(
        _ identity: NodeIdentity, data: DataDirectory, ports: [DivisionCode: Int] = [:]
    ) throws -> NodeConfiguration {
        let file = "\(data.path)/topology.yaml"
        try Self.topology(towns: towns, ports: ports).write(toFile: file, atomically: true, encoding: .utf8)
        return NodeConfiguration(
            division: identity.division, data: data, topologyFile: file,
            identityDirectory: "\(path)/\(identity.division)/identity",
            link: NodeConfiguration.Link(host: "127.0.0.1", port: 0))
    }

    /// A core with a writer of its own over a store, as a process makes one when it starts.
    func performer(_ identity: NodeIdentity, over store: any Storing) throws -> Performer {
        var chance = SystemRandomNumberGenerator()
        func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &chance) } }
        let writer = WriterIdentity(
            seat: identity.division, suite: .p256, key: identity.publicKey, certificates: identity.certificateChain,
            nonce: random(16), saltSeed: random(32))
        let configuration = ReplicaConfiguration(
            seat: identity.division, tree: tree, notary: notary, release: Release.name)
        return Performer(
            try Replica(configuration, writer: writer, reading: store), store: store,
            sealing: BenchSealing(key: identity.sealingKey))
    }

    private static func topology(towns: Int, ports: [DivisionCode: Int]) -> String {
        func node(_ code: DivisionCode, elsewhere: Int) -> String {
            "node: { host: \"127.0.0.1\", port: \(ports[code] ?? elsewhere) }"
        }
        var lines = [
            "divisions:",
            "  - { code: \"\(provinceCode)\", name: 示例省, level: province, \(node(provinceCode, elsewhere: 1)) }",
            "  - { code: \"\(cityCode)\", name: 示例市, level: city, parent: \"\(provinceCode)\", \(node(cityCode, elsewhere: 2)) }",
        ]
        for town in 1...max(1, towns) {
            let code = "441900\(String(town + 1_000).suffix(3))"
            lines.append(
                "  - { code: \"\(code)\", name: \"示例\(town)镇\", level: township, parent: \"\(cityCode)\" }")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
