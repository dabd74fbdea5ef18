import Ledger
package import Replication

/// Looks on while the world turns: checkers and the journal. Nothing it does may change what happens.
package protocol Watcher: AnyObject {
    func started(_ machine: World.Machine, in world: World)
    func stopped(_ machine: World.Machine, in world: World)
    /// The machine's disk holds something else than its last process left.
    func diskReplaced(_ machine: World.Machine, in world: World)
    /// A commit is durable.
    func committed(_ commit: Commit, at machine: World.Machine, in world: World)
    /// A local change was answered: written entries are durable here.
    func answered(_ answer: ChangeAnswer, to change: World.Change, at machine: World.Machine, in world: World)
    /// A frame leaves; it will arrive at `arrival` unless the line breaks first.
    func sent(
        _ frame: [UInt8], from: World.Machine, to: World.Machine, connection: World.Connection, arrival: UInt64,
        in world: World)
    func told(_ event: Event, by machine: World.Machine, in world: World)
    /// A connection came to be.
    func connected(_ connection: World.Connection, in world: World)
}

extension Watcher {
    package func started(_ machine: World.Machine, in world: World) {}
    package func stopped(_ machine: World.Machine, in world: World) {}
    package func diskReplaced(_ machine: World.Machine, in world: World) {}
    package func committed(_ commit: Commit, at machine: World.Machine, in world: World) {}
    package func answered(
        _ answer: ChangeAnswer, to change: World.Change, at machine: World.Machine, in world: World
    ) {}
    package func sent(
        _ frame: [UInt8], from: World.Machine, to: World.Machine, connection: World.Connection, arrival: UInt64,
        in world: World
    ) {}
    package func told(_ event: Event, by machine: World.Machine, in world: World) {}
    package func connected(_ connection: World.Connection, in world: World) {}
}
