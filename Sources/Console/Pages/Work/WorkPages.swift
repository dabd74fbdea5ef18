import Libraries

/// My work: what is due, overdue, returned, to be confirmed or in conflict, and the way to its next step.
enum WorkPages {
    static let section = Section(
        pages: [page],
        downloads: [
            Download(path: "/", audience: .everyone) { visit in
                Console.seeOther(visit.person.map { home(of: $0) } ?? "/publicity")
            }
        ])

    /// Where somebody begins.
    private static func home(of person: Person) -> String {
        switch person.role {
        case "operator": "/operation"
        case "librarian": "/statutes"
        default: "/work"
        }
    }

    private static let page = Page(path: "/work", template: "work", audience: CasePages.readers) { visit in
        let (whose, section) = (visit.query["whose"], visit.query["section"])
        let work = try await visit.get(
            "/v1/work",
            [
                "whose": whose, "section": section, "cursor": visit.query["cursor"],
                "limit": section == nil ? nil : "50",
            ])
        let sections = (work["sections"]?.array ?? []).map { view($0, visit) }
        let shown = sections.filter { ($0["count"]?.integer ?? 0) > 0 }
        return [
            "figures": section == nil ? .array(sections) : [], "sections": .array(section == nil ? shown : sections),
            "isQuiet": .boolean(shown.isEmpty), "whose": work["whose"] ?? "", "one": section.map(JSON.text) ?? .null,
            "mayLine": .boolean(["reviewer", "responsible"].contains(visit.person?.role)),
            "mayAll": .boolean(visit.person?.role == "supervisor"),
        ]
    }

    private static func view(_ section: JSON, _ visit: Visit) -> JSON {
        guard case .object(var members) = section else { return section }
        let name = section["section"]?.text
        let mayAct = CasePages.writers.admits(visit.person)
        members["items"] = .array((section["items"]?.array ?? []).map { item($0, mayAct: mayAct) })
        let isMore = section["next"]?.text != nil
        if visit.query["section"] == nil {
            members["all"] =
                isMore ? .text(Address.of("/work", ["whose": visit.query["whose"], "section": name])) : .null
        } else {
            members["more"] =
                section["next"]?.text.map {
                    .text(Address.of("/work", ["whose": visit.query["whose"], "section": name, "cursor": $0]))
                } ?? .null
        }
        return .object(members)
    }

    /// A row, with the address of its next step.
    private static func item(_ item: JSON, mayAct: Bool) -> JSON {
        guard case .object(var members) = item else { return item }
        if let directive = item["directive"]?.text {
            members["directivePath"] = .text("/supervision/directives/\(Address.encoded(directive))")
        }
        guard let record = item["record"]?.text else { return .object(members) }
        let path = "/cases/\(Address.encoded(record))"
        members["path"] = .text(path)
        if mayAct, let step = item["next"]?["step"]?.text {
            members["stepPath"] = .text("\(path)/steps/\(Address.encoded(step))")
        }
        if let left = item["daysLeft"]?.integer, left < 0 { members["daysOver"] = .integer(-left) }
        return .object(members)
    }
}
