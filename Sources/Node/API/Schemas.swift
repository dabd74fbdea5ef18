import Libraries

/// What each message of the API looks like, as JSON Schema. Beside `Messages` this is the second place that names their
/// members, for everybody who does not read Swift; tests check every answer against it.
enum Schemas {
    static func reference(_ name: String) -> JSON { ["$ref": .text("#/components/schemas/\(name)")] }

    private static let text: JSON = ["type": "string"]
    private static let integer: JSON = ["type": "integer"]
    private static let truth: JSON = ["type": "boolean"]
    private static let moment: JSON = ["type": "string", "format": "date-time"]
    private static let day: JSON = ["type": "string", "format": "date"]
    /// The value of a field.
    private static let scalar: JSON = ["type": ["string", "integer", "boolean"]]
    private static let anyValue: JSON = [
        "anyOf": [
            ["type": ["string", "integer", "boolean", "null"]],
            ["type": "array", "items": ["type": ["string", "integer", "boolean"]]],
        ]
    ]
    private static let fieldValues: JSON = ["type": "object", "additionalProperties": anyValue]

    private static func array(of items: JSON) -> JSON { ["type": "array", "items": items] }
    private static func oneOf(_ names: [String]) -> JSON {
        ["type": "string", "enum": .array(names.map { .text($0) })]
    }

    private static func object(_ required: [String: JSON], optional: [String: JSON] = [:]) -> JSON {
        [
            "type": "object", "required": .array(required.keys.sorted().map { .text($0) }),
            "properties": .object(required.merging(optional) { first, _ in first }), "additionalProperties": false,
        ]
    }

    static let all: [String: JSON] = records.merging(requests) { first, _ in first }
        .merging(reports) { first, _ in first }.merging(casework) { first, _ in first }.merging(supervision) {
            first, _ in first
        }
        .merging(outward) { first, _ in first }.merging(library) { first, _ in first }
        .merging(access) { first, _ in first }.merging(views) { first, _ in first }.merging(network) { first, _ in first
        }.merging(field) { first, _ in first }

    private static let types = oneOf(["register", "set", "log", "counter", "exists"])

    private static let records: [String: JSON] = [
        "CandidateMessage": object(
            ["isErased": truth, "level": text, "written": moment, "dot": text, "seen": text],
            optional: ["value": scalar]),
        "FieldMessage": object(
            [
                "name": text, "type": types, "isPersonal": truth, "isErased": truth, "isInConflict": truth,
                "values": array(of: reference("CandidateMessage")), "seen": text,
            ],
            optional: [
                "holds": oneOf(["text", "integer", "boolean", "bytes", "record"]), "chinese": text, "english": text,
                "shown": scalar,
            ]),
        "ConflictMessage": object(
            ["conflict": oneOf(["different-values", "removed-while-edited"])], optional: ["field": text]),
        "RecordMessage": object([
            "id": text, "kind": text, "home": text, "flow": oneOf(["up", "up-urgent", "down", "down-urgent"]),
            "etag": text, "conflicts": array(of: reference("ConflictMessage")),
            "fields": array(of: reference("FieldMessage")), "seen": text,
        ]),
        "RecordSummary": object(["id": text, "conflicts": integer, "values": fieldValues]),
        "RecordList": object(["records": array(of: reference("RecordSummary"))], optional: ["next": text]),
        "ConflictList": object(["records": array(of: reference("RecordMessage"))], optional: ["next": text]),
        "WrittenRecord": object(
            ["id": text, "entries": array(of: text)], optional: ["record": reference("RecordMessage")]),
        "ImportResult": object(["written": integer, "unchanged": integer, "entries": integer]),
        "HistoryEdit": object(
            [
                "field": text, "type": types, "action": oneOf(["write", "remove"]), "isErased": truth,
                "replaces": array(of: text), "reads": array(of: text),
            ], optional: ["value": scalar]),
        "HistoryEntry": object(
            [
                "entry": text, "change": text, "division": text, "body": text, "written": moment, "arrived": moment,
                "counts": truth, "edits": array(of: reference("HistoryEdit")),
            ], optional: ["author": text, "divisionName": text, "seat": text]),
        "HistoryMessage": object(
            ["id": text, "entries": array(of: reference("HistoryEntry"))], optional: ["next": text]),
        "ChangeMessage": object(["record": text, "entry": text, "position": integer]),
        "MissedMessage": object([:], optional: ["count": integer]),
    ]

