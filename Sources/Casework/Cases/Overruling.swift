package import Ledger

/// What a superior may say of a step that was taken: part of every procedure, and of none in particular.
package enum Overruling: String, Hashable, Sendable, CaseIterable {
    /// The step stands, whatever was in doubt.
    case confirm
    /// The step counts no more.
    case setAside = "set-aside"
    /// Of several that exclude one another this one counts (行政处罚法第25、29条).
    case designate
    /// Another office is designated for the matter, and the case ends here (行政处罚法第25条).
    case handOver = "hand-over"

    package var name: Bilingual {
        switch self {
        case .confirm: Bilingual("上级确认", "confirmed by the superior")
        case .setAside: Bilingual("上级撤销", "set aside by the superior")
        case .designate: Bilingual("上级指定", "designated by the superior")
        case .handOver: Bilingual("上级指定其他单位管辖", "another office designated by the superior")
        }
    }

    /// What stands as the step in its mark. The colon keeps it apart from every step of a procedure, whose id has none:
    /// procedures have steps of their own called `confirm`, `designate` or `hand-over`.
    package var step: String { Self.prefix + rawValue }

    /// Nil for a step of a procedure.
    package init?(step: String) {
        guard step.hasPrefix(Self.prefix) else { return nil }
        self.init(rawValue: String(step.dropFirst(Self.prefix.count)))
    }

    private static let prefix = "superior:"

    /// The detail of its mark that names the step it speaks of.
    package static let target = "target"
    /// The detail that names the rival case which a designation or a hand-over decides about.
    package static let rival = "rival"

    /// How a mark names another.
    package static func name(of dot: Dot) -> String {
        "\(hexadecimal(dot.stream.digest.bytes)):\(dot.number):\(dot.index)"
    }
}
