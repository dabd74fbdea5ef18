import Casework
import Ledger
import Libraries

/// `POST /v1/field/deliveries`: one matter that was done at the scene, or word that it came to nothing.
struct FieldDelivery {
    /// What an officer does on the spot has some ten steps.
    static let stepsMax = 32
    /// Photographs and recordings of one matter.
    static let evidenceMax = 32
    static let ordinalMax: Int64 = 1_000_000
    static let usualProcedure = "simple-penalty"

    /// Why a matter that had begun on a device is not delivered.
    enum Withdrawal: String, CaseIterable {
        /// The form was spoilt.
        case spoilt
        /// Nothing was decided on the spot.
        case notDecided = "not-decided"
    }

    let device: String
    /// From 1, without gaps, on each device.
    let ordinal: Int
    let capturedAt: LegalMoment
    let procedure: String
    /// Certificates of those who did it with the author.
    let with: [String]
    let facts: [String: JSON]
    let evidence: [EvidenceRequest]
    let steps: [TakeStepRequest]
    let withdrawn: Withdrawal?
    /// The number that a withdrawn matter had taken.
    let number: Int?

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        device = try API.device(try object.text("device"), at: object.at("device"))
        let ordinal = try object.required("ordinal").integer ?? 0
        guard (1...Self.ordinalMax).contains(ordinal) else {
            throw Problem(.badValue, "a device counts its deliveries from 1", at: "/ordinal")
        }
        self.ordinal = Int(ordinal)
        guard let moment = LegalMoment(try object.text("capturedAt")) else {
            throw Problem(.badValue, "a local time is expected, YYYY-MM-DDTHH:MM", at: "/capturedAt")
        }
        capturedAt = moment
        procedure = try object.optionalText("procedure") ?? Self.usualProcedure
        with = try object.optionalTexts("with") ?? []
        facts = try object.optionalObject("facts")
        let evidence = try object.optional("evidence").map { value throws(Problem) in
            try Self.list(value, at: "/evidence", max: Self.evidenceMax)
        }
        let steps = try object.optional("steps").map { value throws(Problem) in
            try Self.list(value, at: "/steps", max: Self.stepsMax)
        }
        let reason = try object.optionalText("withdrawn")
        let number = object.optional("number")
        try object.finish()
        self.number = try number.map { value throws(Problem) in
            guard let number = value.integer.flatMap({ Int(exactly: $0) }) else {
                throw JSONObject.wrongType(value, "an integer", at: "/number")
            }
            return number
        }
        withdrawn = try reason.map { text throws(Problem) in
            guard let reason = Withdrawal(rawValue: text) else {
                let known = Withdrawal.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(.badValue, "there is no such reason: use one of \(known)", at: "/withdrawn")
            }
            return reason
        }
        (self.evidence, self.steps) = try Self.parts(evidence ?? [], steps ?? [], device, with)
    }

    private static func list(_ value: JSON, at place: String, max: Int) throws(Problem) -> [JSON] {
        guard let list = value.array else { throw JSONObject.wrongType(value, "an array", at: place) }
        guard list.count <= max else { throw Problem(.badValue, "\(max) at most are expected", at: place) }
        return list
    }

    /// Every part is of the device, and every step is taken by all who were there unless it says otherwise.
    private static func parts(
        _ evidence: [JSON], _ steps: [JSON], _ device: String, _ with: [String]
    ) throws(Problem) -> ([EvidenceRequest], [TakeStepRequest]) {
        var (pieces, taken): ([EvidenceRequest], [TakeStepRequest]) = ([], [])
        for (place, json) in evidence.enumerated() {
            pieces.append(
                try EvidenceRequest(json.adding("device", .text(device)), at: "/evidence/\(place)"))
        }
        for (place, json) in steps.enumerated() {
            var json = json.adding("with", .array(with.map(JSON.text)))
            if json["number"] != nil { json = json.adding("device", .text(device)) }
            taken.append(try TakeStepRequest(json, at: "/steps/\(place)"))
        }
        return (pieces, taken)
    }
}

extension JSON {
    /// With a member where there is none.
    fileprivate func adding(_ name: String, _ value: JSON) -> JSON {
        guard case .object(var members) = self, members[name] == nil else { return self }
        members[name] = value
        return .object(members)
    }
}
