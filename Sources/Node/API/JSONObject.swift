import Libraries

/// An object of a request while it is read: every member is asked for by name, and whatever nobody asked for is refused,
/// so that a misspelt member is never silently ignored.
struct JSONObject {
    /// Where the object stands in the body, as a JSON pointer.
    let pointer: String
    private var members: [String: JSON]

    init(_ json: JSON, at pointer: String = "") throws(Problem) {
        guard case .object(let members) = json else { throw Self.wrongType(json, "an object", at: pointer) }
        (self.pointer, self.members) = (pointer, members)
    }

    /// The pointer of a member or element below another place.
    static func pointer(_ pointer: String, _ member: String) -> String {
        let escaped = member.replacing("~", with: "~0").replacing("/", with: "~1")
        return "\(pointer)/\(escaped)"
    }

    static func wrongType(_ json: JSON, _ expected: String, at pointer: String) -> Problem {
        Problem(.wrongType, "\(json.typeName) stands where \(expected) is expected", at: pointer)
    }

    func at(_ member: String) -> String { Self.pointer(pointer, member) }

    /// A member that need not be there; null is the same as absent.
    mutating func optional(_ member: String) -> JSON? {
        switch members.removeValue(forKey: member) {
        case nil, .null: nil
        case let value: value
        }
    }

    mutating func required(_ member: String) throws(Problem) -> JSON {
        guard let value = optional(member) else { throw missing(member) }
        return value
    }

    private func missing(_ member: String) -> Problem {
        Problem(.missingMember, "the member \"\(member)\" is required: add it", at: at(member))
    }

    mutating func optionalText(_ member: String) throws(Problem) -> String? {
        guard let value = optional(member) else { return nil }
        guard let text = value.text else { throw Self.wrongType(value, "a text", at: at(member)) }
        return text
    }

    mutating func text(_ member: String) throws(Problem) -> String {
        guard let text = try optionalText(member) else { throw missing(member) }
        return text
    }

    mutating func optionalTruth(_ member: String) throws(Problem) -> Bool? {
        guard let value = optional(member) else { return nil }
        guard case .boolean(let truth) = value else { throw Self.wrongType(value, "a truth value", at: at(member)) }
        return truth
    }

    mutating func array(_ member: String) throws(Problem) -> [JSON] {
        let value = try required(member)
        guard let array = value.array else { throw Self.wrongType(value, "an array", at: at(member)) }
        return array
    }

    mutating func optionalTexts(_ member: String) throws(Problem) -> [String]? {
        guard let value = optional(member) else { return nil }
        guard let array = value.array else { throw Self.wrongType(value, "an array of texts", at: at(member)) }
        var texts: [String] = []
        for (place, element) in array.enumerated() {
            guard let text = element.text else {
                throw Self.wrongType(element, "a text", at: Self.pointer(at(member), "\(place)"))
            }
            texts.append(text)
        }
        return texts
    }

    mutating func object(_ member: String) throws(Problem) -> [String: JSON] {
        let value = try required(member)
        guard case .object(let members) = value else { throw Self.wrongType(value, "an object", at: at(member)) }
        return members
    }

    /// Refuses what was not asked for. The member's name may be shown: names are not personal.
    func finish() throws(Problem) {
        guard let unknown = members.keys.min() else { return }
        throw Problem(
            .unknownMember, "there is no such member here: remove it or correct its name", at: at(unknown))
    }
}
