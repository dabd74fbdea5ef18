import Divisions
import Testing

private let province = Division(code: "p", name: "省", level: .province, parent: nil)
private let city = Division(code: "c", name: "市", level: .city, parent: "p")

private func fault(_ divisions: [Division], seats: [Seat] = []) -> TreeFault? {
    do {
        _ = try DivisionTree(divisions: divisions, seats: seats)
        return nil
    } catch {
        return error
    }
}

// MARK: Faults

@Test func `a tree without divisions is refused`() {
    #expect(fault([]) == .noRoot)
}

@Test func `two divisions without a parent are refused`() {
    let other = Division(code: "q", name: "省", level: .province, parent: nil)
    #expect(fault([province, other]) == .manyRoots("p", "q"))
}

@Test func `one code for two divisions is refused`() {
    #expect(fault([province, city, city]) == .duplicateCode("c"))
}

@Test func `a parent that is not there is refused`() {
    let orphan = Division(code: "t", name: "镇", level: .township, parent: "x")
    #expect(fault([province, orphan]) == .orphan("t", parent: "x"))
}

@Test func `a division that stands above its own parent is refused, however long the way`() {
    let itself = Division(code: "a", name: "甲", level: .city, parent: "a")
    #expect(fault([province, itself]) == .cycle(["a"]))
    let ring: [Division] = [
        Division(code: "a", name: "甲", level: .city, parent: "c"),
        Division(code: "b", name: "乙", level: .county, parent: "a"),
        Division(code: "c", name: "丙", level: .township, parent: "b"),
    ]
    #expect(fault([province] + ring) == .cycle(["a", "c", "b"]))
    #expect(fault(ring) == .cycle(["a", "c", "b"]))
    // A division below the ring is not itself wrong.
    let below = Division(code: "d", name: "丁", level: .village, parent: "c")
    #expect(fault([below] + ring) == .cycle(["c", "b", "a"]))
}

@Test(arguments: [Level.province, .city])
func `a child that does not stand lower than its parent is refused`(level: Level) {
    let child = Division(code: "t", name: "镇", level: level, parent: "c")
    #expect(fault([province, city, child]) == .levelOutOfOrder("t", level, parent: "c", .city))
}

@Test(arguments: ["", "a\nb", "a\u{85}", "a\u{2028}", "a\u{200B}", "\u{FEFF}a", String(repeating: "长", count: 41)])
func `a name that is empty, too long or not all visible is refused`(name: String) {
    #expect(fault([Division(code: "p", name: name, level: .province, parent: nil)]) == .badName("p"))
}

@Test func `a name may have as many bytes as are allowed`() {
    let name = String(repeating: "长", count: Division.nameBytesMax / 3)
    #expect(fault([Division(code: "p", name: name, level: .province, parent: nil)]) == nil)
}

@Test func `a seat where there is no division, and a second seat in one, are refused`() {
    #expect(fault([province, city], seats: [seat("p"), seat("x")]) == .unknownSeat("x"))
    let second = Seat(division: "c", name: "备", host: "other.example", port: 7444)
    #expect(fault([province, city], seats: [seat("c"), seat("p"), second]) == .duplicateSeat("c"))
}

@Test func `more divisions than a tree may have are refused before anything else is done with them`() {
    let many = Array(repeating: city, count: DivisionTree.divisionsMax + 1)
    #expect(fault(many) == .tooMany(DivisionTree.divisionsMax + 1))
}

@Test func `every fault names its division and says what is wrong`() {
    let faults: [(TreeFault, DivisionCode?, String)] = [
        (.noRoot, nil, "there is no division"),
        (.manyRoots("p", "q"), "q", "divisions p and q both have no parent"),
        (.tooMany(200_000), nil, "at most 100000"),
        (.duplicateCode("c"), "c", "division c is listed twice"),
        (.badName("c"), "c", "division c needs a name"),
        (.orphan("c", parent: "x"), "c", "division c names parent x"),
        (.cycle(["a", "b"]), "a", "division a is below b is below a again"),
        (.levelOutOfOrder("t", .city, parent: "c", .city), "t", "division t is a city below c, a city"),
        (.unknownSeat("x"), "x", "seat at x"),
        (.duplicateSeat("c"), "c", "division c has two nodes"),
    ]
    for (fault, division, words) in faults {
        #expect(fault.division == division)
        #expect(fault.description.contains(words), "\(fault)")
    }
}

