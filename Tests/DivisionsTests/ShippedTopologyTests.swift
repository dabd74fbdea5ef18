import Divisions
import Foundation
import Testing

/// A file of the repository's `Topology` folder.
private func shipped(_ name: String) throws -> String {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Topology")
    return try String(contentsOf: folder.appending(path: name), encoding: .utf8)
}

private func tree(_ name: String) throws -> DivisionTree {
    try Topology.parse(shipped(name), named: name)
}

@Test func `the demo has five nodes in one line of offices, and a township that its county hosts`() throws {
    let tree = try tree("demo.yaml")
    #expect(tree.seats.map(\.division) == ["440000", "440700", "440781", "440781001", "440781115"])
    #expect(tree.seats.map(\.port) == [7441, 7442, 7443, 7444, 7445])
    #expect(tree.divisions.map(\.level) == [.province, .city, .county, .township, .township, .township])
    #expect(tree.hosted(by: "440781") == ["440781114"])
    #expect(tree.uplinks(of: "440781115").map(\.division) == ["440781", "440700", "440000"])
    #expect(tree.version.description == "016f6d05b62f4854f45dc6dd704fc383b3ba09ce19efbb2e559bbabf0265c2c270")
}

@Test func `two counties never see each other's cases`() throws {
    let tree = try tree("two-counties.yaml")
    #expect(tree.seats.count == 6)
    #expect(tree.holds("city", home: "county-a", flow: .up))
    #expect(!tree.holds("county-b", home: "county-a", flow: .up))
    #expect(!tree.holds("town-b1", home: "county-a", flow: .down))
    #expect(tree.holds("town-b1", home: "city", flow: .down))
}

@Test func `in a city without counties a town's parent is the city`() throws {
    let tree = try tree("no-county-city.yaml")
    #expect(tree.parent(of: "441900003") == "441900")
    #expect(tree.uplinks(of: "441900003").map(\.division) == ["441900", "440000"])
    #expect(tree.hosted(by: "441900") == ["441900121"])
    for flow in Flow.allCases {
        let home: DivisionCode = "441900"
        let holders = tree.divisions.map(\.code).filter { tree.holds($0, home: home, flow: flow) }
        let below: [DivisionCode] = flow.flowsDown ? ["441900003", "441900101", "441900121"] : []
        #expect(holders == ["440000", home] + below)
    }
    #expect(tree.mayWrite(seat: "441900", acting: "441900121", home: "441900121"))
}

@Test func `Guangdong has its province, 21 cities, 122 counties and 1,610 townships, each with a node`() throws {
    let text = try shipped("guangdong.yaml")
    let tree = try Topology.parse(text, named: "guangdong.yaml")
    let counts = Level.allCases.map { level in tree.divisions.count { $0.level == level } }
    #expect(counts == [1, 21, 122, 1610, 0])
    #expect(tree.seats.count == 1754)
    #expect(tree.root == "440000")
    // Dongguan and Zhongshan have no counties: their towns stand directly below them.
    for city in ["441900", "442000"] as [DivisionCode] {
        #expect(!tree.children(of: city).isEmpty)
        #expect(tree.children(of: city).allSatisfy { tree.level(of: $0) == .township })
    }
    #expect(Topology.render(tree) == text)
}

@Test func `the file of Guangdong is what a table of its divisions gives`() throws {
    let text = try shipped("guangdong.yaml")
    var table = "code,name,level,parent,kind\n"
    for division in try Topology.parse(text, named: "guangdong.yaml").divisions {
        table += "\(division.code),\(division.name),\(division.level.englishName),\(division.parent?.text ?? ""),\n"
    }
    table += "441900999,某工业园,township,441900,类乡级单位\n"
    #expect(try Topology.render(Topology.fromCSV(table, named: "table.csv")) == text)
}
