import Casework
import Divisions
import Hummingbird
import Lattice
import Ledger
import Libraries
import Store

/// The whole library of items: found by words, read with all that hangs on them, and what a benchmark says of a sum.
extension API {
    /// Items that one answer looks through for those that a body may use.
    private static let itemsLookedAtMax = 400
    /// Bodies and delegations that an item's page shows.
    private static let shownOfItemMax = 100

    func searchItems(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var query = call.query
        let words = (query.text("q") ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
        let level = try query.text("level").map { text throws(Problem) in
            guard let level = Level(name: text) else {
                let known = Level.allCases.map(\.englishName).joined(separator: ", ")
                throw Problem(.badValue, "there is no such level: use one of \(known)", at: "query:level")
            }
            return level
        }
        let (kind, field, bodyCode) = (query.text("kind"), query.text("field"), query.text("body"))
        let day = try day(&query)
        let limit = try query.count("limit", default: APILimits.recordsPerPage, max: Self.shownOfItemMax)
        let after = try Self.rowPlace(&query)
        try query.finish()
        var conditions = words.map { RowList.Condition.any([.contains("name", $0), .contains("code", $0)]) }
        if let kind { conditions.append(.shows("item-kind", .text(kind))) }
        if let field { conditions.append(.shows("field", .text(field))) }
        if let level { conditions.append(.any([.isEmpty("levels"), .holds("levels", level.chineseName)])) }
        let page = try await browsing { [conditions] knowledge in
            var list = RowList(
                kind: LibraryKinds.item.name, fields: Self.itemFields, conditions: conditions, order: "code",
                after: after, limit: limit)
            guard let bodyCode else { return try Self.items(list, knowledge) { _, _ in true } }
            let body = try Self.body(bodyCode, for: holder, in: knowledge)
            list.conditions += try Self.powers(of: body, knowledge)
            let narrowed = LibraryKnowledge(knowledge.base, knowledge.catalogue, for: body.division)
            return try Self.items(list, knowledge) { code, _ in
                ItemCheck.findings(
                    item: code, body: body.code, division: body.division, on: day, knowledge: narrowed
                ).isEmpty
            }
        }
        return try Self.json(page)
    }

    static let itemFields = [
        "code", "name", "item-kind", "field", "levels", "body-type", "valid-from", "valid-to",
    ]

    /// Pages through a list until there are enough items that are wanted, or enough were looked at.
    static func items(
        _ list: RowList, _ knowledge: LibraryKnowledge, where isWanted: (String, ShownRow) -> Bool
    ) throws -> ItemPage {
        var list = list
        let limit = list.limit
        var (found, lookedAt): ([ItemListing], Int) = ([], 0)
        repeat {
            let page = try knowledge.base.source.snapshot.rows(list)
            for (place, row) in page.rows.enumerated() {
                guard let code = row.text("code") else { continue }
                // The same code may be kept by several divisions: it is shown once.
                if found.last?.code != code, isWanted(code, row) { found.append(ItemListing(row)) }
                guard found.count == limit, place + 1 < page.rows.count || page.next != nil else { continue }
                return ItemPage(items: found, next: rowCursor(RowList.Place(key: code, record: row.place)))
            }
            lookedAt += page.rows.count
            list.after = page.next
        } while list.after != nil && lookedAt < itemsLookedAtMax
        return ItemPage(items: found, next: list.after.map(rowCursor))
    }

    /// What the items of a body have in their rows; what else is asked of them is looked at one by one.
    static func powers(of body: BodyFacts, _ knowledge: LibraryKnowledge) throws -> [RowList.Condition] {
        let organ = body.entrustedBy.flatMap { knowledge.body(code: $0) } ?? body
        let level = knowledge.tree.level(of: organ.division)?.chineseName ?? ""
        var list = RowList(
            kind: LibraryKinds.delegation.name, fields: ["item"],
            conditions: [.equals("to", .text(body.division.text))])
        var given: Set<String> = []
        repeat {
            let page = try knowledge.base.source.snapshot.rows(list)
            given.formUnion(page.rows.compactMap { $0.text("item") })
            list.after = page.next
        } while list.after != nil
        var own: [RowList.Condition] = [
            .isEmpty("bodies"), .any([.isEmpty("levels"), .holds("levels", level)]),
            .any([.isEmpty("body-type"), .equals("body-type", .text(organ.type))]),
        ]
        if !organ.fields.isEmpty { own.append(.any([.isEmpty("field"), .isOneOf("field", organ.fields)])) }
        return [
            .any([
                .all(own), .holds("bodies", organ.code), .holds("delegated-to", body.division.text),
                .holds("delegated-to", organ.division.text), .isOneOf("code", given.sorted()),
            ])
        ]
    }

    // MARK: One item

    func readItem(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var query = call.query
        let day = try day(&query)
        let bodyCode = query.text("body") ?? holder.body
        try query.finish()
        guard let code = call.path("code"), !code.isEmpty else { throw Self.noItem }
        let (book, tree) = (cases, core.tree)
        let detail = try await browsing { knowledge in
            guard let body = knowledge.body(code: bodyCode) else {
                throw Problem(.badValue, "this node knows no such body: check its code", at: "query:body")
            }
            guard tree.isAtOrBelow(body.division, holder.division) else {
                throw Problem(.homeForbids, "the body stands beside or above the token's division", at: "query:body")
            }
            let narrowed = LibraryKnowledge(knowledge.base, knowledge.catalogue, for: body.division)
            return try Self.detail(of: code, for: body, holder.division, on: day, narrowed, book)
        }
        return try Self.json(detail)
    }

    private static var noItem: Problem {
        Problem(.notFound, "本单位没有该事项，请核对编码 · this node holds no such item: check its code", at: "path:code")
    }

    private static func detail(
        of code: String, for body: BodyFacts, _ division: DivisionCode, on day: LegalDate,
        _ knowledge: LibraryKnowledge, _ book: ProcedureBook
    ) throws -> ItemDetail {
        guard let item = knowledge.item(code: code) else { throw noItem }
        let snapshot = knowledge.base.source.snapshot
        let procedureID = ItemChoice.procedureID(of: item)
        let procedure = book.inUse(on: day, knowing: knowledge.base).first { $0.procedure.id == procedureID }?.procedure
        var documents: [ChosenDocumentMessage] = []
        for step in procedure?.steps ?? [] {
            guard let kind = step.document, !documents.contains(where: { $0.kind == kind }) else { continue }
            documents.append(ChosenDocumentMessage(kind: kind, step: WordsMessage(step.name)))
        }
        let below = knowledge.tree.subtree(of: division).map(\.text)
        let given = RowList(
            kind: LibraryKinds.delegation.name, fields: DelegationMessage.fields,
            conditions: [.equals("item", .text(code)), .isOneOf("to", below)], limit: shownOfItemMax)
        let findings = ItemCheck.findings(
            item: code, body: body.code, division: body.division, on: day, knowledge: knowledge)
        let tree = knowledge.tree
        let penalties = knowledge.base.source.record(item.record)?.view["penalty-kinds"]?.values ?? []
        return ItemDetail(
            item: ItemListing(item), on: day.description,
            articles: item.bases.map { ItemArticle($0, of: item, on: day, knowledge) },
            penalties: penalties.compactMap { if case .text(let text) = $0.value { text } else { nil } },
            hearing: item.needsHearing, legalReview: item.needsReview, publicity: item.isPublic,
            limitationYears: item.limitationYears,
            benchmark: knowledge.benchmark(item: code).map(BenchmarkMessage.init),
            procedure: procedureID, procedureName: procedure.map { WordsMessage($0.name) }, documents: documents,
            deadlines: (procedure?.deadlines ?? []).map {
                ChosenDeadlineMessage(
                    id: $0.id, name: WordsMessage($0.name), length: WordsMessage($0.length.words),
                    articles: $0.articles)
            },
            bodies: item.bodies.prefix(shownOfItemMax).map {
                NamedCode(code: $0, name: knowledge.body(code: $0)?.name)
            },
            bodyCount: item.bodies.count,
            delegations: try snapshot.rows(given).rows.map {
                DelegationMessage($0, itemName: item.name, on: day, tree)
            },
            delegationCount: try snapshot.count(given), body: body.code, mayUse: findings.isEmpty,
            findings: findings.map { FindingMessage($0.gate) })
    }

    // MARK: The calculator

    func calculateFine(_ call: APICall) async throws -> Response {
        let request = try FineRequest(try await call.body())
        let message = try await browsing { knowledge in
            guard let benchmark = knowledge.benchmark(item: request.item) else {
                throw Problem(
                    .notFound, "本单位没有该事项的裁量基准 · this node holds no benchmark of the item: check its code",
                    at: "/item")
            }
            let answer = benchmark.judge(fen: request.fineFen ?? 0) { request.facts[$0] }
            return FineMessage(request, benchmark, answer)
        }
        return try Self.json(message)
    }

    // MARK: Shared

    static func body(
        _ code: String, for holder: TokenHolder, in knowledge: LibraryKnowledge
    ) throws(Problem) -> BodyFacts {
        guard let body = knowledge.body(code: code) else {
            throw Problem(.badValue, "this node knows no such body: check its code", at: "query:body")
        }
        guard knowledge.tree.isAtOrBelow(body.division, holder.division) else {
            throw Problem(.homeForbids, "the body stands beside or above the token's division", at: "query:body")
        }
        return body
    }

    /// The place that `cursor` names.
    static func rowPlace(_ query: inout APIQuery) throws(Problem) -> RowList.Place? {
        guard let text = query.text("cursor") else { return nil }
        let parts = text.split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let record = Int64(parts[0], radix: 36), record > 0 else { throw badCursor }
        return RowList.Place(key: String(parts[1]), record: record)
    }

    static func rowCursor(_ place: RowList.Place) -> String { "\(String(place.record, radix: 36))~\(place.key)" }
}

extension ItemListing {
    init(_ row: ShownRow) {
        let levels = row.texts("levels")
        self.init(
            code: row.text("code") ?? "", record: row.id.description, name: row.text("name") ?? "",
            kind: row.text("item-kind") ?? "", field: row.text("field") ?? "",
            levels: Level.allCases.filter { levels.contains($0.chineseName) }.map(WordsMessage.init),
            bodyType: row.text("body-type"), validFrom: row.text("valid-from"), validTo: row.text("valid-to"))
    }

