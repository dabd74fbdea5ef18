import Divisions
import Foundation
import Ledger
import Libraries
import Simulation
import Support
import Testing

@testable import Node

/// Messages as bytes of JSON, the way a client sends them.
enum JSONText {
    static func encode(_ message: some Encodable) throws -> Data { try JSONEncoder().encode(message) }
}

struct APICodingTests {
    private static let texts: [(String, JSON)] = [
        (
            #"{"a":[1,-2,0,9223372036854775807,-9223372036854775808],"b":null}"#,
            ["a": [1, -2, 0, .integer(.max), .integer(.min)], "b": .null]
        ),
        (#" [ true , false , "" ] "#, [true, false, ""]),
        (#""\"\\\/\b\f\n\r\t\u4E2d\ud842\udFB7𠮷中""#, "\"\\/\u{8}\u{c}\n\r\t中𠮷𠮷中"),
        ("1.5", .number(1.5)), ("1e2", .number(100)), ("-0.5E-1", .number(-0.05)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("{}", [:]), ("[]", []),
    ]

    @Test(arguments: texts)
    func `JSON is read as it is meant`(text: String, value: JSON) throws {
        #expect(try JSONParser.parse(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "[1 2]", "01", "-", "1.", ".5", "1e",
        "+1",
        "nul", "truee", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\u{1}\"",
        "{\"a\":1,\"a\":2}", "{} {}", "1e999", "[\"a\":1]",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONFault.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test func `bytes that are no UTF-8, and depth without end, are refused`() {
        #expect(throws: JSONFault.self) { try JSONParser.parse([0x22, 0xff, 0x22]) }
        #expect(throws: JSONFault.self) { try JSONParser.parse(Array(repeating: UInt8(ascii: "["), count: 100_000)) }
    }

    @Test(arguments: Seed.some(200))
    func `any value is read back as it was written, and no prefix of it is taken for another`(seed: Seed) throws {
        var generator = seed.generator
        let value: JSON = .array([random(&generator, depth: 0)])
        let bytes = Array(try JSONText.encode(value))
        #expect(try JSONParser.parse(bytes) == value)
        #expect(try JSONDecoder().decode(JSON.self, from: Data(bytes)) == value)
        for end in bytes.indices { #expect(throws: JSONFault.self) { try JSONParser.parse(Array(bytes[..<end])) } }
    }

    private func random(_ generator: inout SeededGenerator, depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth < 3 ? 6 : 4), using: &generator) {
        case 0: .null
        case 1: .boolean(generator.chance(50))
        case 2: .integer(Int64.random(in: .min ... .max, using: &generator))
        case 3: .text(String((0..<3).map { _ in generator.pick(Array("a\"\\/中𠮷\n\u{1}é")) }))
        case 4: .array((0..<generator.pick([0, 1, 3])).map { _ in random(&generator, depth: depth + 1) })
        default:
            .object(
                Dictionary((0..<3).map { ("m\($0)", random(&generator, depth: depth + 1)) }) { first, _ in first })
        }
    }

    @Test(arguments: Seed.some(100))
    func `a token gives back the citations it was made of`(seed: Seed) throws {
        var generator = seed.generator
        let streams = (0..<3).map { StreamID(Digest(tag: 1, UInt64($0), 0, 0, generator.next())) }
        let citations = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
            Citation(
                dot: Dot(
                    stream: generator.pick(streams), number: generator.next() >> 20,
                    index: UInt32(generator.next() >> 40)),
                check: generator.next())
        }
        let token = SeenToken(citations)
        let read = try #require(SeenToken(token.text))
        #expect(read == token)
        #expect(Set(read.citations) == Set(citations))
        #expect(token.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        for end in token.text.indices.dropFirst() { #expect(SeenToken(token.text[..<end]) == nil) }
    }

    @Test func `an empty token is one that saw nothing`() {
        #expect(SeenToken("")?.citations == [])
        #expect(SeenToken([]).text == "")
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar"])
    func `Base64 is that of RFC 4648, without padding`(text: String) {
        let known = Data(text.utf8).base64EncodedString().replacing("=", with: "")
        #expect(Base64URL.text(Array(text.utf8)) == known)
        #expect(Base64URL.bytes(known) == Array(text.utf8))
    }

    @Test(arguments: ["A", "Zh", "Zm9=", "Zm+v", "中"])
    func `what is no Base64 of whole bytes is refused`(text: String) {
        #expect(Base64URL.bytes(text) == nil)
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz", "%FF=1", "a=1&a=2", "a=1&%61=2"])
    func `a query that is not properly encoded, or says a thing twice, is refused`(text: String) {
        #expect(throws: Problem.self) { try APIQuery(text) }
    }

    @Test func `a query is read as forms and addresses write it`() throws {
        var query = try APIQuery("q=%E7%BD%9A%e6%AC%BE+%2B1&empty=&bare&&b=1=2")
        #expect(query.text("q") == "罚款 +1")
        #expect(query.text("empty") == "")
        #expect(query.text("bare") == "")
        #expect(query.text("b") == "1=2")
        try query.finish()
    }

    @Test func `moments are written in UTC, and days are those of China`() {
        #expect(Moments.text(0) == "1970-01-01T00:00:00.000Z")
        #expect(Moments.text(1_772_323_261_007) == "2026-03-01T00:01:01.007Z")
        #expect(Moments.text(.max) == "9999-12-31T23:59:59.999Z")
        #expect(Moments.chineseDay(1_772_294_399_999)?.description == "2026-02-28")
        #expect(Moments.chineseDay(1_772_294_400_000)?.description == "2026-03-01")
    }

    @Test func `a gate lets one at a time at a record, and others pass`() async {
        let gate = RecordGate()
        let ids = (0..<4).map { RecordID(home: "44", flow: .up, kind: "case", naturalKey: "\($0)") }
        let counter = Counter()
        await withTaskGroup(of: Void.self) { tasks in
            for number in 0..<200 {
                tasks.addTask {
                    let wanted: Set = [ids[number % 4], ids[number % 3]]
                    await gate.holding(wanted) {
                        await counter.enter(wanted)
                        await Task.yield()
                        await counter.leave(wanted)
                    }
                }
            }
        }
        #expect(await counter.collisions == 0)
        #expect(await counter.entered == 200)
    }

    private actor Counter {
        private var inside: Set<RecordID> = []
        private(set) var collisions = 0
        private(set) var entered = 0

        func enter(_ records: Set<RecordID>) {
            if !inside.isDisjoint(with: records) { collisions += 1 }
            inside.formUnion(records)
            entered += 1
        }

        func leave(_ records: Set<RecordID>) { inside.subtract(records) }
    }
}
