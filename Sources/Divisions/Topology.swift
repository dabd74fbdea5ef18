/// What is wrong with a topology file, and where.
package struct TopologyFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name of the file as the caller gave it.
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int
    /// What is wrong, and what to do about it.
    package let message: String

    package var description: String { "\(file), line \(line), column \(column): \(message)" }
}

/// The first tree of a province as a text that people read and keep in version control.
///
/// A topology file is YAML with the one key `divisions`, a list with one division a line:
///
///     divisions:
///       - { code: "440700", name: 江门市, level: city, parent: "440000", node: { host: "10.7.0.1", port: 7443 } }
///       - { code: "440781", name: 台山市, level: county, parent: "440700" }
///
/// `code` is text and therefore in quotes when it has only digits; `level` is one of `province`, `city`, `county`,
/// `township` and `village`; only the division at the top has no `parent`. A division without a `node` is served by
/// the nearest one above it that has one, so the one at the top must have one. A node may have a `name`; without it,
/// it is called like its division. Any other key is refused.
///
/// Functions here are pure: reading and writing files is the caller's.
package enum Topology {
    /// The longest text in bytes: the largest tree takes less than 200 bytes a division.
    package static let textBytesMax = 200 * DivisionTree.divisionsMax

    /// The tree that a topology file describes.
    ///
    /// - Parameter file: the name of the file, for faults.
    package static func parse(_ yaml: String, named file: String) throws(TopologyFault) -> DivisionTree {
        try checkSize(yaml, file)
        return try tree(of: TopologyReader(file: file).rows(in: yaml), in: file)
    }

    /// A topology file that parses into this very tree, parents before children; the same tree gives the same text.
    package static func render(_ tree: DivisionTree) -> String {
        var text = """
            # Who stands below whom, and where nodes run. A division without a node is served by the nearest one above it
            # that has one.
            divisions:

            """
        for division in tree.parentsFirst {
            text += "  - { code: \(quoted(division.code.text)), name: \(plainOrQuoted(division.name))"
            text += ", level: \(division.level.englishName)"
            if let parent = division.parent { text += ", parent: \(quoted(parent.text))" }
            if let seat = tree.seat(at: division.code) {
                let name = seat.name == division.name ? "" : "name: \(plainOrQuoted(seat.name)), "
                text += ", node: { \(name)host: \(quoted(seat.host)), port: \(seat.port) }"
            }
            text += " }\n"
        }
        return text
    }

    static func checkSize(_ text: String, _ file: String) throws(TopologyFault) {
        guard text.utf8.count <= textBytesMax else {
            throw TopologyFault(
                file: file, line: 1, column: 1,
                message: "the file has \(text.utf8.count) bytes; at most \(textBytesMax) are read")
        }
    }

    /// Chinese characters stand as they are; whatever YAML might read as something else goes in quotes.
    private static func plainOrQuoted(_ text: String) -> String {
        text.unicodeScalars.allSatisfy(\.properties.isIdeographic) ? text : quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            let properties = scalar.properties
            if scalar == "\"" || scalar == "\\" {
                result += "\\\(scalar)"
            } else if scalar.isASCII || properties.isAlphabetic || properties.isIdeographic {
                result.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return result + "\""
    }
}
