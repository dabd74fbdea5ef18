import Foundation

/// The repository's own Swift files, as the rules below read them.
struct SourceTree {
    struct File {
        let path: String
        let lines: [Substring]

        /// The lines without comments and without the contents of string literals: what a rule about code may look at.
        var code: [(number: Int, text: String)] {
            lines.enumerated().compactMap { index, line in
                let trimmed = line.drop { $0 == " " }
                guard !trimmed.hasPrefix("//") else { return nil }
                return (index + 1, Self.withoutStrings(String(trimmed)))
            }
        }

        private static func withoutStrings(_ line: String) -> String {
            var kept = ""
            var isInside = false
            var previous: Character = " "
            for character in line {
                if character == "\"", previous != "\\" { isInside.toggle() }
                if !isInside { kept.append(character) }
                previous = character
            }
            return kept
        }
    }

    let root: URL
    let files: [File]

    init() throws {
        root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var files: [File] = []
        for folder in ["Sources", "Tests"] {
            let base = root.appending(path: folder)
            guard let walk = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil) else { continue }
            for case let url as URL in walk where url.pathExtension == "swift" && !url.path.hasSuffix(".pb.swift") {
                let text = try String(contentsOf: url, encoding: .utf8)
                let path = String(url.path.dropFirst(root.path.count + 1))
                files.append(File(path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false)))
            }
        }
        self.files = files.sorted { $0.path < $1.path }
    }

    /// The files of one target.
    func target(_ name: String) -> [File] { files.filter { $0.path.hasPrefix("Sources/\(name)/") } }
}
