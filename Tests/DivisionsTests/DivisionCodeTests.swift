import Divisions
import Foundation
import Testing

/// A variable, since a code written as a literal stops the program if it is none.
private func code(_ text: String) -> DivisionCode? { DivisionCode(text) }

@Test(arguments: ["4", "440781106", "county-a", "-", "012345678901234"])
func `a code of one to fifteen digits, lower-case letters and hyphens is taken as it stands`(text: String) {
    #expect(code(text)?.text == text)
    #expect(code(text)?.description == text)
}

@Test(arguments: ["", "0123456789012345", "County", "a_b", "a b", "区", "a\n", "é", "\u{0}"])
func `any other code is refused`(text: String) {
    #expect(code(text) == nil)
}

@Test func `codes are ordered by bytes`() {
    let codes: [DivisionCode] = ["a", "440000", "b-1", "-", "44", "b1", "440000001"]
    #expect(codes.sorted() == ["-", "44", "440000", "440000001", "a", "b-1", "b1"])
}

@Test func `a code is one string in JSON, and a string that is no code is refused`() throws {
    let codes: [DivisionCode] = ["440000", "city"]
    let data = try JSONEncoder().encode(codes)
    #expect(String(bytes: data, encoding: .utf8) == #"["440000","city"]"#)
    #expect(try JSONDecoder().decode([DivisionCode].self, from: data) == codes)
    #expect(throws: DecodingError.self) {
        try JSONDecoder().decode([DivisionCode].self, from: Data(#"["Stadt"]"#.utf8))
    }
}

@Test func `levels descend from province to village and are found by name`() {
    #expect(Level.allCases.map(\.rawValue) == [1, 2, 3, 4, 5])
    #expect(Level.allCases == Level.allCases.sorted())
    #expect(Level.allCases.map(\.englishName) == ["province", "city", "county", "township", "village"])
    #expect(Level.allCases.map(\.chineseName) == ["省级", "市级", "县级", "乡级", "村级"])
    #expect(Level.allCases.allSatisfy { Level(name: $0.englishName) == $0 })
    #expect(Level(name: "town") == nil)
}

@Test func `flows have fixed numbers and names`() {
    #expect(Flow.allCases.map(\.rawValue) == [1, 2, 3, 4])
    #expect(Flow.allCases.map(\.name) == ["up", "up-urgent", "down", "down-urgent"])
    #expect(Flow.allCases.allSatisfy { Flow(name: $0.name) == $0 })
    #expect(Flow(name: "sideways") == nil)
    #expect(Flow.allCases.filter(\.flowsDown) == [.down, .downUrgent])
    #expect(Flow.allCases.filter(\.isUrgent) == [.upUrgent, .downUrgent])
}
