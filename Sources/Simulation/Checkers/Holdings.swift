import Divisions
import Ledger
import Replication

/// Where every running machine stands in every stream, at one moment.
struct Holdings {
    /// How far a stream counts by all that is known of it anywhere.
    struct Standing {
        let place: StreamPlace
        /// The head of the machine that is furthest within what counts.
        var head: StreamHead
        /// Which machine that is, as an index of `machines`.
        var at: Int
        /// Where the earliest proven fork ends it.
        var forkedAfter: UInt64?

        var number: UInt64 { min(head.number, forkedAfter ?? .max) }
    }

    /// Those that run, in the order of the world.
    let machines: [World.Machine]
    /// Beside each machine its heads.
    let heads: [[StreamID: StreamHead]]
    /// Every stream that some machine holds anything of, in the order of ids.
    let streams: [StreamID]
    let standings: [StreamID: Standing]
    private let tree: DivisionTree
    private var seated: [DivisionCode: [Int]] = [:]
    private var known: [StreamPlace: [Int]] = [:]

    init(of world: World) throws {
        tree = world.tree
        machines = world.running
        var (heads, standings): ([[StreamID: StreamHead]], [StreamID: Standing]) = ([], [:])
        heads.reserveCapacity(machines.count)
        for (index, machine) in machines.enumerated() {
            var own: [StreamID: StreamHead] = [:]
            for head in try machine.store?.heads() ?? [] {
                own[head.stream] = head
                Self.note(head, at: index, in: &standings)
            }
            heads.append(own)
            seated[machine.seat, default: []].append(index)
        }
        (self.heads, self.standings) = (heads, standings)
        streams = standings.keys.sorted()
    }

    private static func note(_ head: StreamHead, at index: Int, in standings: inout [StreamID: Standing]) {
        guard var standing = standings[head.stream] else {
            let place = StreamPlace(home: head.home, flow: head.flow)
            standings[head.stream] = Standing(place: place, head: head, at: index, forkedAfter: head.forkedAfter)
            return
        }
        if let limit = head.forkedAfter { standing.forkedAfter = min(limit, standing.forkedAfter ?? .max) }
        // Who knows of the fork knows which hash counts; else who is further.
        let (knows, knew) = (head.forkedAfter != nil, standing.head.forkedAfter != nil)
        if knows == knew ? head.number > standing.head.number : knows { (standing.head, standing.at) = (head, index) }
        standings[head.stream] = standing
    }

    /// The machines that hold what is written for this place, as indices in ascending order.
    mutating func holders(of place: StreamPlace) -> [Int] {
        if let found = known[place] { return found }
        let above = [place.home] + tree.ancestors(of: place.home)
        let below = place.flow.flowsDown ? tree.subtree(of: place.home).filter { $0 != place.home } : []
        let found = (above + below).flatMap { seated[$0] ?? [] }.sorted()
        known[place] = found
        return found
    }
}
