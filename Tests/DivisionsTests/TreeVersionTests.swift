import Testing

@testable import Divisions

private let divisions = [
    Division(code: "province", name: "省", level: .province, parent: nil),
    Division(code: "city", name: "市", level: .city, parent: "province"),
    Division(code: "town", name: "镇", level: .township, parent: "city"),
]

private func version(_ divisions: [Division], _ seats: [Seat]) throws -> TreeVersion {
    try DivisionTree(divisions: divisions, seats: seats).version
}

@Test func `the hashed bytes are those of the layout`() {
    let bytes = TreeVersion.encoding(
        divisions: divisions.sorted { $0.code < $1.code }, seated: ["city", "province"])
    let expected: [[UInt8]] = [
        Array("tributary tree 1\n".utf8), [0, 0, 0, 3],
        [4], Array("city".utf8), [0, 3], Array("市".utf8), [2], [8], Array("province".utf8),
        [8], Array("province".utf8), [0, 3], Array("省".utf8), [1], [0],
        [4], Array("town".utf8), [0, 3], Array("镇".utf8), [4], [4], Array("city".utf8),
        [0, 0, 0, 2], [4], Array("city".utf8), [8], Array("province".utf8),
    ]
    #expect(bytes == expected.flatMap { $0 })
}

@Test func `a version is the same on every machine`() throws {
    let version = try version(divisions, [seat("province"), seat("city")])
    #expect(version.description == "0166ba9da761ad183a7ba4463fff979af58a8ad55aa227330972d63f3a0e225cc4")
    #expect(version.bytes.count == TreeVersion.bytesCount)
    #expect(version.bytes[0] == TreeVersion.suite)
}

@Test(arguments: 0..<40 as Range<UInt64>)
func `a version depends neither on the order of divisions nor on addresses`(seed: UInt64) throws {
    let random = RandomTree(seed: seed)
    var numbers = SeededNumbers(seed: seed + 1000)
    let moved = random.seats.map { Seat(division: $0.division, name: "新", host: "new.example", port: 9) }
    #expect(
        try version(random.divisions, random.seats)
            == version(random.divisions.shuffled(using: &numbers), moved.shuffled(using: &numbers)))
}

@Test func `a version changes with every name, level, parent and seat`() throws {
    let seats = [seat("province"), seat("city")]
    var versions = [try version(divisions, seats)]
    func add(_ changed: Division) throws {
        versions.append(try version(divisions.map { $0.code == changed.code ? changed : $0 }, seats))
    }
    try add(Division(code: "town", name: "乡", level: .township, parent: "city"))
    try add(Division(code: "town", name: "镇", level: .village, parent: "city"))
    try add(Division(code: "town", name: "镇", level: .township, parent: "province"))
    versions.append(try version(divisions, [seat("province")]))
    versions.append(try version(divisions, seats + [seat("town")]))
    versions.append(try version(Array(divisions.dropLast()), seats))
    #expect(Set(versions).count == versions.count)
}

@Test func `a version is read back from its 33 bytes and from no other number of them`() throws {
    let version = try version(divisions, [])
    #expect(TreeVersion(bytes: version.bytes) == version)
    #expect(TreeVersion(bytes: version.bytes.dropLast()) == nil)
    #expect(TreeVersion(bytes: version.bytes + [0]) == nil)
    let least = try #require(TreeVersion(bytes: [UInt8](repeating: 0, count: 33)))
    #expect(least < version)
}
