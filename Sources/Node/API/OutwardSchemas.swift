import Libraries

/// What an officer's desk, the public and other platforms are answered with.
extension Schemas {
    private static let word: JSON = ["type": "string"]
    private static let number: JSON = ["type": "integer"]
    private static let truth: JSON = ["type": "boolean"]
    private static let day: JSON = ["type": "string", "format": "date"]
    private static let pair = reference("WordsMessage")

    private static func list(of items: JSON) -> JSON { ["type": "array", "items": items] }

    private static func message(_ required: [String: JSON], optional: [String: JSON] = [:]) -> JSON {
        [
            "type": "object", "required": .array(required.keys.sorted().map { .text($0) }),
            "properties": .object(required.merging(optional) { first, _ in first }), "additionalProperties": false,
        ]
    }

    static let outward: [String: JSON] = desk.merging(publicity) { first, _ in first }
        .merging(dossier) { first, _ in first }.merging(conflictDesk) { first, _ in first }
        .merging(exchange) { first, _ in first }

    private static let scalar: JSON = ["type": ["string", "integer", "boolean"]]

    private static let conflictDesk: [String: JSON] = [
        "DeskConflict": message(
            [
                "id": word, "kind": pair, "home": word, "etag": word, "isRemovedWhileEdited": truth, "seen": word,
                "fields": list(of: reference("DeskField")), "mayResolve": truth,
            ], optional: ["homeName": word, "title": word]),
        "DeskField": message(
            [
                "field": word, "name": pair, "isPersonal": truth, "seen": word,
                "values": list(of: reference("DeskValue")),
            ], optional: ["holds": word]),
        "DeskValue": message(
            ["isErased": truth, "isShown": truth, "level": pair, "written": number, "saw": list(of: scalar)],
            optional: [
                "value": scalar, "arrived": number, "writer": word, "certificate": word, "division": word,
                "divisionName": word, "seatName": word,
            ]),
    ]

    private static let dossier: [String: JSON] = [
        "DossierMessage": message(
            [
                "id": word, "events": number, "stages": list(of: reference("DossierStage")),
                "papers": list(of: reference("DossierPaper")), "previews": list(of: reference("DossierPreview")),
                "evidence": list(of: reference("DossierEvidence")), "timeline": list(of: reference("DossierEvent")),
                "people": list(of: reference("DossierPerson")),
            ], optional: ["itemName": word]),
        "DossierStage": message([
            "id": word, "name": pair, "state": ["type": "string", "enum": ["done", "current", "ahead"]],
        ]),
        "DossierPaper": message(
            [
                "kind": word, "title": pair, "digest": word, "step": pair, "at": word, "counts": truth,
                "isHere": truth,
            ],
            optional: ["number": word]),
        "DossierPreview": message(["kind": word, "title": pair, "details": list(of: word), "isComplete": truth]),
        "DossierEvidence": message(
            ["record": word, "digest": word, "kind": word, "isHere": truth],
            optional: [
                "caption": word, "mediaType": word, "size": number, "capturedAt": word, "attachedAt": word,
                "place": word, "officer": word, "device": word, "recording": pair,
            ]),
        "DossierEvent": message(
            [
                "written": number, "arrived": number, "division": word, "names": list(of: pair),
                "sort": ["type": "string", "enum": ["step", "facts", "handler"]], "counts": truth,
            ],
            optional: ["divisionName": word, "seatName": word, "officer": word]),
        "DossierPerson": message(["certificate": word, "name": word]),
    ]

