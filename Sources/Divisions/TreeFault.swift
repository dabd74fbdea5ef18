/// Why divisions and seats do not make a tree. Each fault names the division that is wrong.
package enum TreeFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no division at all.
    case noRoot
    /// The second division has no parent either.
    case manyRoots(DivisionCode, DivisionCode)
    /// More divisions than ``DivisionTree/divisionsMax``.
    case tooMany(Int)
    case duplicateCode(DivisionCode)
    /// The name is empty, longer than ``Division/nameBytesMax``, or holds an invisible character.
    case badName(DivisionCode)
    /// The parent is not among the divisions.
    case orphan(DivisionCode, parent: DivisionCode)
    /// Each division names the next one as its parent, and the last one names the first.
    case cycle([DivisionCode])
    /// The division does not stand below its parent.
    case levelOutOfOrder(DivisionCode, Level, parent: DivisionCode, Level)
    /// A seat at what is not among the divisions.
    case unknownSeat(DivisionCode)
    /// More than one seat at the division.
    case duplicateSeat(DivisionCode)

    /// The division to look at; nil if no single one is wrong.
    package var division: DivisionCode? {
        switch self {
        case .noRoot, .tooMany: nil
        case .manyRoots(_, let code), .duplicateCode(let code), .badName(let code), .orphan(let code, _),
            .levelOutOfOrder(let code, _, _, _), .unknownSeat(let code), .duplicateSeat(let code):
            code
        case .cycle(let codes): codes.first
        }
    }

    package var description: String {
        switch self {
        case .noRoot:
            "there is no division; one without a parent must stand at the top"
        case .manyRoots(let first, let second):
            "divisions \(first) and \(second) both have no parent; give one of them a parent"
        case .tooMany(let count):
            "there are \(count) divisions; at most \(DivisionTree.divisionsMax) are allowed"
        case .duplicateCode(let code):
            "division \(code) is listed twice; remove or rename one"
        case .badName(let code):
            "division \(code) needs a name of 1 to \(Division.nameBytesMax) bytes without invisible characters"
        case .orphan(let code, let parent):
            "division \(code) names parent \(parent), which is not among the divisions; add it or correct the parent"
        case .cycle(let codes):
            "division \(codes.map(\.text).joined(separator: " is below ")) is below \(codes[0]) again; correct a parent"
        case .levelOutOfOrder(let code, let level, let parent, let above):
            "division \(code) is a \(level.englishName) below \(parent), a \(above.englishName); "
                + "correct the level or the parent"
        case .unknownSeat(let code):
            "a node has its seat at \(code), which is not among the divisions"
        case .duplicateSeat(let code):
            "division \(code) has two nodes; a division has at most one"
        }
    }
}
