/// What acceptance depends on and so must be alike on every node. Raised by a record of the province, never by a release.
package enum Limits {
    /// One entry, header and personal values together: small enough for a line of 64 kbit/s to pass it in 16 seconds.
    package static let entryBytesMax = 131_072
    /// Edits in one entry: a packed entry of a library holds some hundred fields.
    package static let editsPerEntryMax = 4_096
    /// Citations of one kind on one edit: a removal cites every live dot of its record.
    package static let citationsPerEditMax = 1_024
    /// Streams that one entry cites besides its own.
    package static let streamsPerEntryMax = 1_024
    /// Different names of kinds and fields in one entry.
    package static let namesPerEntryMax = 256
    /// Entries under one seal, and their bytes: what a node holds in memory before it can judge a run.
    package static let entriesPerSealMax = 4_096
    package static let sealRunBytesMax = 4_194_304
    /// Certificates in an opening, and bytes of each (RFC 5280 sets no bound).
    package static let certificatesMax = 6
    package static let certificateBytesMax = 4_096
    /// A writer's public key and a seal, in the longest form any suite uses.
    package static let keyBytesMax = 160
    package static let sealBytesMax = 160
    /// The acting body's code.
    package static let bodyBytesMax = 64
}
