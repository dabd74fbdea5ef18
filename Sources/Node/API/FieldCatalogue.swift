import Casework
import Divisions
import Hummingbird
import Lattice
import Ledger
import Libraries
import Store

/// What a device keeps of the library, so that an officer can decide on the spot without a line.
extension API {
    /// Items in one answer: some hundred kilobytes with their benchmarks.
    private static let fieldItemsPerPage = 100

    func readFieldCatalogue(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var query = call.query
        let after = try Self.rowPlace(&query)
        try query.finish()
        let day = today.day
        let catalogue = try await browsing { knowledge in
            let body = try Self.body(holder.body, for: holder, in: knowledge)
            let narrowed = LibraryKnowledge(knowledge.base, knowledge.catalogue, for: body.division)
            let list = RowList(
                kind: LibraryKinds.item.name, fields: Self.itemFields,
                conditions: [.isOneOf("item-kind", ["行政处罚", "处罚"])] + (try Self.powers(of: body, knowledge)),
                order: "code", after: after, limit: Self.fieldItemsPerPage)
            let page = try Self.items(list, knowledge) { code, _ in
                ItemCheck.findings(
                    item: code, body: body.code, division: body.division, on: day, knowledge: narrowed
                ).isEmpty
            }
            let items = page.items.map { listing in
                FieldItemMessage(
                    code: listing.code, name: listing.name,
                    bases: narrowed.item(code: listing.code)?.bases ?? [],
                    benchmark: narrowed.benchmark(item: listing.code).map(BenchmarkMessage.init))
            }
            return FieldCatalogue(on: day.description, items: items, next: page.next)
        }
        return try Self.json(catalogue)
    }
}
