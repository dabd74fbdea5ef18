import AsyncHTTPClient
import Foundation
import Ledger
import NIOCore
import Replication
import NIOHTTP1
import Testing

@testable import Node

/// Files handed in and read over the API.
@Suite struct APIFileTests {
    private func post(_ bytes: [UInt8], to api: TestAPI, as role: Role = .officer, expecting status: Int) async throws
        -> TestAPI.Answer
    {
        var request = try api.request(.POST, "/v1/files", as: role)
        request.headers.add(name: "Content-Type", value: "application/octet-stream")
        request.body = .bytes(ByteBuffer(bytes: bytes))
        return try await api.send(request, expecting: status)
    }

    @Test func `a file that is handed in is read back, whole or in part`() async throws {
        try await TestAPI.serve { api in
            let bytes = (0..<200_000).map { UInt8($0 % 251) }
            let name: FileMessage = try await post(bytes, to: api, expecting: 201).read()
            #expect(name.digest == Digest.of(1, bytes).sha256Text)
            #expect(name.size == 200_000)
            let path = "/v1/files/\(name.digest)"
            let whole = try await api.call(.GET, path, expecting: 200)
            #expect(whole.bytes == bytes)
            let parts = [
                ("bytes=10-19", 10..<20), ("bytes=199990-", 199_990..<200_000), ("bytes=-5", 199_995..<200_000),
            ]
            for (header, range) in parts {
                let request = try api.request(.GET, path, headers: ["Range": header])
                let response = try await api.client.execute(request, timeout: .seconds(60))
                #expect(response.status.code == 206)
                #expect(Array(try await response.body.collect(upTo: 1 << 20).readableBytesView) == Array(bytes[range]))
            }
            try await api.refused(.GET, path, headers: ["Range": "bytes=200000-"], .badRange, at: "header:range")
        }
    }

    @Test func `nobody hands in what is empty, or may not be handed in`() async throws {
        try await TestAPI.serve { api in
            let empty = try await post([], to: api, expecting: 400)
            #expect(try api.problem(empty).kind == "bad-value")
            _ = try await post([1], to: api, as: .operator, expecting: 403)
        }
    }

    @Test func `a file that is not here, or no name of a file, is told so`() async throws {
        try await TestAPI.serve { api in
            let absent = Digest.of(1, [7]).sha256Text
            try await api.refused(.GET, "/v1/files/\(absent)", .notFound, at: "path:id")
            try await api.refused(.GET, "/v1/files/abc", .badID, at: "path:id")
            let missing: MissingFiles = try await api.call(.GET, "/v1/files/missing", expecting: 200).read()
            #expect(missing.missing == 0)
        }
    }
}
