import Libraries
import Testing

/// Items derived from a benchmark sheet.
struct ItemSheetTests {
    private func items(_ lines: [String]) throws -> [ItemRow] {
        let header =
            "item_no,statute_sheet,violation,basis_law,basis_article,tier,circumstance,standard,fine_unit,fine_min,fine_max,basis_text\n"
        let rows: [BenchmarkRow] = importRows(header + lines.joined(separator: "\n"), as: BenchmarkRow.self).accepted()
        #expect(rows.count == lines.count)
        return ItemSheet.items(
            of: rows, set: "示例基准", field: "水务", levels: [.county], validFrom: try #require(LegalDate("2020-07-01")))
    }

    @Test func `each violation is one item that rests on all its articles`() throws {
        let items = try items([
            "1-1,示例法,倾倒垃圾的,示例法,第八条,1,轻,罚款一千元,yuan,1000,2000,",
            "1-1,示例法,倾倒垃圾的,示例法,第九条,2,重,没收违法所得，责令停产整治，并处罚款,yuan,2000,3000,",
            "1-1,示例法,倾倒垃圾的,,,3,更重,罚款三千元,yuan,3000,4000,", "1-2,示例法,擅自占用的,示例法,第八条,1,轻,给予警告,,,,",
        ])
        #expect(items.map(\.name) == ["对倾倒垃圾的的处罚", "对擅自占用的的处罚"])
        #expect(items[0].bases.map(\.description) == ["《示例法》第八条", "《示例法》第九条"])
        #expect(items[0].penaltyKinds == [.fine, .confiscatedGains, .stoppedProduction] && items[0].hasHearing)
        #expect(items[1].penaltyKinds == [.warning] && !items[1].hasHearing)
        #expect(items.map(\.benchmark) == ["示例基准#1-1", "示例基准#1-2"])
        #expect(Set(items.map(\.code)).count == 2 && items.allSatisfy { $0.levels == [.county] })
        let again: [ItemRow] = importRows(ItemRow.header + items.map(\.line).joined(), as: ItemRow.self).accepted()
        #expect(again == items, "what is derived can be written into a table of items and read back")
    }

    @Test func `a basis that only the quotation names is read from it, and without one there is no item`() throws {
        let items = try items([
            "7-12,示例法,不报告的,,,1,轻,罚款,yuan,1,2,示例法》第五十五条第（二）项： 有下列行为之一的", "7-13,示例法,不理睬的,,,1,轻,罚款,yuan,1,2,逾期不改正的",
            "7-14,示例法,不登记的,,,1,轻,罚款,yuan,1,2,《示例法》（2016年修订）第三条：由主管部门责令改正",
        ])
        #expect(items.map { $0.bases.map(\.description) } == [["《示例法》第五十五条第（二）项"], ["《示例法》第三条"]])
    }

    @Test func `codes follow from the set's name and the number alone`() throws {
        let line = "1-1,示例法,倾倒垃圾的,示例法,第八条,1,轻,罚款一千元,yuan,1000,2000,"
        let (once, again) = (try items([line]), try items([line]))
        #expect(once.map(\.code) == again.map(\.code) && once.count == 1)
        #expect(try items([]).isEmpty)
    }
}
