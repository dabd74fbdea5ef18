import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// One person's browser: a session, and pages asked for one after another over HTTP.
struct ConsoleBenchBrowser: Sendable {
    /// One page that was asked for.
    struct Click: Sendable {
        let status: Int
        let bytes: Int
        /// What the console says its answer took, in milliseconds.
        let server: Double
        /// The part of it in calls of the API.
        let api: Double
        let calls: Int
        let text: String

        /// Whether somebody was shown what he asked for.
        var isShown: Bool { (200..<400).contains(status) }
    }

    let base: String
    let client: HTTPClient
    private(set) var cookie = ""

    init(base: String, client: HTTPClient) { (self.base, self.client) = (base, client) }

    /// A client that keeps a connection for each of so many people.
    static func client(people: Int) -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = people + 8
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// - Returns: nil where too many sign in at once and this one has to try again.
    mutating func signIn(_ certificate: String, _ password: String) async throws -> Click? {
        var request = HTTPClientRequest(url: base + "/sign-in")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(ByteBuffer(string: "certificate=\(certificate)&password=\(password)"))
        let response = try await client.execute(request, timeout: .seconds(60))
        let click = try await Self.click(response)
        guard let set = response.headers["Set-Cookie"].first(where: { $0.hasPrefix("session=") }) else {
            guard click.status == 503 || click.status == 429 else {
                throw BenchFailure("somebody could not sign in: HTTP \(click.status)")
            }
            return nil
        }
        cookie = String(set.prefix { $0 != ";" })
        return click
    }

    func get(_ target: String) async throws -> Click {
        var request = HTTPClientRequest(url: base + target)
        request.headers.add(name: "Cookie", value: cookie)
        request.headers.add(name: "Accept-Language", value: "zh")
        return try await Self.click(try await client.execute(request, timeout: .seconds(60)))
    }

    private static func click(_ response: HTTPClientResponse) async throws -> Click {
        let body = try await response.body.collect(upTo: 64 << 20)
        let timing = response.headers.first(name: "Server-Timing") ?? ""
        func figure(_ name: String, _ member: String) -> Double {
            guard let part = timing.split(separator: ",").first(where: { $0.contains("\(name);") }),
                let value = part.split(separator: ";").first(where: { $0.hasPrefix("\(member)=") })
            else { return 0 }
            return Double(value.dropFirst(member.count + 1).filter { $0 != "\"" }) ?? 0
        }
        return Click(
            status: Int(response.status.code), bytes: body.readableBytes, server: figure("total", "dur"),
            api: figure("api", "dur"), calls: Int(figure("api", "desc")), text: String(buffer: body))
    }
}
