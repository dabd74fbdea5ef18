import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Changes as server-sent events (WHATWG HTML, section 9.2), until the reader goes, his session ends or the node stops.
extension API {
    func followChanges(_ call: APICall) async throws -> Response {
        try call.query.finish()
        // What happened before now cannot be told again: a reader that had read before is told to read anew.
        let hasReadBefore = call.header(HTTPField.Name.lastEventID) != nil
        let (core, heartbeat, clock, request) = (core, heartbeat, clock, call.request)
        let body = ResponseBody { writer in
            // Followed before the first byte leaves: whoever has read that byte misses nothing from then on.
            let (changes, network) = (core.changes(), core.networkChanges())
            let relay = EventRelay()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    if hasReadBefore { await relay.put(ServerSentEvent(missed: nil)) }
                    // That somebody looked is no news to whoever looks, or no page would ever rest.
                    for await notice in changes where !notice.isOfView { await relay.put(ServerSentEvent(notice)) }
                    relay.close()
                }
                group.addTask {
                    for await _ in network {
                        await relay.put(ServerSentEvent(networkAt: clock()))
                        // Many changes come together: one notice tells of all.
                        try? await Task.sleep(for: .milliseconds(NodeLimits.networkNoticeMilliseconds))
                    }
                }
                group.addTask {
                    while (try? await Task.sleep(for: heartbeat)) != nil { await relay.put(.heartbeat) }
                }
                await withGracefulShutdownHandler {
                    // A write that fails means that the reader is gone: there is nobody left to tell.
                    do {
                        try await writer.write(ByteBuffer(string: ServerSentEvent.heartbeat.text))
                        // With every heartbeat at the latest it is seen that a session has ended.
                        while let event = await relay.take(), isStillIn(request) {
                            try await writer.write(ByteBuffer(string: event.text))
                        }
                    } catch {
                        logger.debug("a reader of changes is gone")
                    }
                } onGracefulShutdown: {
                    relay.close()
                }
                relay.close()
                group.cancelAll()
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }
}

extension HTTPField.Name {
    /// A token of RFC 9110 by its letters alone, so that it is one.
    fileprivate static var lastEventID: HTTPField.Name {
        guard let name = HTTPField.Name("Last-Event-ID") else {
            preconditionFailure("Last-Event-ID is no field's name")
        }
        return name
    }
}

/// One event as it goes over the line.
struct ServerSentEvent: Hashable, Sendable {
    let text: String

    /// A comment: it keeps connections open and shows that both sides live.
    static let heartbeat = ServerSentEvent(text: ": alive\n\n")

    private init(text: String) { self.text = text }

    init(_ notice: ChangeNotice) {
        switch notice {
        case .changed(let change):
            let data = ChangeMessage(
                record: change.record.description, entry: change.entry.text, position: change.position)
            self.init(event: "change", id: String(change.position), data)
        case .missed(let count): self.init(missed: count)
        }
    }

    init(networkAt clock: UInt64) { self.init(event: "network", id: nil, NetworkChangeMessage(clock: clock)) }

    init(missed count: Int?) { self.init(event: "missed", id: nil, MissedMessage(count: count)) }

    private init(event: String, id: String?, _ data: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and integers always encode, and onto one line.
        let json = (try? encoder.encode(data)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        text = (id.map { "id: \($0)\n" } ?? "") + "event: \(event)\ndata: \(json)\n\n"
    }
}

/// Hands events from those that make them to the one that writes them, one at a time: whoever is faster waits, so that
/// what a slow reader cannot take piles up nowhere but in the feed, which is bounded.
final class EventRelay: Sendable {
    private struct State {
        var event: ServerSentEvent?
        var isClosed = false
        var taker: CheckedContinuation<ServerSentEvent?, Never>?
        var putters: [(event: ServerSentEvent, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    private enum Put {
        case handedTo(CheckedContinuation<ServerSentEvent?, Never>)
        case stored
        case waits
    }

    /// Returns once the event is taken, or there is room for it, or nobody takes any more.
    func put(_ event: ServerSentEvent) async {
        await withCheckedContinuation { continuation in
            let put = state.withLock { state -> Put in
                if let taker = state.taker {
                    state.taker = nil
                    return .handedTo(taker)
                }
                guard !state.isClosed, state.event != nil else {
                    state.event = event
                    return .stored
                }
                state.putters.append((event, continuation))
                return .waits
            }
            switch put {
            case .handedTo(let taker):
                taker.resume(returning: event)
                continuation.resume()
            case .stored: continuation.resume()
            case .waits: break
            }
        }
    }

    /// The next event; `nil` once the relay is closed.
    func take() async -> ServerSentEvent? {
        await withCheckedContinuation { continuation in
            let (answer, freed) = state.withLock { state -> (ServerSentEvent??, CheckedContinuation<Void, Never>?) in
                if state.isClosed { return (.some(nil), nil) }
                guard let event = state.event else {
                    state.taker = continuation
                    return (nil, nil)
                }
                guard !state.putters.isEmpty else {
                    state.event = nil
                    return (event, nil)
                }
                let next = state.putters.removeFirst()
                state.event = next.event
                return (event, next.continuation)
            }
            freed?.resume()
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Ends waiting on both sides.
    func close() {
        let (taker, putters) = state.withLock { state in
            defer { (state.event, state.taker, state.putters) = (nil, nil, []) }
            state.isClosed = true
            return (state.taker, state.putters)
        }
        taker?.resume(returning: nil)
        for putter in putters { putter.continuation.resume() }
    }
}