    private static let requests: [String: JSON] = [
        "NewRecord": object(["kind": text, "fields": fieldValues], optional: ["home": text, "key": text]),
        "FieldEdit": object(
            ["field": text, "action": oneOf(FieldEdit.Action.allCases.map(\.rawValue))],
            optional: ["value": scalar, "seen": text, "reads": array(of: text), "after": array(of: text)]),
        "RecordEdits": object(["edits": array(of: reference("FieldEdit"))]),
        "RecordRemoval": object(["seen": text]),
        "Resolution": object(["field": text, "seen": text], optional: ["value": scalar, "reason": text]),
        "DraftMessage": object(
            ["fields": fieldValues],
            optional: ["id": text, "kind": text, "home": text, "key": text, "onlyIfPresent": truth]),
        "ImportRequest": object(["drafts": array(of: reference("DraftMessage"))], optional: ["change": text]),
    ]

    private static let reports: [String: JSON] = [
        "Problem": [
            "type": "object", "required": ["type", "title", "status", "detail"],
            "properties": [
                "type": oneOf(Problem.Kind.allCases.map { Problem.typePrefix + $0.rawValue }), "title": text,
                "status": integer, "detail": text, "instance": text, "where": text,
                // The law behind a refusal, and each finding with its own.
                "articles": array(of: text), "findings": array(of: reference("FindingMessage")),
                "id": text, "limit": integer, "allow": text,
                // When an account that is locked may be tried again: milliseconds since 1970, and seconds from now.
                "until": integer, "retryAfter": integer,
                // The ordinal of the delivery that has to come first.
                "waitsFor": integer,
            ],
        ],
        "ArticleMessage": object(["id": text, "label": text, "chapter": text, "text": text]),
        "ArticleInForce": object(
            [
                "title": text, "on": day, "statutes": array(of: text), "undated": integer,
                "articles": array(of: reference("ArticleMessage")),
            ], optional: ["version": day, "since": day, "source": text, "next": day]),
        "FileMessage": object(["digest": text, "chunkRoot": text, "size": integer]),
        "MissingFile": object(["digest": text, "size": integer, "record": text, "isArriving": truth]),
        "MissingFiles": object(
            ["missing": integer, "isScanning": truth, "files": array(of: reference("MissingFile"))]),
        "NodeStatus": [
            "type": "object",
            "required": ["division", "name", "release", "phase", "links", "lastPosition", "conflicts"],
            "properties": [
                "division": text, "name": text, "level": text, "release": text, "nonce": text,
                "phase": ["type": "object"], "uptimeSeconds": integer, "tree": text,
                "links": array(of: ["type": "object"]), "streams": integer, "entries": integer, "records": integer,
                "kinds": array(of: ["type": "object"]), "lastPosition": integer, "digest": text, "conflicts": integer,
                "dirty": integer, "forks": integer, "alarms": array(of: ["type": "object"]), "clock": integer,
                "backlog": integer, "isQuiet": truth, "files": ["type": "object"],
            ],
        ],
        "Description": ["type": "object", "required": ["openapi", "info", "paths"]],
    ]

    // MARK: Casework

    private static let words = reference("WordsMessage")
    private static let texts: JSON = ["type": "object", "additionalProperties": text]

