import Ledger
import Lattice
import Yams

extension StoryNodes {
    /// What a register is set to: a value, or one of a list that the seed picks.
    func choice(_ node: Node, _ key: String, _ type: ValueType?) throws(StoryFault) -> DrawnValue {
        guard case .sequence(let sequence) = node else { return try drawn(node, key, type) }
        if let amount = integers(node, type) { return .integer(amount) }
        var values: [Value] = []
        for node in sequence { values.append(try value(node, key, type)) }
        guard !values.isEmpty else { throw fault(node, "\(key) has no choices; give it at least one") }
        return .choice(values)
    }

    /// What a set gains or loses, or a log gains: a value, or all of a list.
    func several(_ node: Node, _ key: String, _ type: ValueType?) throws(StoryFault) -> [DrawnValue] {
        guard case .sequence(let sequence) = node else { return [try drawn(node, key, type)] }
        var values: [DrawnValue] = []
        for node in sequence { values.append(try drawn(node, key, type)) }
        guard !values.isEmpty else { throw fault(node, "\(key) has no values; give it at least one") }
        return values
    }

    /// All of a list, or the one value.
    func values(_ node: Node, _ key: String, _ type: ValueType?) throws(StoryFault) -> [Value] {
        guard case .sequence(let sequence) = node else { return [try value(node, key, type)] }
        var values: [Value] = []
        for node in sequence { values.append(try value(node, key, type)) }
        return values
    }

    private func drawn(_ node: Node, _ key: String, _ type: ValueType?) throws(StoryFault) -> DrawnValue {
        if let amount = integers(node, type) { return .integer(amount) }
        return .choice([try value(node, key, type)])
    }

    /// Nil unless integers may stand here and nothing but integers does.
    private func integers(_ node: Node, _ type: ValueType?) -> Amount? {
        guard type == nil || type == .integer else { return nil }
        let all: [Node] = if case .sequence(let sequence) = node { Array(sequence) } else { [node] }
        var choices: [ClosedRange<Int64>] = []
        for node in all {
            guard case .scalar(let scalar) = node, scalar.style == .plain,
                let range = Self.range(in: scalar.string, .count)
            else { return nil }
            choices.append(range)
        }
        return choices.isEmpty ? nil : Amount(choices: choices)
    }

    /// A value as a field of this type holds it. Without a type, what stands without quotes and reads as a whole number
    /// or as true or false is that, and everything else text.
    func value(_ node: Node, _ key: String, _ type: ValueType?) throws(StoryFault) -> Value {
        if case .mapping = node { return try special(node, key, type) }
        guard case .scalar(let scalar) = node else { throw fault(node, "\(key) must be a single value") }
        let text = scalar.string
        switch type {
        case nil:
            guard scalar.style == .plain else { return .text(text) }
            return Int64(text).map { .integer($0) } ?? Self.flags[text].map { .boolean($0) } ?? .text(text)
        case .text: return .text(text)
        case .integer:
            guard let integer = Int64(text) else { throw fault(node, "\(key) must be a whole number") }
            return .integer(integer)
        case .boolean: return .boolean(try flag(node, key))
        case .bytes: throw fault(node, "\(key) holds bytes; write { bytes: \"00ff\" }")
        case .record: throw fault(node, "\(key) holds a record; write { record: \"kind:home:flow:key\" }")
        }
    }

    private func special(_ node: Node, _ key: String, _ type: ValueType?) throws(StoryFault) -> Value {
        let keyed = try keyed(node, known: ["bytes", "record"], what: "the value of \(key)")
        if let node = keyed["bytes"], type == nil || type == .bytes {
            guard let text = node.scalar?.string, let bytes = Ledger.bytes(hexadecimal: text) else {
                throw fault(node, "bytes are written in hexadecimal digits")
            }
            return .bytes(bytes)
        }
        if let node = keyed["record"], type == nil || type == .record {
            guard let id = try RecordID(text(node, "record")) else {
                throw fault(node, "a record is written as kind:home:flow:key")
            }
            return .record(id)
        }
        throw fault(node, "\(key) holds \(type?.rawValue ?? "one value"); write that")
    }
}
