package import Hummingbird
package import Logging
import NIOCore

/// Who stands at the other end of a connection, as far as whoever accepted it knows.
package struct Peer: Hashable, Sendable {
    /// The address that it comes from, without the port; `nil` where there is none.
    package let address: String?
    /// SHA-256 of the client certificate that it proved to hold, 64 hexadecimal digits in lower case; `nil` without TLS
    /// or without a certificate. Whoever accepted the connection has verified the chain.
    package let certificate: String?

    package init(address: String?, certificate: String? = nil) {
        (self.address, self.certificate) = (address, certificate)
    }
}

/// The API of a node without a socket: the same endpoints, the same problems, the same lines in the log. For edges of
/// the node that serve people, such as its pages.
package struct APIDoor: Sendable {
    let responder: RouterResponder<NodeRequestContext>
    private let logger: Logger

    init(_ api: API) {
        (responder, logger) = (Self.router(api).buildResponder(), api.logger)
    }

    /// Answers a request as the API answers it over HTTP, whatever it is; never throws.
    ///
    /// - Parameter peer: who asks of the edge that asks here.
    package func answer(_ request: Request, from peer: Peer) async -> Response {
        do { return try await responder.respond(to: request, context: NodeRequestContext(logger, peer)) } catch {
            logger.error("an endpoint failed", metadata: ["error": "\(type(of: error))"])
            return API.answer(
                Problem(.internalError, "the node's operator finds the reason in its log; try again"), to: request)
        }
    }

    private static func router(_ api: API) -> Router<NodeRequestContext> {
        let router = Router(context: NodeRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ProblemMiddleware(logger: api.logger))
        for endpoint in Endpoint.all {
            router.on(RouterPath(endpoint.path), method: endpoint.method) { request, context in
                let call = try APICall(request, context.parameters, from: context.peer)
                return try await endpoint.answer(call, with: api)
            }
        }
        return router
    }
}

/// Puts a node's API together.
///
/// - Parameters:
///   - clock: milliseconds since 1970, for ids that sort by time and for what day it is.
///   - heartbeat: how long a stream of changes is silent at most.
///   - metrics: what `/metrics` answers.
///   - health: what `/healthz` answers.
package func makeAPIDoor(
    core: any NodeAccess, tokens: APITokens, access: Access, numbers: NumberService? = nil, board: Board? = nil,
    operation: NodeOperation? = nil, logger: Logger, clock: @escaping @Sendable () -> UInt64,
    heartbeat: Duration = .seconds(APILimits.heartbeatSeconds), metrics: @escaping @Sendable () async -> String,
    health: @escaping @Sendable () async -> APIHealth
) -> APIDoor {
    APIDoor(
        API(
            core: core, tokens: tokens, access: access, numbers: numbers, board: board, operation: operation,
            clock: clock, metrics: metrics,
            health: health, heartbeat: heartbeat, logger: logger))
}

/// What accompanies a request on its way through the router.
struct NodeRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let peer: Peer

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = Peer(address: source.channel.remoteAddress?.ipAddress)
    }

    init(_ logger: Logger, _ peer: Peer) {
        coreContext = CoreRequestContextStorage(source: Inside(logger: logger))
        self.peer = peer
    }

    /// Where a request comes from that came over no socket.
    private struct Inside: RequestContextSource {
        let logger: Logger
    }
}
