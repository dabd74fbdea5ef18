/// What is wrong with a configuration file, and where.
package struct ConfigurationFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file as the caller named it.
    package let file: String
    /// From 1; `nil` where the file could not be read at all.
    package let line: Int?
    /// What is wrong, and what to do about it.
    package let message: String

    package var description: String {
        line.map { "\(file), line \($0): \(message)" } ?? "\(file): \(message)"
    }
}