// MARK: Standing

@Test func `a division knows its parent, its children and all above and below it`() throws {
    let tree = try smallTree()
    #expect(tree.root == "province")
    #expect(
        tree.divisions.map(\.code)
            == ["city", "county-a", "county-b", "province", "town-a1", "town-a2", "town-b1"])
    #expect(tree.division("county-a")?.name == "甲县")
    #expect(tree.level(of: "county-a") == .county)
    #expect(tree.parent(of: "county-a") == "city")
    #expect(tree.parent(of: "province") == nil)
    #expect(tree.children(of: "city") == ["county-a", "county-b"])
    #expect(tree.ancestors(of: "town-b1") == ["county-b", "city", "province"])
    #expect(tree.ancestors(of: "province") == [])
    #expect(tree.subtree(of: "county-a") == ["county-a", "town-a1", "town-a2"])
    #expect(
        tree.parentsFirst.map(\.code)
            == ["province", "city", "county-a", "town-a1", "town-a2", "county-b", "town-b1"])
}

@Test func `an unknown code stands nowhere`() throws {
    let tree = try smallTree()
    #expect(tree.division("x") == nil)
    #expect(tree.level(of: "x") == nil)
    #expect(tree.parent(of: "x") == nil)
    #expect(tree.children(of: "x").isEmpty)
    #expect(tree.ancestors(of: "x").isEmpty)
    #expect(tree.subtree(of: "x").isEmpty)
    #expect(!tree.isAtOrBelow("x", "province") && !tree.isAtOrBelow("province", "x") && !tree.isAtOrBelow("x", "x"))
    #expect(tree.seat(at: "x") == nil && tree.seatServing("x") == nil)
    #expect(tree.uplinks(of: "x").isEmpty && tree.downlinks(of: "x").isEmpty && tree.hosted(by: "x").isEmpty)
    for flow in Flow.allCases {
        #expect(!tree.holds("x", home: "city", flow: flow) && !tree.holds("city", home: "x", flow: flow))
    }
    #expect(!tree.mayWrite(seat: "x", acting: "city", home: "city"))
    #expect(!tree.mayWrite(seat: "city", acting: "x", home: "city"))
    #expect(!tree.mayWrite(seat: "city", acting: "city", home: "x"))
}

// MARK: Nodes

@Test func `a node dials its parent first and then its other ancestors upwards`() throws {
    let tree = try smallTree()
    #expect(tree.uplinks(of: "town-a1").map(\.division) == ["county-a", "city", "province"])
    #expect(tree.uplinks(of: "province").isEmpty)
    #expect(tree.downlinks(of: "city").map(\.division) == ["county-a", "county-b"])
    #expect(tree.downlinks(of: "town-a1").isEmpty)
}

@Test func `a division without a node is served by the nearest one above it that has one`() throws {
    let tree = try smallTree()
    #expect(tree.seat(at: "town-a2") == nil)
    #expect(tree.seatServing("town-a2")?.division == "county-a")
    #expect(tree.seatServing("town-a1")?.division == "town-a1")
    #expect(tree.hosted(by: "county-a") == ["town-a2"])
    #expect(tree.hosted(by: "county-b").isEmpty)
    #expect(tree.hosted(by: "town-a2").isEmpty)
}

@Test func `a node skips ancestors that have none`() throws {
    let whole = try smallTree()
    let seats = [seat("province"), seat("county-b"), seat("town-a1")]
    let tree = try DivisionTree(divisions: whole.divisions, seats: seats)
    #expect(tree.uplinks(of: "town-a1").map(\.division) == ["province"])
    #expect(tree.downlinks(of: "province").map(\.division) == ["county-b", "town-a1"])
    #expect(tree.hosted(by: "province") == ["city", "county-a", "town-a2"])
    #expect(tree.hosted(by: "county-b") == ["town-b1"])
}

// MARK: Who holds what

