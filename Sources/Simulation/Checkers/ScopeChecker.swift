import Divisions
import Lattice
import Ledger
package import Replication

/// Nothing leaves the line of offices it belongs to: not into a store, and not even in a frame.
package final class ScopeChecker: Checker {
    package let name = "scope"
    package let chinese = "内容只到该到之处：不落入无权节点的库，也不出现在发给它的任何一帧里。"
    package let english = "Nothing reaches a node that is not to hold it: not its store, and not a frame on its line."

    private let reader: FrameReader
    /// Where each stream belongs, by the commits that brought it.
    private var places: [StreamID: StreamPlace] = [:]
    private var wrongs = Inspection()

    init(reading reader: FrameReader) { self.reader = reader }

    package convenience init() { self.init(reading: FrameReader()) }

    package func committed(_ commit: Commit, at machine: World.Machine, in world: World) {
        for run in commit.runs {
            let place = StreamPlace(home: run.head.home, flow: run.head.flow)
            places[run.head.stream] = place
            look(at: place, of: machine, in: world) { "\(machine.name) stored \(run.head.stream.short)" }
        }
        for change in commit.changes {
            let id = change.state.id
            look(at: StreamPlace(home: id.home, flow: id.flow), of: machine, in: world) {
                "\(machine.name) stored \(id)"
            }
        }
    }

    package func sent(
        _ frame: [UInt8], from: World.Machine, to: World.Machine, connection: World.Connection, arrival: UInt64,
        in world: World
    ) {
        guard !world.isForging, let view = reader.view(of: frame) else { return }
        // A stream that no store knows is a bit that the line turned over.
        for part in view.parts + view.evidence {
            guard let place = places[part.stream] else { continue }
            look(at: place, of: to, in: world) { "\(from.name) sent \(part.stream.short) to \(to.name)" }
        }
        for stream in view.named {
            guard let place = places[stream] else { continue }
            look(at: place, of: to, in: world) { "\(from.name) named \(stream.short) to \(to.name)" }
        }
    }

    private func look(at place: StreamPlace, of machine: World.Machine, in world: World, _ deed: () -> String) {
        wrongs.looked += 1
        guard !world.tree.holds(machine.seat, home: place.home, flow: place.flow) else { return }
        wrongs.add("\(deed()), which belongs to \(place.home) (\(place.flow.name))")
    }

    package func verdict(on world: World) throws -> Inspection {
        var verdict = wrongs
        for machine in world.running {
            for head in try machine.store?.heads() ?? [] where head.number > 0 {
                verdict.looked += 1
                if !world.tree.holds(machine.seat, home: head.home, flow: head.flow) {
                    verdict.add("\(machine.name) holds \(head.stream.short) of \(head.home) (\(head.flow.name))")
                }
            }
        }
        return verdict
    }
}
