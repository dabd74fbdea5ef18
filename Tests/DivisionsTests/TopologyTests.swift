import Divisions
import Testing

private let file = "tree.yaml"

private let good = """
    divisions:
      - { code: "440000", name: 广东省, level: province, node: { host: 127.0.0.1, port: 7101 } }
      - { code: "440700", name: 江门市, level: city, parent: "440000" }
      - { code: "440781", name: 台山市, level: county, parent: "440700" }

    """

private func fault(_ yaml: String) -> TopologyFault? {
    do {
        _ = try Topology.parse(yaml, named: file)
        return nil
    } catch {
        return error
    }
}

/// One wrong thing in a file of which the rest is right.
struct WrongFile: CustomTestStringConvertible, Sendable {
    var what: String
    var replace: String
    var with: String
    var line: Int
    var column: Int
    var message: String

    var testDescription: String { what }

    static let all: [WrongFile] = [
        WrongFile(
            what: "a cycle", replace: "level: city, parent: \"440000\"", with: "level: city, parent: \"440781\"",
            line: 3, column: 55, message: "division 440700 is below 440781 is below 440700 again"),
        WrongFile(
            what: "an orphan", replace: "county, parent: \"440700\"", with: "county, parent: \"440799\"",
            line: 4, column: 57,
            message: "division 440781 names parent 440799, which is not in this file; add it or correct the parent"),
        WrongFile(
            what: "a duplicate code", replace: "code: \"440781\"", with: "code: \"440700\"",
            line: 4, column: 13, message: "division 440700 is already on line 3"),
        WrongFile(
            what: "a level out of order", replace: "level: county", with: "level: city",
            line: 4, column: 41, message: "division 440781 is a city below 440700, a city"),
        WrongFile(
            what: "a second top", replace: "level: city, parent: \"440000\"", with: "level: city",
            line: 3, column: 5, message: "divisions 440000 and 440700 both have no parent"),
        WrongFile(
            what: "a top without a node", replace: ", node: { host: 127.0.0.1, port: 7101 }", with: "",
            line: 2, column: 5, message: "division 440000 stands at the top and has no node"),
        WrongFile(
            what: "an empty name", replace: "江门市", with: "\"\"",
            line: 3, column: 29, message: "division 440700 needs a name"),
        WrongFile(
            what: "a code with other letters", replace: "code: \"440781\"", with: "code: Taishan",
            line: 4, column: 13, message: "code \"Taishan\" is not a code"),
        WrongFile(
            what: "a parent with other letters", replace: "county, parent: \"440700\"", with: "county, parent: a b",
            line: 4, column: 57, message: "parent \"a b\" is not a code"),
        WrongFile(
            what: "a code that reads as a number", replace: "code: \"440781\"", with: "code: 440781",
            line: 4, column: 13, message: "code must be text, which \"440781\" is not; put it in quotes"),
        WrongFile(
            what: "a name that reads as a truth value", replace: "江门市", with: "yes",
            line: 3, column: 29, message: "name must be text, which \"yes\" is not; put it in quotes"),
        WrongFile(
            what: "a name with another tag", replace: "江门市", with: "!!int \"7\"",
            line: 3, column: 29, message: "name must be text"),
        WrongFile(
            what: "a parent without a value", replace: "county, parent: \"440700\"", with: "county, parent: ~",
            line: 4, column: 57, message: "parent must be text"),
        WrongFile(
            what: "an unknown level", replace: "level: county", with: "level: district",
            line: 4, column: 41, message: "level \"district\" is not one of province, city, county, township, village"),
        WrongFile(
            what: "a missing key", replace: "name: 台山市, ", with: "",
            line: 4, column: 5, message: "a division needs the key \"name\""),
        WrongFile(
            what: "an unknown key", replace: "level: county", with: "lvl: county",
            line: 4, column: 34,
            message: "unknown key \"lvl\" in a division; known are code, name, level, parent, node"),
        WrongFile(
            what: "an unknown key of a node", replace: "port: 7101", with: "prot: 7101",
            line: 2, column: 76, message: "unknown key \"prot\" in the node of division 440000"),
        WrongFile(
            what: "a node without a port", replace: ", port: 7101", with: "",
            line: 2, column: 57, message: "the node of division 440000 needs the key \"port\""),
        WrongFile(
            what: "an unknown key beside the list", replace: "divisions:", with: "version: 1\ndivisions:",
            line: 1, column: 1, message: "unknown key \"version\" in the file"),
        WrongFile(
            what: "one key twice", replace: "level: county", with: "level: county, level: city",
            line: 4, column: 34, message: "the key \"level\" is given twice"),
        WrongFile(
            what: "a row that is no mapping", replace: "divisions:", with: "divisions:\n  - 440000",
            line: 2, column: 5, message: "a division must be a mapping"),
        WrongFile(
            what: "a node that is no mapping", replace: "node: { host: 127.0.0.1, port: 7101 }", with: "node: here",
            line: 2, column: 57, message: "the node of division 440000 must be a mapping with the keys host, port, name"
        ),
        WrongFile(
            what: "a port in quotes", replace: "port: 7101", with: "port: \"7101\"",
            line: 2, column: 82, message: "port must be a whole number without quotes"),
        WrongFile(
            what: "a port that is no number", replace: "port: 7101", with: "port: 71.5",
            line: 2, column: 82, message: "port must be a whole number"),
        WrongFile(
            what: "a port out of range", replace: "port: 7101", with: "port: 70000",
            line: 2, column: 82, message: "port 70000 of the node of division 440000 is not between 1 and 65535"),
        WrongFile(
            what: "a host with a space", replace: "host: 127.0.0.1", with: "host: my host",
            line: 2, column: 65, message: "the node of division 440000 needs a host name or an address"),
        WrongFile(
            what: "a name of a node that is empty", replace: "port: 7101", with: "port: 7101, name: \"\"",
            line: 2, column: 94, message: "the node of division 440000 needs a name of 1 to 120 bytes, or none at all"),
        WrongFile(
            what: "two nodes at one address", replace: "parent: \"440000\" }",
            with: "parent: \"440000\", node: { host: 127.0.0.1, port: 7101 } }",
            line: 3, column: 79, message: "the nodes of divisions 440000 and 440700 have the same host and port"),
        WrongFile(
            what: "a bracket that is never closed", replace: "parent: \"440700\" }", with: "parent: \"440700\"",
            line: 5, column: 1, message: "this is not YAML"),
        WrongFile(
            what: "a tab for indentation", replace: "  - { code: \"440781\"", with: "\t- { code: \"440781\"",
            line: 4, column: 1, message: "this is not YAML"),
        WrongFile(
            what: "a control character", replace: "台山市", with: "台\u{1}山市",
            line: 4, column: 30, message: "this is not YAML"),
        WrongFile(
            what: "an alias of nothing", replace: "台山市", with: "*name",
            line: 4, column: 29, message: "this is not YAML"),
        WrongFile(
            what: "a second document", replace: "parent: \"440700\" }", with: "parent: \"440700\" }\n---\nmore: 1",
            line: 5, column: 1, message: "this is not YAML"),
    ]
}

