import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Synchronization

/// The frames that the peer sends over one link, in its order.
///
/// Reading is what makes room: a peer may be ahead of the reader by the link's window and ten frames, and is then made
/// to wait. The sequence ends when the peer has closed the link, and throws `LinkFailure` where the link ended in
/// another way. One task reads at a time; iterating again goes on where the last iteration stopped.
package struct LinkFrames: AsyncSequence, Sendable {
    let inbox: LinkInbox

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(inbox: inbox) }

    package struct AsyncIterator: AsyncIteratorProtocol {
        let inbox: LinkInbox

        package mutating func next() async throws -> [UInt8]? { try await inbox.next() }
    }
}

/// The receiving end of a link, the same for the side that dialled and the side that listened.
final class LinkInbox: @unchecked Sendable {
    // `pull` and `isOver` are touched only by the one task that holds `reading`; a second reader traps.
    private var pull: () async throws -> Part?
    private var isOver = false
    private let reading = Atomic(false)
    private let limits: LinkLimits

    private enum Part {
        case frame([UInt8])
        /// Metadata, which says nothing between nodes.
        case nothing
        case status(Status)
    }

    /// A listener's inbox. Ends when the peer has sent all it will send.
    init(
        requests: RPCAsyncSequence<RPCRequestPart<GRPCNIOTransportBytes>, any Error>, limits: LinkLimits
    ) {
        var iterator = requests.makeAsyncIterator()
        self.limits = limits
        self.pull = {
            switch try await iterator.next() {
            case .message(let bytes): .frame(bytes.withUnsafeBytes { Array($0) })
            case .metadata: .nothing
            case nil: nil
            }
        }
    }

    /// A dialler's inbox. Ends with the listener's status, without which the link is lost.
    init(
        responses: RPCAsyncSequence<RPCResponsePart<GRPCNIOTransportBytes>, any Error>, limits: LinkLimits
    ) {
        var iterator = responses.makeAsyncIterator()
        self.limits = limits
        self.pull = {
            switch try await iterator.next() {
            case .message(let bytes): .frame(bytes.withUnsafeBytes { Array($0) })
            case .metadata: .nothing
            case .status(let status, _): .status(status)
            case nil: .status(Status(code: .unavailable, message: "the connection ended"))
            }
        }
    }

    func next() async throws -> [UInt8]? {
        let wasReading = reading.exchange(true, ordering: .acquiring)
        precondition(!wasReading, "two tasks read one link at the same time")
        defer { reading.store(false, ordering: .releasing) }

        while !isOver {
            guard let part = try await pulled() else {
                isOver = true
                try Task.checkCancellation()
                return nil
            }
            switch part {
            case .nothing: continue
            case .frame(let bytes):
                guard bytes.count <= limits.frameBytesMax else {
                    isOver = true
                    throw LinkFailure.peerFrameTooLong(bytes: bytes.count, bytesMax: limits.frameBytesMax)
                }
                return bytes
            case .status(let status):
                isOver = true
                try Task.checkCancellation()
                // Nil only for the status of success.
                guard let error = RPCError(status: status) else { return nil }
                throw failure(error)
            }
        }
        return nil
    }

    /// Reads on to the end of the link and drops what comes, so that the peer's farewell can arrive behind it.
    func drain() async throws {
        while try await next() != nil {}
    }

    /// What ended a link whose stream is closed, for a log.
    func ending() async -> String {
        do {
            try await drain()
            return "the peer has closed it"
        } catch {
            return "\(error)"
        }
    }

    private func pulled() async throws -> Part? {
        do {
            return try await pull()
        } catch {
            isOver = true
            try Task.checkCancellation()
            guard let error = error as? RPCError else { throw LinkFailure.lost(reason: "\(error)") }
            throw failure(error)
        }
    }

    private func failure(_ error: RPCError) -> LinkFailure {
        // What the transport says of a message whose declared length is above its bound; it says it of a compressed
        // message too, which no node sends.
        if error.code == .internalError, error.message.hasPrefix("Failed to decode message") {
            return .peerFrameTooLong(bytes: nil, bytesMax: limits.frameBytesMax)
        }
        return .lost(reason: "\(error.code): \(error.message)")
    }
}
