import Divisions
import Replication
import Synchronization

/// What the core's thread and the service that holds connections share: which links there are, and which the core
/// wants dialled.
final class LinkRegistry: Sendable {
    /// Links to be made, one after another; ends when the node stops. As many wait at once as the node has ancestors,
    /// since the core asks for each again only after it was answered.
    let dials: AsyncStream<Link>
    private let wanted: AsyncStream<Link>.Continuation
    private let state = Mutex(State())

    private struct State {
        var links: [ObjectIdentifier: Link] = [:]
        var lastAccepted: UInt64 = 0
        var isStopping = false
    }

    init() { (dials, wanted) = AsyncStream.makeStream(of: Link.self) }

    func dial(_ link: Link) { wanted.yield(link) }

    /// A link that a neighbour dialled, under the next odd number.
    func makeAccepted() -> Link {
        let number = state.withLock { state in
            state.lastAccepted += state.lastAccepted == 0 ? 1 : 2
            return state.lastAccepted
        }
        return Link(id: LinkID(number), seat: nil)
    }

    /// Keeps account of a link, so that it ends when the node stops.
    func began(_ link: Link) {
        let isLate = state.withLock { state in
            state.links[ObjectIdentifier(link)] = link
            return state.isStopping
        }
        if isLate { link.close() }
    }

    func ended(_ link: Link) {
        _ = state.withLock { $0.links.removeValue(forKey: ObjectIdentifier(link)) }
    }

    /// Ends all links once what waits on them has left, and dials no more.
    func stop() {
        wanted.finish()
        let links = state.withLock { state in
            state.isStopping = true
            return Array(state.links.values)
        }
        for link in links { link.close() }
    }
}
