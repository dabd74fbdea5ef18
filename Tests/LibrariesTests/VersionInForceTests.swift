import Libraries
import Testing

struct VersionInForceTests {
    private func versions(_ names: [String]) throws -> [StatuteVersion] {
        try names.map { StatuteVersion(try Fixtures.law($0)) }
    }

    private func inForce(_ names: [String], on day: String) throws -> VersionInForce {
        VersionInForce(of: try versions(names), on: try #require(LegalDate(day)))
    }

    private let river = ["示例河道保护条例(2023-11-30).md", "示例河道保护条例(2016-05-20).md"]

    @Test(arguments: [
        ("2016-08-31", "none", "2016-09-01"), ("2016-09-01", "2016-05-20", "2024-03-01"),
        ("2023-12-31", "2016-05-20", "2024-03-01"), ("2024-02-29", "2016-05-20", "2024-03-01"),
        ("2024-03-01", "2023-11-30", "none"), ("2099-01-01", "2023-11-30", "none"),
    ])
    func `the version in force changes on the day the next one takes effect`(
        day: String, version: String, next: String
    ) throws {
        let reading = try inForce(river, on: day)
        #expect(reading.versions.first?.versionDate?.description ?? "none" == version)
        #expect(reading.next?.description ?? "none" == next)
        #expect(reading.undated.isEmpty)
    }

    @Test func `the order in which versions are given does not matter`() throws {
        #expect(try inForce(river, on: "2020-01-01") == (try inForce(river.reversed(), on: "2020-01-01")))
    }

    @Test func `an amended version counts from its publication, not from the law's first day`() throws {
        let names = ["示例市容环境管理条例(2012-03-15).md", "示例市容环境管理条例(2020-07-31).md"]
        #expect(try inForce(names, on: "2020-07-30").versions.first?.versionDate == LegalDate("2012-03-15"))
        #expect(try inForce(names, on: "2020-07-31").versions.first?.versionDate == LegalDate("2020-07-31"))
    }

    @Test func `the part that names the day speaks for all parts of its law`() throws {
        let code = ["示例法典·总则编.md", "示例法典·附则编.md"]
        #expect(try inForce(code, on: "2020-12-31").versions.isEmpty)
        let reading = try inForce(code, on: "2021-01-01")
        #expect(reading.since == LegalDate("2021-01-01"))
        #expect(reading.versions.map(\.part) == ["总则编", "附则编"])
    }

    @Test func `a version without any day is shown to a person and never in force`() throws {
        let reading = try inForce(["示例村规民约指引.md"], on: "2024-01-01")
        #expect(reading.versions.isEmpty)
        #expect(reading.undated.count == 1)
    }

    @Test func `of two versions that take effect on one day the later counts`() throws {
        let day = try #require(LegalDate("2022-05-01"))
        let versions = ["2022-04-24", "2022-04-04"].map { text in
            StatuteVersion(
                key: text, part: nil, versionDate: LegalDate(text), effectiveDate: day, effectiveSource: .events)
        }
        #expect(VersionInForce(of: versions, on: day).versions.map(\.key) == ["2022-04-24"])
    }

    @Test func `no version at all is no version in force`() throws {
        let reading = VersionInForce(of: [], on: try #require(LegalDate("2022-05-01")))
        #expect(reading.versions.isEmpty && reading.next == nil && reading.undated.isEmpty)
    }
}
