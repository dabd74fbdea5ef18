/// A province, city, county, township or village, with its explicit parent.
package struct Division: Hashable, Sendable {
    /// The longest name in UTF-8 bytes: the longest official names (autonomous counties of several peoples) need 60.
    package static let nameBytesMax = 120

    package let code: DivisionCode
    /// What people call it, such as 台山市.
    package let name: String
    package let level: Level
    /// Nil at the one root of a tree.
    package let parent: DivisionCode?

    package init(code: DivisionCode, name: String, level: Level, parent: DivisionCode?) {
        self.code = code
        self.name = name
        self.level = level
        self.parent = parent
    }

    /// Whether the text can stand as a name: neither empty nor too long, and without invisible characters, which
    /// could make two names look alike or break a line.
    package static func isName(_ text: String) -> Bool {
        (1...nameBytesMax).contains(text.utf8.count) && !text.unicodeScalars.contains(where: isInvisible)
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

/// A place where a node runs: at most one in a division.
///
/// That a division has a seat is part of the tree's version; where the seat is reached is not, so that a node may
/// move to another machine without a new tree.
package struct Seat: Hashable, Sendable {
    package let division: DivisionCode
    /// How the node is called on screens: by custom the name of its division.
    package let name: String
    /// The host name or address on which children reach the node.
    package let host: String
    /// The TCP port on which children reach the node.
    package let port: Int

    package init(division: DivisionCode, name: String, host: String, port: Int) {
        self.division = division
        self.name = name
        self.host = host
        self.port = port
    }
}
