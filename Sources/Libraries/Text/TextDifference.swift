/// What was taken out of a text and what was put in, as a reader of two versions of a law wants to see it: by Chinese
/// characters, since Chinese has no spaces, and by whole words and numbers in Latin letters and digits.
package struct TextDifference: Hashable, Sendable {
    /// A stretch of text that both texts have, or one of them.
    package struct Piece: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable, CaseIterable {
            case same, deleted, inserted
        }

        package let kind: Kind
        package let text: String
    }

    /// Edits beyond which two texts are taken for different ones: what is left of them to compare is shown as taken
    /// out and put in as a whole. A reader follows far fewer.
    static let editsMax = 1_000

    /// In reading order, none empty, of two neighbours none of one kind.
    package let pieces: [Piece]

    package init(from old: String, to new: String) {
        var numbers: [String: Int] = [:]
        let (before, after) = (Tokens(old, &numbers), Tokens(new, &numbers))
        pieces = Self.pieces(before, after, Self.matches(before.numbers, after.numbers))
    }

    /// The text before.
    package var old: String { text { $0 != .inserted } }

    /// The text after.
    package var new: String { text { $0 != .deleted } }

    package var isEmpty: Bool { pieces.allSatisfy { $0.kind == .same } }

    private func text(_ isWanted: (Piece.Kind) -> Bool) -> String {
        var scalars = String.UnicodeScalarView()
        for piece in pieces where isWanted(piece.kind) { scalars.append(contentsOf: piece.text.unicodeScalars) }
        return String(scalars)
    }

    // MARK: What both have

    /// A run of tokens that both texts have.
    private struct Match {
        let old: Int
        let new: Int
        var count: Int
    }

    /// The longest runs in common, in order, as far as few enough edits lead from one to the other.
    private static func matches(_ old: [Int], _ new: [Int]) -> [Match] {
        var first = 0
        while first < old.count, first < new.count, old[first] == new[first] { first += 1 }
        var last = 0
        while last < old.count - first, last < new.count - first,
            old[old.count - 1 - last] == new[new.count - 1 - last]
        { last += 1 }
        var matches = [Match(old: 0, new: 0, count: first)]
        matches += between(old[first..<old.count - last], new[first..<new.count - last])
        matches.append(Match(old: old.count - last, new: new.count - last, count: last))
        return readable(matches.filter { $0.count > 0 }, old.count, new.count)
    }

    /// The shortest way from one to the other (E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986).
    private static func between(_ old: ArraySlice<Int>, _ new: ArraySlice<Int>) -> [Match] {
        guard !old.isEmpty, !new.isEmpty else { return [] }
        let (old0, new0) = (old.startIndex, new.startIndex)
        let most = min(old.count + new.count, editsMax)
        // How far each diagonal was reached with so many edits, from diagonal -edits on.
        var reached: [[Int32]] = []
        var front = [Int32](repeating: 0, count: 2 * most + 3)
        for edits in 0...most {
            for diagonal in stride(from: -edits, through: edits, by: 2) {
                let place = diagonal + most + 1
                let isDown = diagonal == -edits || (diagonal != edits && front[place - 1] < front[place + 1])
                var x = Int(isDown ? front[place + 1] : front[place - 1] + 1)
                while x < old.count, x - diagonal < new.count, old[old0 + x] == new[new0 + x - diagonal] { x += 1 }
                front[place] = Int32(x)
                if x >= old.count, x - diagonal >= new.count {
                    return way(back: reached, edits, x, diagonal, old0, new0)
                }
            }
            reached.append(Array(front[(most + 1 - edits)...(most + 1 + edits)]))
        }
        return []
    }

    private static func way(
        back reached: [[Int32]], _ edits: Int, _ x: Int, _ diagonal: Int, _ old0: Int, _ new0: Int
    ) -> [Match] {
        var (x, diagonal) = (x, diagonal)
        var matches: [Match] = []
        for edits in stride(from: edits, to: 0, by: -1) {
            // Places of the step before begin at diagonal 1 - edits.
            let front = reached[edits - 1]
            func before(_ diagonal: Int) -> Int32 {
                let place = diagonal + edits - 1
                return front.indices.contains(place) ? front[place] : -1
            }
            let isDown = diagonal == -edits || (diagonal != edits && before(diagonal - 1) < before(diagonal + 1))
            let start = isDown ? Int(before(diagonal + 1)) : Int(before(diagonal - 1)) + 1
            matches.append(Match(old: old0 + start, new: new0 + start - diagonal, count: x - start))
            (x, diagonal) = isDown ? (start, diagonal + 1) : (start - 1, diagonal - 1)
        }
        matches.append(Match(old: old0, new: new0, count: x))
        return matches.reversed()
    }

    /// Without single tokens between two changes, which only by chance are the same: nobody can read such a patchwork.
    private static func readable(_ matches: [Match], _ oldCount: Int, _ newCount: Int) -> [Match] {
        var joined: [Match] = []
        for match in matches {
            if let last = joined.last, last.old + last.count == match.old, last.new + last.count == match.new {
                joined[joined.count - 1].count += match.count
            } else {
                joined.append(match)
            }
        }
        return joined.filter { match in
            let isFirst = match.old == 0 && match.new == 0
            let isLast = match.old + match.count == oldCount && match.new + match.count == newCount
            return match.count > 1 || isFirst || isLast
        }
    }

    private static func pieces(_ old: Tokens, _ new: Tokens, _ matches: [Match]) -> [Piece] {
        var pieces: [Piece] = []
        func add(_ kind: Piece.Kind, _ text: String) {
            if !text.unicodeScalars.isEmpty { pieces.append(Piece(kind: kind, text: text)) }
        }
        var (x, y) = (0, 0)
        for match in matches + [Match(old: old.numbers.count, new: new.numbers.count, count: 0)] {
            add(.deleted, old.text(x..<match.old))
            add(.inserted, new.text(y..<match.new))
            add(.same, old.text(match.old..<match.old + match.count))
            (x, y) = (match.old + match.count, match.new + match.count)
        }
        return pieces
    }
}

/// A text cut into what may be taken out or put in as one.
private struct Tokens {
    private let scalars: [Unicode.Scalar]
    /// Where each token begins, and the end of the text.
    private var starts: [Int] = []
    /// The same for the same token, in both texts.
    private(set) var numbers: [Int] = []

    /// Above every scalar.
    private static let firstWord = 0x20_0000

    /// - Parameter words: numbers of words of several letters or digits.
    init(_ text: String, _ words: inout [String: Int]) {
        scalars = Array(text.unicodeScalars)
        var start = 0
        while start < scalars.count {
            var end = start + 1
            if Self.isPartOfWord(scalars[start]) {
                while end < scalars.count, Self.isPartOfWord(scalars[end]) { end += 1 }
            }
            starts.append(start)
            if end == start + 1 {
                numbers.append(Int(scalars[start].value))
            } else {
                let word = Self.text(scalars[start..<end])
                let number = words[word] ?? Self.firstWord + words.count
                words[word] = number
                numbers.append(number)
            }
            start = end
        }
        starts.append(scalars.count)
    }

    func text(_ tokens: Range<Int>) -> String {
        Self.text(scalars[starts[tokens.lowerBound]..<starts[tokens.upperBound]])
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    /// ASCII alone, so that no two words that are written differently count as one.
    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
