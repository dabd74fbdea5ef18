import Libraries

/// One taking of a step, as the case's log keeps it: an element of the field `steps`. It holds nothing personal, since
/// it has to stand as long as the chain does; who wrote it, for whom and when is told by its entry.
package struct StepMark: Hashable, Sendable {
    /// A document issued with the step.
    package struct Issued: Hashable, Sendable {
        package var kind: String
        /// `机关代字 + 文种字〔年份〕序号号`, where the kind is numbered.
        package var number: String?
        /// SHA-256 of the frozen text, in hexadecimal.
        package var digest: String

        package init(kind: String, number: String? = nil, digest: String) {
            (self.kind, self.number, self.digest) = (kind, number, digest)
        }
    }

    package var step: String
    package var outcome: String
    /// When it was done by the word of whoever did it.
    package var at: LegalMoment
    package var post: Post
    /// Numbers of the certificates of everyone who took it together, the author first.
    package var officers: [String]
    package var issued: [Issued]
    /// Numbers that tallies add up: a score, minutes, persons.
    package var figures: [String: Int64]
    /// Digests of evidence files that belong to it.
    package var evidence: [String]
    /// What it refers to beside: an id of a record, a chosen step; by name.
    package var details: [String: String]

    package init(
        step: String, outcome: String = StepRule.done.id, at: LegalMoment, post: Post = .officer,
        officers: [String] = [], issued: [Issued] = [], figures: [String: Int64] = [:], evidence: [String] = [],
        details: [String: String] = [:]
    ) {
        (self.step, self.outcome, self.at, self.post, self.officers) = (step, outcome, at, post, officers)
        (self.issued, self.figures, self.evidence, self.details) = (issued, figures, evidence, details)
    }

    /// One line of JSON, members ascending, what is empty left out.
    package var text: String {
        var members: [String: JSON] = [
            "step": .text(step), "outcome": .text(outcome), "at": .text(at.description), "post": .text(post.rawValue),
        ]
        if !officers.isEmpty { members["officers"] = .array(officers.map(JSON.text)) }
        if !issued.isEmpty { members["issued"] = .array(issued.map(\.json)) }
        if !figures.isEmpty { members["figures"] = .object(figures.mapValues(JSON.integer)) }
        if !evidence.isEmpty { members["evidence"] = .array(evidence.map(JSON.text)) }
        if !details.isEmpty { members["details"] = .object(details.mapValues(JSON.text)) }
        return JSON.object(members).compactText
    }

    /// Nil for what is no mark; members that are not known are passed over.
    package init?(_ text: String) {
        guard let json = try? JSONParser.parse(Array(text.utf8)), let step = json["step"]?.text,
            let outcome = json["outcome"]?.text, let at = json["at"]?.text.flatMap({ LegalMoment($0) }),
            let post = json["post"]?.text.flatMap(Post.init(rawValue:))
        else { return nil }
        (self.step, self.outcome, self.at, self.post) = (step, outcome, at, post)
        officers = json["officers"]?.array?.compactMap(\.text) ?? []
        issued = json["issued"]?.array?.compactMap(Issued.init) ?? []
        evidence = json["evidence"]?.array?.compactMap(\.text) ?? []
        figures = json["figures"]?.members.compactMapValues(\.integer) ?? [:]
        details = json["details"]?.members.compactMapValues(\.text) ?? [:]
    }
}

extension StepMark.Issued {
    fileprivate var json: JSON {
        var members: [String: JSON] = ["kind": .text(kind), "digest": .text(digest)]
        if let number { members["number"] = .text(number) }
        return .object(members)
    }

    fileprivate init?(_ json: JSON) {
        guard let kind = json["kind"]?.text, let digest = json["digest"]?.text else { return nil }
        self.init(kind: kind, number: json["number"]?.text, digest: digest)
    }
}

extension JSON {
    fileprivate var members: [String: JSON] { if case .object(let members) = self { members } else { [:] } }
}
