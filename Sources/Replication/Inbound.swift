import Ledger

/// Puts runs together from the pieces a neighbour sends, and remembers which batches are durable.
struct Inbound: Sendable {
    private struct Open: Sendable {
        var piece: Piece
        let firstSequence: UInt64
    }

    private var open: [StreamID: Open] = [:]
    private var openBytes = 0
    private(set) var lastSequence: UInt64 = 0
    /// Something arrived since the last acknowledgement.
    private(set) var owesAcknowledgement = false

    /// Takes a batch in; what comes back are the runs it completed, in order.
    mutating func take(sequence: UInt64, pieces: [Piece]) throws(FrameFault) -> [SealedRun] {
        guard sequence == lastSequence + 1 else {
            throw FrameFault("batch \(sequence) where \(lastSequence + 1) belongs")
        }
        lastSequence = sequence
        owesAcknowledgement = true
        var runs: [SealedRun] = []
        for piece in pieces {
            if let run = try add(piece, sequence) { runs.append(run) }
        }
        return runs
    }

    private mutating func add(_ piece: Piece, _ sequence: UInt64) throws(FrameFault) -> SealedRun? {
        var whole = piece
        var since = sequence
        if let begun = open.removeValue(forKey: piece.stream) {
            openBytes -= begun.piece.byteCount
            if begun.piece.next == piece.first {
                whole = begun.piece
                whole.entries.append(contentsOf: piece.entries)
                whole.signature = piece.signature
                since = begun.firstSequence
            }
        }
        let bytes = whole.entries.reduce(0) { $0 + $1.byteCount }
        guard whole.entries.count <= Limits.entriesPerSealMax, bytes <= Limits.sealRunBytesMax else {
            throw FrameFault("a run of \(whole.entries.count) entries and \(bytes) bytes under one seal")
        }
        if let signature = whole.signature {
            return SealedRun(stream: whole.stream, first: whole.first, entries: whole.entries, signature: signature)
        }
        open[whole.stream] = Open(piece: whole, firstSequence: since)
        openBytes += whole.byteCount
        guard openBytes <= ReplicationLimits.unsealedBytesMax else {
            throw FrameFault("\(openBytes) bytes of runs without a seal")
        }
        return nil
    }

    /// What may be confirmed once all runs completed so far are durable.
    mutating func acknowledgement() -> (received: UInt64, durable: UInt64) {
        owesAcknowledgement = false
        return (lastSequence, durableSequence)
    }

    /// The last batch before any run that still lacks its seal.
    var durableSequence: UInt64 {
        let firstOpen = open.values.map(\.firstSequence).min() ?? lastSequence + 1
        return min(lastSequence, firstOpen - 1)
    }
}
