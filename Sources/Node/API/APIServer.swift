import HTTPTypes
import Hummingbird
import HummingbirdCore
import Libraries
import Logging
import NIOCore
import Replication
import ServiceLifecycle
import Store

/// The local HTTP/JSON API of a node as a service: it listens once it runs, and stops gracefully, when requests that
/// are being answered are finished and streams of changes ended.
package struct APIService: Service {
    private let application: Application<RouterResponder<NodeRequestContext>>
    private let bound: BoundPort
    private let address: String

    init(_ door: APIDoor, host: String, port: Int, logger: Logger) {
        let bound = BoundPort()
        var configuration = ApplicationConfiguration(address: .hostname(host, port: port))
        configuration.availableConnectionsDelegate = MaximumAvailableConnections(APILimits.connectionsMax)
        application = Application(
            responder: door.responder,
            server: .http1(configuration: HTTP1Channel.Configuration(idleTimeout: .seconds(APILimits.idleSecondsMax))),
            configuration: configuration,
            onServerRunning: { channel in bound.settle(channel.localAddress?.port) }, logger: logger)
        self.bound = bound
        address = "\(host):\(port)"
    }

    package func run() async throws {
        defer { bound.settle(nil) }
        do {
            try await application.run()
        } catch let error as IOError {
            throw NodeStartFault(
                "the API cannot listen on \(address): \(error); end what uses it, or change the key \"api\"")
        }
    }

    /// The port it listens on, as soon as it does: the one it was given, or for 0 the one the system chose. `nil` if
    /// it never listened.
    package var port: Int? { get async { await bound.value } }
}

/// Turns whatever an endpoint throws into problem details, and writes one line a request to the log: method, endpoint
/// and status, never an id, a query or a value.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = NodeRequestContext

    let logger: Logger

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let response: Response
        do { response = try await next(request, context) } catch {
            response = API.answer(problem(error, request), to: request)
        }
        logger.log(
            level: response.status.code >= 500 ? .warning : .debug, "answered",
            metadata: [
                "method": "\(request.method)", "endpoint": "\(context.endpointPath ?? "none")",
                "status": "\(response.status.code)",
            ])
        return response
    }

    private func problem(_ error: any Error, _ request: Request) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let failure as StoreFailure: return Problem(failure)
        case let failure as WriteFailure: return Problem(failure)
        case let error as HTTPError where error.status == .notFound:
            let allowed = Endpoint.methods(at: request.uri.path).joined(separator: ", ")
            guard !allowed.isEmpty else { return Problem(.noSuchEndpoint, "see /openapi.json for what there is") }
            return Problem(.methodNotAllowed, "use one of \(allowed)", members: ["allow": .text(allowed)])
        default:
            logger.error("an endpoint failed", metadata: ["error": "\(type(of: error))"])
            return Problem(.internalError, "the node's operator finds the reason in its log; try again")
        }
    }
}
