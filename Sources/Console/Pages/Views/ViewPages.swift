import Libraries

/// Who has looked at what is personal, when and why: a supervisor sees it of his division, everybody of himself.
enum ViewPages {
    static let section = Section(pages: [page])

    /// Days that are looked at unless others are asked for.
    private static let days = 30

    private static let page = Page(path: "/views", template: "views") { visit in
        let query = visit.query
        let role = visit.person?.role ?? ""
        let watches = role == "supervisor" || role == "operator"
        let today = LegalDate(visit.moment.prefix(10))
        let to = query["to"] ?? today?.description
        let from = query["from"] ?? to.flatMap { LegalDate($0) }?.adding(days: -days)?.description
        let (subject, viewer) = (query["subject"], watches ? query["viewer"] : nil)
        let list = try await visit.get(
            "/v1/views",
            [
                "subject": subject, "viewer": viewer, "purpose": query["purpose"], "from": from, "to": to,
                "latest": "true", "limit": "50", "cursor": query["cursor"],
            ])
        let next = list["next"]?.text.map {
            Address.of(
                "/views",
                [
                    "subject": subject, "viewer": viewer, "purpose": query["purpose"], "from": from, "to": to,
                    "cursor": $0,
                ])
        }
        return [
            "views": .array((list["views"]?.array ?? []).map { row($0, watches: watches) }),
            "next": next.map(JSON.text) ?? .null, "watches": .boolean(watches),
            "seesSubject": .boolean(role != "operator"),
            "asked": [
                "subject": .text(subject ?? ""), "viewer": .text(viewer ?? ""), "from": .text(from ?? ""),
                "to": .text(to ?? ""),
            ],
            "purposes": .array(
                ["handling", "review", "supervision", "complaint", "audit", "exchange", "publicity"].map {
                    ["purpose": .text($0), "isChosen": .boolean($0 == query["purpose"])]
                }),
        ]
    }

    /// How much of an id tells records of a list apart.
    private static let markLength = 8

    private static func row(_ view: JSON, watches: Bool) -> JSON {
        guard case .object(var members) = view else { return view }
        if let subject = view["subject"]?.text {
            members["subjectPath"] = .text(Address.of("/views", ["subject": subject]))
            let kind = subject.prefix { $0 != ":" }
            members["kind"] = .text(String(kind))
            members["mark"] = .text(String(subject.suffix(markLength)))
            switch kind {
            case "case", "urgent-case": members["recordPath"] = .text("/cases/\(Address.encoded(subject))")
            case "directive": members["recordPath"] = .text("/supervision/directives/\(Address.encoded(subject))")
            default: break
            }
        }
        if watches, let viewer = view["viewer"]?.text {
            members["viewerPath"] = .text(Address.of("/views", ["viewer": viewer]))
        }
        return .object(members)
    }
}