@Test(arguments: WrongFile.all)
func `what is wrong in a file is told with its line and column`(wrong: WrongFile) throws {
    #expect(fault(good) == nil)
    let yaml = good.replacing(wrong.replace, with: wrong.with)
    #expect(yaml != good)
    let found = try #require(fault(yaml))
    #expect(found.line == wrong.line)
    #expect(found.column == wrong.column)
    #expect(found.message.hasPrefix(wrong.message), "\(found.message)")
    #expect(found.description == "tree.yaml, line \(wrong.line), column \(wrong.column): \(found.message)")
}

@Test(arguments: ["", "# nothing\n", "---\n", "divisions:\n", "divisions: []\n", "[]", "just words"])
func `a file without divisions is refused`(yaml: String) throws {
    #expect(fault(yaml) != nil)
}

@Test(arguments: ["[", "{a: ", "- "])
func `a text nested without end is refused`(opening: String) throws {
    #expect(try #require(fault(String(repeating: opening, count: 100_000))).line == 1)
}

@Test func `a text longer than the largest tree needs is refused unread`() throws {
    let yaml = String(repeating: "#", count: Topology.textBytesMax + 1)
    #expect(try #require(fault(yaml)).message.contains("at most \(Topology.textBytesMax) are read"))
}

@Test func `a node is called like its division unless it has a name`() throws {
    let yaml = """
        divisions:
          - code: p
            name: 省
            level: province
            node: { host: "::1", port: 1, name: 一号机 }
          - { code: c, name: 市, level: city, parent: p, node: { host: c.example, port: 65535 } }
        """
    let tree = try Topology.parse(yaml, named: file)
    #expect(tree.seats.map(\.name) == ["市", "一号机"])
    #expect(tree.seat(at: "p") == Seat(division: "p", name: "一号机", host: "::1", port: 1))
}

@Test(arguments: 0..<100 as Range<UInt64>)
func `a rendered tree parses into the same tree`(seed: UInt64) throws {
    let random = RandomTree(seed: seed)
    let tree = try DivisionTree(divisions: random.divisions, seats: random.seats)
    let text = Topology.render(tree)
    let again = try Topology.parse(text, named: file)
    #expect(again == tree)
    #expect(again.version == tree.version)
    #expect(Topology.render(again) == text)
}

@Test(arguments: [
    "true", "~", "12", "a: b", "- a", "\"", "\\", "it's", " 空 ", "#", "[镇]", "西藏·区", "𠮷镇", "👮",
    "e\u{301}", "\u{E000}", "\u{FFFF}",
])
func `a name that YAML could read as something else comes through unchanged`(name: String) throws {
    let tree = try DivisionTree(
        divisions: [Division(code: "1", name: name, level: .province, parent: nil)],
        seats: [Seat(division: "1", name: "\(name)!", host: "1.5", port: 1)])
    let again = try Topology.parse(Topology.render(tree), named: file)
    #expect(Array(again.divisions[0].name.utf8) == Array(name.utf8))
    #expect(again == tree)
}
