import Console
import Foundation
import Node
import Testing

@testable import tributary

/// What the bench of the console knows of its pages, and how it hears what they ask of SQLite.
struct ConsoleBenchTests {
    @Test
    func `of two addresses that fit, the one with more words of its own is meant`() throws {
        let site = ConsoleBenchSite()
        #expect(site.address(of: "/cases/new?item=1")?.path == "/cases/new")
        #expect(site.address(of: "/cases/case:440781104:up:0")?.path == "/cases/{id}")
        #expect(site.address(of: "/nothing/of/the/kind") == nil)
    }

    @Test
    func `links of a page are taken up once, and a search goes where its form leads`() {
        var site = ConsoleBenchSite()
        let page = """
            <a href="/cases/one?a=1&amp;b=2#top">1</a> <a href="/cases/one?a=1&amp;b=2">again</a>
            <a href="https://elsewhere.example/cases/two">2</a>
            <form action="/cases"><input type="search" name="key"></form>
            <form method="post" action="/cases/one/facts"><input name="q"></form>
            """
        site.read(page, at: "/work")
        #expect(site.known["/cases/{id}"] == ["/cases/one?a=1&b=2"])
        #expect(site.searches == ["/cases": ["/cases?key="]])
    }

    @Test
    func `every page of the console has somebody who may open it`() {
        let roles = ConsoleBenchPeople.cast.map(\.role.rawValue)
        let pages = ConsoleAddress.all.filter(\.isPage)
        #expect(!pages.isEmpty)
        #expect(pages.allSatisfy { page in roles.contains { page.admits(role: $0) } })
    }

    @Test
    func `what is read is heard as it was asked, what is written is not, and asking again is timed`() async throws {
        try await BenchDirectory.with { directory in
            let path = "\(directory)/heard.sqlite"
            try ConsoleBenchStatements.begin()
            defer { ConsoleBenchStatements.end() }
            let database = try BareDatabase(path: path)
            try database.execute("CREATE TABLE thing (name TEXT); INSERT INTO thing VALUES ('one'), ('two')")
            let (count, statements, _) = try await ConsoleBenchStatements.heard {
                try database.execute("INSERT INTO thing VALUES ('three')")
                let statement = try database.prepare("SELECT count(*) FROM thing WHERE rowid != ?")
                statement.bind(1, .integer(2), in: UnsafeRawBufferPointer(start: nil, count: 0))
                guard try statement.step() else { return Int64(-1) }
                defer { statement.reset() }
                return statement.integer(0)
            }
            #expect(count == 2)
            let own = statements.filter { $0.file.hasSuffix("heard.sqlite") }
            #expect(own.map(\.sql) == ["SELECT count(*) FROM thing WHERE rowid != 2"])
            #expect(try ConsoleBenchReplay().seconds(own) > 0)
        }
    }
}
