package import Divisions

/// A made-up tree of offices, told by how many there are of each level: `1+2+4+12` is a province with two cities, four
/// counties and twelve townships, spread evenly, each with a node of its own.
///
/// Codes are `province`, `city-1`, `county-1-2`, `town-1-2-3`, `village-1-2-3-4`, numbered within the office above.
package struct Shape: Hashable, Sendable, CustomStringConvertible {
    /// From the province down; 1 first, and none of them 0.
    package let counts: [Int]

    private static let prefixes = ["province", "city", "county", "town", "village"]
    private static let names = ["省", "市", "县", "镇", "村"]

    /// Nil unless the text is one to five whole numbers joined by `+`, the first of them 1, that make a tree whose codes
    /// have at most ``DivisionCode/bytesMax`` bytes.
    package init?(_ text: some StringProtocol) {
        var counts: [Int] = []
        for part in text.split(separator: "+", omittingEmptySubsequences: false) {
            guard part.allSatisfy({ $0.isASCII && $0.isNumber }), let count = Int(part), count > 0 else { return nil }
            counts.append(count)
        }
        self.init(counts: counts)
    }

    private init?(counts: [Int]) {
        guard counts.first == 1, counts.count <= Self.prefixes.count,
            counts.allSatisfy({ $0 <= DivisionTree.divisionsMax }),
            counts.reduce(0, +) <= DivisionTree.divisionsMax
        else { return nil }
        self.counts = counts
        guard divisions() != nil else { return nil }
    }

    /// The shape that makes this very tree; nil if none does.
    package init?(of tree: DivisionTree) {
        var counts: [Int] = []
        for level in Level.allCases {
            let count = tree.divisions.count { $0.level == level }
            if count > 0 { counts.append(count) }
        }
        guard let shape = Shape(counts: counts), shape.tree == tree else { return nil }
        self = shape
    }

    package var description: String { counts.map(String.init).joined(separator: "+") }

    package var tree: DivisionTree {
        let divisions = divisions() ?? []
        let seats = divisions.map {
            Seat(division: $0.code, name: $0.name, host: "node-\($0.code).example", port: 7443)
        }
        do {
            return try DivisionTree(divisions: divisions, seats: seats)
        } catch {
            preconditionFailure("a shape makes a tree: \(error)")
        }
    }

    /// Parents before children; nil if a code becomes too long.
    private func divisions() -> [Division]? {
        let levels = Level.allCases
        guard let code = DivisionCode(Self.prefixes[0]) else { return nil }
        var divisions = [Division(code: code, name: Self.names[0], level: levels[0], parent: nil)]
        var above: [(division: Division, path: [Int])] = [(divisions[0], [])]
        for (depth, count) in counts.enumerated().dropFirst() {
            var below: [(division: Division, path: [Int])] = []
            for (index, upper) in above.enumerated() {
                // The whole numbers that come closest to an even share, the same for every count.
                let share = (index + 1) * count / above.count - index * count / above.count
                for number in 0..<share {
                    let path = upper.path + [number + 1]
                    let text = ([Self.prefixes[depth]] + path.map(String.init)).joined(separator: "-")
                    guard let code = DivisionCode(text) else { return nil }
                    let name = zip(Self.names.dropFirst(), path).map { "\($0)\($1)" }.joined()
                    let division = Division(
                        code: code, name: name, level: levels[depth], parent: upper.division.code)
                    divisions.append(division)
                    below.append((division, path))
                }
            }
            above = below
        }
        return divisions
    }
}
