import Divisions
import Foundation
import Ledger
import SwiftProtobuf

/// Turns what sessions say into the bytes of `Proto/tributary/v1/link.proto`, and back.
enum Message: Sendable {
    case greeting(Greeting)
    case farewell(FarewellCode, reason: String)
    case comparison(Comparing.Turn)
    case batch(sequence: UInt64, lane: Lane, pieces: [Piece])
    case acknowledgement(received: UInt64, durable: UInt64)
    case have(StreamID, number: UInt64, tree: TreeVersion?)
    case ask(StreamID, from: UInt64, through: UInt64)
    case branch(SealedRun)
    case fork(left: SealedRun, right: SealedRun)
    case twoMachines(DivisionCode, nonces: [[UInt8]])
    case probe(token: UInt64, isAnswer: Bool)
    /// A batch of parts of files.
    case slices(sequence: UInt64, [FileSlice])
    case fileAsk(FileAsk)
    case fileNote(FileName, isHere: Bool)
    case report(Report)
}

/// The first frame of each side.
struct Greeting: Hashable, Sendable {
    var protocolVersion: UInt32
    var protocolOldest: UInt32
    var division: DivisionCode
    var tree: TreeVersion
    var nonce: [UInt8]
    var remembers: [UInt8]
    var root: Digest
    var clock: UInt64
    var release: String
    var sent: UInt64 = 0
    var received: UInt64 = 0
}

enum FarewellCode: Int, Hashable, Sendable {
    case notYourDivision = 1
    case unknownDivision, notMyNeighbour, protocolVersion, tree, fault, stalled, stopping, turned
}

/// Part of a run on its way: consecutive entries of one stream, sealed if it ends the run.
struct Piece: Hashable, Sendable {
    let stream: StreamID
    let first: UInt64
    var entries: [Entry]
    var signature: [UInt8]?

    var next: UInt64 { first + UInt64(entries.count) }
    var byteCount: Int { entries.reduce(64) { $0 + $1.byteCount + 8 } }
}

/// Why a frame means nothing to us.
struct FrameFault: Error, Hashable, Sendable {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

extension Message {
    var encoded: [UInt8] {
        var frame = Tributary_V1_Frame()
        switch self {
        case .greeting(let greeting): frame.greeting = .init(greeting)
        case .farewell(let code, let reason):
            frame.farewell = .with {
                $0.code = .init(rawValue: code.rawValue) ?? .unspecified
                $0.reason = reason
            }
        case .comparison(let turn): frame.comparison = .init(turn)
        case .batch(let sequence, let lane, let pieces):
            frame.batch = .with {
                $0.sequence = sequence
                $0.lane = UInt32(lane.rawValue)
                $0.pieces = pieces.map(Tributary_V1_Piece.init)
            }
        case .acknowledgement(let received, let durable):
            frame.acknowledgement = .with { ($0.received, $0.durable) = (received, durable) }
        case .have(let stream, let number, let tree):
            frame.have = .with {
                $0.stream = Data(stream.digest.bytes)
                $0.number = number
                $0.treeVersion = Data(tree?.bytes ?? [])
            }
        case .ask(let stream, let from, let through):
            frame.ask = .with {
                $0.stream = Data(stream.digest.bytes)
                ($0.from, $0.through) = (from, through)
            }
        case .branch(let run): frame.branch = .with { $0.run = .init(run) }
        case .fork(let left, let right):
            frame.fork = .with { ($0.left, $0.right) = (.init(left), .init(right)) }
        case .twoMachines(let division, let nonces):
            frame.alarm = .with {
                $0.code = .twoMachines
                $0.division = division.text
                $0.nonces = nonces.map { Data($0) }
            }
        case .probe(let token, let isAnswer):
            frame.probe = .with { ($0.token, $0.answer) = (token, isAnswer) }
        case .slices(let sequence, let slices):
            frame.batch = .with {
                ($0.sequence, $0.lane) = (sequence, UInt32(Lane.files.rawValue))
                $0.slices = slices.map(Tributary_V1_FileSlice.init)
            }
        case .fileAsk(let ask): frame.fileAsk = .init(ask)
        case .fileNote(let name, let isHere):
            frame.fileNote = .with {
                $0.code = isHere ? .here : .absent
                $0.file = .init(name)
            }
        case .report(let report): frame.report = .init(report)
        }
        do { return try frame.serializedBytes() } catch {
            preconditionFailure("a frame of required fields only cannot fail to encode: \(error)")
        }
    }

