import AsyncHTTPClient
import Casework
import HTTPTypes
import Lattice
import Libraries
import NIOCore
import NIOHTTP1
import Testing
@testable import Node

struct APIDescriptionTests {
    private let document = OpenAPI.document(kinds: CaseworkKinds.all)

    private var operations: Set<String> {
        guard case .object(let paths) = document["paths"] else { return [] }
        return Set(
            paths.flatMap { path, item -> [String] in
                guard case .object(let methods) = item else { return [] }
                return methods.keys.map { "\($0.uppercased()) \(path)" }
            })
    }

    @Test func `every endpoint is described once, and nothing else`() {
        let endpoints = Endpoint.all.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(endpoints).count == endpoints.count)
        #expect(operations == Set(endpoints))
        #expect(Set(Endpoint.all.map(\.operation)).count == endpoints.count)
    }

    @Test func `everything described is served, and every other method of its path is refused`() async throws {
        try await TestAPI.serve { api in
            let served: JSON = try await api.call(.GET, "/openapi.json", as: nil, expecting: 200).json
            #expect(served == document)
            for path in Set(Endpoint.all.map(\.path)) {
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
                where path != "/v1/changes" || method != "GET" {
                    var request = HTTPClientRequest(url: api.base + path.replacing(/\{[a-z]+\}/, with: "x"))
                    request.method = .RAW(value: method)
                    request.headers.add(name: "Authorization", value: "Bearer \(api.token(.officer))")
                    let status = try await api.client.execute(request, timeout: .seconds(60)).status.code
                    #expect(
                        (status == 405) == !operations.contains("\(method) \(path)"), "\(method) \(path): \(status)")
                    // Some endpoints answer so themselves, for what is not there; the router never does.
                    let isAnswer = Endpoint.all.contains {
                        $0.path == path && $0.method.rawValue == method
                            && ($0.problems.contains(.notFound) || $0.alternatives.contains { $0.status == 404 })
                    }
                    #expect(status != 404 || isAnswer, "\(method) \(path)")
                }
            }
        }
    }

    @Test func `every reference in the description leads somewhere, and every schema is used`() {
        var references: Set<String> = []
        func collect(_ json: JSON) {
            switch json {
            case .object(let members):
                if let reference = members["$ref"]?.text { references.insert(reference) }
                for member in members.values { collect(member) }
            case .array(let elements): for element in elements { collect(element) }
            default: break
            }
        }
        collect(document)
        let known = Set(Schemas.all.keys.map { "#/components/schemas/\($0)" })
        #expect(references.isSubset(of: known))
        // The data of events is described in words, since OpenAPI cannot say what a stream of events carries.
        let unused = known.subtracting(references)
        let events = ["ChangeMessage", "MissedMessage", "NetworkChangeMessage"]
        #expect(unused == Set(events.map { "#/components/schemas/\($0)" }))
    }

    @Test func `parameters in a path are those in braces`() {
        for endpoint in Endpoint.all {
            let braced = endpoint.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                $0.dropFirst().dropLast()
            }
            let declared = endpoint.parameters.filter { $0.place == .path }.map { $0.name[...] }
            #expect(braced == declared, "\(endpoint.path)")
        }
    }

    @Test func `every kind and field is named`() throws {
        let text = try #require(document["info"]?["description"]?.text)
        for kind in CaseworkKinds.all.all {
            #expect(text.contains("`\(kind.name)` \(kind.chinese)"))
            for field in kind.fields { #expect(text.contains("`\(field.name)`")) }
        }
    }
}
