import Casework
import Divisions
import Ledger
import Libraries

/// What the API takes for cases, read strictly.

/// `POST /v1/cases`.
struct OpenCaseRequest {
    let procedure: String
    let home: String?
    let officers: [String]
    let facts: [String: JSON]
    let origin: RecordID?

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        procedure = try object.text("procedure")
        home = try object.optionalText("home")
        officers = try object.optionalTexts("officers") ?? []
        facts = try object.optionalObject("facts")
        origin = try object.optionalRecord("origin")
        try object.finish()
    }
}

/// `POST /v1/cases/{id}/facts`.
struct EnterFactsRequest {
    let facts: [String: JSON]
    /// By fact, what its author saw of it: what was written since is kept beside it, in conflict.
    let seen: [String: String]

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        facts = try object.object("facts")
        seen = try object.optionalObject("seen").texts(at: object.at("seen"))
        try object.finish()
    }
}

/// `POST /v1/cases/{id}/steps`.
struct TakeStepRequest {
    let step: String
    /// The rule's first by default.
    let outcome: String?
    /// The one of the rule's posts that the author holds by default.
    let post: Post?
    /// Certificates of those who take it with the author.
    let with: [String]
    /// Now by default.
    private(set) var at: LegalMoment?
    let facts: [String: JSON]
    /// As in `EnterFactsRequest`.
    let seen: [String: String]
    let figures: [String: Int64]
    /// Digests of evidence files.
    let evidence: [String]
    let details: [String: String]
    /// The number of its document, out of a lease of `device`; the next of this machine by default.
    let number: Int?
    let device: String?

    init(_ json: JSON, at pointer: String = "") throws(Problem) {
        var object = try JSONObject(json, at: pointer)
        step = try object.text("step")
        outcome = try object.optionalText("outcome")
        let postText = try object.optionalText("post")
        let postPlace = object.at("post")
        with = try object.optionalTexts("with") ?? []
        let moment = try object.optionalText("at")
        let momentPlace = object.at("at")
        facts = try object.optionalObject("facts")
        seen = try object.optionalObject("seen").texts(at: object.at("seen"))
        figures = try object.optionalObject("figures").integers(at: object.at("figures"))
        evidence = try object.optionalTexts("evidence") ?? []
        details = try object.optionalObject("details").texts(at: object.at("details"))
        (number, device) = try Self.leased(&object)
        try object.finish()
        post = try postText.map { text throws(Problem) in
            guard let post = Post(rawValue: text) else {
                throw Problem(
                    .badValue,
                    "there is no such post: use one of \(Post.allCases.map(\.rawValue).joined(separator: ", "))",
                    at: postPlace)
            }
            return post
        }
        at = try moment.map { text throws(Problem) in
            guard let moment = LegalMoment(text) else {
                throw Problem(.badValue, "a local time is expected, YYYY-MM-DDTHH:MM", at: momentPlace)
            }
            return moment
        }
    }
}

extension TakeStepRequest {
    /// A number comes with the device that it was leased to, and not without.
    private static func leased(_ object: inout JSONObject) throws(Problem) -> (Int?, String?) {
        let (number, device) = (object.optional("number"), try object.optionalText("device"))
        guard let number else {
            guard device == nil else {
                throw Problem(.missingMember, "a device comes with the number of its lease", at: object.at("number"))
            }
            return (nil, nil)
        }
        guard let ordinal = number.integer.flatMap({ Int(exactly: $0) }) else {
            throw JSONObject.wrongType(number, "an integer", at: object.at("number"))
        }
        guard let device else {
            throw Problem(.missingMember, "name the device that the number was leased to", at: object.at("device"))
        }
        return (ordinal, try API.device(device, at: object.at("device")))
    }

    /// The same step, taken at another moment.
    func taken(at moment: LegalMoment) -> TakeStepRequest {
        var step = self
        step.at = moment
        return step
    }
}

/// `POST /v1/cases/{id}/handler`: a takeover, or a case handed to other officers.
struct GrantRequest {
    let division: DivisionCode
    let body: String
    let officers: [String]

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        let text = try object.text("division")
        let place = object.at("division")
        body = try object.text("body")
        officers = try object.optionalTexts("officers") ?? []
        try object.finish()
        guard let code = DivisionCode(text) else {
            throw Problem(.badValue, "a division's code is expected", at: place)
        }
        division = code
    }
}

