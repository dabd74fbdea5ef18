/// Something is wrong with a file of an identity directory: says which file, what is wrong with it and what to do.
/// It never carries the content of a file.
package struct IdentityFault: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Problem: Equatable, Sendable {
        /// The file or directory is not there.
        case missing
        /// The operating system refused to read, write or lock it.
        case system
        /// A secret that other accounts of the machine may read.
        case open
        /// It does not hold what its name says: broken PEM, DER or JSON, or too large.
        case malformed
        /// It is sound in itself but does not belong to the files beside it.
        case mismatched
        /// Something is already there, and would be overwritten.
        case occupied
        /// An argument that no certificate can carry.
        case argument
    }

    package let problem: Problem
    /// The path of the file, or the name of the argument.
    package let file: String
    package let what: String
    package let remedy: String

    package var description: String { "\(file): \(what); \(remedy)" }
}
