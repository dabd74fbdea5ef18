import Lattice
import Ledger
import Libraries

/// What an officer asks for, field by field, as edits.
extension EditPlanner {
    /// - Parameter state: the record as it is stored; only sets and logs look at it, and only for values that the
    ///   request names.
    static func edits(
        _ requests: [FieldEdit], of id: RecordID, kind: Kind, state: RecordState
    ) throws(Problem) -> [EditDraft] {
        var edits: [EditDraft] = []
        var written: Set<String> = []
        for (place, request) in requests.enumerated() {
            let pointer = "/edits/\(place)"
            guard let field = kind.field(request.field) else {
                throw Problem(.unknownField, "\(kind.name) has no such field", at: "\(pointer)/field")
            }
            if request.action == .set || request.action == .clear {
                guard written.insert(field.name).inserted else {
                    throw Problem(.notEditable, "the field is written twice in one request", at: "\(pointer)/field")
                }
            }
            if let edit = try edit(request, of: id, field, state, at: pointer) { edits.append(edit) }
        }
        return edits
    }

    /// Nil where there is nothing to do.
    private static func edit(
        _ request: FieldEdit, of id: RecordID, _ field: Field, _ state: RecordState, at pointer: String
    ) throws(Problem) -> EditDraft? {
        try check(request, field, at: pointer)
        let reads = try citations(request.reads, at: "\(pointer)/reads")
        let key = FieldKey(name: field.name, type: field.type)
        switch request.action {
        case .set:
            let seen = try seen(request, at: pointer)
            return edit(id, field, try value(request, field, at: pointer), replaces: seen, reads: reads)
        case .clear:
            let seen = try seen(request, at: pointer)
            return seen.isEmpty ? nil : edit(id, field, nil, replaces: seen, reads: reads)
        case .add:
            // The same value written before is replaced by itself, so that a set does not grow by repetition.
            let value = try value(request, field, at: pointer)
            let same = citations(in: state[key]) { $0.encoded == value.encoded }
            return edit(id, field, value, replaces: same, reads: reads)
        case .remove:
            let value = try value(request, field, at: pointer)
            let seen = Set(try seen(request, at: pointer))
            let meant = citations(in: state[key]) { $0.encoded == value.encoded }.filter { seen.contains($0) }
            return meant.isEmpty ? nil : edit(id, field, nil, replaces: meant, reads: reads)
        case .append:
            let value = try value(request, field, at: pointer)
            return edit(id, field, value, reads: reads, after: try after(request, state, key, at: pointer))
        case .increment:
            return edit(id, field, try value(request, field, at: pointer), reads: reads)
        }
    }

    private static func check(_ request: FieldEdit, _ field: Field, at pointer: String) throws(Problem) {
        let isFitting =
            switch (request.action, field.type) {
            case (.set, .register), (.clear, .register), (.clear, .set), (.add, .set), (.remove, .set), (.append, .log),
                (.increment, .counter):
                true
            default: false
            }
        guard isFitting else {
            let actions =
                switch field.type {
                case .register: "set or clear"
                case .set: "add, remove or clear"
                case .log: "append"
                case .counter: "increment"
                case .exists: "a removal"
                }
            throw Problem(.notEditable, "a \(field.type) takes \(actions)", at: "\(pointer)/action")
        }
        if request.action == .clear, request.value != nil {
            throw Problem(.unknownMember, "clear takes no value: remove it, or use set", at: "\(pointer)/value")
        }
        if request.action != .append, request.after != nil {
            throw Problem(.unknownMember, "only append takes it: remove it", at: "\(pointer)/after")
        }
        if [.add, .append, .increment].contains(request.action), request.seen != nil {
            throw Problem(.unknownMember, "\(request.action.rawValue) takes no token: remove it", at: "\(pointer)/seen")
        }
    }

    private static func value(
        _ request: FieldEdit, _ field: Field, at pointer: String
    ) throws(Problem) -> Value {
        guard let value = request.value else {
            throw Problem(.missingMember, "the member \"value\" is required: add it", at: "\(pointer)/value")
        }
        return try field.value(value, at: "\(pointer)/value")
    }

    private static func seen(_ request: FieldEdit, at pointer: String) throws(Problem) -> [Citation] {
        guard let text = request.seen else { throw .seenRequired(at: "\(pointer)/seen") }
        return try citations(text, at: "\(pointer)/seen")
    }

    private static func after(
        _ request: FieldEdit, _ state: RecordState, _ key: FieldKey, at pointer: String
    ) throws(Problem) -> [Citation] {
        guard let given = request.after else {
            return state.view.fields.first { $0.key == key }?.values.last.map { [$0.citation] } ?? []
        }
        return try citations(given, at: "\(pointer)/after")
    }

    static func citations(_ text: String, at place: String) throws(Problem) -> [Citation] {
        guard let token = SeenToken(text) else {
            throw Problem(.badSeen, "give back the token as it came with the read, unchanged", at: place)
        }
        return token.citations
    }

    private static func citations(_ texts: [String]?, at pointer: String) throws(Problem) -> [Citation] {
        var citations: Set<Citation> = []
        for (place, text) in (texts ?? []).enumerated() {
            citations.formUnion(try self.citations(text, at: JSONObject.pointer(pointer, "\(place)")))
        }
        return citations.sorted()
    }

    // MARK: Resolving

    /// The edits of a resolution: the value that stands, and the reason.
    static func edits(_ resolution: Resolution, of id: RecordID, kind: Kind) throws(Problem) -> [EditDraft] {
        let seen = try citations(resolution.seen, at: "/seen")
        guard !seen.isEmpty else {
            throw Problem(.notEditable, "nothing was seen, so there is nothing to resolve", at: "/seen")
        }
        var edits: [EditDraft] = []
        if resolution.field == existsField {
            guard case .boolean(let isKept) = resolution.value else {
                throw Problem(
                    .wrongType, "true keeps the record, false removes it: one of them is expected", at: "/value")
            }
            edits.append(isKept ? creation(of: id) : removal(of: id, seen: seen))
        } else {
            guard let field = kind.field(resolution.field) else {
                throw Problem(.unknownField, "\(kind.name) has no such field", at: "/field")
            }
            guard field.type == .register else {
                throw Problem(.notEditable, "only a register can be in conflict: edit the record instead", at: "/field")
            }
            var value: Value?
            if let given = resolution.value { value = try field.value(given, at: "/value") }
            edits.append(edit(id, field, value, replaces: seen))
        }
        if let reason = resolution.reason, !reason.isEmpty {
            edits.append(edit(id, resolutionsField, .text(reason)))
        }
        return edits
    }
}
