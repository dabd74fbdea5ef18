import Testing

@testable import Console

@Suite struct FormatsTests {
    private let chinese = Formats(language: .chinese)
    private let english = Formats(language: .english)

    @Test(arguments: [
        ("2026-11-24", "2026年11月24日", "24 Nov 2026"), ("2026-01-01", "2026年1月1日", "1 Jan 2026"),
        ("2024-02-29", "2024年2月29日", "29 Feb 2024"), ("2025-02-29", "2025-02-29", "2025-02-29"),
        ("2026-13-01", "2026-13-01", "2026-13-01"), ("soon", "soon", "soon"), ("", "", ""),
    ])
    func `a day is written as officials write it, and what is none stays`(
        text: String, chinese: String, english: String
    ) {
        #expect(self.chinese.day(text) == chinese)
        #expect(self.english.day(text) == english)
    }

    @Test(arguments: [
        ("2026-11-24T09:05", "2026年11月24日 09:05", "24 Nov 2026, 09:05"),
        ("2026-11-24T23:59:30", "2026年11月24日 23:59", "24 Nov 2026, 23:59"),
        ("2026-11-24", "2026年11月24日", "24 Nov 2026"), ("xTy", "xTy", "xTy"),
    ])
    func `a moment is a day with its clock`(text: String, chinese: String, english: String) {
        #expect(self.chinese.moment(text) == chinese)
        #expect(self.english.moment(text) == english)
    }

    @Test func `a machine's time is a moment in China`() {
        #expect(chinese.time(milliseconds: 1_772_323_200_000) == "2026年3月1日 08:00")
        #expect(english.time(milliseconds: 0) == "1 Jan 1970, 08:00")
        #expect(english.time(milliseconds: -1).isEmpty)
    }

    @Test(
        arguments: [
            (0, "0元", "¥0"), (1, "0.01元", "¥0.01"), (10, "0.10元", "¥0.10"), (100, "1元", "¥1"),
            (123_456, "1,234.56元", "¥1,234.56"), (100_000_000, "1,000,000元", "¥1,000,000"),
            (-5_050, "-50.50元", "¥-50.50"),
            (Int64.min, "-92,233,720,368,547,758.08元", "¥-92,233,720,368,547,758.08"),
        ] as [(Int64, String, String)])
    func `a sum is written in yuan`(fen: Int64, chinese: String, english: String) {
        #expect(self.chinese.money(fen: fen) == chinese)
        #expect(self.english.money(fen: fen) == english)
    }

    @Test(
        arguments: [
            (0, "0秒", "0 s"), (-5, "0秒", "0 s"), (59, "59秒", "59 s"), (60, "1分钟", "1 min"), (61, "1分钟1秒", "1 min 1 s"),
            (3_600, "1小时", "1 h"), (3_601, "1小时", "1 h"), (90_061, "1天1小时", "1 d 1 h"), (864_000, "10天", "10 d"),
        ] as [(Int64, String, String)])
    func `a length of time has its two largest units`(seconds: Int64, chinese: String, english: String) {
        #expect(self.chinese.span(seconds: seconds) == chinese)
        #expect(self.english.span(seconds: seconds) == english)
    }

    @Test(
        arguments: [
            (0, "0 B"), (1_023, "1023 B"), (1_024, "1 KiB"), (1_536, "1.5 KiB"), (1 << 20, "1 MiB"), (1 << 30, "1 GiB"),
            (5 << 40, "5 TiB"), (5_000 << 40, "5000 TiB"),
        ] as [(Int64, String)])
    func `bytes have a binary unit`(count: Int64, text: String) {
        #expect(chinese.bytes(count) == text)
        #expect(english.bytes(count) == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")] as [(Int64, String)])
    func `counts are grouped`(count: Int64, text: String) { #expect(chinese.count(count) == text) }

    @Test(
        arguments: [
            (nil, Language.chinese), ("", .chinese), ("en", .english), ("en-GB,en;q=0.9", .english),
            ("fr, en;q=0.5", .english), ("zh-CN,en", .chinese), ("fr", .chinese), ("*", .chinese),
        ] as [(String?, Language)])
    func `the first language that the console speaks is taken, and Chinese otherwise`(
        header: String?, language: Language
    ) {
        #expect(Language.preferred(by: header) == language)
    }

    @Test(
        arguments: [
            ("/a", "/a"), ("/a?b=c#d", "/a?b=c#d"), ("//a", nil), ("/\\a", nil), ("a", nil), ("https://a", nil),
            ("", nil),
            ("/a b", nil), ("/a\u{0}", nil), ("/案", nil), (nil, nil),
        ] as [(String?, String?)])
    func `only addresses of this console are local`(text: String?, local: String?) {
        #expect(Address.local(text) == local)
    }

    @Test func `addresses are percent-encoded as RFC 3986 asks`() {
        #expect(Address.encoded("a-b_c.d~e/ &案") == "a-b_c.d~e%2F%20%26%E6%A1%88")
        #expect(Address.of("/x", ["a": "1&2", "b": nil, "c": ""]) == "/x?a=1%262")
        #expect(Address.adding("done", to: "/x#y") == "/x?said=done#y")
        #expect(Address.adding("done", to: "/x?a=b") == "/x?a=b&said=done")
        #expect(Address.adding(nil, to: "/x") == "/x")
    }
}