    init(_ item: ItemFacts) {
        self.init(
            code: item.code, record: item.record.description, name: item.name, kind: item.kind, field: item.field,
            levels: item.levels.map(WordsMessage.init), bodyType: item.bodyType,
            validFrom: item.validFrom?.description, validTo: item.validTo?.description)
    }
}

extension WordsMessage {
    init(_ level: Level) { self.init(Bilingual(level.chineseName, level.englishName)) }
}

/// `POST /v1/items/fine`: an item, what is known of the case, and the sum that is thought of.
struct FineRequest: Sendable {
    /// Circumstances or factors in one request.
    private static let choicesMax = 64

    let item: String
    let fineFen: Int64?
    /// As `DiscretionFact` names them.
    let facts: [String: Value]

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        item = try object.text("item")
        fineFen = try Self.sum("fineFen", &object)
        var facts: [String: Value] = [:]
        if let ordinals = try Self.ordinals(&object) { facts[DiscretionFact.circumstance] = .text(ordinals) }
        if let factors = try Self.factors(&object) { facts[DiscretionFact.factors] = .text(factors) }
        if let base = try Self.sum("baseFen", &object) { facts[DiscretionFact.baseAmount] = .integer(base) }
        if let repeats = try Self.sum("repeats", &object) { facts[DiscretionFact.repeats] = .integer(repeats) }
        if let weighing = try object.optionalText("weighing") {
            guard Weighing(rawValue: weighing) != nil else {
                let known = Weighing.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(.badValue, "there is no such weighing: use one of \(known)", at: "/weighing")
            }
            facts[DiscretionFact.weighing] = .text(weighing)
        }
        try object.finish()
        self.facts = facts
    }

