import Lattice
import Ledger
import Libraries

extension Value {
    /// As the API writes it: bytes as hexadecimal digits, a record as `kind:home:flow:key`.
    var json: JSON {
        switch self {
        case .text(let text): .text(text)
        case .integer(let integer): .integer(integer)
        case .boolean(let truth): .boolean(truth)
        case .bytes(let bytes): .text(hexadecimal(bytes))
        case .record(let id): .text(id.description)
        }
    }
}

extension Field {
    /// Reads a value of this field.
    func value(_ json: JSON, at pointer: String) throws(Problem) -> Value {
        switch (value, json) {
        case (.text, .text(let text)): return .text(text)
        case (.integer, .integer(let integer)): return .integer(integer)
        case (.boolean, .boolean(let truth)): return .boolean(truth)
        case (.bytes, .text(let text)):
            guard let bytes = bytes(hexadecimal: text) else {
                throw Problem(.badValue, "an even number of lower-case hexadecimal digits is expected", at: pointer)
            }
            return .bytes(bytes)
        case (.record, .text(let text)):
            guard let id = RecordID(text) else {
                throw Problem(.badID, "a record's id, kind:home:flow:key, is expected", at: pointer)
            }
            return .record(id)
        default: throw JSONObject.wrongType(json, expected, at: pointer)
        }
    }

    /// Reads what a draft or a new record says the field holds: one value, or an array for a set or log; null is none.
    func values(_ json: JSON, at pointer: String) throws(Problem) -> [Value] {
        switch (type, json) {
        case (_, .null): return []
        case (.set, .array(let elements)), (.log, .array(let elements)):
            var values: [Value] = []
            for (place, element) in elements.enumerated() {
                values.append(try value(element, at: JSONObject.pointer(pointer, "\(place)")))
            }
            return values
        case (.set, _), (.log, _): throw JSONObject.wrongType(json, "an array", at: pointer)
        case (.register, _), (.counter, _), (.exists, _): return [try value(json, at: pointer)]
        }
    }

    /// Reads a value as a query's parameter writes it.
    func value(query text: String, parameter: String) throws(Problem) -> Value {
        let place = "query:\(parameter)"
        switch value {
        case .text: return .text(text)
        case .integer:
            guard let integer = Int64(text) else { throw Problem(.wrongType, "an integer is expected", at: place) }
            return .integer(integer)
        case .boolean:
            guard let truth = Bool(text) else { throw Problem(.wrongType, "true or false is expected", at: place) }
            return .boolean(truth)
        case .bytes, .record: return try value(.text(text), at: place)
        }
    }

    private var expected: String {
        switch value {
        case .text: "a text"
        case .integer: "an integer"
        case .boolean: "a truth value"
        case .bytes: "a text of hexadecimal digits"
        case .record: "a record's id"
        }
    }
}
