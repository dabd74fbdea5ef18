import Divisions

/// Which process of each neighbour spoke last: two live machines of one node show as a process that still speaks
/// after its successor has greeted.
struct Presence: Sendable {
    private var nonces: [DivisionCode: [[UInt8]]] = [:]
    private(set) var alarms: [DivisionCode: [[UInt8]]] = [:]

    enum Standing: Hashable, Sendable {
        /// The only process, or the newest.
        case current
        /// A process that others have succeeded.
        case superseded(by: [UInt8])
    }

    /// A process greets.
    mutating func greeted(_ division: DivisionCode, _ nonce: [UInt8]) -> Standing {
        var known = nonces[division] ?? []
        if let place = known.firstIndex(of: nonce) {
            guard let latest = known.last, place < known.count - 1 else { return .current }
            return .superseded(by: latest)
        }
        known.append(nonce)
        if known.count > ReplicationLimits.noncesPerDivisionMax { known.removeFirst() }
        nonces[division] = known
        return .current
    }

    /// Whether a process that just answered a question has been succeeded.
    func standing(_ division: DivisionCode, _ nonce: [UInt8]) -> Standing {
        guard let latest = nonces[division]?.last, latest != nonce else { return .current }
        return .superseded(by: latest)
    }

    /// - Returns: whether the pair is news.
    mutating func raise(_ division: DivisionCode, _ pair: [[UInt8]]) -> Bool {
        let sorted = pair.sorted { $0.lexicographicallyPrecedes($1) }
        var known = alarms[division] ?? []
        let news = sorted.filter { !known.contains($0) }
        guard !news.isEmpty else { return false }
        known.append(contentsOf: news)
        alarms[division] = Array(known.suffix(ReplicationLimits.noncesPerDivisionMax))
        return true
    }
}
