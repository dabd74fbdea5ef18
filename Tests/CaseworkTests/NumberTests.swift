import Casework
import Divisions
import Ledger
import Libraries
import Testing

/// Blocks, witnesses and cases to number.
enum NumberFixture {
    static let series = NumberSeries(body: "440781-01", word: "罚", year: 2026)
    static let sign = "台水"

    static func holder(_ number: UInt64 = 1) -> RecordID {
        RecordID(home: "440781", flow: .up, kind: "case", key: RecordKey(0, number))
    }

    static func block(_ first: Int, _ last: Int, of machines: [String], series: NumberSeries = series) -> NumberBlock {
        NumberBlock(
            record: RecordID(
                home: "440781", flow: .up, kind: "number-block",
                naturalKey: NumberBlock.naturalKey(series, first: first)),
            series: series, sign: sign, first: first, last: last, machines: machines)
    }

    static func request(_ machine: String, count: Int = 10, had: Int = 0) -> NumberRequest {
        NumberRequest(
            record: RecordID(
                home: "440781", flow: .up, kind: "number-request",
                naturalKey: NumberRequest.naturalKey(series, machine: machine, had: had)),
            series: series, machine: machine, count: count, had: had)
    }
}

struct IssuedNumberTests {
    @Test func `a number is written with its brackets and without leading zeros`() throws {
        let number = try #require(IssuedNumber(sign: "台水", word: "罚", year: 2026, ordinal: 12))
        #expect("\(number)" == "台水罚〔2026〕12号")
        #expect(IssuedNumber("台水罚〔2026〕12号", word: "罚") == number)
    }

    @Test func `numbers that bodies have padded or bracketed are read`() throws {
        let padded = try #require(IssuedNumber("闽市监光处〔2026〕0088号", word: "处"))
        #expect((padded.sign, padded.ordinal) == ("闽市监光", 88))
        let line = try #require(IssuedNumber("娄环罚(冷)〔2026〕2号", word: "罚(冷)"))
        #expect((line.sign, line.word) == ("娄环", "罚(冷)"))
    }

    @Test(arguments: [
        "", "号", "台水罚〔2026〕号", "台水罚〔2026〕12", "台水罚(2026)12号", "台水罚〔26〕12号", "台水罚〔2026〕0号",
        "台水罚〔2026〕-1号", "台水罚〔2026〕12345678号", "罚〔2026〕1号", "台水决〔2026〕1号", "台 水罚〔2026〕1号",
        "台水罚〕2026〔1号", "台水罚〔2026〕１号",
    ])
    func `what is no number is not read as one`(text: String) {
        #expect(IssuedNumber(text, word: "罚") == nil)
    }

    @Test(arguments: [
        ("", "罚", 2026, 1), ("台〔水", "罚", 2026, 1), ("台水", "F", 2026, 1), ("台水", "罚", 26, 1), ("台水", "罚", 2026, 0),
    ])
    func `parts that could not be told apart make no number`(sign: String, word: String, year: Int, ordinal: Int) {
        #expect(IssuedNumber(sign: sign, word: word, year: year, ordinal: ordinal) == nil)
    }
}

struct NumberWitnessTests {
    private static var full: NumberWitness {
        var witness = NumberWitness(chance: (1, 2))
        for first in [1, 11, 21] {
            let block = NumberFixture.block(first, first + 9, of: [witness.machine])
            witness.marks[block.record] = NumberWitness.Mark(
                ordinal: first + 3, holder: NumberFixture.holder(UInt64(first)))
        }
        witness.leased[NumberFixture.series] = 40
        return witness
    }

    @Test func `a witness is read as it was written`() {
        #expect(NumberWitness(Self.full.text) == Self.full)
        #expect(NumberWitness(NumberWitness(chance: (3, 4)).text) == NumberWitness(chance: (3, 4)))
    }

    @Test func `a witness that was cut off or changed anywhere is none`() {
        let bytes = Array(Self.full.text.utf8)
        for length in 0..<bytes.count {
            #expect(NumberWitness(String(decoding: bytes.prefix(length), as: UTF8.self)) == nil)
        }
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1
            #expect(NumberWitness(String(decoding: changed, as: UTF8.self)) == nil)
        }
    }
}

