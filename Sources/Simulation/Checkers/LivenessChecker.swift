import Divisions
import Ledger
import Replication

/// After the calm everybody works again: every machine writes, hangs on the nearest ancestor it can reach, and waits for
/// nothing.
package final class LivenessChecker: Checker {
    package let name = "liveness"
    package let chinese = "风波过后，各节点都能书写，都已连上最近的上级，没有仍在等待的内容。"
    package let english = "After the calm every node writes, hangs on its nearest superior and waits for nothing."

    package init() {}

    package func verdict(on world: World) throws -> Inspection {
        var verdict = Inspection()
        for missing in try ConvergenceChecker.pending(of: world) { verdict.add("\(missing)") }
        for machine in world.running {
            verdict.looked += 1
            if let obstacle = Self.obstacle(to: machine, in: world) { verdict.add(obstacle) }
        }
        return verdict
    }

    /// The first running machine that does not work as it should, and why; `nil` once all do. Cheap enough to be asked
    /// while the world settles.
    package static func obstacle(in world: World) -> String? {
        world.running.lazy.compactMap { obstacle(to: $0, in: world) }.first
    }

    private static func obstacle(to machine: World.Machine, in world: World) -> String? {
        guard machine.isWriting else { return "\(machine.name) does not write" }
        guard let upper = nearest(above: machine, in: world) else { return nil }
        let isUp = machine.status().contains { $0.isUp && $0.phase == .streaming && $0.peer == upper }
        guard !isUp else { return nil }
        return "\(machine.name) hangs on \(machine.uplink?.text ?? "nobody"), and \(upper) could be reached"
    }

    /// The nearest seat above whose address answers, over lines that carry something and in a protocol that both speak.
    private static func nearest(above machine: World.Machine, in world: World) -> DivisionCode? {
        world.tree.uplinks(of: machine.seat).lazy.map(\.division).first { seat in
            guard let other = world.listening[seat], other.isWriting else { return false }
            return !world.lines.isCut(machine.name, other.name)
                && machine.release.protocols.overlaps(other.release.protocols)
        }
    }
}
