/// One version of the tree of offices: who stands below whom, and where nodes run.
///
/// A value that is valid once made. Every lookup is by code and answers nil, false or empty for a code it does not
/// know. All results come in an order that depends on the tree alone.
package struct DivisionTree: Sendable {
    /// The largest tree in divisions: Guangdong has 1,754 and, with its villages, about 28,000.
    package static let divisionsMax = 100_000

    /// The name of this version, by which entries cite it.
    package let version: TreeVersion
    /// The one division without a parent.
    package let root: DivisionCode
    /// In ascending order of code.
    package let divisions: [Division]
    /// In ascending order of the division's code.
    package let seats: [Seat]

    /// From a code to the place of its division in `divisions` and in `places`.
    private let index: [DivisionCode: Int]
    /// Beside each division, what is derived from the tree's shape.
    private let places: [Place]
    /// The places of all divisions, parents before children: a division and all below it lie together.
    private let preorder: [Int]

    /// Where a division stands in the tree.
    private struct Place: Sendable {
        var parent: Int?
        /// In ascending order of code.
        var children: [Int] = []
        /// The division's number in preorder.
        var first = 0
        /// The greatest number in preorder at or below the division.
        var last = 0
        /// The place of the seat in `seats`.
        var seat: Int?
        /// The place in `seats` of the division's own seat or the nearest one above.
        var serving: Int?
    }

    /// Checks that the divisions form one tree, in which levels only descend, and that seats stand in it, one a
    /// division. The order of both lists is of no importance to the result; it decides only which of several faults
    /// is told.
    package init(divisions unordered: [Division], seats unorderedSeats: [Seat]) throws(TreeFault) {
        try Self.check(unordered)
        let divisions = unordered.sorted { $0.code < $1.code }
        let index = Dictionary(uniqueKeysWithValues: divisions.enumerated().map { ($1.code, $0) })
        for seat in unorderedSeats where index[seat.division] == nil { throw .unknownSeat(seat.division) }
        let seats = unorderedSeats.sorted { $0.division < $1.division }
        for (seat, next) in zip(seats, seats.dropFirst()) where seat.division == next.division {
            throw .duplicateSeat(seat.division)
        }

        var places = divisions.map { Place(parent: $0.parent.flatMap { index[$0] }) }
        for (place, division) in divisions.enumerated() {
            if let parent = division.parent.flatMap({ index[$0] }) { places[parent].children.append(place) }
        }
        for (place, seat) in seats.enumerated() {
            if let division = index[seat.division] { places[division].seat = place }
        }
        guard let top = divisions.firstIndex(where: { $0.parent == nil }) else { throw .noRoot }

        self.version = TreeVersion(divisions: divisions, seated: seats.map(\.division))
        self.root = divisions[top].code
        self.divisions = divisions
        self.seats = seats
        self.index = index
        self.preorder = Self.number(&places, from: top)
        self.places = places
    }

    // MARK: Where a division stands

    package func division(_ code: DivisionCode) -> Division? {
        index[code].map { divisions[$0] }
    }

    package func level(of code: DivisionCode) -> Level? {
        index[code].map { divisions[$0].level }
    }

    /// Nil at the root.
    package func parent(of code: DivisionCode) -> DivisionCode? {
        index[code].flatMap { divisions[$0].parent }
    }

    /// In ascending order of code.
    package func children(of code: DivisionCode) -> [DivisionCode] {
        index[code].map { places[$0].children.map { divisions[$0].code } } ?? []
    }

    /// All that stand above, the nearest first; the division itself is not among them.
    package func ancestors(of code: DivisionCode) -> [DivisionCode] {
        guard let place = index[code] else { return [] }
        return sequence(first: place) { places[$0].parent }.dropFirst().map { divisions[$0].code }
    }

    /// The division and all below it, in ascending order of code.
    package func subtree(of code: DivisionCode) -> [DivisionCode] {
        index[code].map { below($0).sorted().map { divisions[$0].code } } ?? []
    }

    /// All divisions, each after its parent and the children of one parent in ascending order of code.
    package var parentsFirst: [Division] {
        preorder.map { divisions[$0] }
    }

    /// Whether `lower` is `upper` itself or stands somewhere below it.
    package func isAtOrBelow(_ lower: DivisionCode, _ upper: DivisionCode) -> Bool {
        guard let lower = index[lower], let upper = index[upper] else { return false }
        return (places[upper].first...places[upper].last).contains(places[lower].first)
    }

    // MARK: Where nodes run

    package func seat(at code: DivisionCode) -> Seat? {
        index[code].flatMap { places[$0].seat }.map { seats[$0] }
    }

    /// The node that serves the division: its own, or else that of its nearest ancestor that has one.
    package func seatServing(_ code: DivisionCode) -> Seat? {
        index[code].flatMap { places[$0].serving }.map { seats[$0] }
    }

    /// Whom a node dials: the nearest ancestor that has a node, which is its parent, then the fallback parents upwards.
    package func uplinks(of seat: DivisionCode) -> [Seat] {
        ancestors(of: seat).compactMap { self.seat(at: $0) }
    }

    /// The nodes whose first uplink is this one, in ascending order of code.
    package func downlinks(of seat: DivisionCode) -> [Seat] {
        guard let place = index[seat], let own = places[place].seat else { return [] }
        return below(place).dropFirst().filter { places[$0].parent.flatMap { places[$0].serving } == own }
            .compactMap { places[$0].seat }.sorted().map { seats[$0] }
    }

    /// The divisions without a node of their own that this node serves, in ascending order of code.
    package func hosted(by seat: DivisionCode) -> [DivisionCode] {
        guard let place = index[seat], let own = places[place].seat else { return [] }
        return below(place).dropFirst().filter { places[$0].serving == own }.sorted().map { divisions[$0].code }
    }

    // MARK: Who holds what, and who may write where

    /// Whether a node at `seat` holds the streams of `home` in `flow`: if home is at or below the seat, or if the flow
    /// goes down and home stands above the seat.
    ///
    /// The one place where this is decided. It asks only where the two divisions stand, not whether a node runs there.
    package func holds(_ seat: DivisionCode, home: DivisionCode, flow: Flow) -> Bool {
        isAtOrBelow(home, seat) || (flow.flowsDown && isAtOrBelow(seat, home))
    }

    /// Whether a node at `writer` may write into streams of `home`, acting for `acting`: the writer stands at home or
    /// above it, and the division acted for lies between the two, both included.
    ///
    /// So a superior acts on a case below, a city's machine serves the clerks of its towns, and nobody writes upwards
    /// or beside.
    package func mayWrite(seat writer: DivisionCode, acting: DivisionCode, home: DivisionCode) -> Bool {
        isAtOrBelow(acting, writer) && isAtOrBelow(home, acting)
    }

    /// The places at and below a place.
    private func below(_ place: Int) -> ArraySlice<Int> {
        preorder[places[place].first...places[place].last]
    }
}

