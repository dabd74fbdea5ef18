/// What one version of a law has otherwise than another, article by article.
///
/// Articles are held against each other by their text where numbers have moved: an inserted article moves all that
/// follow, and a reader wants to see the one that is new, not a hundred that are not.
package struct StatuteDifference: Hashable, Sendable {
    /// An article as far as it is compared.
    package struct Article: Hashable, Sendable {
        /// As `ParsedArticle.key` writes it: `12`, `12-2`.
        package let key: String
        package let text: String

        package init(key: String, text: String) { (self.key, self.text) = (key, text) }
    }

    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case added, removed
        /// It reads otherwise, whether or not its number is the same.
        case changed
        /// It reads the same under another number.
        case renumbered
    }

    package struct Change: Hashable, Sendable {
        package let kind: Kind
        /// Its place in the version before; nil for an added one.
        package let old: Int?
        /// Its place in the version after; nil for a removed one.
        package let new: Int?
    }

    /// In the order of the version after; a removed article stands behind the one it stood behind.
    package let changes: [Change]
    /// How many read the same under the same number.
    package let unchanged: Int

    /// Comparisons of two articles' texts at most: beyond, an article is looked for only near its place.
    private static let comparisonsMax = 40_000

    /// - Parameters: the articles of each version, in its order.
    package init(from old: [Article], to new: [Article]) {
        var partner = Self.sameText(old, new)
        Self.alike(old, new, &partner)
        var changes: [Change] = []
        var unchanged = 0
        let removed = Self.removed(partner)
        var before = [Int?](repeating: nil, count: new.count)
        for (place, other) in partner.enumerated() { if let other { before[other] = place } }
        for place in removed[-1] ?? [] { changes.append(Change(kind: .removed, old: place, new: nil)) }
        for place in new.indices {
            if let other = before[place] {
                let isSameText = Self.isSame(old[other].text, new[place].text)
                if !isSameText || old[other].key != new[place].key {
                    changes.append(Change(kind: isSameText ? .renumbered : .changed, old: other, new: place))
                } else {
                    unchanged += 1
                }
                for place in removed[other] ?? [] { changes.append(Change(kind: .removed, old: place, new: nil)) }
            } else {
                changes.append(Change(kind: .added, old: nil, new: place))
            }
        }
        (self.changes, self.unchanged) = (changes, unchanged)
    }

    /// Removed articles by the last article before them that is in both versions; -1 where there is none.
    private static func removed(_ partner: [Int?]) -> [Int: [Int]] {
        var removed: [Int: [Int]] = [:]
        var last = -1
        for (place, other) in partner.enumerated() {
            if other == nil { removed[last, default: []].append(place) } else { last = place }
        }
        return removed
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        left.unicodeScalars.elementsEqual(right.unicodeScalars)
    }

    /// Articles that read the same, under the same number first. Of several with one text each goes to the next.
    private static func sameText(_ old: [Article], _ new: [Article]) -> [Int?] {
        var partner = [Int?](repeating: nil, count: old.count)
        var waiting: [String: [Int]] = [:]
        for (place, article) in new.enumerated() { waiting[article.text, default: []].append(place) }
        for isByNumber in [true, false] {
            for (place, article) in old.enumerated() where partner[place] == nil {
                let found = waiting[article.text]?.firstIndex { other in
                    (!isByNumber || new[other].key == article.key) && isSame(new[other].text, article.text)
                }
                if let found { partner[place] = waiting[article.text]?.remove(at: found) }
            }
        }
        return partner
    }

    // MARK: Articles that read alike

    /// Of a thousand: so much two texts have to have in common to be one article, and so much under one number.
    private static let (likenessLeast, likenessOfNumberLeast) = (500, 200)
    /// What the same number is worth among several that would fit.
    private static let sameNumberWorth = 100

    /// Finds partners for what has none yet, so that together they are as much alike as can be and none crosses another.
    private static func alike(_ old: [Article], _ new: [Article], _ partner: inout [Int?]) {
        let taken = Set(partner.compactMap(\.self))
        let left = partner.indices.filter { partner[$0] == nil }
        let right = new.indices.filter { !taken.contains($0) }
        guard !left.isEmpty, !right.isEmpty else { return }
        let (before, after) = (left.map { Pairs(old[$0].text) }, right.map { Pairs(new[$0].text) })
        let reach = left.count * right.count <= comparisonsMax ? right.count : comparisonsMax / left.count / 2 + 1
        func worth(_ row: Int, _ column: Int) -> Int {
            let isSameNumber = old[left[row]].key == new[right[column]].key
            guard isSameNumber || abs(row * right.count / left.count - column) <= reach else { return 0 }
            let least = isSameNumber ? likenessOfNumberLeast : likenessLeast
            let likeness = before[row].likeness(to: after[column], least: least)
            return likeness < least ? 0 : likeness + (isSameNumber ? sameNumberWorth : 0)
        }
        let width = right.count + 1
        var best = [Int](repeating: 0, count: (left.count + 1) * width)
        var isPair = [Bool](repeating: false, count: best.count)
        for row in left.indices.reversed() {
            for column in right.indices.reversed() {
                let place = row * width + column
                best[place] = max(best[place + width], best[place + 1])
                let worth = worth(row, column)
                if worth > 0, best[place + width + 1] + worth > best[place] {
                    (best[place], isPair[place]) = (best[place + width + 1] + worth, true)
                }
            }
        }
        var (row, column) = (0, 0)
        while row < left.count, column < right.count {
            let place = row * width + column
            if isPair[place] {
                partner[left[row]] = right[column]
                (row, column) = (row + 1, column + 1)
            } else if best[place + width] >= best[place + 1] {
                row += 1
            } else {
                column += 1
            }
        }
    }
}

/// A text as the pairs of neighbouring characters in it, by which likeness is measured.
private struct Pairs {
    /// Ascending, each as often as it stands in the text.
    private let all: [UInt64]

    init(_ text: String) {
        let scalars = text.unicodeScalars.filter { !$0.properties.isWhitespace }.map { UInt64($0.value) }
        all = zip([0] + scalars, scalars + [0]).map { $0 << 32 | $1 }.sorted()
    }

    /// Of a thousand, twice the pairs in common over all pairs of both (L. R. Dice, 1945).
    ///
    /// - Parameter least: what is less is not counted out.
    func likeness(to other: Pairs, least: Int) -> Int {
        let total = all.count + other.all.count
        guard 2_000 * min(all.count, other.all.count) >= least * total else { return 0 }
        var (left, right, common) = (0, 0, 0)
        while left < all.count, right < other.all.count {
            if all[left] == other.all[right] {
                (left, right, common) = (left + 1, right + 1, common + 1)
            } else if all[left] < other.all[right] {
                left += 1
            } else {
                right += 1
            }
        }
        return 2_000 * common / total
    }
}
