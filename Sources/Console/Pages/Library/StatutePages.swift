import Libraries

/// Statutes: searched through, read on a day, compared with themselves, and who rests on them.
enum StatutePages {
    static let section = Section(pages: [list, text, difference, citing])

    /// By rank, as the API names them.
    private static let kinds = ["宪法", "法律", "司法解释", "行政法规", "地方性法规", "部门规章", "政府规章", "其他规范性文件"]
    private static let statuses = ["in-force", "future", "superseded", "repealed", "undated"]

    // MARK: The library

    private static let list = Page(path: "/statutes", template: "statutes") { visit in
        let query = visit.query
        var view: [String: JSON] = [
            "asked": Choices.asked(["q", "name", "kind", "status", "title", "on"], visit),
            "kinds": Choices.view(kinds, chosen: query["kind"]),
            "statuses": Choices.view(statuses, chosen: query["status"]),
        ]
        guard let words = query["q"] else {
            let laws = try await visit.get(
                "/v1/statutes",
                [
                    "q": query["name"], "kind": query["kind"], "status": query["status"], "on": query["on"],
                    "cursor": query["cursor"], "limit": "50",
                ])
            view["laws"] = .array((laws["statutes"]?.array ?? []).map { linked($0, visit) })
            view["total"] = laws["total"]
            view["next"] = Choices.next(laws, visit, at: "/statutes", keeping: ["name", "kind", "status", "on"])
            return .object(view)
        }
        let hits = try await visit.get(
            "/v1/statutes/search",
            [
                "q": words, "title": query["title"], "status": query["status"], "on": query["on"],
                "cursor": query["cursor"], "limit": "20",
            ])
        view["isSearch"] = true
        view["hits"] = .array((hits["hits"]?.array ?? []).map(hit))
        view["next"] = Choices.next(hits, visit, at: "/statutes", keeping: ["q", "title", "status", "on"])
        return .object(view)
    }

    private static func linked(_ law: JSON, _ visit: Visit) -> JSON {
        guard case .object(var members) = law else { return law }
        members["path"] = .text(
            Address.of("/statutes/text", ["title": law["title"]?.text, "on": visit.query["on"]]))
        return .object(members)
    }

    /// A hit with its excerpt cut at what was found, and the place where it can be read.
    private static func hit(_ hit: JSON) -> JSON {
        guard case .object(var members) = hit else { return hit }
        members["pieces"] = pieces(hit)
        members["path"] = .text(
            place(title: hit["title"]?.text, statute: hit["statute"]?.text, number: hit["number"]?.text))
        return .object(members)
    }

    /// The address of an article, or of the beginning for what stands outside of articles.
    static func place(title: String?, statute: String?, number: String?) -> String {
        guard let number, number != "0" else {
            return Address.of("/statutes/text", ["title": title, "statute": statute])
        }
        return Address.of("/statutes/text", ["title": title, "statute": statute, "number": number]) + "#a-\(number)"
    }