    private static let casework: [String: JSON] = [
        "WordsMessage": object(["chinese": text, "english": text]),
        "FindingMessage": object([
            "chinese": text, "english": text, "articles": array(of: text), "answer": oneOf(["broken", "unknown"]),
        ]),
        "ChoiceMessage": object(["id": text, "chinese": text, "english": text]),
        "AskedFactMessage": object([
            "id": text, "chinese": text, "english": text, "kind": text, "isPersonal": truth, "isMany": truth,
            "choices": array(of: reference("ChoiceMessage")),
        ]),
        "CaseFactMessage": object([
            "id": text, "chinese": text, "english": text, "values": array(of: scalar), "words": array(of: text),
            "isPersonal": truth,
            "isInConflict": truth, "seen": text,
        ]),
        "IssuedMessage": object(["kind": text, "digest": text], optional: ["number": text]),
        "CaseStepMessage": object([
            "step": text, "name": words, "outcome": words, "at": text, "officers": array(of: text), "division": text,
            "issued": array(of: reference("IssuedMessage")), "counts": truth, "isVoid": truth,
            "findings": array(of: reference("FindingMessage")), "doubts": array(of: words), "target": text,
            "details": ["type": "object", "additionalProperties": text],
        ]),
        "NextStepMessage": object(
            [
                "step": text, "name": words, "stage": text, "articles": array(of: text), "posts": array(of: text),
                "certified": integer, "isPossible": truth, "isOptional": truth,
                "asks": array(of: reference("AskedFactMessage")), "outcomes": array(of: reference("ChoiceMessage")),
                "missing": array(of: reference("FindingMessage")),
            ],
            optional: ["advice": words, "document": text, "due": text]),
        "DeadlineMessage": object(
            [
                "id": text, "name": words, "articles": array(of: text),
                "state": oneOf(["running", "nearly-due", "paused", "fulfilled", "late", "missed"]),
            ],
            optional: ["due": text, "lateChargeFen": integer]),
        "CaseMessage": object(
            [
                "id": text, "procedure": text, "name": words, "stage": words,
                "standing": oneOf(["open", "waiting", "ended"]), "standingWords": array(of: words),
                "facts": array(of: reference("CaseFactMessage")), "steps": array(of: reference("CaseStepMessage")),
                "next": array(of: reference("NextStepMessage")),
                "deadlines": array(of: reference("DeadlineMessage")),
                "tallies": ["type": "object", "additionalProperties": integer], "etag": text,
            ],
            optional: ["handler": text]),
        "TakenStepMessage": object(
            ["entries": array(of: text), "published": array(of: text), "record": reference("CaseMessage")],
            optional: ["number": text]),
        "VolumeMessage": object([
            "digest": text, "sealedOn": text, "isSound": truth, "absent": array(of: text), "altered": array(of: text),
            "pieces": array(
                of: object(
                    [
                        "ordinal": integer, "volume": oneOf(["main", "sub"]), "name": text, "title": text,
                        "digest": text,
                    ],
                    optional: ["number": text])),
        ]),
        "ProcedureMessage": object([
            "id": text, "version": integer, "name": words, "isUrgent": truth, "articles": array(of: text),
            "steps": array(of: text), "facts": array(of: reference("AskedFactMessage")),
        ]),
        "ProcedureList": object(["procedures": array(of: reference("ProcedureMessage"))]),
        "ItemSummary": object([
            "code": text, "name": text, "kind": text, "field": text, "bases": array(of: text),
        ]),
        "ItemList": object(["items": array(of: reference("ItemSummary"))]),
        "ItemBasisMessage": object(
            ["reference": text, "differs": truth], optional: ["atAct": text, "now": text, "stale": words]),
        "BenchmarkTierMessage": object(["ordinal": integer, "tier": integer, "circumstance": text, "standard": text]),
        "ChosenDocumentMessage": object(["kind": text, "step": words]),
        "ChosenDeadlineMessage": object(["id": text, "name": words, "length": words, "articles": array(of: text)]),
        "ItemChoiceMessage": object([
            "item": reference("ItemSummary"), "procedure": text, "bases": array(of: reference("ItemBasisMessage")),
            "benchmark": array(of: reference("BenchmarkTierMessage")),
            "documents": array(of: reference("ChosenDocumentMessage")),
            "deadlines": array(of: reference("ChosenDeadlineMessage")),
            "remarks": array(of: reference("FindingMessage")),
        ]),
        "StaleBasisMessage": object(["holder": text, "reference": text, "says": words]),
        "StaleBasisList": object(
            ["bases": array(of: reference("StaleBasisMessage")), "total": integer], optional: ["next": text]),
        "PartyRequest": object(["number": text]),
        "PartyMessage": object([
            "facts": ["type": "object", "additionalProperties": text], "warnings": array(of: words),
        ]),
        "OpenCaseRequest": object(
            ["procedure": text],
            optional: ["home": text, "officers": array(of: text), "facts": fieldValues, "origin": text]),
        "EnterFactsRequest": object(["facts": fieldValues], optional: ["seen": texts]),
        "TakeStepRequest": object(
            ["step": text],
            optional: [
                "outcome": text, "post": text, "with": array(of: text), "at": text, "facts": fieldValues,
                "figures": ["type": "object", "additionalProperties": integer], "evidence": array(of: text),
                "details": texts, "seen": texts, "number": integer, "device": text,
            ]),
        "GrantRequest": object(["division": text, "body": text], optional: ["officers": array(of: text)]),
        "RulingRequest": object(
            ["ruling": oneOf(["confirm", "set-aside", "designate", "hand-over"]), "target": text, "reason": text],
            optional: ["rival": text]),
    ]
}
