import Casework
import Divisions
import HTTPTypes
import Libraries

/// The calls about the whole library of items, about bodies and about officers.
extension Endpoint {
    private static let on = Parameter.query(
        "on", ["type": "string", "format": "date"], "The day; today in China by default.")
    private static let cursor = Parameter.query("cursor", ["type": "string"], "\"next\" of the page before.")
    private static let division = [
        Parameter.query("division", ["type": "string"], "The code of a division."),
        Parameter.query("below", ["type": "boolean"], "With division: those of the divisions below it too."),
    ]

    private static func limit(max: Int) -> Parameter {
        .query(
            "limit", ["type": "integer", "minimum": 1, "maximum": .integer(Int64(max))],
            "How many a page has, \(APILimits.recordsPerPage) by default.")
    }

    static let library: [Endpoint] = libraryItems + bodies + officers

    private static let libraryItems: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/items/search", operation: "searchItems",
            summary: "Items of the whole library by code; with a body those that it may use on the day.",
            parameters: [
                .query("q", ["type": "string"], "Words that the name or code has, with spaces between them."),
                .query("body", ["type": "string"], "The code of a body at or below the token's division."),
                .query(
                    "level", ["type": "string", "enum": .array(Level.allCases.map { .text($0.englishName) })],
                    "Only items that bodies of this level may use."),
                .query("kind", ["type": "string"], "Only items of this kind, such as 行政处罚."),
                .query("field", ["type": "string"], "Only items of this field."), on, limit(max: 100), cursor,
            ], answer: .json("ItemPage", "A page of items."), problems: [.homeForbids],
            handler: .holder { api, call, holder in try await api.searchItems(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/items/{code}", operation: "readItem",
            summary: "An item with its articles by the law of the day, its benchmark, procedure, documents and "
                + "deadlines, who has it, and whether a body may use it.",
            parameters: [
                .path("code", "The item's code."), on,
                .query("body", ["type": "string"], "The code of a body; the token's own by default."),
            ], answer: .json("ItemDetail", "The item."), problems: [.notFound, .homeForbids],
            handler: .holder { api, call, holder in try await api.readItem(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/items/fine", operation: "calculateFine",
            summary: "What an item's benchmark says of a sum, or which sums it allows; nothing is written.",
            body: "FineRequest", answer: .json("FineMessage", "The range, and where the sum lies."),
            problems: [.notJSON, .tooLarge, .notFound],
            handler: .holder { api, call, _ in try await api.calculateFine(call) }),
    ]

    private static let bodies: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/bodies", operation: "listBodies", summary: "Bodies that enforce, by code.",
            parameters: [.query("q", ["type": "string"], "Words that the name or code has, with spaces between them.")]
                + division + [
                    .query("type", ["type": "string"], "Only bodies of this type, such as 法定行政机关."), on,
                    limit(max: APILimits.recordsPerPageMax), cursor,
                ], answer: .json("BodyList", "A page of bodies."),
            handler: .holder { api, call, _ in try await api.listBodies(call) }),
        Endpoint(
            method: .get, path: "/v1/bodies/{code}", operation: "readBody",
            summary: "A body, and a page of what was handed down or entrusted to its division.",
            parameters: [
                .path("code", "The body's code."), on, limit(max: APILimits.recordsPerPageMax), cursor,
            ], answer: .json("BodyMessage", "The body."), problems: [.notFound],
            handler: .holder { api, call, _ in try await api.readBody(call) }),
    ]

    private static let officers: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/officers", operation: "listOfficers",
            summary: "Officers by certificate: what is published of them (广东省行政执法公示办法第8条).",
            parameters: [.query("q", ["type": "string"], "Words that the name or certificate has.")] + division + [
                .query("body", ["type": "string"], "The code of their body."), on,
                limit(max: APILimits.recordsPerPageMax), cursor,
            ], answer: .json("OfficerList", "A page of officers."),
            handler: .holder { api, call, _ in try await api.listOfficers(call) }),
        Endpoint(
            method: .get, path: "/v1/officers/{certificate}", operation: "readOfficer",
            summary: "An officer: his certificate with what became of it, his joint duties, and whether he may act on "
                + "a day, at a place, in a field, or why not.",
            parameters: [
                .path("certificate", "The number of the certificate."), on,
                .query("place", ["type": "string"], "The code of a division; his own by default."),
                .query("field", ["type": "string"], "The field of an item; none by default."),
                .query("body", ["type": "string"], "The code of the acting body; his own by default."),
                .query(
                    "post", ["type": "string", "enum": .array(Post.allCases.map { .text($0.rawValue) })],
                    "As what he acts; as officer by default."),
            ], answer: .json("OfficerMessage", "The officer."), problems: [.notFound],
            handler: .holder { api, call, _ in try await api.readOfficer(call) }),
    ]
}
