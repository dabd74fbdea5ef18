import Divisions

/// A generator that gives the same numbers for the same seed everywhere (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// The divisions and seats of a random tree, in random order: up to 40 divisions, up to five levels, levels skipped
/// at will, and most divisions without a node.
struct RandomTree {
    let divisions: [Division]
    let seats: [Seat]

    init(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        var divisions = [Division(code: "top", name: "顶", level: .province, parent: nil)]
        for number in 0..<Int.random(in: 0..<40, using: &numbers) {
            let above = divisions.filter { $0.level < .village }
            let parent = above[Int.random(in: 0..<above.count, using: &numbers)]
            let levels = Level.allCases.filter { parent.level < $0 }
            let level = levels[Int.random(in: 0..<levels.count, using: &numbers)]
            guard let code = DivisionCode("d\(numbers.next() % 1_000_000)-\(number)") else { continue }
            divisions.append(Division(code: code, name: "区\(number)", level: level, parent: parent.code))
        }
        var seats: [Seat] = []
        for (number, division) in divisions.enumerated() {
            guard division.parent == nil || Int.random(in: 0..<3, using: &numbers) == 0 else { continue }
            seats.append(Seat(division: division.code, name: "节点\(number)", host: "h\(number).example", port: 7443))
        }
        self.divisions = divisions.shuffled(using: &numbers)
        self.seats = seats.shuffled(using: &numbers)
    }
}

/// What the tree answers, found by walking up parents one by one.
struct NaiveTree {
    private let parents: [DivisionCode: DivisionCode?]
    private let seats: [DivisionCode: Seat]

    init(_ random: RandomTree) {
        parents = Dictionary(uniqueKeysWithValues: random.divisions.map { ($0.code, $0.parent) })
        seats = Dictionary(uniqueKeysWithValues: random.seats.map { ($0.division, $0) })
    }

    /// The division itself, then its parent, and so on to the root.
    func line(of code: DivisionCode) -> [DivisionCode] {
        guard let parent = parents[code] else { return [] }
        return [code] + (parent.map { line(of: $0) } ?? [])
    }

    func isAtOrBelow(_ lower: DivisionCode, _ upper: DivisionCode) -> Bool {
        line(of: lower).contains(upper)
    }

    func holds(_ seat: DivisionCode, home: DivisionCode, flow: Flow) -> Bool {
        switch flow {
        case .up, .upUrgent: line(of: home).contains(seat)
        case .down, .downUrgent: line(of: home).contains(seat) || line(of: seat).contains(home)
        }
    }

    func mayWrite(seat writer: DivisionCode, acting: DivisionCode, home: DivisionCode) -> Bool {
        let line = line(of: home)
        guard let above = line.firstIndex(of: writer) else { return false }
        return line[...above].contains(acting)
    }

    func seatServing(_ code: DivisionCode) -> Seat? {
        uplinks(line(of: code)).first
    }

    func uplinks(of code: DivisionCode) -> [Seat] {
        uplinks(Array(line(of: code).dropFirst()))
    }

    func hosted(by code: DivisionCode) -> [DivisionCode] {
        parents.keys.filter { $0 != code && seatServing($0)?.division == code }.sorted()
    }

    func downlinks(of code: DivisionCode) -> [DivisionCode] {
        seats.keys.filter { uplinks(of: $0).first?.division == code }.sorted()
    }

    private func uplinks(_ line: [DivisionCode]) -> [Seat] {
        line.compactMap { seats[$0] }
    }
}

/// Province, city and two counties with a town each; `town-a2` has no node. Seats are by code.
func smallTree() throws -> DivisionTree {
    try DivisionTree(
        divisions: [
            Division(code: "province", name: "省", level: .province, parent: nil),
            Division(code: "city", name: "市", level: .city, parent: "province"),
            Division(code: "county-a", name: "甲县", level: .county, parent: "city"),
            Division(code: "town-a1", name: "甲一镇", level: .township, parent: "county-a"),
            Division(code: "town-a2", name: "甲二镇", level: .township, parent: "county-a"),
            Division(code: "county-b", name: "乙县", level: .county, parent: "city"),
            Division(code: "town-b1", name: "乙一镇", level: .township, parent: "county-b"),
        ],
        seats: ["province", "city", "county-a", "town-a1", "county-b", "town-b1"].map(seat))
}

/// A seat on a host of its own.
func seat(_ code: DivisionCode) -> Seat {
    Seat(division: code, name: code.text, host: "\(code).example", port: 7443)
}
