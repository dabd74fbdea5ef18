/// One thing that must hold of a world, looked at from outside it. It may look on while the world turns, and is asked for
/// its verdict once the world has had time to settle.
package protocol Checker: Watcher {
    /// As reports and failures name it.
    var name: String { get }
    /// What it makes sure of, one sentence each.
    var chinese: String { get }
    var english: String { get }
    func verdict(on world: World) throws -> Inspection
}

/// What a checker found.
package struct Inspection: Sendable {
    /// How many things it looked at: a checker that looked at nothing proves nothing.
    package var looked: Int
    /// What is wrong, each in one line, the first of them at the most `findingsMax`.
    package private(set) var findings: [String] = []
    package private(set) var found = 0

    package static let findingsMax = 5

    package init(looked: Int = 0) { self.looked = looked }

    package var isSound: Bool { found == 0 }

    package mutating func add(_ finding: String) {
        found += 1
        if findings.count < Self.findingsMax { findings.append(finding) }
    }
}
