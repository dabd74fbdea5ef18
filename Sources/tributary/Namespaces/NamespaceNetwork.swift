import Foundation
import Synchronization

/// The network of one run: a namespace for each office, and wires between each of them and this machine, on which the
/// relays of the run stand. A run has a block of addresses of its own, so that several can go on at once.
///
/// Addresses are of 198.18.0.0/15, which is set aside for tests between networks (RFC 2544): no office is ever there.
final class NamespaceNetwork: Sendable {
    /// One pair of virtual network cards.
    struct Wire: Hashable, Sendable {
        let namespace: String
        /// The card on this machine, and the one in the namespace.
        let far, near: String
        let farAddress, nearAddress: String
    }

    /// Blocks of 1,024 addresses in 198.18.0.0/15, and pairs of cards in each.
    private static let blocks = 128
    static let wiresMax = 256

    private struct State {
        var namespaces: [String] = []
        var wires: [Wire] = []
    }

    /// Which block it has; every name of the run has it too.
    let block: Int
    private let state: Mutex<State>

    private init(block: Int, first namespace: String) {
        self.block = block
        state = Mutex(State(namespaces: [namespace]))
    }

    /// Takes a block that no other run has. Its first namespace is what others see it by; it stays empty.
    static func claim() throws(CommandFailure) -> NamespaceNetwork {
        var last: CommandFailure?
        for block in (0..<blocks).shuffled() {
            let name = "tributary-\(block)"
            // What is there already is another run's, or left by one that was killed.
            if Files.exists("/run/netns/\(name)") || Files.exists("/var/run/netns/\(name)") { continue }
            do throws(CommandFailure) {
                try HostCommand.run("ip", ["netns", "add", name])
                return NamespaceNetwork(block: block, first: name)
            } catch {
                if last != nil { throw error }
                last = error
            }
        }
        throw last
            ?? CommandFailure(
                .failed,
                "all \(blocks) blocks of addresses are taken; remove what killed runs have left: "
                    + "ip netns list, ip netns del tributary-N")
    }

    /// Makes a namespace with so many wires into it, the first of them for the harness itself.
    func addOffice(wires count: Int) throws(CommandFailure) -> [Wire] {
        let (namespace, wires) = try state.withLock { state throws(CommandFailure) in
            guard state.wires.count + count <= Self.wiresMax else {
                throw CommandFailure(
                    .failed, "a run has at most \(Self.wiresMax) wires; use a story with fewer offices")
            }
            let namespace = "tributary-\(block)-\(state.namespaces.count)"
            let first = state.wires.count
            let wires = (0..<count).map { wire(first + $0, in: namespace, place: $0) }
            state.namespaces.append(namespace)
            state.wires += wires
            return (namespace, wires)
        }
        try HostCommand.run("ip", ["netns", "add", namespace])
        try HostCommand.run(
            "ip", ["-batch", "-"],
            input: wires.flatMap { wire in
                [
                    "link add \(wire.far) type veth peer name \(wire.near) netns \(namespace)",
                    "addr add \(wire.farAddress)/30 dev \(wire.far)", "link set \(wire.far) up",
                ]
            })
        try HostCommand.run(
            "ip", ["-n", namespace, "-batch", "-"],
            input: ["link set lo up"]
                + wires.flatMap { wire in
                    ["addr add \(wire.nearAddress)/30 dev \(wire.near)", "link set \(wire.near) up"]
                })
        return wires
    }

    private func wire(_ number: Int, in namespace: String, place: Int) -> Wire {
        func address(_ last: Int) -> String {
            let offset = block * 1_024 + number * 4 + last
            return "198.\(18 + offset >> 16).\(offset >> 8 & 255).\(offset & 255)"
        }
        return Wire(
            namespace: namespace, far: "trib\(block)-\(number)", near: "line\(place)", farAddress: address(1),
            nearAddress: address(2))
    }

    // MARK: What can be done to wires

    /// Takes the office's ends down, or puts them up again.
    func set(_ wires: [Wire], isUp: Bool) throws(CommandFailure) {
        for (namespace, wires) in Dictionary(grouping: wires, by: \.namespace).sorted(by: { $0.key < $1.key }) {
            try HostCommand.run(
                "ip", ["-n", namespace, "-batch", "-"],
                input: wires.map { "link set \($0.near) \(isUp ? "up" : "down")" })
        }
    }

    /// Lets so many bytes a second through in each direction; `nil` is as many as the machine can.
    func limit(_ wires: [Wire], to bytesPerSecond: UInt64?) throws(CommandFailure) {
        func rule(_ card: String) -> String {
            guard let bytesPerSecond else { return "qdisc replace dev \(card) root noqueue" }
            // A bucket takes whole packets; the queue behind it holds about a second of the line.
            let (bucket, queue) = (max(4_096, bytesPerSecond / 50), max(32_768, bytesPerSecond))
            return "qdisc replace dev \(card) root tbf rate \(bytesPerSecond)bps burst \(bucket) limit \(queue)"
        }
        try HostCommand.run("tc", ["-batch", "-"], input: wires.map { rule($0.far) })
        for (namespace, wires) in Dictionary(grouping: wires, by: \.namespace).sorted(by: { $0.key < $1.key }) {
            try HostCommand.run("tc", ["-n", namespace, "-batch", "-"], input: wires.map { rule($0.near) })
        }
    }

    /// Takes everything away that was made; what is not there is no matter.
    func remove() {
        let (namespaces, wires) = state.withLock { state in
            defer { state = State() }
            return (state.namespaces, state.wires)
        }
        let lines = wires.map { "link del \($0.far)" } + namespaces.map { "netns del \($0)" }
        try? HostCommand.run("ip", ["-force", "-batch", "-"], input: lines)
    }
}