@Test func `what flows up is held at home and above, what flows down also below, and never beside`() throws {
    let tree = try smallTree()
    let holders: [(home: DivisionCode, up: [DivisionCode], down: [DivisionCode])] = [
        ("province", ["province"], tree.divisions.map(\.code)),
        ("city", ["city", "province"], tree.divisions.map(\.code)),
        (
            "county-a", ["city", "county-a", "province"],
            ["city", "county-a", "province", "town-a1", "town-a2"]
        ),
        (
            "town-b1", ["city", "county-b", "province", "town-b1"],
            ["city", "county-b", "province", "town-b1"]
        ),
    ]
    for row in holders {
        for flow in Flow.allCases {
            let found = tree.divisions.map(\.code).filter { tree.holds($0, home: row.home, flow: flow) }
            #expect(found == (flow.flowsDown ? row.down : row.up), "home \(row.home), flow \(flow.name)")
        }
    }
}

@Test func `a writer stands at home or above it and acts for a division between the two`() throws {
    let tree = try smallTree()
    #expect(tree.mayWrite(seat: "town-a1", acting: "town-a1", home: "town-a1"))
    // The county hosts a town's clerks, and acts on the town's case in its own name.
    #expect(tree.mayWrite(seat: "county-a", acting: "town-a2", home: "town-a2"))
    #expect(tree.mayWrite(seat: "county-a", acting: "county-a", home: "town-a2"))
    #expect(tree.mayWrite(seat: "province", acting: "city", home: "town-a1"))
    // Not from below, not from beside, not in the name of one above the writer or beside the way to home.
    #expect(!tree.mayWrite(seat: "town-a1", acting: "town-a1", home: "county-a"))
    #expect(!tree.mayWrite(seat: "county-b", acting: "county-b", home: "town-a1"))
    #expect(!tree.mayWrite(seat: "county-a", acting: "city", home: "town-a1"))
    #expect(!tree.mayWrite(seat: "city", acting: "county-b", home: "town-a1"))
    #expect(!tree.mayWrite(seat: "city", acting: "town-a1", home: "county-a"))
}

@Test(arguments: 0..<200 as Range<UInt64>)
func `every answer is the one found by walking up the parents`(seed: UInt64) throws {
    let random = RandomTree(seed: seed)
    let tree = try DivisionTree(divisions: random.divisions, seats: random.seats)
    let naive = NaiveTree(random)
    let codes = tree.divisions.map(\.code)
    #expect(codes == random.divisions.map(\.code).sorted())
    #expect(Set(tree.parentsFirst) == Set(random.divisions))
    for (upper, lower) in zip(tree.parentsFirst, tree.parentsFirst.dropFirst()) {
        #expect(!tree.isAtOrBelow(upper.code, lower.code), "\(lower.code) must come before \(upper.code)")
    }
    for one in codes {
        #expect(tree.ancestors(of: one) == Array(naive.line(of: one).dropFirst()))
        #expect(tree.subtree(of: one) == codes.filter { naive.isAtOrBelow($0, one) })
        #expect(tree.children(of: one) == tree.divisions.filter { $0.parent == one }.map(\.code))
        #expect(tree.seatServing(one) == naive.seatServing(one))
        #expect(tree.uplinks(of: one) == naive.uplinks(of: one))
        #expect(tree.hosted(by: one) == naive.hosted(by: one))
        #expect(tree.downlinks(of: one).map(\.division) == naive.downlinks(of: one))
        #expect(codes.filter { tree.isAtOrBelow(one, $0) } == codes.filter { naive.isAtOrBelow(one, $0) })
        for flow in Flow.allCases {
            let homes = codes.filter { tree.holds(one, home: $0, flow: flow) }
            #expect(homes == codes.filter { naive.holds(one, home: $0, flow: flow) })
        }
    }
}

@Test(arguments: 0..<40 as Range<UInt64>)
func `who may write where is what walking up the parents says`(seed: UInt64) throws {
    let random = RandomTree(seed: seed)
    let tree = try DivisionTree(divisions: random.divisions, seats: random.seats)
    let naive = NaiveTree(random)
    let codes = tree.divisions.map(\.code)
    for writer in codes {
        for acting in codes {
            let homes = codes.filter { tree.mayWrite(seat: writer, acting: acting, home: $0) }
            #expect(homes == codes.filter { naive.mayWrite(seat: writer, acting: acting, home: $0) })
        }
    }
}
