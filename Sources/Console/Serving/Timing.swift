import HTTPTypes
import Hummingbird
import Synchronization

/// Tells with every answer how long it took here, as browsers show it beside what a page loads (W3C, Server Timing):
/// `total` from the request's head to the answer's, `api` the part of it in calls of the API, one after another.
struct TimingMiddleware: RouterMiddleware {
    typealias Context = ConsoleContext

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let (tally, start) = (CallTally(), ContinuousClock.now)
        var response = try await CallTally.$current.withValue(tally) { try await next(request, context) }
        let (calls, spent) = tally.sum
        let total = Self.milliseconds(start.duration(to: .now))
        if let name = Self.header {
            response.headers[name] =
                "total;dur=\(total), api;dur=\(Self.milliseconds(spent));desc=\"\(calls)\""
        }
        return response
    }

    private static let header = HTTPField.Name("Server-Timing")

    /// With two decimals.
    static func milliseconds(_ duration: Duration) -> String {
        let parts = duration.components
        let hundredths = max(0, parts.seconds * 100_000 + parts.attoseconds / 10_000_000_000_000)
        let part = hundredths % 100
        return "\(hundredths / 100).\(part < 10 ? "0" : "")\(part)"
    }
}

/// The calls of the API that one answer needs, and how long they take.
final class CallTally: Sendable {
    @TaskLocal static var current: CallTally?

    private let state = Mutex<(calls: Int, spent: Duration)>((0, .zero))

    var sum: (calls: Int, spent: Duration) { state.withLock { $0 } }

    func add(_ spent: Duration) {
        state.withLock { state in
            state.calls += 1
            state.spent += spent
        }
    }
}
