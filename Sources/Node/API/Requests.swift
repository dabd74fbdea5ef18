import Libraries

/// The requests of `Messages` as the server reads them: strictly, with the place of whatever is wrong.
extension NewRecord {
    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        self.init(
            kind: try object.text("kind"), home: try object.optionalText("home"),
            key: try object.optionalText("key"), fields: try object.object("fields"))
        try object.finish()
    }
}

extension RecordEdits {
    /// Edits of one record in one request: an editor changes some fields, not thousands.
    package static let editsMax = 256

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        let list = try object.array("edits")
        let pointer = object.at("edits")
        try object.finish()
        guard (1...Self.editsMax).contains(list.count) else {
            throw Problem(.badValue, "1 to \(Self.editsMax) edits are expected", at: pointer)
        }
        var edits: [FieldEdit] = []
        for (place, element) in list.enumerated() {
            edits.append(try FieldEdit(element, at: JSONObject.pointer(pointer, "\(place)")))
        }
        self.init(edits: edits)
    }
}

extension FieldEdit {
    fileprivate init(_ json: JSON, at pointer: String) throws(Problem) {
        var object = try JSONObject(json, at: pointer)
        let field = try object.text("field")
        guard let action = Action(rawValue: try object.text("action")) else {
            let known = Action.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badValue, "there is no such action: use one of \(known)", at: object.at("action"))
        }
        self.init(
            field: field, action: action, value: object.optional("value"), seen: try object.optionalText("seen"),
            reads: try object.optionalTexts("reads"), after: try object.optionalTexts("after"))
        try object.finish()
    }
}

extension RecordRemoval {
    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        guard let seen = try object.optionalText("seen") else { throw Problem.seenRequired(at: object.at("seen")) }
        self.init(seen: seen)
        try object.finish()
    }
}

extension Resolution {
    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        let field = try object.text("field")
        guard let seen = try object.optionalText("seen") else { throw Problem.seenRequired(at: object.at("seen")) }
        self.init(
            field: field, value: object.optional("value"), seen: seen, reason: try object.optionalText("reason"))
        try object.finish()
    }
}

extension ImportRequest {
    /// Drafts in one request. A larger import is several changes.
    package static let draftsMax = 16_384

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        let change = try object.optionalText("change")
        let list = try object.array("drafts")
        let pointer = object.at("drafts")
        try object.finish()
        guard list.count <= Self.draftsMax else {
            throw Problem(.tooLarge, "more than \(Self.draftsMax) drafts in one change: divide it", at: pointer)
        }
        var drafts: [DraftMessage] = []
        drafts.reserveCapacity(list.count)
        for (place, element) in list.enumerated() {
            drafts.append(try DraftMessage(element, at: JSONObject.pointer(pointer, "\(place)")))
        }
        self.init(change: change, drafts: drafts)
    }
}

extension DraftMessage {
    fileprivate init(_ json: JSON, at pointer: String) throws(Problem) {
        var object = try JSONObject(json, at: pointer)
        let onlyIfPresent = try object.optionalTruth("onlyIfPresent")
        if let id = try object.optionalText("id") {
            self.init(id: id, onlyIfPresent: onlyIfPresent, fields: try object.object("fields"))
        } else {
            self.init(
                kind: try object.text("kind"), home: try object.optionalText("home"), key: try object.text("key"),
                onlyIfPresent: onlyIfPresent, fields: try object.object("fields"))
        }
        try object.finish()
    }
}

extension Problem {
    /// An edit that does not say what its author saw could overwrite what he never knew of.
    static func seenRequired(at place: String) -> Problem {
        Problem(
            .seenRequired,
            "read the record first and give back the token \"seen\" that came with it; it is empty where nothing was there",
            at: place)
    }
}
