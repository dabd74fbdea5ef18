import Libraries
import Testing

struct StatuteFileTests {
    @Test func `a law with chapters gives its head, its articles and their place`() throws {
        let law = try Fixtures.law("示例河道保护条例(2023-11-30).md")
        #expect(law.title == "示例河道保护条例")
        #expect(law.part == nil)
        #expect(law.nameDate == LegalDate("2023-11-30"))
        #expect(law.events.map(\.date) == [LegalDate("2016-05-20"), LegalDate("2023-11-30")])
        #expect(law.events[1].text == "示例省人民代表大会常务委员会第四十次会议修订")
        #expect(law.numberedArticleCount == 14)
        #expect(law.articles.map(\.key).prefix(8) == ["1", "2", "3", "4", "5", "5-1", "5-2", "6"])
        let sixth = try #require(law.articles.first { $0.key == "6" })
        #expect(sixth.label == "第六条")
        #expect(sixth.path == ["第二章 河道管理", "第二节 采砂管理"])
        let eighth = try #require(law.articles.first { $0.key == "8" })
        #expect(eighth.path == ["第三章 法律责任"], "a new chapter ends the section before it")
    }

    @Test func `paragraphs and items stay with their article, one a line`() throws {
        let law = try Fixtures.law("示例河道保护条例(2016-05-20).md")
        let fifth = try #require(law.articles.first { $0.key == "5" })
        #expect(
            fifth.text == """
                在河道管理范围内，禁止下列行为：
                （一）倾倒垃圾、渣土；
                （二）擅自搭建建筑物、构筑物；
                （三）堆放阻碍行洪的物料。
                """)
    }

    @Test func `wide spaces, a byte order mark, CRLF and marks without width leave no trace`() throws {
        let law = try Fixtures.law("示例广告设施管理办法(2013-05-08).md")
        #expect(law.title == "示例广告设施管理办法")
        #expect(law.events == [StatuteEvent(date: LegalDate("2013-05-08"), text: "示例市人民政府发布）")])
        #expect(law.articles.map(\.path) == [["第一章 总则"], ["第二章 罚则"], ["第二章 罚则"]])
        #expect(law.articles[0].text == "为了规范户外广告设施的设置，制定本办法。\n本办法所称广告设施，包括招牌、灯箱和电子显示屏。")
        #expect(law.effectiveDate == LegalDate("2013-07-01"))
    }

    @Test func `a law without articles is kept whole, as one text numbered 0`() throws {
        let law = try Fixtures.law("示例省人民代表大会常务委员会关于加强生态环境保护的决定(2018-12-05).md")
        #expect(law.articles.count == 1)
        #expect(law.numberedArticleCount == 0)
        let text = law.articles[0]
        #expect((text.number, text.suffix, text.label, text.path) == (0, 0, "", []))
        #expect(text.text.hasPrefix("为了加强生态环境保护"))
        #expect(text.text.contains("\n一、压实责任\n"), "headings stay where they stood")
        #expect(law.effectiveDate == LegalDate("2019-01-01"))
    }

    @Test func `a preamble and an annex stand outside of articles, and an annex may count anew`() throws {
        let law = try Fixtures.law("示例处罚程序规定(2024-01-18).md")
        #expect(law.articles.map(\.key) == ["0", "1", "2", "3", "4", "5", "6", "1#2", "2#2"])
        #expect(law.articles[0].text == "为了正确适用法律，结合执法实践，制定本规定。")
        #expect(law.articles[1].path == ["第一编 程序", "第一章 立案", "第一节 受理"])
        #expect(law.articles[4].path == ["第一编 程序", "第二章 决定"])
        #expect(law.articles[8].path == ["附件 文书格式"])
        #expect(law.articles[8].text == "文书应当加盖印章。\n本附件所列格式可以按需调整。")
    }

    @Test func `the parts of one law in several files are told apart`() throws {
        let general = try Fixtures.law("示例法典·总则编.md")
        let closing = try Fixtures.law("示例法典·附则编.md")
        #expect((general.title, general.part) == ("示例法典", "总则编"))
        #expect((closing.title, closing.part) == ("示例法典", "附则编"))
        #expect(general.naturalKey != closing.naturalKey)
        #expect(closing.articles.map(\.key) == ["3", "4"])
    }

    @Test func `a stub is refused with a reason that says what to do`() throws {
        let name = "示例突发事件应急条例(2022-05-30).md"
        let result = StatuteFile.parse(try Fixtures.bytes("laws/\(name)"), fileName: name)
        #expect(result == .failure(.noText))
        #expect(StatuteFault.noText.reason.english.contains("import it again"))
    }

    @Test func `each fault is found`() {
        #expect(StatuteFile.parse("", fileName: "a.md") == .failure(.noTitle))
        #expect(StatuteFile.parse("第一条 无标题。", fileName: "a.md") == .failure(.noTitle))
        #expect(StatuteFile.parse("## 二级\n\n第一条 无标题。", fileName: "a.md") == .failure(.noTitle))
        #expect(StatuteFile.parse([0x23, 0x20, 0xE7, 0xAC], fileName: "a.md") == .failure(.notUTF8))
        let long = "# 长\n<!-- INFO END -->\n第一条 " + String(repeating: "长", count: 40_000)
        #expect(StatuteFile.parse(long, fileName: "a.md") == .failure(.articleTooLong))
        let heading = "# 长\n<!-- INFO END -->\n## 第一章 " + String(repeating: "长", count: 2_000) + "\n第一条 文。"
        #expect(StatuteFile.parse(heading, fileName: "a.md") == .failure(.headingTooLong))
        let event = "2020年1月1日 " + String(repeating: "长", count: 30_000)
        let history = "# 长\n\(event)\n<!-- INFO END -->\n第一条 文。"
        #expect(StatuteFile.parse(history, fileName: "a.md") == .failure(.headingTooLong))
        let large = [UInt8](repeating: 0x20, count: StatuteFile.bytesMax + 1)
        #expect(StatuteFile.parse(large, fileName: "a.md") == .failure(.tooLarge))
        #expect(Set(StatuteFault.allCases.map(\.reason.english)).count == StatuteFault.allCases.count)
    }

    @Test func `a head without its end is read as far as lines are dated`() throws {
        let text = "# 示例规则\n\n2020年1月2日 公布\n\n第一条 正文。\n"
        let law = try StatuteFile.parse(text, fileName: "示例规则.md").get()
        #expect(law.events == [StatuteEvent(date: LegalDate("2020-01-02"), text: "公布")])
        #expect(law.articles.map(\.text) == ["正文。"])
    }

    @Test(arguments: [
        ("a/示例(2024-03-01).md", "2024-03-01"), ("示例（2024-03-01）.md", "2024-03-01"), ("示例(2024-02-30).md", nil),
        ("示例(试行).md", nil), ("示例2024-03-01.md", nil), (").md", nil), ("", nil),
    ])
    func `the day in a file name is the version's`(fileName: String, date: String?) throws {
        let law = try StatuteFile.parse("# 示例\n<!-- INFO END -->\n第一条 文。", fileName: fileName).get()
        #expect(law.nameDate?.description == date)
    }

    @Test(arguments: [
        "第十条的规定适用于本市。", "第一百条之规定", "第甲条 不是条号。", "第零条 不是条号。", "第条 不是条号。", "“第三条 引用的条文。”",
    ])
    func `a paragraph that only mentions an article is no article`(line: String) throws {
        let law = try StatuteFile.parse("# 示例\n<!-- INFO END -->\n第一条 文。\n\(line)", fileName: "").get()
        #expect(law.articles.count == 1)
        #expect(law.articles[0].text == "文。\n\(line)")
    }

    @Test func `every fixture is read, and all but the stub hold articles`() throws {
        #expect(Fixtures.laws.count == 14)
        var refused: [String] = []
        for name in Fixtures.laws {
            switch StatuteFile.parse(try Fixtures.bytes("laws/\(name)"), fileName: name) {
            case .success(let law):
                #expect(Set(law.articles.map(\.key)).count == law.articles.count, "keys repeat in \(name)")
            case .failure: refused.append(name)
            }
        }
        #expect(refused == ["示例突发事件应急条例(2022-05-30).md"])
    }

    @Test func `words that officers search for stand in several laws`() throws {
        let laws = try Fixtures.readableLaws()
        for word in ["罚款", "处罚", "生态环境", "听证", "执法"] {
            let holding = laws.filter { law in law.articles.contains { $0.text.contains(word) } }
            #expect(holding.count >= 3, "\(word) stands in \(holding.map(\.title))")
        }
    }

    @Test func `every truncation of every fixture is refused or read, never a crash`() throws {
        for name in Fixtures.laws {
            let bytes = try Fixtures.bytes("laws/\(name)")
            for length in 0...bytes.count {
                if case .success(let law) = StatuteFile.parse(bytes.prefix(length), fileName: name) {
                    #expect(!law.articles.isEmpty)
                }
            }
        }
    }

    @Test(arguments: seeds(200))
    func `a file with random damage is refused or read, never a crash`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let name = Fixtures.laws[random.below(Fixtures.laws.count)]
        var bytes = try Fixtures.bytes("laws/\(name)")
        // Pieces of the layout in wrong places are more telling than noise.
        let inserts = ["第", "条", "之", "#", "# ", "\n", "一", "<!-- INFO END -->\n", "自", "日起施行", "\u{3000}", "("]
        for _ in 0..<(1 + random.below(20)) {
            let insert = Array(inserts[random.below(inserts.count)].utf8)
            bytes.insert(contentsOf: insert, at: random.below(bytes.count + 1))
        }
        if random.below(4) == 0 { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
        switch StatuteFile.parse(bytes, fileName: name) {
        case .success(let law): #expect(!law.articles.isEmpty && !law.title.isEmpty)
        case .failure(let fault): #expect(!fault.reason.english.isEmpty)
        }
    }
}
