package import Ledger

/// One chunk of a file, with what proves that it belongs there.
package struct FileChunk: Hashable, Sendable {
    package let bytes: [UInt8]
    package let proof: [Digest]

    package init(bytes: [UInt8], proof: [Digest]) { (self.bytes, self.proof) = (bytes, proof) }
}

/// What the core reads of files while it decides. Only whole files count as held.
package protocol FileReading {
    /// Whether the file is here, whole, and its bytes have the digest.
    func holds(_ digest: Digest) -> Bool
    /// How many chunks of a file that is not whole yet are here, from the first on.
    func chunksHeld(of name: FileName) -> UInt32
    /// A chunk of a whole file; `nil` where the file is not here, has another root or size, or cannot be
    /// read.
    func chunk(_ chunk: UInt32, of name: FileName) -> FileChunk?
}

/// What a step wants done to files, after its commit.
package enum FileDuty: Hashable, Sendable {
    /// Keep a checked chunk: the next one of its file.
    case append(FileName, chunk: UInt32, [UInt8])
    /// All chunks are here: make the file whole and durable if its bytes have the digest, else throw them away.
    case finish(FileName)
    /// The bytes on the disk are no longer those the digest names: keep them apart, so that the file is fetched anew.
    case setAside(FileName)
}

/// What the performer needs of a place for files. No file is ever taken away from it.
package protocol FileStoring: FileReading, AnyObject {
    func perform(_ duty: FileDuty) throws(StoreFailure)
}

/// For a core that is to keep no files.
package struct NoFiles: FileReading {
    package init() {}
    package func holds(_ digest: Digest) -> Bool { false }
    package func chunksHeld(of name: FileName) -> UInt32 { 0 }
    package func chunk(_ chunk: UInt32, of name: FileName) -> FileChunk? { nil }
}
