import Casework
import Divisions
import Ledger
import Libraries

/// A province with two cities, whose offices, officers and items are set up by each test as it needs them.
///
///     440000 ── 440700 ── 440781 ── 440781001, 440781114
///            │         └─ 440703
///            └─ 440900 ── 440981
struct KnowledgeScene: CaseKnowledge {
    var officers: [String: OfficerFacts] = [:]
    var items: [String: ItemFacts] = [:]
    var bodies: [String: BodyFacts] = [:]
    var calendar = WorkCalendar([])
    let tree: DivisionTree

    func officer(certificate: String) -> OfficerFacts? { officers[certificate] }
    func item(code: String) -> ItemFacts? { items[code] }
    func body(code: String) -> BodyFacts? { bodies[code] }
    func benchmark(item: String) -> Benchmark? { nil }
    func edit(_ citation: Citation) -> CitedEdit? { nil }
    func receipt(of entry: EntryID) -> UInt64? { nil }

    init() throws {
        tree = try Self.makeTree()
        add(body: "P", at: "440000", fields: ["水务"])
        add(body: "C", at: "440700", fields: ["水务"], parent: "P")
        add(body: "K", at: "440781", fields: ["水务", "生态环境"], parent: "C")
        add(body: "T", at: "440781001", fields: ["水务", "城市管理和综合执法"], parent: "K")
        add(body: "N", at: "440703", fields: ["水务"], parent: "C")
        add(body: "X", at: "440981", fields: ["水务"])
        for (number, body, division) in [
            ("1", "K", "440781"), ("2", "K", "440781"), ("3", "N", "440703"), ("4", "X", "440981"),
            ("5", "T", "440781001"),
        ] as [(String, String, DivisionCode)] {
            officers[number] = OfficerFacts(
                record: Self.record("officer", number), certificate: number, body: body, division: division,
                areas: [division], fields: ["水务"], validFrom: Self.day("2023-01-01"), validTo: Self.day("2027-12-31"))
        }
        items["I1"] = item("I1", levels: [.county])
    }

    static func makeTree() throws -> DivisionTree {
        func division(_ code: DivisionCode, _ level: Level, _ parent: DivisionCode?) -> Division {
            Division(code: code, name: "区\(code)", level: level, parent: parent)
        }
        return try DivisionTree(
            divisions: [
                division("440000", .province, nil), division("440700", .city, "440000"),
                division("440900", .city, "440000"), division("440781", .county, "440700"),
                division("440703", .county, "440700"), division("440981", .county, "440900"),
                division("440781001", .township, "440781"), division("440781114", .township, "440781"),
            ], seats: [])
    }

    mutating func add(
        body code: String, at division: DivisionCode, fields: [String] = [], parent: String? = nil,
        entrustedBy: String? = nil, type: String = "法定行政机关"
    ) {
        bodies[code] = BodyFacts(
            record: Self.record("body", code), code: code, name: "示例单位\(code)", division: division, type: type,
            parent: parent, entrustedBy: entrustedBy, fields: fields)
    }

    func item(_ code: String, levels: [Level] = [], bodies: [String] = []) -> ItemFacts {
        ItemFacts(
            record: Self.record("item", code), code: code, name: "示例事项", field: "水务", levels: levels,
            bodyType: "法定行政机关", validFrom: Self.day("2024-03-01"), bodies: bodies)
    }

    static func record(_ kind: String, _ key: String) -> RecordID {
        RecordID(home: "440000", flow: .down, kind: kind, naturalKey: key)
    }

    static func day(_ text: String) -> LegalDate {
        guard let day = LegalDate(text) else { preconditionFailure("\(text) is no day") }
        return day
    }

    static func citation(_ number: UInt64) -> Citation {
        let stream = StreamID(Digest.of(Suite.p256.rawValue, HashDomain.record, [1]))
        return Citation(dot: Dot(stream: stream, number: number, index: 0), check: number)
    }
}
