import AsyncHTTPClient
import Foundation
import Ledger
import Libraries
import NIOCore
import NIOHTTP1
import Testing

@testable import Node

struct APIChangeTests {
    /// Reads a stream of events piece by piece, without waiting for its end.
    private struct EventReader {
        private var parts: HTTPClientResponse.Body.AsyncIterator
        private var text = ""

        init(_ response: HTTPClientResponse) { parts = response.body.makeAsyncIterator() }

        /// The next event or comment; `nil` at the end.
        mutating func next() async throws -> String? {
            while true {
                if let end = text.range(of: "\n\n") {
                    defer { text.removeSubrange(..<end.upperBound) }
                    return String(text[..<end.lowerBound])
                }
                guard let part = try await parts.next() else { return nil }
                text += String(buffer: part)
            }
        }

        mutating func nextEvent() async throws -> String? {
            while let event = try await next() { if !event.hasPrefix(":") { return event } }
            return nil
        }
    }

    @Test func `changes are told as they happen, with their place in the store`() async throws {
        try await TestAPI.serve { api in
            let response = try await api.client.execute(try api.request(.GET, "/v1/changes"), timeout: .seconds(60))
            #expect(response.status == .ok)
            #expect(response.headers.first(name: "content-type") == "text/event-stream")
            var events = EventReader(response)
            #expect(try await events.next() == ": alive")
            let made = try await api.createCase()
            let event = try #require(try await events.nextEvent())
            let lines = event.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines.first == "id: 2")
            #expect(lines.dropFirst().first == "event: change")
            let data = try JSONParser.parse(Array(try #require(lines.last).dropFirst("data: ".count).utf8))
            #expect(data["record"] == .text(made.id))
            #expect(data["position"] == 2)
            let description = APIDescription.shared
            #expect(description.violations(of: data, Schemas.reference("ChangeMessage"), at: "") == [])
        }
    }

    @Test func `a change of the network is told, and several at once are told as one`() async throws {
        try await TestAPI.serve { api in
            var events = EventReader(
                try await api.client.execute(try api.request(.GET, "/v1/changes"), timeout: .seconds(60)))
            #expect(try await events.next() == ": alive")
            for _ in 0..<3 { api.node.networkFeed.tell() }
            let event = try #require(try await events.nextEvent())
            #expect(event == "event: network\ndata: {\"clock\":\(api.node.clock.now)}")
        }
    }

    @Test func `a reader that had read before is told first that it missed something`() async throws {
        try await TestAPI.serve { api in
            let request = try api.request(.GET, "/v1/changes", headers: ["Last-Event-ID": "no such id"])
            var events = EventReader(try await api.client.execute(request, timeout: .seconds(60)))
            #expect(try await events.nextEvent() == "event: missed\ndata: {}")
            _ = try await api.createCase()
            #expect(try await events.nextEvent()?.hasPrefix("id: 2\nevent: change\n") == true)
        }
    }

    @Test func `a silent stream shows that it lives`() async throws {
        try await TestAPI.serve(heartbeat: .milliseconds(5)) { api in
            var events = EventReader(
                try await api.client.execute(try api.request(.GET, "/v1/changes"), timeout: .seconds(60)))
            for _ in 0..<3 { #expect(try await events.next() == ": alive") }
        }
    }

    @Test func `a stream ends with the session that opened it, and does not keep the session going`() async throws {
        try await TestAPI.serve(heartbeat: .milliseconds(5)) { api in
            let password = "一二三四五 六七八九十"
            try await api.makeAccount(password)
            func open() async throws -> (token: String, events: EventReader) {
                let token = try #require(try await api.signIn("GD-0001", password).token)
                let request = try api.request(
                    .GET, "/v1/changes", as: nil, headers: ["Authorization": "Bearer \(token)"])
                var events = EventReader(try await api.client.execute(request, timeout: .seconds(60)))
                #expect(try await events.next() == ": alive")
                return (token, events)
            }
            func ends(_ events: EventReader) async throws {
                var events = events
                while let event = try await events.next() { #expect(event == ": alive") }
            }
            let (token, signedOut) = try await open()
            let left = try await open().events
            try await api.call(
                .DELETE, "/v1/sessions/current", as: nil, headers: ["Authorization": "Bearer \(token)"], expecting: 200)
            try await ends(signedOut)
            // However often the other stream was written to, nothing was asked for in its session.
            api.node.clock.pass(milliseconds: 30 * 60_000)
            try await ends(left)
            let disabled = try await open().events
            try await api.call(.PATCH, "/v1/accounts/GD-0001", ["isDisabled": true], as: .operator, expecting: 200)
            try await ends(disabled)
        }
    }

    @Test func `a stream ends when its token is revoked`() async throws {
        try await TestAPI.serve(heartbeat: .milliseconds(5)) { api in
            var events = EventReader(
                try await api.client.execute(
                    try api.request(.GET, "/v1/changes", as: .librarian), timeout: .seconds(60)))
            #expect(try await events.next() == ": alive")
            #expect(try api.tokens.revoke(label: "librarian"))
            while let event = try await events.next() { #expect(event == ": alive") }
        }
    }

    @Test func `a stream ends when the node stops, and does not hold it up`() async throws {
        let ended = Ended()
        try await TestAPI.serve { api in
            let response = try await api.client.execute(try api.request(.GET, "/v1/changes"), timeout: .seconds(60))
            var events = EventReader(response)
            #expect(try await events.next() == ": alive")
            await ended.mark()
        }
        #expect(await ended.isMarked)
    }

    private actor Ended {
        private(set) var isMarked = false
        func mark() { isMarked = true }
    }

    @Test func `what a slow reader lost is said before what comes next`() {
        let missed = ServerSentEvent(.missed(3))
        #expect(missed.text == "event: missed\ndata: {\"count\":3}\n\n")
    }

    @Test func `a relay hands every event over in order and ends both sides when it closes`() async {
        let relay = EventRelay()
        let count = 200
        let taken = await withTaskGroup(of: [String].self) { tasks in
            tasks.addTask {
                for number in 0..<count { await relay.put(ServerSentEvent(missed: number)) }
                relay.close()
                await relay.put(.heartbeat)
                return []
            }
            tasks.addTask {
                var texts: [String] = []
                while let event = await relay.take() {
                    texts.append(event.text)
                    if texts.count == count { break }
                }
                return texts
            }
            return await tasks.reduce(into: []) { $0 += $1 }
        }
        // The last one may still lie in the relay when it closes; none is told twice or out of order.
        #expect(taken.count >= count - 1)
        #expect(taken == (0..<taken.count).map { ServerSentEvent(missed: $0).text })
        #expect(await relay.take() == nil)
    }
}
