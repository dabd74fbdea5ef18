import Divisions
package import Ledger

/// What one who only looks on sees of a frame: for simulators, which carry frames as bytes, and for those who debug.
package struct FrameView: Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case greeting, farewell, comparison, batch, acknowledgement, have, ask, branch, fork, alarm, probe
        case fileAsk, fileNote, report
    }

    /// Consecutive entries of one stream.
    package struct Part: Hashable, Sendable {
        package let stream: StreamID
        package let first: UInt64
        package let count: Int
    }

    package let kind: Kind
    /// The number of a batch on its link.
    package let sequence: UInt64?
    /// What a batch carries.
    package let parts: [Part]
    /// What the answer to a question or the proof of a fork carries.
    package let evidence: [Part]
    /// Where the other side is told to go on in a stream, of which nothing is carried.
    package let rewind: Part?
    /// Streams that are spoken of without anything of them: in a comparison, a question, or a standing.
    package let named: [StreamID]
    /// What a greeting says its sender holds of what both are to hold.
    package let root: Digest?
    /// Bytes of files that it carries.
    package let fileBytes: Int

    /// - Returns: `nil` for bytes that are no frame.
    package init?(_ frame: [UInt8]) {
        guard let message = try? Message(decoding: frame) else { return nil }
        var sequence: UInt64?
        var parts: [Part] = []
        var evidence: [Part] = []
        var rewind: Part?
        var named: [StreamID] = []
        var root: Digest?
        var fileBytes = 0
        switch message {
        case .greeting(let greeting):
            kind = .greeting
            root = greeting.root
        case .farewell: kind = .farewell
        case .comparison(let turn):
            kind = .comparison
            named = turn.streams
        case .batch(let number, _, let pieces):
            kind = .batch
            sequence = number
            parts = pieces.map { Part(stream: $0.stream, first: $0.first, count: $0.entries.count) }
        case .acknowledgement: kind = .acknowledgement
        case .have(let stream, let number, _):
            kind = .have
            rewind = Part(stream: stream, first: number &+ 1, count: 0)
            named = [stream]
        case .ask(let stream, _, _):
            kind = .ask
            named = [stream]
        case .branch(let run):
            kind = .branch
            evidence = [Part(run)]
        case .fork(let left, let right):
            kind = .fork
            evidence = [Part(left), Part(right)]
        case .twoMachines: kind = .alarm
        case .probe: kind = .probe
        case .slices(let number, let slices):
            kind = .batch
            sequence = number
            fileBytes = slices.reduce(0) { $0 + $1.bytes.count }
        case .fileAsk: kind = .fileAsk
        case .fileNote: kind = .fileNote
        case .report: kind = .report
        }
        (self.sequence, self.parts) = (sequence, parts)
        (self.evidence, self.rewind) = (evidence, rewind)
        (self.named, self.root, self.fileBytes) = (named, root, fileBytes)
    }
}

extension Comparing.Turn {
    /// In the order in which they stand there.
    fileprivate var streams: [StreamID] {
        let listed = expansions.flatMap { expansion -> [StreamID] in
            guard case .leaves(let leaves) = expansion.content else { return [] }
            return leaves.map(\.stream)
        }
        return listed + replies.map(\.stream)
    }
}

extension FrameView.Part {
    fileprivate init(_ run: SealedRun) {
        self.init(stream: run.stream, first: run.first, count: run.entries.count)
    }
}

/// Frames that no honest core sends, for whoever tests what is made of them.
package enum ForgedFrame {
    /// A batch of these runs, whatever they are worth.
    package static func batch(sequence: UInt64, lane: Lane, runs: [SealedRun]) -> [UInt8] {
        let pieces = runs.map {
            Piece(stream: $0.stream, first: $0.first, entries: $0.entries, signature: $0.signature)
        }
        return Message.batch(sequence: sequence, lane: lane, pieces: pieces).encoded
    }

    /// The first byte of every batch: which frame it is comes first.
    package static let batchStart = batch(sequence: 1, lane: .ordinary, runs: []).first
    /// The first byte of every report of nodes.
    package static let reportStart = Message.report(Report(clock: 1, nodes: [])).encoded.first

    /// "I hold the stream up to this number."
    package static func have(_ stream: StreamID, number: UInt64) -> [UInt8] {
        Message.have(stream, number: number, tree: nil).encoded
    }
}