struct NumberDeskTests {
    private let witness = NumberWitness(chance: (7, 7))

    private func next(
        _ blocks: [NumberBlock], used: Set<Int> = [], returned: Set<Int> = [], _ witness: NumberWitness? = nil
    ) -> Result<NumberTaking, NumberRefusal> {
        NumberDesk.next(
            of: NumberFixture.series, blocks: blocks, used: used, returned: returned, witness: witness ?? self.witness,
            for: NumberFixture.holder())
    }

    @Test func `numbers go out in order, from one block to the next`() throws {
        let blocks = [
            NumberFixture.block(11, 12, of: [witness.machine]), NumberFixture.block(1, 2, of: [witness.machine]),
        ]
        var (used, witness) = (Set<Int>(), witness)
        for expected in [1, 2, 11, 12] {
            let taking = try next(blocks, used: used, witness).get()
            #expect(taking.number.ordinal == expected)
            #expect(taking.witness.marks[taking.block] == .init(ordinal: expected, holder: NumberFixture.holder()))
            used.insert(expected)
            witness = taking.witness
        }
        #expect(next(blocks, used: used, witness) == .failure(.exhausted(NumberFixture.series, asked: false)))
        #expect(NumberDesk.left(of: NumberFixture.series, blocks: blocks, used: used, witness: witness) == 0)
    }

    @Test func `a block of another machine gives nothing`() {
        let result = next([NumberFixture.block(1, 9, of: ["another"])])
        #expect(result == .failure(.noBlock(NumberFixture.series, asked: false)))
        guard case .failure(let refusal) = result else { return }
        #expect(!refusal.reason.chinese.contains("已向上级申请"))
        #expect(refusal.asked(true).reason.chinese.contains("已向上级申请"))
    }

