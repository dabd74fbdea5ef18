import Libraries

/// An answer of the API that is a problem (RFC 9457), on its way to a page that tells it.
struct Refusal: Error, Sendable {
    let status: Int
    let problem: JSON

    init(status: Int, problem: JSON) { (self.status, self.problem) = (status, problem) }

    /// The machine's word for what went wrong, such as `role-forbids`.
    var kind: String {
        let type = problem["type"]?.text ?? ""
        return type.split(separator: ":").last.map(String.init) ?? "internal-error"
    }

    /// As pages tell it: titles and details that stand in both languages as such, so that a page can choose; a detail
    /// for engineers beside them.
    var view: JSON {
        var members: [String: JSON] = [
            "kind": .text(kind), "status": .integer(Int64(status)), "title": Self.bilingual(problem["title"]?.text),
            "articles": problem["articles"] ?? [],
        ]
        let detail = problem["detail"]?.text ?? ""
        if detail.contains(Self.separator) {
            members["detail"] = Self.bilingual(detail)
        } else {
            members["technical"] = .text(detail)
        }
        if let place = problem["where"] { members["where"] = place }
        if let findings = problem["findings"] { members["findings"] = findings }
        return .object(members)
    }

    private static let separator = " · "

    private static func bilingual(_ text: String?) -> JSON {
        guard let text, let range = text.firstRange(of: separator) else { return .text(text ?? "") }
        return [
            "chinese": .text(String(text[..<range.lowerBound])), "english": .text(String(text[range.upperBound...])),
        ]
    }
}