extension DivisionTree: Equatable {
    /// The same version with the same seats at the same addresses.
    package static func == (left: DivisionTree, right: DivisionTree) -> Bool {
        left.version == right.version && left.seats == right.seats
    }
}

extension DivisionTree: CustomStringConvertible {
    package var description: String {
        "tree \(version) of \(divisions.count) divisions and \(seats.count) nodes"
    }
}

// MARK: - Making a tree

extension DivisionTree {
    /// Refuses divisions that are not one tree. Cycles come before levels, since a cycle always breaks those too.
    private static func check(_ divisions: [Division]) throws(TreeFault) {
        guard divisions.count <= divisionsMax else { throw .tooMany(divisions.count) }
        var known: [DivisionCode: Division] = [:]
        for division in divisions {
            guard Division.isName(division.name) else { throw .badName(division.code) }
            guard known.updateValue(division, forKey: division.code) == nil else {
                throw .duplicateCode(division.code)
            }
        }
        for division in divisions {
            if let parent = division.parent, known[parent] == nil { throw .orphan(division.code, parent: parent) }
        }
        try checkCycles(divisions, known)
        for division in divisions {
            guard let above = division.parent.flatMap({ known[$0] }) else { continue }
            guard above.level < division.level else {
                throw .levelOutOfOrder(division.code, division.level, parent: above.code, above.level)
            }
        }
        let roots = divisions.filter { $0.parent == nil }
        guard let root = roots.first else { throw .noRoot }
        guard roots.count == 1 else { throw .manyRoots(root.code, roots[1].code) }
    }

    /// Refuses a chain of parents that returns to itself.
    private static func checkCycles(
        _ divisions: [Division], _ known: [DivisionCode: Division]
    ) throws(TreeFault) {
        var endsAtRoot: Set<DivisionCode> = []
        for division in divisions {
            var path: [DivisionCode] = []
            var onPath: Set<DivisionCode> = []
            var next: DivisionCode? = division.code
            while let code = next, !endsAtRoot.contains(code) {
                guard onPath.insert(code).inserted else {
                    throw .cycle(Array(path.drop { $0 != code }))
                }
                path.append(code)
                next = known[code]?.parent
            }
            endsAtRoot.formUnion(onPath)
        }
    }

    /// Numbers the places in preorder from the root down, and hands each its serving seat.
    ///
    /// - Returns: the places in that order.
    private static func number(_ places: inout [Place], from root: Int) -> [Int] {
        var preorder: [Int] = []
        preorder.reserveCapacity(places.count)
        var waiting = [root]
        while let place = waiting.popLast() {
            places[place].first = preorder.count
            preorder.append(place)
            places[place].serving = places[place].seat ?? places[place].parent.flatMap { places[$0].serving }
            waiting += places[place].children.reversed()
        }
        for place in preorder.reversed() {
            places[place].last = places[place].children.last.map { places[$0].last } ?? places[place].first
        }
        return preorder
    }
}
