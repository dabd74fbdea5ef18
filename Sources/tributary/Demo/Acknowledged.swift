import Synchronization

/// Every entry that some node has answered for: none of them may be missing in the end from any node that should hold
/// it.
final class Acknowledged: Sendable {
    /// An entry as the API names it.
    struct Name: Hashable, Sendable {
        let stream: String
        let number: UInt64

        /// Reads `stream/number`.
        init?(_ text: String) {
            let parts = text.split(separator: "/")
            guard parts.count == 2, let number = UInt64(parts[1]) else { return nil }
            (stream, self.number) = (String(parts[0]), number)
        }
    }

    private let state = Mutex(Set<Name>())

    var count: Int { state.withLock { $0.count } }
    var names: Set<Name> { state.withLock { $0 } }

    func add(_ entries: [String]) {
        let names = entries.compactMap(Name.init)
        state.withLock { $0.formUnion(names) }
    }
}
