import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Libraries

/// Items and parties before a case: what may be used, what a choice brings, what has gone stale, what is known already.
extension Endpoint {
    private static let day = Parameter.query(
        "on", ["type": "string", "format": "date"], "The day; today in China by default.")

    static let items: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/items", operation: "listUsableItems",
            summary: "The items that the token's body may use on a day: its list of powers and duties (G26, G29).",
            parameters: [
                day,
                .query("body", ["type": "string"], "The code of another body, at or below the token's division."),
            ], answer: .json("ItemList", "The items by code."), problems: [.homeForbids],
            handler: .holder { api, call, holder in try await api.listUsableItems(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/items/choice", operation: "chooseItem",
            summary:
                "What choosing an item brings at once: its basis by the law of the act and of today, its procedure, "
                + "benchmark, documents and deadlines (G24, G25); or why it may not be used.",
            parameters: [
                .query("item", ["type": "string"], required: true, "The item's code."),
                .query("violated-on", ["type": "string", "format": "date"], "The day of the act."), day,
            ],
            answer: .json("ItemChoiceMessage", "The choice."), problems: [.refused],
            handler: .holder { api, call, holder in try await api.chooseItem(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/items/stale", operation: "listStaleBases",
            summary: "Items and benchmark rows whose basis was amended, repealed or is not to be found on a day.",
            parameters: [day] + paging, answer: .json("StaleBasisList", "Items first, then benchmarks."),
            handler: .holder { api, call, _ in try await api.listStaleBases(call) }),
        Endpoint(
            method: .post, path: "/v1/parties", operation: "readParty",
            summary: "What registers know of a party, so that nothing is typed twice (G45).",
            body: "PartyRequest", answer: .json("PartyMessage", "Facts by their ids, and what to look at again."),
            isViewLogged: true,
            problems: [.notJSON, .tooLarge, .notFound],
            handler: .holder { api, call, holder in try await api.readParty(call, holder) }),
    ]
}

extension API {
    func listUsableItems(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var call = call
        let day = try day("on", &call) ?? today.day
        let code = call.query.text("body") ?? holder.body
        try call.query.finish()
        let items = try await knowing { knowledge in
            guard let body = knowledge.body(code: code) else {
                throw Problem(.badValue, "this node knows no such body: check its code", at: "query:body")
            }
            guard knowledge.tree.isAtOrBelow(body.division, holder.division) else {
                throw Problem(.homeForbids, "the body stands beside or above the token's division", at: "query:body")
            }
            return knowledge.usableItems(body: code, division: body.division, on: day).map(ItemSummary.init)
        }
        return try Self.json(ItemList(items: items))
    }

    func chooseItem(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var call = call
        let item = try call.query.required("item")
        let (violatedOn, day) = (try day("violated-on", &call), try day("on", &call) ?? today.day)
        try call.query.finish()
        let book = cases
        let choice: ItemChoice.Outcome = try await browsing { knowledge in
            let procedures = book.inUse(on: day, knowing: knowledge.base)
            let own = knowledge.body(code: holder.body)?.division ?? holder.division
            let knowledge = LibraryKnowledge(knowledge.base, knowledge.catalogue, for: own)
            return ItemChoice.choose(
                item: item, body: holder.body, division: holder.division, violatedOn: violatedOn, on: day,
                knowledge: knowledge
            ) { id in procedures.first { $0.procedure.id == id }?.procedure }
        }
        switch choice {
        case .chosen(let choice): return try Self.json(ItemChoiceMessage(choice))
        case .refused(let findings): throw Self.refused(findings, at: "query:item")
        }
    }

    func listStaleBases(_ call: APICall) async throws -> Response {
        var call = call
        let day = try day("on", &call) ?? today.day
        let limit = try call.query.count("limit", default: APILimits.recordsPerPage, max: APILimits.recordsPerPageMax)
        let cursor = call.query.text("cursor")
        try call.query.finish()
        let found = staleBases
        let entries = try await browsing { knowledge in try found.entries(on: day, knowledge) }
        let rest = cursor.map { cursor in entries.drop { $0.order <= cursor } } ?? entries[...]
        let page = rest.prefix(limit)
        return try Self.json(
            StaleBasisList(
                bases: page.map { StaleBasisMessage($0.finding) }, total: entries.count,
                next: rest.count > limit ? page.last?.order : nil))
    }

    func readParty(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var object = try JSONObject(try await call.body())
        let number = try object.text("number")
        try object.finish()
        let party = try await knowing { knowledge in
            Prefill.party(id: number, home: holder.division, in: knowledge).map(PartyMessage.init)
        }
        guard let party else {
            throw Problem(
                .notFound, "登记库中没有该主体，请自行录入 · no register here knows the party: enter it by hand", at: "/number")
        }
        try await logView(.party, of: nil, call, holder)
        return try Self.json(party)
    }

    private func day(_ name: String, _ call: inout APICall) throws(Problem) -> LegalDate? {
        guard let text = call.query.text(name) else { return nil }
        guard let day = LegalDate(text) else {
            throw Problem(.badValue, "a day is expected, YYYY-MM-DD", at: "query:\(name)")
        }
        return day
    }
}
