/// A sentence for the people who import: Chinese first, English beside it. It never holds personal data.
package struct Reason: Error, Hashable, Sendable, CustomStringConvertible {
    package let chinese: String
    package let english: String

    package init(_ chinese: String, _ english: String) {
        (self.chinese, self.english) = (chinese, english)
    }

    package var description: String { "\(chinese) (\(english))" }
}

/// What an import did not take: one line of the one report that every import ends with.
package struct RefusedRow: Hashable, Sendable, CustomStringConvertible {
    /// As the importer was given it.
    package let file: String
    /// Counted from 1; 0 if the whole file is meant.
    package let line: Int
    package let reason: Reason

    package init(file: String, line: Int, reason: Reason) {
        (self.file, self.line, self.reason) = (file, line, reason)
    }

    package var description: String { line > 0 ? "\(file):\(line): \(reason)" : "\(file): \(reason)" }
}
