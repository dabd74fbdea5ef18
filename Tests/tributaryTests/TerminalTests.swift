import Testing

@testable import tributary

private let plain = Terminal(descriptor: 1, isInteractive: false, hasColour: false)
private let coloured = Terminal(descriptor: 1, isInteractive: true, hasColour: true)

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("广东省", 6), ("第8条", 5), ("，。（）", 8), ("…", 1), ("e\u{301}", 1), ("☂️", 2), ("👨‍👩‍👧", 2),
        ("\u{1B}[1;31m罚款\u{1B}[0m", 4), ("a\tb", 2), ("𠀀", 2),
    ])
    func `a Chinese character takes two columns, a mark on it and a colour none`(text: String, columns: Int) {
        #expect(DisplayWidth.of(text) == columns)
    }

    @Test func `a text is filled up to its columns on either side, and never shortened by that`() {
        #expect("省".padded(to: 4) == "省  ")
        #expect("省".padded(to: 4, .right) == "  省")
        #expect("广东省".padded(to: 4) == "广东省")
    }

    @Test func `a text that is cut fits, and ends with an ellipsis`() {
        #expect("广东省".fitted(to: 6) == "广东省")
        #expect("广东省".fitted(to: 5) == "广东…")
        #expect("广东省".fitted(to: 4) == "广…")
        #expect("广东省".fitted(to: 0) == "")
        for columns in 1...12 { #expect(DisplayWidth.of("广东abc省".fitted(to: columns)) <= columns) }
    }

    @Test func `a colour does not run on beyond a cut`() {
        #expect("\u{1B}[31m广东省\u{1B}[0m".fitted(to: 5) == "\u{1B}[31m广东…\u{1B}[0m")
    }

    @Test func `lines break between Chinese characters and not within words, and no line begins with a comma`() {
        #expect("责令改正，处罚款。".wrapped(to: 8) == ["责令改", "正，处罚", "款。"])
        #expect("see the fine print".wrapped(to: 8) == ["see the", "fine", "print"])
        #expect("一\n二".wrapped(to: 10) == ["一", "二"])
        #expect("abcdefghij".wrapped(to: 4) == ["abcd", "efgh", "ij"])
    }

    @Test(arguments: 4...20)
    func `no line is wider than asked, and nothing is lost`(columns: Int) {
        let text = "违反本条例第五条规定的，处1000元以上10000元以下罚款；情节严重的 (serious cases)，处五万元以下罚款。"
        let lines = text.wrapped(to: columns)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= columns })
        #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
}

@Suite struct TableTests {
    private static func table() -> Table {
        var table = Table([Table.Column("名称", isFlexible: true), Table.Column("数", .right), Table.Column("id")])
        table.add(["广东省人民代表大会", "1,234", "a"])
        table.add(["x", "5", "bc"])
        return table
    }

    @Test func `columns line up whatever they hold`() {
        #expect(
            Self.table().lines(columnsMax: nil, plain) == [
                "名称                   数  id", "广东省人民代表大会  1,234  a", "x                       5  bc",
            ])
    }

    @Test func `a narrow window cuts what may be cut and nothing else`() {
        let lines = Self.table().lines(columnsMax: 22, plain)
        #expect(lines[1] == "广东省人民…  1,234  a")
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 22 })
        #expect(Self.table().lines(columnsMax: 5, plain)[1].hasSuffix("1,234  a"))
    }

    @Test func `a line break in a cell does not break the table`() {
        var table = Table([Table.Column("t")])
        table.add(["a\nb"])
        #expect(table.lines(columnsMax: nil, plain) == ["t", "a b"])
    }

    @Test func `colours appear only where they may`() {
        #expect(plain.styled("x", .red) == "x")
        #expect(coloured.styled("x", .bold, .red) == "\u{1B}[1;31mx\u{1B}[0m")
        #expect(Terminal(descriptor: -1, environment: [:]).hasColour == false)
    }

    @Test func `values stand under one another beside their names`() {
        var listing = Listing()
        listing.add("版本", "2016-05-20")
        listing.add("a", "一二三四五六")
        #expect(listing.lines(columnsMax: 14, plain) == ["版本  2016-05-", "      20", "a     一二三四", "      五六"])
    }
}

@Suite struct ProgressTests {
    @Test func `a bar shows how far the work is and how long it will take`() {
        let half = Progress(title: "导入", done: 50, total: 100, note: "已写 50")
        let line = half.line(elapsed: .seconds(30), columns: 60)
        #expect(line.hasPrefix("导入 ███") && line.contains(" 50% ") && line.contains("剩余 0:30"))
        #expect(DisplayWidth.of(line) <= 60)
        #expect(half.plainLine(elapsed: .seconds(30)) == "导入 50% 0:30 已写 50")
    }

    @Test(arguments: [20, 40, 79, 200])
    func `it fits the window`(columns: Int) {
        let progress = Progress(title: "导入法规 statutes", done: 7, total: 9, note: "已写 1,234 未变 5,678 拒绝 90")
        #expect(DisplayWidth.of(progress.line(elapsed: .seconds(5), columns: columns)) <= columns)
    }

    @Test func `a work of unknown length counts, and one of no length is done`() {
        #expect(Progress(title: "t", done: 7).line(elapsed: .zero, columns: 60) == "t 7")
        #expect(Progress(title: "t", done: 0, total: 0).fraction == 1)
    }

    @Test(arguments: [(7, "0:07"), (750, "12:30"), (3_723, "1:02:03")])
    func `a span is read like a clock`(seconds: Int, text: String) {
        #expect(Duration.seconds(seconds).clock == text)
    }
}
