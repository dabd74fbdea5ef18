import Libraries
import Testing

struct CSVTests {
    private func read(_ text: String, limits: CSVReader.Limits = .init()) -> [CSVReader.Event] {
        var reader = CSVReader(limits: limits)
        return reader.feed(text.utf8) + reader.finish()
    }

    private func rows(_ text: String) -> [[String]] {
        read(text).compactMap { if case .row(let row) = $0 { row.fields } else { nil } }
    }

    @Test func `plain rows are read with their lines`() {
        #expect(
            read("a,b\nc,d\n") == [
                .row(CSVRow(line: 1, fields: ["a", "b"])), .row(CSVRow(line: 2, fields: ["c", "d"])),
            ])
    }

    @Test(arguments: [
        ("a,b", [["a", "b"]]), ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]), ("\u{FEFF}a,b\n", [["a", "b"]]),
        ("\u{FEFF}\"a\",b\n", [["a", "b"]]), ("a,\n,\n", [["a", ""], ["", ""]]), ("\n\na\n\r\n\nb", [["a"], ["b"]]),
        ("\"a,b\",c\n", [["a,b", "c"]]), ("\"a\"\"b\"\n", [["a\"b"]]), ("\"a\nb\",c\n", [["a\nb", "c"]]),
        ("\"a\r\nb\"\r\nc\r\n", [["a\r\nb"], ["c"]]), ("\"\"\n", [[""]]), ("\"\",\"\"", [["", ""]]), ("a\r", [["a"]]),
        ("", []), ("\u{FEFF}", []), ("罚款,处罚\n", [["罚款", "处罚"]]), ("a,\"b\"", [["a", "b"]]),
    ])
    func `fields are read as RFC 4180 has them`(text: String, expected: [[String]]) {
        #expect(rows(text) == expected)
    }

    @Test func `a row after one with line ends inside is counted from where it begins`() {
        let events = read("\"a\nb\nc\",1\nd,2\n")
        #expect(
            events == [.row(CSVRow(line: 1, fields: ["a\nb\nc", "1"])), .row(CSVRow(line: 4, fields: ["d", "2"]))])
    }

    @Test(arguments: [
        ("a\"b,c\nok\n", CSVFault.quoteInUnquotedField), ("\"a\"b,c\nok\n", .textAfterQuote),
        ("a\rb,c\nok\n", .loneCarriageReturn),
    ])
    func `a row that breaks a rule is refused alone`(text: String, fault: CSVFault) {
        #expect(read(text) == [.refused(line: 1, fault), .row(CSVRow(line: 2, fields: ["ok"]))])
    }

    @Test func `a quote that never closes is refused where its row began`() {
        #expect(read("a\nb,\"c\nd\n") == [.row(CSVRow(line: 1, fields: ["a"])), .refused(line: 2, .unterminatedQuote)])
    }

    @Test func `bytes that are not UTF-8 cost their row only`() {
        var reader = CSVReader()
        let events = reader.feed([0xB9, 0xFA, 0x0A, 0x61, 0x0A]) + reader.finish()
        #expect(events == [.refused(line: 1, .notUTF8), .row(CSVRow(line: 2, fields: ["a"]))])
    }

    @Test func `the first bytes of a mark that is none are text`() {
        var reader = CSVReader()
        let events = reader.feed([0xEF, 0xBB, 0x61, 0x0A]) + reader.finish()
        #expect(events == [.refused(line: 1, .notUTF8)])
        var other = CSVReader()
        #expect(other.feed([0xEF]) + other.finish() == [.refused(line: 1, .notUTF8)])
    }

    @Test func `limits hold and reading goes on behind them`() {
        var limits = CSVReader.Limits()
        (limits.fieldBytesMax, limits.rowBytesMax, limits.fieldsPerRowMax) = (4, 10, 3)
        #expect(
            read("abcde\nok\n", limits: limits) == [
                .refused(line: 1, .fieldTooLong(bytesMax: 4)), .row(CSVRow(line: 2, fields: ["ok"])),
            ])
        #expect(
            read("abcd,abcd,abcd\nok\n", limits: limits) == [
                .refused(line: 1, .rowTooLong(bytesMax: 10)), .row(CSVRow(line: 2, fields: ["ok"])),
            ])
        #expect(
            read("a,b,c,d\nok\n", limits: limits) == [
                .refused(line: 1, .tooManyFields(max: 3)), .row(CSVRow(line: 2, fields: ["ok"])),
            ])
        #expect(
            read("\"ab\ncdefg\nok\n", limits: limits) == [
                .refused(line: 1, .fieldTooLong(bytesMax: 4)), .row(CSVRow(line: 3, fields: ["ok"])),
            ], "an open quote is given up at the limit, and reading goes on at the next line")
    }

    @Test(arguments: seeds(400))
    func `what was written is read back, however it is cut into pieces`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = ["a", "罚", ",", "\"", "\n", "\r", "\r\n", " ", "\u{FEFF}", "é", "𠮷", ";"]
        let rows = (0..<random.below(12)).map { _ in
            (0...random.below(5)).map { _ in
                (0..<random.below(6)).map { _ in alphabet[random.below(alphabet.count)] }.joined()
            }
        }
        let bytes = Array(rows.map(CSVWriter.row).joined().utf8)
        var reader = CSVReader()
        var events: [CSVReader.Event] = []
        for piece in pieces(bytes, using: &random) { events += reader.feed(piece) }
        events += reader.finish()
        let read = events.map { if case .row(let row) = $0 { row.fields } else { ["refused"] } }
        #expect(read.map { $0.map { Array($0.utf8) } } == rows.map { $0.map { Array($0.utf8) } })
    }

    @Test(arguments: seeds(400))
    func `noise gives the same rows and refusals at any chunking and never a crash`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D, 0x61, 0x62, 0x63, 0xEF, 0xBB, 0xBF, 0xE7, 0x00]
        let bytes = (0..<random.below(80)).map { _ in alphabet[random.below(alphabet.count)] }
        var limits = CSVReader.Limits()
        if seed.isMultiple(of: 2) { (limits.fieldBytesMax, limits.rowBytesMax, limits.fieldsPerRowMax) = (3, 5, 3) }
        var whole = CSVReader(limits: limits)
        let expected = whole.feed(bytes) + whole.finish()
        var pieced = CSVReader(limits: limits)
        var events: [CSVReader.Event] = []
        for piece in pieces(bytes, using: &random) { events += pieced.feed(piece) }
        events += pieced.finish()
        #expect(events == expected)
    }
}
