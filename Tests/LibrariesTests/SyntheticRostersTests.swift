import Divisions
import Libraries
import Testing

struct SyntheticRostersTests {
    private static func tree() throws -> DivisionTree {
        try DivisionTree(
            divisions: [
                Division(code: "440000", name: "广东省", level: .province, parent: nil),
                Division(code: "440700", name: "江门市", level: .city, parent: "440000"),
                Division(code: "440781", name: "台山市", level: .county, parent: "440700"),
                Division(code: "440781001", name: "台城街道", level: .township, parent: "440781"),
                Division(code: "440781114", name: "北陡镇", level: .township, parent: "440781"),
                Division(code: "440781114201", name: "示例村", level: .village, parent: "440781114"),
            ], seats: [])
    }

    private static func rosters(
        seed: UInt64 = 1, scope: DivisionCode? = nil, bodies: Int = 12, officers: Int = 60, items: Int = 40
    ) throws -> SyntheticRosters {
        try #require(
            SyntheticRosters(
                tree: try tree(), scope: scope, seed: seed,
                counts: .init(bodies: bodies, officers: officers, items: items)))
    }

    /// Writes rows and reads them back as an import would.
    private func readBack<Row: ImportedRow>(_ rows: [Row]) -> [Row] {
        let events = importRows(Row.header + rows.map(\.line).joined(), as: Row.self)
        #expect(events.refusals().isEmpty && events.warnings().isEmpty)
        return events.accepted()
    }

    @Test(arguments: seeds(5))
    func `an importer accepts every invented row and reads it back`(seed: UInt64) throws {
        let rosters = try Self.rosters(seed: seed)
        let bodies = (0..<12).map(rosters.body)
        #expect(readBack(bodies) == bodies)
        let officers = (0..<60).map(rosters.officer)
        #expect(readBack(officers) == officers)
        let items = (0..<40).map(rosters.item)
        #expect(readBack(items) == items)
        let cases = (0..<100).map(rosters.caseFile)
        #expect(readBack(cases) == cases)
    }

    @Test func `rows refer to rows that exist`() throws {
        let rosters = try Self.rosters(bodies: 23, officers: 80)
        let bodies = (0..<23).map(rosters.body)
        let officers = (0..<80).map(rosters.officer)
        let items = Set((0..<40).map { rosters.item($0).code })
        let codes = Set(bodies.map(\.code))
        #expect(codes.count == 23)
        #expect(bodies.allSatisfy { codes.isSuperset(of: [$0.parent, $0.entrustedBy].compactMap { $0 }) })
        #expect(bodies.contains { $0.type == .entrusted } && bodies.contains { $0.parent != nil })
        #expect(officers.allSatisfy { codes.contains($0.body) })
        #expect(Set(officers.map(\.certificateNo)).count == 80)
        for row in (0..<200).map(rosters.caseFile) {
            let handling = officers.filter { row.officers.contains($0.certificateNo) }
            #expect(handling.count == 2 && handling.allSatisfy { $0.body == row.body })
            #expect(codes.contains(row.body) && items.contains(row.item))
        }
    }

    @Test func `items cite articles that the given laws have`() throws {
        let rosters = try Self.rosters(items: 300)
        let counts = Dictionary(uniqueKeysWithValues: SyntheticLaw.fixtures.map { ($0.title, $0.articleCount) })
        for basis in (0..<300).flatMap({ rosters.item($0).bases }) {
            #expect(basis.article <= counts[basis.title, default: 0])
        }
    }

    @Test func `the laws that items cite by default are shipped with as many articles`() throws {
        let laws = try Fixtures.readableLaws()
        for law in SyntheticLaw.fixtures {
            let versions = laws.filter { $0.title == law.title }
            let latest = try #require(versions.max { "\($0.naturalKey)" < "\($1.naturalKey)" })
            #expect(latest.articles.count { $0.number > 0 && $0.suffix == 0 } == law.articleCount)
        }
    }

    @Test func `the same seed gives the same rows and another seed others`() throws {
        let one = try Self.rosters(seed: 7)
        let same = try Self.rosters(seed: 7)
        let other = try Self.rosters(seed: 8)
        #expect((0..<60).map(one.officer) == (0..<60).map(same.officer))
        #expect((0..<60).map(one.officer) != (0..<60).map(other.officer))
    }

    @Test func `rows are the same on every machine, for ever`() throws {
        let rosters = try Self.rosters(seed: 42)
        #expect(rosters.officer(17).line == Golden.officer)
        #expect(rosters.body(11).line == Golden.body)
        #expect(rosters.item(3).line == Golden.item)
        #expect(rosters.caseFile(5).line == Golden.caseFile)
    }

    @Test func `nobody alive is invented`() throws {
        let rosters = try Self.rosters()
        for officer in (0..<60).map(rosters.officer) {
            let year = Int(try #require(officer.idNo).dropFirst(6).prefix(4))
            #expect(try #require(year) < 1900)
            #expect(officer.name.contains { "示例拟样".contains($0) })
            #expect(try #require(officer.phone).hasPrefix("1000"))
        }
    }

    @Test func `a scope keeps all rows at and below one division, villages excepted`() throws {
        let rosters = try Self.rosters(scope: "440781")
        let divisions = Set((0..<12).map { rosters.body($0).division })
        #expect(divisions == ["440781", "440781001", "440781114"])
        #expect(rosters.body(0).parent == nil)
        let tree = try Self.tree()
        let counts = SyntheticRosters.Counts(bodies: 1, officers: 1, items: 1)
        #expect(SyntheticRosters(tree: tree, scope: "999999", seed: 1, counts: counts) == nil)
        #expect(SyntheticRosters(tree: tree, seed: 1, counts: counts, laws: []) == nil)
    }

    @Test func `rosters with fewer officers than bodies still hang together`() throws {
        let rosters = try Self.rosters(bodies: 12, officers: 3)
        for row in (0..<50).map(rosters.caseFile) { #expect(row.officers.count == 1) }
    }
}

private enum Golden {
    static let officer =
        "440000000017,赵例宁,440000-02,440000,440000,生态环境,法定,2022-05-10,2027-05-09,有效,10005167748,440000189804069884,,\n"
    static let body =
        "440700-03,江门市市场监督管理局,440700,法定行政机关,440000-03,,11440700000000115H,市场监督管理,江门市示例路197号,"
        + "0000-88095124,,2020-01-01,,\n"
    static let item =
        "44990000000003,对擅自改变农用设施用途行为（4）的处罚,处罚,卫生健康,县级;乡级,法定行政机关,示例河道保护条例;示例行政执法监督办法,"
        + "第五条;第二条,警告,,否,否,是,2,简易程序,,2024-01-01,,\n"
    static let caseFile =
        "S2025-0000006,涉嫌超出门窗经营案,严例静,44000018940825501X,2025年8月12日，严例静在例湾巷188号超出门窗经营，执法人员当场查见。,"
        + "44990000000004,440000-03,440000,例湾巷188号,440000000010;440000000022,2025-08-12,已立案,\n"
}
