import Libraries
import Testing

struct TableReaderTests {
    private let columns: [TableColumn] = [.required("code"), .required("name"), .optional("note")]

    private func read(_ text: String) -> [TableReader.Event] {
        var table = TableReader(file: "t.csv", columns: columns)
        return table.feed(text.utf8) + table.finish()
    }

    private func refusals(_ text: String) -> [String] {
        read(text).compactMap { if case .refused(let row) = $0 { row.description } else { nil } }
    }

    @Test func `columns may stand in any order, optional ones may be missing, and fields lose their outer blanks`()
        throws
    {
        let event = try #require(read("name , code\n\u{3000}甲 , 1\n").first)
        guard case .row(let row) = event else {
            Issue.record("the row was refused")
            return
        }
        #expect(row.line == 2)
        #expect((row["code"], row["name"], row["note"], row["other"]) == ("1", "甲", "", ""))
    }

    @Test(arguments: [
        ("code,name,nots\n1,a,b\n2,c,d\n", "known are code, name, note"), ("code,code,name\n1,1,a\n", "stands twice"),
        ("name\na\n", "missing columns: code"), ("", "the file is empty"), ("\"code,name\n1,a\n", "not closed"),
    ])
    func `a wrong header makes the file unreadable, told once`(text: String, part: String) {
        let refusals = refusals(text)
        #expect(refusals.count == 1)
        #expect(refusals.first?.contains(part) ?? false)
        #expect(read(text).count == 1)
    }

    @Test func `a row with too few or too many fields is refused with its line`() {
        let refusals = refusals("code,name\n1\n2,b\n3,c,d\n")
        #expect(refusals.count == 2)
        #expect(refusals[0].hasPrefix("t.csv:2: ") && refusals[1].hasPrefix("t.csv:4: "))
    }
}