    private static let desk: [String: JSON] = [
        "CaseSummary": message(
            ["id": word],
            optional: [
                "title": word, "procedure": word, "name": pair, "stage": pair, "due": word, "status": word,
                "standing": ["type": "string", "enum": ["open", "waiting", "ended"]],
            ]),
        "CaseList": message(["cases": list(of: reference("CaseSummary"))], optional: ["next": word]),
        "NumberSeriesMessage": message(["word": word, "year": number, "left": number]),
        "NumberList": message(["body": word, "series": list(of: reference("NumberSeriesMessage"))]),
        "EvidenceRequest": message(
            ["digest": word, "kind": word, "capturedAt": word],
            optional: [
                "connectedAt": word, "officer": word, "mediaType": word, "place": word, "device": word,
                "recording": word, "interruption": word, "caption": word,
            ]),
        "EvidenceMessage": message(
            ["record": word, "digest": word, "attachedAt": word, "isLate": truth, "findings": list(of: pair)],
            optional: ["dueAt": word]),
    ]

    private static let publicity: [String: JSON] = [
        "PublicationMessage": message(
            [
                "id": word, "rule": word, "phase": ["type": "string", "enum": ["before", "during", "after"]],
                "title": word, "body": word,
                "standing": ["type": "string", "enum": .array(PublicationMessage.standings.map { .text($0) })],
                "isLate": truth, "withdrawals": list(of: message(["reason": word], optional: ["at": word])),
            ],
            optional: [
                "record": word, "documentNumber": word, "item": word, "dueOn": day, "publishedOn": day,
                "expiresOn": day, "withheld": pair,
            ]),
        "PublicationList": message(
            ["publications": list(of: reference("PublicationMessage"))], optional: ["next": word]),
        "PublicEntryMessage": message(
            [
                "id": word, "state": ["type": "string", "enum": ["public", "withdrawn"]],
                "phase": ["type": "string", "enum": ["before", "during", "after"]], "body": word,
            ],
            optional: [
                "title": word, "bodyName": word, "documentNumber": word, "item": word, "dueOn": day,
                "publishedOn": day, "expiresOn": day, "withdrawnAt": word, "reason": word,
                "lines": list(of: message(["label": pair, "text": word])),
            ]),
        "PublicEntryList": message(
            ["entries": list(of: reference("PublicEntryMessage")), "from": day, "to": day], optional: ["next": word]),
        "CertificateCheckMessage": message(
            ["number": word],
            optional: [
                "officer": message(
                    [
                        "name": word, "body": word, "areas": list(of: word), "fields": list(of: word),
                        "isValid": truth, "status": pair,
                    ], optional: ["since": day, "validFrom": day, "validTo": day])
            ]),
        "WithdrawalRequest": message(["reason": word], optional: ["ruledOn": day, "isMistake": truth]),
        "WithdrawnMessage": message(
            ["publication": reference("PublicationMessage"), "ruledOn": day, "isLate": truth],
            optional: ["dueOn": day]),
    ]

    private static let exchange: [String: JSON] = [
        "ExchangeFieldMessage": message(["code": word, "name": word, "isHidden": truth, "isRequired": truth]),
        "ExchangeFormMessage": message([
            "id": word, "name": pair,
            "behaviour": ["type": "string", "enum": ["inspection", "penalty", "coercion", "other"]],
            "layout": ["type": "string", "enum": ["rows", "message"]], "isPublished": truth,
            "fields": list(of: reference("ExchangeFieldMessage")),
        ]),
        "ExchangeFormList": message(["forms": list(of: reference("ExchangeFormMessage"))]),
        "ExchangeRowMessage": message([
            "message": word, "record": word,
            "operation": ["type": "string", "enum": ["issued", "changed", "withdrawn"]], "texts": list(of: word),
        ]),
        "ExchangeRemarkMessage": message(
            ["record": word, "chinese": word, "english": word],
            optional: ["document": word, "field": word, "fieldName": word]),
        "ExchangeBatchMessage": message(
            [
                "form": word, "madeAt": word, "columns": list(of: reference("ExchangeFieldMessage")),
                "rows": list(of: reference("ExchangeRowMessage")),
                "refused": list(of: reference("ExchangeRemarkMessage")),
                "warnings": list(of: reference("ExchangeRemarkMessage")), "withheld": number, "next": word,
                "hasMore": truth, "isStopped": truth,
                "letters": list(of: message(["message": word, "xml": word])),
            ],
            optional: ["file": word]),
    ]
}