/// `POST /v1/cases/{id}/rulings`: a superior's word on a step.
struct RulingRequest {
    let ruling: Overruling
    /// `target` of the step.
    let target: String
    let reason: String
    let rival: RecordID?

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        let text = try object.text("ruling")
        let place = object.at("ruling")
        target = try object.text("target")
        reason = try object.text("reason")
        rival = try object.optionalRecord("rival")
        try object.finish()
        guard let ruling = Overruling(rawValue: text) else {
            let known = Overruling.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badValue, "there is no such ruling: use one of \(known)", at: place)
        }
        self.ruling = ruling
    }
}

extension JSONObject {
    mutating func optionalObject(_ member: String) throws(Problem) -> [String: JSON] {
        guard let value = optional(member) else { return [:] }
        guard case .object(let members) = value else { throw Self.wrongType(value, "an object", at: at(member)) }
        return members
    }

    fileprivate mutating func optionalRecord(_ member: String) throws(Problem) -> RecordID? {
        guard let text = try optionalText(member) else { return nil }
        guard let id = RecordID(text) else {
            throw Problem(.badID, "a record's id, kind:home:flow:key, is expected", at: at(member))
        }
        return id
    }
}

extension [String: JSON] {
    fileprivate func integers(at pointer: String) throws(Problem) -> [String: Int64] {
        var read: [String: Int64] = [:]
        for name in keys.sorted() {
            guard let value = self[name]?.integer else {
                throw Problem(.wrongType, "an integer is expected", at: JSONObject.pointer(pointer, name))
            }
            read[name] = value
        }
        return read
    }

    fileprivate func texts(at pointer: String) throws(Problem) -> [String: String] {
        var read: [String: String] = [:]
        for name in keys.sorted() {
            guard let value = self[name]?.text else {
                throw Problem(.wrongType, "a text is expected", at: JSONObject.pointer(pointer, name))
            }
            read[name] = value
        }
        return read
    }

    /// Values of facts as their rules read them.
    func facts(of procedure: Procedure, at pointer: String) throws(Problem) -> [(FactRule, [Ledger.Value])] {
        var read: [(FactRule, [Ledger.Value])] = []
        for name in keys.sorted() {
            let place = JSONObject.pointer(pointer, name)
            guard let rule = procedure.fact(name), let json = self[name] else {
                throw Problem(
                    .unknownField, "the procedure \(procedure.id) has no fact \(name): see GET /v1/procedures",
                    at: place)
            }
            guard case .array(let elements) = json, rule.isMany else {
                read.append((rule, [try rule.value(json, at: place)]))
                continue
            }
            var values: [Ledger.Value] = []
            for (index, element) in elements.enumerated() {
                values.append(try rule.value(element, at: JSONObject.pointer(place, "\(index)")))
            }
            read.append((rule, values))
        }
        return read
    }
}

extension FactRule {
    /// Reads a value of this fact.
    func value(_ json: JSON, at place: String) throws(Problem) -> Value {
        switch (kind, json) {
        case (.integer, .integer(let integer)), (.money, .integer(let integer)):
            if kind == .money, integer < 0 { throw Problem(.badValue, "a sum in fen is not negative", at: place) }
            return .integer(integer)
        case (.truth, .boolean(let truth)): return .boolean(truth)
        case (.date, .text(let text)):
            guard LegalDate(text) != nil else { throw Problem(.badValue, "a day is expected, YYYY-MM-DD", at: place) }
            return .text(text)
        case (.moment, .text(let text)):
            guard LegalMoment(text) != nil else {
                throw Problem(.badValue, "a local time is expected, YYYY-MM-DDTHH:MM", at: place)
            }
            return .text(text)
        case (.choice, .text(let text)):
            guard choices.contains(where: { $0.id == text }) else {
                let known = choices.map { "\($0.id) \($0.name.chinese)" }.joined(separator: ", ")
                throw Problem(.badValue, "there is no such choice: use one of \(known)", at: place)
            }
            return .text(text)
        case (.record, .text(let text)):
            guard let id = RecordID(text) else {
                throw Problem(.badID, "a record's id, kind:home:flow:key, is expected", at: place)
            }
            return .record(id)
        case (.division, .text(let text)):
            guard DivisionCode(text) != nil else {
                throw Problem(.badValue, "a division's code is expected", at: place)
            }
            return .text(text)
        case (.text, .text(let text)), (.item, .text(let text)), (.officer, .text(let text)): return .text(text)
        default:
            let expected =
                switch kind {
                case .integer: "an integer"
                case .money: "an integer of fen"
                case .truth: "a truth value"
                case .text, .date, .moment, .choice, .item, .officer, .division, .record: "a text"
                }
            throw JSONObject.wrongType(json, expected, at: place)
        }
    }
}
