import Casework
import HTTPTypes
import Libraries
import NIOHTTP1
@testable import Node

/// The API's own description, as something that answers can be held against.
struct APIDescription: Sendable {
    static let shared = APIDescription()

    let document = OpenAPI.document(kinds: CaseworkKinds.all)

    /// What the answer has or lacks that the description does not allow.
    func violations(of answer: TestAPI.Answer, to method: String, path: String) throws -> [String] {
        guard let operation = operation(method, path) else {
            return answer.status == 404 || answer.status == 405 ? [] : ["\(method) \(path) is not described"]
        }
        guard let response = operation["responses"]?[String(answer.status)] else {
            return ["\(method) \(path) answers \(answer.status), which is not described"]
        }
        guard let content = response["content"], case .object(let types) = content else { return [] }
        let given = answer.headers.first(name: "content-type") ?? ""
        guard let type = types.keys.first(where: { $0 == given }), let schema = content[type]?["schema"] else {
            return ["\(method) \(path) answers \(given), which is not described"]
        }
        guard given.contains("json") else { return [] }
        return violations(of: try answer.json, schema, at: "")
    }

    private func operation(_ method: String, _ path: String) -> JSON? {
        guard case .object(let paths) = document["paths"] else { return nil }
        let parts = path.split(separator: "/")
        for template in paths.keys.sorted() {
            let wanted = template.split(separator: "/")
            let isMatch = wanted.count == parts.count && zip(wanted, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
            if isMatch, let operation = document["paths"]?[template]?[method.lowercased()] { return operation }
        }
        return nil
    }

    /// As much of JSON Schema as the description uses.
    func violations(of value: JSON, _ schema: JSON, at place: String) -> [String] {
        if let reference = schema["$ref"]?.text {
            let name = reference.split(separator: "/").last.map(String.init) ?? ""
            guard let target = document["components"]?["schemas"]?[name] else { return ["\(reference) leads nowhere"] }
            return violations(of: value, target, at: place)
        }
        if let choices = schema["anyOf"]?.array {
            return choices.contains { violations(of: value, $0, at: place).isEmpty } ? [] : ["\(place) fits no choice"]
        }
        var found: [String] = []
        let types = schema["type"].map { $0.array ?? [$0] } ?? []
        if !types.isEmpty, !types.contains(.text(typeName(value))) { found.append("\(place) is \(typeName(value))") }
        if let allowed = schema["enum"]?.array, !allowed.contains(value) {
            found.append("\(place) is none of the names")
        }
        if case .array(let elements) = value, let items = schema["items"] {
            for (index, element) in elements.enumerated() {
                found += violations(of: element, items, at: "\(place)/\(index)")
            }
        }
        if case .object(let members) = value { found += violations(of: members, schema, at: place) }
        return found
    }

    private func violations(of members: [String: JSON], _ schema: JSON, at place: String) -> [String] {
        var found: [String] = []
        for name in schema["required"]?.array ?? [] {
            if let name = name.text, members[name] == nil { found.append("\(place) lacks \(name)") }
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            if let property = schema["properties"]?[name] {
                found += violations(of: value, property, at: "\(place)/\(name)")
            } else if let others = schema["additionalProperties"] {
                if others == false {
                    found.append("\(place) has \(name), which is not described")
                } else {
                    found += violations(of: value, others, at: "\(place)/\(name)")
                }
            }
        }
        return found
    }

    private func typeName(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .text: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
