/// Which records name files that lie outside the log, and in which of their registers, as data.
///
/// The digest and the root of the chunks are texts of 64 hexadecimal digits, the size is an integer. A record in which
/// one of the three is missing names no file.
package struct FileNaming: Hashable, Sendable {
    /// The kind of those records.
    package let kind: String
    /// Registers of the kind.
    package let digest: String
    package let root: String
    package let size: String

    package init(kind: String, digest: String, root: String, size: String) {
        (self.kind, self.digest, self.root, self.size) = (kind, digest, root, size)
    }
}