    @Test func `a witness ahead of the store or behind it makes the block void`() {
        let block = NumberFixture.block(1, 9, of: [witness.machine])
        var ahead = witness
        ahead.marks[block.record] = .init(ordinal: 5, holder: NumberFixture.holder())
        #expect(next([block], used: [1, 2, 3], ahead) == .failure(.void(NumberFixture.series, .storeBehind)))
        #expect(next([block], used: [1, 2, 3, 4, 5, 6], ahead) == .failure(.void(NumberFixture.series, .storeBehind)))
        let voids = NumberDesk.voids(
            blocks: [block], used: [NumberFixture.series: [1, 2, 3]], witness: ahead, former: nil)
        #expect(
            voids == [
                NumberVoid(
                    block: block.record, from: 6,
                    explanations: [NumberExplanation(first: 4, last: 9, cause: .storeBehind)])
            ])
    }

    @Test func `a new witness makes void what was leased to the former one, and says so once`() throws {
        var block = NumberFixture.block(1, 9, of: ["former"])
        let used: [NumberSeries: Set<Int>] = [NumberFixture.series: [1, 2, 4]]
        let found = try #require(
            NumberDesk.voids(blocks: [block], used: used, witness: witness, former: "former").first)
        #expect(found.from == 5)
        #expect(found.explanations.map(\.text) == ["3-3 witness-lost", "5-9 witness-lost"])
        block.voidFrom = found.from
        block.explanations = found.explanations
        #expect(NumberDesk.voids(blocks: [block], used: used, witness: witness, former: "former") == [])
        #expect(NumberDesk.voids(blocks: [block], used: used, witness: witness, former: nil) == [])
    }

    @Test func `a block that was leased twice, or in part, gives nothing`() {
        let twice = NumberFixture.block(1, 9, of: [witness.machine, "another"])
        #expect(next([twice]) == .failure(.void(NumberFixture.series, .leasedTwice)))
        let blocks = [NumberFixture.block(1, 9, of: [witness.machine]), NumberFixture.block(5, 14, of: ["another"])]
        #expect(next(blocks) == .failure(.void(NumberFixture.series, .leasedTwice)))
        #expect(NumberDesk.overlaps(blocks).count == 1)
        #expect(NumberDesk.overlaps([blocks[0], NumberFixture.block(10, 14, of: ["another"])]).isEmpty)
    }

    @Test func `a number that no step held goes out again first`() throws {
        let block = NumberFixture.block(1, 9, of: [witness.machine])
        var witness = witness
        witness.marks[block.record] = .init(ordinal: 3, holder: NumberFixture.holder())
        let taking = try next([block], used: [1, 2, 3], returned: [2], witness).get()
        #expect(taking.number.ordinal == 2)
        #expect(taking.witness == witness)
    }

    @Test func `a void block gives nothing, and its gaps are told until they are explained`() {
        var block = NumberFixture.block(1, 9, of: [witness.machine])
        block.voidFrom = 1
        #expect(next([block]) == .failure(.exhausted(NumberFixture.series, asked: false)))
        #expect(NumberDesk.gaps(in: block, used: [2, 3]) == [1...1, 4...9])
        block.explanations = [NumberExplanation(first: 4, last: 9, cause: .storeBehind)]
        #expect(NumberDesk.gaps(in: block, used: [2, 3]) == [1...1])
    }

    @Test func `what may still go out is no gap`() {
        #expect(NumberDesk.gaps(in: NumberFixture.block(1, 9, of: ["a"]), used: [1, 3]) == [2...2])
    }

    @Test func `leftovers of a year are explained when it is over, and not before`() {
        let block = NumberFixture.block(1, 9, of: [witness.machine])
        var witness = witness
        witness.marks[block.record] = .init(ordinal: 4, holder: NumberFixture.holder())
        let used: [NumberSeries: Set<Int>] = [NumberFixture.series: [1, 2, 4]]
        #expect(NumberDesk.leftovers(blocks: [block], used: used, witness: witness, year: 2026) == [])
        #expect(
            NumberDesk.leftovers(blocks: [block], used: used, witness: witness, year: 2027) == [
                NumberVoid(
                    block: block.record, from: 5,
                    explanations: [
                        NumberExplanation(first: 3, last: 3, cause: .yearOver),
                        NumberExplanation(first: 5, last: 9, cause: .yearOver),
                    ])
            ])
    }

    @Test func `leases never overlap, and each request is answered once`() throws {
        var (blocks, witness) = ([NumberBlock](), witness)
        for machine in ["a", "b"] {
            for had in 0..<3 {
                let request = NumberFixture.request(machine, had: had)
                let lease = try #require(
                    NumberDesk.lease(for: request, sign: NumberFixture.sign, blocks: blocks, witness: witness))
                blocks.append(lease.block)
                witness = lease.witness
                #expect(
                    NumberDesk.lease(for: request, sign: NumberFixture.sign, blocks: blocks, witness: witness) == nil)
            }
        }
        #expect(NumberDesk.overlaps(blocks).isEmpty)
        #expect(blocks.map(\.first) == [1, 11, 21, 31, 41, 51])
    }

    @Test func `a superior whose store forgot a lease does not give it again`() throws {
        let lease = try #require(
            NumberDesk.lease(
                for: NumberFixture.request("a"), sign: NumberFixture.sign, blocks: [], witness: witness))
        let again = try #require(
            NumberDesk.lease(
                for: NumberFixture.request("b"), sign: NumberFixture.sign, blocks: [], witness: lease.witness))
        #expect(again.block.first == lease.block.last + 1)
    }

    @Test func `a body without a sign is leased nothing`() {
        #expect(NumberDesk.lease(for: NumberFixture.request("a"), sign: "", blocks: [], witness: witness) == nil)
    }

    @Test(arguments: [
        "", "3-50", "50-3 year-over", "3-50 bored", "03-50 year-over", "0-3 year-over", "3-50  year-over",
    ])
    func `what is no explanation is not read as one`(text: String) {
        #expect(NumberExplanation(text) == nil)
    }

    @Test(arguments: NumberExplanation.Cause.allCases)
    func `an explanation is read as it was written`(cause: NumberExplanation.Cause) {
        let explanation = NumberExplanation(first: 3, last: 50, cause: cause)
        #expect(NumberExplanation(explanation.text) == explanation)
    }
}
