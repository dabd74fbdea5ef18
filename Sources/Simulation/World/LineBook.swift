/// Which lines carry nothing, and how the others are, as the acts of a story have left them.
struct LineBook {
    private struct Rule {
        let name: String
        let lines: LineGroup
    }

    var usual: LineQuality
    private var cuts: [Rule] = []
    private var shapes: [(lines: LineGroup, quality: LineQuality)] = []

    init(usual: LineQuality) { self.usual = usual }

    mutating func cut(_ name: String, _ lines: Lines) { cuts.append(Rule(name: name, lines: LineGroup(lines))) }

    /// - Returns: whether anything was cut under that name.
    @discardableResult
    mutating func mend(_ name: String) -> Bool {
        let before = cuts.count
        cuts.removeAll { $0.name == name }
        return cuts.count < before
    }

    mutating func heal() { cuts.removeAll() }

    mutating func shape(_ lines: Lines, _ quality: LineQuality) { shapes.append((LineGroup(lines), quality)) }

    /// Every line as it usually is.
    mutating func straighten() { shapes.removeAll() }

    /// No line breaks, doubles or damages anything any more by itself.
    mutating func calm() { (usual.breaks, usual.duplicates, usual.damages) = (0, 0, 0) }

    func isCut(_ one: String, _ other: String) -> Bool {
        cuts.contains { $0.lines.contains(one, other) }
    }

    /// The latest act that shaped the line counts.
    func quality(_ one: String, _ other: String) -> LineQuality {
        shapes.last { $0.lines.contains(one, other) }?.quality ?? usual
    }
}

/// `Lines` made ready to be asked often.
struct LineGroup {
    private enum Form {
        case all
        case between(Set<String>, Set<String>)
        case around(Set<String>)
    }
    private let form: Form

    init(_ lines: Lines) {
        switch lines {
        case .all: form = .all
        case .between(let left, let right): form = .between(Set(left), Set(right))
        case .around(let inside): form = .around(Set(inside))
        }
    }

    func contains(_ one: String, _ other: String) -> Bool {
        switch form {
        case .all: true
        case .between(let left, let right):
            left.contains(one) && right.contains(other) || left.contains(other) && right.contains(one)
        case .around(let inside): inside.contains(one) != inside.contains(other)
        }
    }
}
