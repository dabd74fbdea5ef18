/// Who holds a stream, and how urgent it is.
///
/// What flows up is held at its home division and at all ancestors of home; what flows down also at all descendants.
/// ``DivisionTree/holds(_:home:flow:)`` is the one place where that is decided. The raw value is on the wire.
package enum Flow: UInt8, CaseIterable, Comparable, Sendable, Codable {
    /// Cases and what else stays with its own line of offices.
    case up = 1
    /// Alerts and complaints.
    case upUrgent = 2
    /// Statutes, items, procedures, rosters: no personal data beyond its need.
    case down = 3
    /// Revocations, the tree, directives.
    case downUrgent = 4

    /// The flow called `name` in commands and logs.
    package init?(name: some StringProtocol) {
        guard let flow = Flow.allCases.first(where: { $0.name == name }) else { return nil }
        self = flow
    }

    /// The name in commands and logs.
    package var name: String {
        switch self {
        case .up: "up"
        case .upUrgent: "up-urgent"
        case .down: "down"
        case .downUrgent: "down-urgent"
        }
    }

    /// Whether descendants of home hold it too.
    package var flowsDown: Bool {
        switch self {
        case .up, .upUrgent: false
        case .down, .downUrgent: true
        }
    }

    /// Whether it goes ahead of ordinary flows on a link.
    package var isUrgent: Bool {
        switch self {
        case .up, .down: false
        case .upUrgent, .downUrgent: true
        }
    }

    package static func < (left: Flow, right: Flow) -> Bool {
        left.rawValue < right.rawValue
    }
}