    /// The ordinals of the circumstances, as `DiscretionFact.circumstance` takes several.
    private static func ordinals(_ object: inout JSONObject) throws(Problem) -> String? {
        guard let value = object.optional("circumstances") else { return nil }
        guard let list = value.array else {
            throw JSONObject.wrongType(value, "an array of integers", at: "/circumstances")
        }
        guard (1...choicesMax).contains(list.count) else {
            throw Problem(.badValue, "1 to \(choicesMax) circumstances are expected", at: "/circumstances")
        }
        var ordinals: [String] = []
        for (place, element) in list.enumerated() {
            guard case .integer(let ordinal) = element else {
                throw JSONObject.wrongType(element, "an integer", at: "/circumstances/\(place)")
            }
            ordinals.append(String(ordinal))
        }
        return ordinals.joined(separator: ",")
    }

    /// The choice of each factor, as `DiscretionFact.factors` takes them.
    private static func factors(_ object: inout JSONObject) throws(Problem) -> String? {
        guard let value = object.optional("factors") else { return nil }
        guard case .object(let chosen) = value else { throw JSONObject.wrongType(value, "an object", at: "/factors") }
        guard chosen.count <= choicesMax else {
            throw Problem(.badValue, "\(choicesMax) factors at most are expected", at: "/factors")
        }
        var lines: [String] = []
        for (name, choice) in chosen.sorted(by: { $0.key < $1.key }) {
            guard let text = choice.text else {
                throw JSONObject.wrongType(choice, "a text", at: JSONObject.pointer("/factors", name))
            }
            lines.append("\(name)=\(text)")
        }
        return lines.joined(separator: "\n")
    }

    private static func sum(_ member: String, _ object: inout JSONObject) throws(Problem) -> Int64? {
        guard let value = object.optional(member) else { return nil }
        guard case .integer(let number) = value else {
            throw JSONObject.wrongType(value, "an integer", at: object.at(member))
        }
        guard number >= 0 else { throw Problem(.badValue, "it is 0 at least", at: object.at(member)) }
        return number
    }
}

extension FineMessage {
    fileprivate init(_ request: FineRequest, _ benchmark: Benchmark, _ answer: DiscretionAnswer) {
        var missing: [String] = []
        if case .cannotTell(let facts) = answer.standing { missing = facts }
        let isAsked = request.fineFen != nil
        self.init(
            item: request.item, benchmark: "\(benchmark.set)#\(benchmark.item)",
            range: answer.range.map(FineRangeMessage.init), fineFen: request.fineFen,
            standing: isAsked ? answer.standing.word : nil, isWithin: isAsked ? answer.isWithin : nil,
            says: WordsMessage(isAsked ? answer.says : answer.range?.words ?? answer.says), missing: missing,
            articles: answer.articles)
    }
}

extension DiscretionAnswer.Standing {
    fileprivate var word: String {
        switch self {
        case .below: "below"
        case .within: "within"
        case .above: "above"
        case .cannotTell: "cannot-tell"
        }
    }
}
