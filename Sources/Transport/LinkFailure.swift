/// Why there is no link, or no longer one.
///
/// Texts name addresses, sizes and reasons of protocol libraries; they carry nothing of a frame's content.
package enum LinkFailure: Error, Equatable, Sendable {
    /// Our own certificate, key or root cannot be used. Nothing can be linked until an operator mends it.
    case identityUnusable(reason: String)
    /// The address could not be listened on.
    case cannotListen(address: String, reason: String)
    /// No link came to stand: no answer, a refused handshake, or no time left. Worth trying again later.
    case unreachable(address: String, reason: String)
    /// Our own frame is too long to be sent; the link stays open.
    case frameTooLong(bytes: Int, bytesMax: Int)
    /// The peer sent a frame that is longer than allowed; `bytes` is nil where it was cut off on its declared length.
    case peerFrameTooLong(bytes: Int?, bytesMax: Int)
    /// The link ended before its time: the peer refused to go on, went away, or the line is cut.
    case lost(reason: String)
}

extension LinkFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .identityUnusable(let reason):
            "this node's identity cannot be used for links: \(reason); check the identity directory"
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
        case .unreachable(let address, let reason): "no link with \(address): \(reason)"
        case .frameTooLong(let bytes, let bytesMax):
            "a frame of \(bytes) bytes was not sent: it is longer than \(bytesMax) bytes"
        case .peerFrameTooLong(let bytes?, let bytesMax):
            "the peer sent a frame of \(bytes) bytes, longer than \(bytesMax) bytes"
        case .peerFrameTooLong(nil, let bytesMax):
            "the peer announced a frame far longer than \(bytesMax) bytes"
        case .lost(let reason): "the link is lost: \(reason)"
        }
    }
}
