import HTTPTypes
import Lattice
import Libraries

/// The description of the API (OpenAPI 3.1), written from the table of endpoints and the schemas.
enum OpenAPI {
    static func document(kinds: Kinds) -> JSON {
        var paths: [String: [String: JSON]] = [:]
        for endpoint in Endpoint.all {
            paths[endpoint.path, default: [:]][endpoint.method.rawValue.lowercased()] = operation(endpoint)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Tributary: the local API of a node",
                "version": .text(Release.name),
                "description": .text(description(kinds)),
            ],
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(Schemas.all),
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }

    private static func operation(_ endpoint: Endpoint) -> JSON {
        var operation: [String: JSON] = [
            "operationId": .text(endpoint.operation),
            "summary": .text(endpoint.summary),
            "responses": responses(endpoint),
            "security": endpoint.needsToken ? [["token": []]] : [],
        ]
        let parameters = endpoint.parameters + common(endpoint)
        if !parameters.isEmpty {
            operation["parameters"] = .array(
                parameters.map { parameter in
                    [
                        "name": .text(parameter.name), "in": .text(parameter.place.rawValue),
                        "required": .boolean(parameter.isRequired), "schema": parameter.type,
                        "description": .text(parameter.summary),
                    ]
                })
        }
        if let body = endpoint.body {
            operation["requestBody"] = [
                "required": true, "content": ["application/json": ["schema": Schemas.reference(body)]],
            ]
        }
        if let type = endpoint.bodyMediaType {
            operation["requestBody"] = ["required": true, "content": .object([type: ["schema": ["type": "string"]]])]
        }
        return .object(operation)
    }

    /// Parameters that many endpoints share.
    private static func common(_ endpoint: Endpoint) -> [Endpoint.Parameter] {
        var parameters: [Endpoint.Parameter] = []
        if endpoint.isKeyed {
            parameters.append(
                .header(
                    IdempotencyKey.header,
                    "Names the request, for whoever may have to send it again: the same request under the same key by the "
                        + "same holder is carried out once, and answered each time with what it came to. Another request "
                        + "under the key is refused with 422. A request that was refused or wrote nothing leaves it unused.",
                    type: [
                        "type": "string", "pattern": "^[!-~]+$", "minLength": 1,
                        "maxLength": .integer(Int64(IdempotencyKey.bytesMax)),
                    ]))
        }
        if endpoint.isViewLogged {
            parameters.append(
                .header(
                    APICall.purposeHeader,
                    "Why the holder looks, for the log of views; by default what his session says, or his role.",
                    type: ["type": "string", "enum": .array(Purpose.allCases.map { .text($0.rawValue) })]))
        }
        if endpoint.isTagged {
            parameters.append(
                .header(
                    "If-None-Match", "Entity tags of answers at hand: answered with 304 if one of them is still right.")
            )
        }
        return parameters
    }

    private static func responses(_ endpoint: Endpoint) -> JSON {
        var contents: [Int: [String: JSON]] = [:]
        var summaries: [Int: [String]] = [:]
        for answer in [endpoint.answer] + endpoint.alternatives {
            let schema = answer.schema.map(Schemas.reference) ?? ["type": "string"]
            contents[answer.status, default: [:]][answer.mediaType] = ["schema": schema]
            summaries[answer.status, default: []].append(answer.summary)
        }
        var responses: [String: JSON] = [:]
        for (status, content) in contents {
            responses[String(status)] = [
                "description": .text((summaries[status] ?? []).joined(separator: " ")), "content": .object(content),
            ]
        }
        if endpoint.isTagged {
            responses["200"] = responses["200"].map { tagged($0) }
            responses["304"] = ["description": "The reader has this answer already: nothing follows."]
        }
        var always: [Problem.Kind] =
            endpoint.needsToken ? [.badValue, .unauthenticated, .passwordChangeRequired, .unavailable] : []
        if endpoint.isViewLogged { always.append(.overloaded) }
        if endpoint.isKeyed { always.append(.idempotencyKeyReused) }
        for (status, kinds) in Dictionary(grouping: always + endpoint.problems, by: \.status) {
            responses[String(status)] = [
                "description": .text(kinds.map(\.title).joined(separator: "; ")),
                "content": ["application/problem+json": ["schema": Schemas.reference("Problem")]],
            ]
        }
        return .object(responses)
    }

    private static func tagged(_ response: JSON) -> JSON {
        guard case .object(var response) = response else { return response }
        response["headers"] = [
            "ETag": [
                "schema": ["type": "string"], "description": "Stands for the answer: see If-None-Match and If-Match.",
            ]
        ]
        return .object(response)
    }

    /// What does not fit into schemas: the kinds that this node knows, with their fields.
    private static func description(_ kinds: Kinds) -> String {
        var lines = [
            "Reads and writes the records of one node. Every call but /healthz, /metrics and this document needs a "
                + "bearer token, which stands for one officer, the division and body acted for, and a role. "
                + "Problems are told as RFC 9457 says, with the place of what is wrong in `where`.",
            "", "Kinds of records and their fields:", "",
        ]
        for kind in kinds.all {
            let fields = kind.fields.map { field in
                let marks = [field.isIndexed ? "indexed" : nil, field.isPersonal ? "personal" : nil].compactMap(\.self)
                return "`\(field.name)` (\(([field.type.name, field.value.rawValue] + marks).joined(separator: ", ")))"
            }
            lines.append("- `\(kind.name)` \(kind.chinese) \(kind.english): \(fields.joined(separator: ", "))")
        }
        return lines.joined(separator: "\n")
    }
}
