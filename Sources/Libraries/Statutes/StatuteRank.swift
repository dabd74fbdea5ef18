/// What sort of law a text is (立法法), and who made it, as far as its title and its history tell.
package struct StatuteRank: Hashable, Sendable {
    /// From the highest to the lowest.
    package enum Sort: String, Hashable, Sendable, CaseIterable {
        case constitution = "宪法"
        case law = "法律"
        case interpretation = "司法解释"
        case administrative = "行政法规"
        case local = "地方性法规"
        case departmental = "部门规章"
        case governmental = "政府规章"
        case other = "其他规范性文件"

        package var english: String {
            switch self {
            case .constitution: "constitution"
            case .law: "law"
            case .interpretation: "judicial interpretation"
            case .administrative: "administrative regulation"
            case .local: "local regulation"
            case .departmental: "departmental rule"
            case .governmental: "government rule"
            case .other: "other document"
            }
        }
    }

    package let sort: Sort
    /// Nil where nothing tells.
    package let issuer: String?

    private static let congress = "人民代表大会"
    private static let state = "中华人民共和国"

    /// - Parameter events: the history of the law, an event a line.
    package init(title: String, events: String) {
        let court = ["最高人民法院", "最高人民检察院"].filter { title.contains($0) || events.contains($0) }
        let place = Self.congressPlace(in: events)
        if title.hasPrefix(Self.state + "宪法") {
            (sort, issuer) = (.constitution, "全国人民代表大会")
        } else if !court.isEmpty, title.contains("最高人民") || !events.contains(Self.congress) {
            (sort, issuer) = (.interpretation, court.joined(separator: "、"))
        } else if let place, place.isEmpty {
            let committee = events.contains(Self.congress + "常务委员会")
            (sort, issuer) = (.law, "全国" + Self.congress + (committee ? "常务委员会" : ""))
        } else if let place {
            (sort, issuer) = (.local, place + Self.congress + "常务委员会")
        } else if events.contains("国务院") {
            (sort, issuer) = (.administrative, "国务院")
        } else if let government = Self.name(endingIn: ["人民政府"], in: events) {
            (sort, issuer) = (.governmental, government)
        } else if let department = Self.name(endingIn: ["总局", "委员会", "部", "总署", "银行", "局", "署"], in: events) {
            let isCentral =
                department.hasPrefix("国家") || ["部", "总局", "总署", "银行"].contains { department.hasSuffix($0) }
            (sort, issuer) = (isCentral ? .departmental : .other, department)
        } else {
            (sort, issuer) = (.other, nil)
        }
    }

    /// The place whose people's congress passed it: empty for the nation's; nil where none is named.
    private static func congressPlace(in events: String) -> String? {
        for line in events.split(separator: "\n") where line.contains(congress) {
            let text = undated(line)
            guard let congressPlace = text.firstRange(of: congress) else { continue }
            let before = text[..<congressPlace.lowerBound]
            let place = before.split(separator: "第", omittingEmptySubsequences: false).first.map(String.init) ?? ""
            return place.hasPrefix("全国") || place.hasPrefix(state) ? "" : place
        }
        return nil
    }

    /// An event without its day.
    private static func undated(_ line: Substring) -> Substring {
        guard line.first?.isASCII == true, line.first?.isNumber == true else { return line }
        return line.drop { !$0.isWhitespace }.drop { $0.isWhitespace }
    }

    /// The office that an event names as the one that published it.
    private static func name(endingIn endings: [String], in events: String) -> String? {
        for line in events.split(separator: "\n") {
            var text = undated(line)
            if text.hasPrefix(state) { text = text.dropFirst(state.count) }
            if text.hasPrefix("原") { text = text.dropFirst() }
            for ending in endings {
                guard let found = text.firstRange(of: ending), text[..<found.lowerBound].count <= 24 else { continue }
                let name = String(text[..<found.upperBound])
                if !name.contains(where: { "《（(第，".contains($0) }) { return name }
            }
        }
        return nil
    }
}