    init(decoding bytes: [UInt8]) throws(FrameFault) {
        guard bytes.count <= ReplicationLimits.frameBytesMax else {
            throw FrameFault("a frame of \(bytes.count) bytes, over the limit of \(ReplicationLimits.frameBytesMax)")
        }
        let frame: Tributary_V1_Frame
        do { frame = try Tributary_V1_Frame(serializedBytes: bytes) } catch { throw FrameFault("not a frame") }
        switch frame.content {
        case .greeting(let greeting): self = .greeting(try Greeting(greeting))
        case .farewell(let farewell):
            self = .farewell(
                FarewellCode(rawValue: farewell.code.rawValue) ?? .fault, reason: farewell.reason.start(500))
        case .comparison(let comparison): self = .comparison(try Comparing.Turn(comparison))
        case .batch(let batch):
            guard let lane = UInt8(exactly: batch.lane).flatMap(Lane.init(rawValue:)) else {
                throw FrameFault("a batch in lane \(batch.lane)")
            }
            guard batch.slices.isEmpty else {
                self = .slices(sequence: batch.sequence, try FileSlice.all(of: batch))
                break
            }
            var pieces: [Piece] = []
            for piece in batch.pieces { pieces.append(try Piece(piece)) }
            self = .batch(sequence: batch.sequence, lane: lane, pieces: pieces)
        case .acknowledgement(let ack): self = .acknowledgement(received: ack.received, durable: ack.durable)
        case .have(let have):
            let tree = TreeVersion(bytes: Array(have.treeVersion))
            guard have.number < entryNumbers, have.treeVersion.isEmpty || tree != nil else {
                throw FrameFault("a place in a stream that is none")
            }
            self = .have(try StreamID(wire: have.stream), number: have.number, tree: tree)
        case .ask(let ask):
            guard ask.from >= 1, ask.from <= ask.through, ask.through < entryNumbers else {
                throw FrameFault("a question for entries \(ask.from) to \(ask.through)")
            }
            self = .ask(try StreamID(wire: ask.stream), from: ask.from, through: ask.through)
        case .branch(let branch): self = .branch(try SealedRun(branch.run))
        case .fork(let fork): self = .fork(left: try SealedRun(fork.left), right: try SealedRun(fork.right))
        case .alarm(let alarm):
            guard alarm.code == .twoMachines, let division = DivisionCode(alarm.division),
                alarm.nonces.count <= ReplicationLimits.noncesPerDivisionMax,
                alarm.nonces.allSatisfy({ $0.count == 16 })
            else { throw FrameFault("an unknown alarm") }
            self = .twoMachines(division, nonces: alarm.nonces.map { Array($0) })
        case .probe(let probe): self = .probe(token: probe.token, isAnswer: probe.answer)
        case .fileAsk(let ask): self = .fileAsk(try FileAsk(ask))
        case .fileNote(let note):
            guard note.code == .here || note.code == .absent else { throw FrameFault("an unknown note of a file") }
            self = .fileNote(try FileName(note.file), isHere: note.code == .here)
        case .report(let report): self = .report(try Report(report))
        case nil: throw FrameFault("a frame of unknown type")
        }
    }
}

/// No stream has as many entries: numbers can be added to and multiplied without a care.
let entryNumbers: UInt64 = 1 << 62

extension String {
    /// What is shown and logged of a text that a neighbour chose: this many scalars of it.
    func start(_ scalars: Int) -> String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(scalars)))
    }
}

extension StreamID {
    fileprivate init(wire data: Data) throws(FrameFault) {
        guard let digest = Digest(bytes: Array(data)) else { throw FrameFault("a stream id of \(data.count) bytes") }
        self.init(digest)
    }
}

extension Tributary_V1_Piece {
    fileprivate init(_ piece: Piece) {
        self.init()
        stream = Data(piece.stream.digest.bytes)
        first = piece.first
        entries = piece.entries.map { entry in
            .with { ($0.header, $0.body) = (Data(entry.header), Data(entry.body)) }
        }
        seal = Data(piece.signature ?? [])
    }

    fileprivate init(_ run: SealedRun) {
        self.init(Piece(stream: run.stream, first: run.first, entries: run.entries, signature: run.signature))
    }
}

extension Piece {
    fileprivate init(_ piece: Tributary_V1_Piece) throws(FrameFault) {
        guard piece.entries.count <= Limits.entriesPerSealMax, piece.first >= 1, piece.first < entryNumbers else {
            throw FrameFault("a piece of \(piece.entries.count) entries from \(piece.first)")
        }
        guard !piece.entries.isEmpty else { throw FrameFault("a piece without entries") }
        guard piece.seal.count <= Limits.sealBytesMax else { throw FrameFault("a seal of \(piece.seal.count) bytes") }
        self.init(
            stream: try StreamID(wire: piece.stream), first: piece.first,
            entries: piece.entries.map { Entry(header: Array($0.header), body: Array($0.body)) },
            signature: piece.seal.isEmpty ? nil : Array(piece.seal))
    }
}

extension SealedRun {
    fileprivate init(_ wire: Tributary_V1_Piece) throws(FrameFault) {
        let piece = try Piece(wire)
        guard let signature = piece.signature else { throw FrameFault("a branch without its seal") }
        self.init(stream: piece.stream, first: piece.first, entries: piece.entries, signature: signature)
    }
}

extension Tributary_V1_Greeting {
    fileprivate init(_ greeting: Greeting) {
        self.init()
        (`protocol`, protocolOldest) = (greeting.protocolVersion, greeting.protocolOldest)
        division = greeting.division.text
        treeVersion = Data(greeting.tree.bytes)
        (nonce, remembers) = (Data(greeting.nonce), Data(greeting.remembers))
        root = Data(greeting.root.bytes)
        clockMilliseconds = greeting.clock
        release = greeting.release
        (sent, received) = (greeting.sent, greeting.received)
    }
}

extension Greeting {
    fileprivate init(_ wire: Tributary_V1_Greeting) throws(FrameFault) {
        guard let division = DivisionCode(wire.division), let tree = TreeVersion(bytes: Array(wire.treeVersion)),
            let root = Digest(bytes: Array(wire.root)), wire.nonce.count == 16,
            wire.remembers.isEmpty || wire.remembers.count == 16
        else { throw FrameFault("a greeting that names no division, tree, process or digest") }
        self.init(
            protocolVersion: wire.protocol, protocolOldest: wire.protocolOldest, division: division, tree: tree,
            nonce: Array(wire.nonce), remembers: Array(wire.remembers), root: root, clock: wire.clockMilliseconds,
            release: wire.release.start(40), sent: wire.sent, received: wire.received)
    }
}
