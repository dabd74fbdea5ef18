import Hummingbird
import NIOCore
import NIOSSL
import Node

/// What accompanies a request on its way to its page.
struct ConsoleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Who asks: where from, and with which certificate. A stream of HTTP/2 has its connection above it.
    func peer() async -> Peer {
        let connection = channel.pipeline
        let handler = try? await connection.handler(type: NIOSSLServerHandler.self).map(\.peerFingerprint).get()
        if let handler { return Peer(address: channel.remoteAddress?.ipAddress, certificate: handler) }
        guard let parent = channel.parent else { return Peer(address: channel.remoteAddress?.ipAddress) }
        let above = try? await parent.pipeline.handler(type: NIOSSLServerHandler.self).map(\.peerFingerprint).get()
        let address = parent.remoteAddress?.ipAddress ?? channel.remoteAddress?.ipAddress
        return Peer(address: address, certificate: above ?? nil)
    }
}