    /// The excerpt cut at its highlights, which count Unicode scalars.
    static func pieces(_ hit: JSON) -> JSON {
        let scalars = Array((hit["excerpt"]?.text ?? "").unicodeScalars)
        var pieces: [JSON] = []
        var place = 0
        func take(upTo end: Int64, isHit: Bool) {
            let end = min(Int(end), scalars.count)
            guard place < end else { return }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars[place..<end])
            pieces.append(["text": .text(text), "isHit": .boolean(isHit)])
            place = end
        }
        for range in hit["highlights"]?.array ?? [] {
            guard let bounds = range.array, bounds.count == 2, let from = bounds[0].integer, let to = bounds[1].integer
            else { continue }
            take(upTo: from, isHit: false)
            take(upTo: to, isHit: true)
        }
        take(upTo: Int64(scalars.count), isHit: false)
        return .array(pieces)
    }

    // MARK: The reader

    private static let text = Page(path: "/statutes/text", template: "statute-text") { visit in
        let text = try await reading(visit)
        let title = text["title"]?.text ?? ""
        let versions = try await visit.get("/v1/statutes/versions", ["title": title, "on": visit.query["on"]])
        var contents = text["contents"]?.array ?? []
        if contents.isEmpty, visit.query["cursor"] != nil {
            contents = try await page(visit, chapter: nil, cursor: nil)["contents"]?.array ?? []
        }
        let shown = Set((text["statutes"]?.array ?? []).compactMap(\.text))
        let chapter = text["chapter"]?.integer
        return [
            "law": text, "asked": Choices.asked(["on", "statute"], visit),
            "chapters": .array(contents.map { chapterEntry($0, title, shown: chapter, visit) }),
            "articles": .array(articles(text, title)), "versions": .array(editions(versions, shown, title, visit)),
            "hasVersions": .boolean(distinct(versions).count > 1),
            "next": next(text, contents, title, visit), "isPart": .boolean(chapter != nil),
            "whole": .text(address(title, visit)),
            "citing": .text(Address.of("/statutes/citing", ["title": title])),
            "difference": .text(Address.of("/statutes/difference", ["title": title])),
        ]
    }

    /// What is read: from the article that was asked for, if one was, as many pages as lie before it.
    private static func reading(_ visit: Visit) async throws -> JSON {
        var read = try await page(visit, chapter: visit.query["chapter"], cursor: visit.query["cursor"])
        guard let number = visit.query["number"], number.first?.isNumber ?? false, case .object(var first) = read
        else { return read }
        var articles = read["articles"]?.array ?? []
        var pages = 1
        while !articles.contains(where: { $0["number"]?.text == number }), let cursor = read["next"]?.text,
            pages < pagesMax
        {
            read = try await page(visit, chapter: read["chapter"]?.integer.map { String($0) }, cursor: cursor)
            articles = read["articles"]?.array ?? []
            pages += 1
        }
        (first["articles"], first["next"]) = (.array(articles), read["next"] ?? .null)
        return .object(first)
    }

    /// Pages of one chapter that are looked through for an article.
    private static let pagesMax = 20

    private static func page(_ visit: Visit, chapter: String?, cursor: String?) async throws -> JSON {
        let query = visit.query
        let isFirst = cursor == nil && chapter == nil
        return try await visit.get(
            "/v1/statutes/text",
            [
                "title": query["title"], "statute": query["statute"], "on": query["on"], "chapter": chapter,
                "number": isFirst ? query["number"] : nil, "cursor": cursor,
            ])
    }

    private static func address(
        _ title: String, _ visit: Visit, chapter: Int64? = nil, cursor: String? = nil
    ) -> String {
        Address.of(
            "/statutes/text",
            [
                "title": title, "statute": visit.query["statute"], "on": visit.query["on"],
                "chapter": chapter.map { String($0) }, "cursor": cursor,
            ])
    }

    private static func chapterEntry(_ entry: JSON, _ title: String, shown: Int64?, _ visit: Visit) -> JSON {
        guard case .object(var members) = entry else { return entry }
        members["path"] = .text(address(title, visit, chapter: entry["chapter"]?.integer))
        members["isShown"] = .boolean(shown != nil && entry["chapter"]?.integer == shown)
        members["isInner"] = .boolean((entry["depth"]?.integer ?? 0) > 0)
        return .object(members)
    }

    /// Articles with their anchors; a heading stands before the first article below it.
    private static func articles(_ text: JSON, _ title: String) -> [JSON] {
        var heading = ""
        var anchors: Set<String> = []
        return (text["articles"]?.array ?? []).map { article in
            guard case .object(var members) = article else { return article }
            let (chapter, number) = (article["chapter"]?.text ?? "", article["number"]?.text ?? "0")
            members["heading"] = chapter == heading ? .null : .text(chapter)
            heading = chapter
            if number != "0", anchors.insert(number).inserted {
                members["anchor"] = .text("a-\(number)")
                members["citing"] = .text(Address.of("/statutes/citing", ["title": title, "number": number]))
            }
            return .object(members)
        }
    }

    /// What follows: the rest of what is read, or the next chapter.
    private static func next(_ text: JSON, _ contents: [JSON], _ title: String, _ visit: Visit) -> JSON {
        let chapter = text["chapter"]?.integer
        if let cursor = text["next"]?.text { return .text(address(title, visit, chapter: chapter, cursor: cursor)) }
        guard let chapter, let here = contents.first(where: { $0["chapter"]?.integer == chapter }),
            let depth = here["depth"]?.integer
        else { return .null }
        let following = contents.first { entry in
            (entry["chapter"]?.integer ?? 0) > chapter && (entry["depth"]?.integer ?? 0) <= depth
        }
        return following.map { .text(address(title, visit, chapter: $0["chapter"]?.integer)) } ?? .null
    }

    // MARK: Versions

    /// The first record of each version, the latest first.
    private static func distinct(_ versions: JSON) -> [JSON] {
        var days: Set<String> = []
        return (versions["versions"]?.array ?? []).filter { days.insert($0["version"]?.text ?? "").inserted }
    }

    /// Versions with the way to read each, and to compare it with the one before.
    private static func editions(_ versions: JSON, _ shown: Set<String>, _ title: String, _ visit: Visit) -> [JSON] {
        let all = versions["versions"]?.array ?? []
        return all.enumerated().map { place, version in
            guard case .object(var members) = version, let id = version["statute"]?.text else { return version }
            members["isShown"] = .boolean(shown.contains(id))
            members["path"] = .text(
                Address.of("/statutes/text", ["title": title, "statute": id, "on": visit.query["on"]]))
            if let before = all[place...].first(where: { $0["version"] != version["version"] })?["statute"]?.text {
                members["difference"] = .text(
                    Address.of("/statutes/difference", ["title": title, "from": before, "to": id]))
            }
            return .object(members)
        }
    }

    private static let difference = Page(path: "/statutes/difference", template: "statute-difference") { visit in
        let query = visit.query
        let versions = try await visit.get("/v1/statutes/versions", ["title": query["title"] ?? ""])
        let (all, title) = (distinct(versions), versions["title"]?.text ?? "")
        let from = query["from"] ?? (all.count > 1 ? all[1]["statute"]?.text : nil)
        let to = query["to"] ?? (all.count > 1 ? all[0]["statute"]?.text : nil)
        let read = Address.of("/statutes/text", ["title": title])
        guard let from, let to else { return ["title": .text(title), "isOnly": true, "read": .text(read)] }
        let compared = try await visit.get(
            "/v1/statutes/difference", ["title": title, "from": from, "to": to, "cursor": query["cursor"]])
        func options(_ side: String) -> JSON {
            .array(
                all.map { version in
                    [
                        "statute": version["statute"] ?? "", "version": version["version"] ?? .null,
                        "isChosen": .boolean(version["version"] == compared[side]?["version"]),
                    ]
                })
        }
        return [
            "title": .text(title), "compared": compared, "read": .text(read), "froms": options("from"),
            "tos": options("to"), "changes": .array((compared["changes"]?.array ?? []).map { change($0, title) }),
            "next": Choices.next(compared, visit, at: "/statutes/difference", keeping: ["title", "from", "to"]),
        ]
    }

    /// A change with the words of each piece's kind, since colours tell nothing to whoever does not see them.
    private static func change(_ change: JSON, _ title: String) -> JSON {
        guard case .object(var members) = change else { return change }
        members["pieces"] = .array(
            (change["pieces"]?.array ?? []).map { piece in
                let kind = piece["kind"]?.text
                return [
                    "text": piece["text"] ?? "", "isInserted": .boolean(kind == "inserted"),
                    "isDeleted": .boolean(kind == "deleted"),
                    "isSame": .boolean(kind != "inserted" && kind != "deleted"),
                ]
            })
        let (old, new) = (change["old"]?["label"]?.text, change["new"]?["label"]?.text)
        members["label"] = .text(
            old == nil || new == nil || old == new ? new ?? old ?? "" : "\(old ?? "") → \(new ?? "")")
        let number = (change["new"] ?? change["old"])?["number"]?.text
        if let number, number != "0" {
            members["citing"] = .text(Address.of("/statutes/citing", ["title": title, "number": number]))
        }
        return .object(members)
    }

    // MARK: Who rests on it

    private static let citing = Page(path: "/statutes/citing", template: "statute-citing") { visit in
        let query = visit.query
        let cited = try await visit.get(
            "/v1/statutes/citing",
            ["title": query["title"] ?? "", "number": query["number"], "cursor": query["cursor"], "limit": "20"])
        let title = cited["title"]?.text ?? ""
        return [
            "cited": await named(cited, visit), "asked": Choices.asked(["title", "number"], visit),
            "read": .text(place(title: title, statute: nil, number: cited["number"]?.text)),
            "hasCases": .boolean(cited["cases"] != nil),
            "mayCases": .boolean(CasePages.readers.admits(visit.person)),
            "next": Choices.next(cited, visit, at: "/statutes/citing", keeping: ["title", "number"]),
        ]
    }

    /// What rests on an article, its cases with the names of their items and bodies.
    private static func named(_ cited: JSON, _ visit: Visit) async -> JSON {
        guard case .object(var members) = cited, let cases = cited["cases"]?.array else { return cited }
        var names: [String: JSON] = [:]
        for item in Set(cases.compactMap { $0["item"]?.text }) {
            names[item] = (try? await visit.find("/v1/items/\(Address.encoded(item))"))?["item"]?["name"]
        }
        for body in Set(cases.compactMap { $0["body"]?.text }) {
            names[body] = (try? await visit.find("/v1/bodies/\(Address.encoded(body))"))?["body"]?["name"]
        }
        members["cases"] = .array(
            cases.map { one in
                guard case .object(var one) = one else { return one }
                one["itemName"] = one["item"]?.text.flatMap { names[$0] }
                one["bodyName"] = one["body"]?.text.flatMap { names[$0] }
                return .object(one)
            })
        return .object(members)
    }
}
