import Divisions
import Ledger
import Libraries

@testable import Casework

/// Libraries of a small province, as some office knows them.
struct FixtureKnowledge: CaseKnowledge {
    var officers: [String: OfficerFacts] = [:]
    var items: [String: ItemFacts] = [:]
    var bodies: [String: BodyFacts] = [:]
    var benchmarks: [String: Benchmark] = [:]
    var edits: [Citation: CitedEdit] = [:]
    var receipts: [EntryID: UInt64] = [:]
    var calendar = WorkCalendar([])
    var tree: DivisionTree

    func officer(certificate: String) -> OfficerFacts? { officers[certificate] }
    func item(code: String) -> ItemFacts? { items[code] }
    func body(code: String) -> BodyFacts? { bodies[code] }
    func benchmark(item: String) -> Benchmark? { benchmarks[item] }
    func edit(_ citation: Citation) -> CitedEdit? { edits[citation] }
    func receipt(of entry: EntryID) -> UInt64? { receipts[entry] }
}

enum Fixture {
    static let province = code("440000")
    static let city = code("440700")
    static let county = code("440703")
    static let town = code("440703100")
    static let otherTown = code("440703101")
    static let otherCounty = code("440704")

    static func code(_ text: String) -> DivisionCode {
        guard let code = DivisionCode(text) else { preconditionFailure("\(text) is no code") }
        return code
    }

    static func tree() throws -> DivisionTree {
        func division(_ code: DivisionCode, _ name: String, _ level: Level, _ parent: DivisionCode?) -> Division {
            Division(code: code, name: name, level: level, parent: parent)
        }
        return try DivisionTree(
            divisions: [
                division(province, "广东省", .province, nil), division(city, "江门市", .city, province),
                division(county, "蓬江区", .county, city), division(otherCounty, "江海区", .county, city),
                division(town, "棠下镇", .township, county), division(otherTown, "荷塘镇", .township, county),
            ], seats: [])
    }

    /// Bodies `b-<division>`, an item `item-1` that all of them may use, and for every division two officers, a
    /// reviewer, a responsible person, a chair, a supervisor and others, numbered `<division>-<post>-<n>`.
    static func knowledge() throws -> FixtureKnowledge {
        var knowledge = FixtureKnowledge(tree: try tree())
        for division in knowledge.tree.divisions {
            let body = "b-\(division.code)"
            knowledge.bodies[body] = BodyFacts(
                record: record(division.code, "body", body), code: body, name: "\(division.name)综合行政执法队",
                division: division.code)
            for post in Post.allCases {
                let count = post == .expert ? 24 : 2
                for number in 1...count {
                    let certificate = officer(division.code, post, number)
                    knowledge.officers[certificate] = OfficerFacts(
                        record: record(division.code, "officer", certificate), certificate: certificate, name: "某某",
                        body: body, division: division.code, areas: [division.code], posts: [post],
                        isLegallyQualified: true)
                }
            }
        }
        knowledge.items["item-1"] = ItemFacts(
            record: record(province, "item", "item-1"), code: "item-1", name: "擅自倾倒、堆放生活垃圾",
            bases: ["《中华人民共和国固体废物污染环境防治法》第一百一十一条"])
        return knowledge
    }

    static func officer(_ division: DivisionCode, _ post: Post, _ number: Int = 1) -> String {
        "\(division)-\(post.rawValue)-\(number)"
    }

    static func record(_ home: DivisionCode, _ kind: String, _ key: String) -> RecordID {
        RecordID(home: home, flow: .down, kind: kind, naturalKey: key)
    }

    static func moment(_ text: String) -> LegalMoment {
        guard let moment = LegalMoment(text) else { preconditionFailure("\(text) is no moment") }
        return moment
    }
}
