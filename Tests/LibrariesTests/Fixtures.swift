import Foundation
import Libraries
import Testing

/// The small laws and tables of the repository's `Fixtures` folder.
enum Fixtures {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: root.appending(path: name)))
    }

    /// The names of all law files, in order.
    static let laws: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "laws").path)
        return (names ?? []).sorted()
    }()

    /// Every law file that is no stub, read.
    static func readableLaws() throws -> [ParsedStatute] {
        var laws: [ParsedStatute] = []
        for name in self.laws {
            let result = StatuteFile.parse(try bytes("laws/\(name)"), fileName: name)
            if case .success(let law) = result { laws.append(law) }
        }
        return laws
    }

    static func law(_ name: String) throws -> ParsedStatute {
        try StatuteFile.parse(try bytes("laws/\(name)"), fileName: name).get()
    }
}

/// Seeds for tests that draw at random.
func seeds(_ count: UInt64) -> [UInt64] { Array(1...count) }

/// Cuts bytes into pieces of random sizes, empty ones included.
func pieces(_ bytes: [UInt8], using random: inout SplitMix64) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = random.below(8)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
    }
    return pieces
}
