import Libraries

extension Schemas {
    static let library = LibrarySchemas.all
}

/// What laws, items, bodies and officers are answered with.
enum LibrarySchemas {
    static let all: [String: JSON] = laws.merging(items) { first, _ in first }

    static let word: JSON = ["type": "string"]
    static let number: JSON = ["type": "integer"]
    static let yesOrNo: JSON = ["type": "boolean"]
    static let date: JSON = ["type": "string", "format": "date"]
    static let bilingual = reference("WordsMessage")

    static func reference(_ name: String) -> JSON { Schemas.reference(name) }

    static func list(of items: JSON) -> JSON { ["type": "array", "items": items] }

    static func message(_ required: [String: JSON], optional: [String: JSON] = [:]) -> JSON {
        [
            "type": "object", "required": .array(required.keys.sorted().map { .text($0) }),
            "properties": .object(required.merging(optional) { first, _ in first }), "additionalProperties": false,
        ]
    }

    static func choice(_ names: [String]) -> JSON { ["type": "string", "enum": .array(names.map { .text($0) })] }

    private static let lawStatus = choice(StatuteStatus.allCases.map(\.rawValue))

    private static let laws: [String: JSON] = [
        "StatuteHit": message(
            [
                "article": word, "statute": word, "title": word, "number": word, "label": word, "chapter": word,
                "excerpt": word, "highlights": list(of: list(of: number)), "status": lawStatus,
                "statusWords": bilingual,
            ], optional: ["version": date, "part": word, "effective": date]),
        "StatuteHits": message(["hits": list(of: reference("StatuteHit"))], optional: ["next": word]),
        "StatuteSummary": message(
            [
                "title": word, "kind": bilingual, "status": lawStatus, "statusWords": bilingual, "versions": number,
                "statute": word, "articles": number,
            ], optional: ["issuer": word, "version": date, "effective": date]),
        "StatuteList": message(
            ["statutes": list(of: reference("StatuteSummary")), "total": number], optional: ["next": word]),
        "StatuteVersionMessage": message(
            [
                "statute": word, "source": choice(EffectiveSource.allCases.map(\.rawValue)), "articles": number,
                "status": lawStatus, "statusWords": bilingual, "events": list(of: word),
            ],
            optional: [
                "part": word, "version": date, "published": date, "effective": date, "originalEffective": date,
            ]),
        "RepealMessage": message(["from": date], optional: ["by": word]),
        "StatuteVersions": message(
            ["title": word, "kind": bilingual, "on": date, "versions": list(of: reference("StatuteVersionMessage"))],
            optional: ["issuer": word, "repealed": reference("RepealMessage")]),
        "ContentsEntry": message([
            "chapter": number, "depth": number, "heading": word, "first": word, "last": word, "articles": number,
        ]),
        "ReadArticle": message([
            "id": word, "number": word, "label": word, "chapter": word, "text": word, "isContinued": yesOrNo,
        ]),
        "StatuteTextMessage": message(
            [
                "title": word, "kind": bilingual, "status": lawStatus, "statusWords": bilingual,
                "statutes": list(of: word), "contents": list(of: reference("ContentsEntry")),
                "articles": list(of: reference("ReadArticle")),
            ],
            optional: [
                "issuer": word, "version": date, "effective": date, "until": date,
                "repealed": reference("RepealMessage"), "chapter": number, "next": word,
            ]),
        "ComparedArticle": message(["id": word, "number": word, "label": word, "chapter": word]),
        "TextPiece": message(["kind": choice(TextDifference.Piece.Kind.allCases.map(\.rawValue)), "text": word]),
        "ArticleChange": message(
            [
                "kind": choice(StatuteDifference.Kind.allCases.map(\.rawValue)), "isRenumbered": yesOrNo,
                "pieces": list(of: reference("TextPiece")),
            ], optional: ["old": reference("ComparedArticle"), "new": reference("ComparedArticle")]),
        "StatuteDifferenceMessage": message(
            [
                "title": word, "from": reference("StatuteVersionMessage"), "to": reference("StatuteVersionMessage"),
                "added": number, "removed": number, "changed": number, "renumbered": number, "unchanged": number,
                "changes": list(of: reference("ArticleChange")),
            ], optional: ["next": word]),
        "CitingItem": message([
            "code": word, "name": word, "kind": word, "field": word, "references": list(of: word),
        ]),
        "CitingBenchmark": message(["set": word, "item": word, "violation": word, "reference": word]),
        "CitingText": message(["kind": choice(["template", "procedure"]), "id": word, "name": word]),
        "CitingCase": message(
            ["id": word, "item": word, "body": word, "division": word, "standing": choice(["open", "waiting"])],
            optional: ["title": word, "due": date]),
        "StatuteCitations": message(
            [
                "title": word, "items": list(of: reference("CitingItem")), "itemCount": number,
                "benchmarks": list(of: reference("CitingBenchmark")), "benchmarkCount": number,
                "texts": list(of: reference("CitingText")),
            ], optional: ["number": word, "cases": list(of: reference("CitingCase")), "next": word]),
    ]
}
