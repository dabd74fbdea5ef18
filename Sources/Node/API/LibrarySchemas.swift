import Libraries

extension LibrarySchemas {
    static let items: [String: JSON] = itemMessages.merging(rosters) { first, _ in first }

    private static let finding = reference("FindingMessage")
    private static let named = reference("NamedCode")

    private static let itemMessages: [String: JSON] = [
        "ItemListing": message(
            ["code": word, "record": word, "name": word, "kind": word, "field": word, "levels": list(of: bilingual)],
            optional: ["bodyType": word, "validFrom": date, "validTo": date]),
        "ItemPage": message(["items": list(of: reference("ItemListing"))], optional: ["next": word]),
        "ItemArticle": message(
            ["reference": word],
            optional: [
                "title": word, "number": word, "text": word, "version": date, "since": date, "stale": bilingual,
            ]),
        "FineRangeMessage": message(
            ["leastFen": number, "includesLeast": yesOrNo, "includesMost": yesOrNo, "words": bilingual],
            optional: ["mostFen": number]),
        "BenchmarkTierDetail": message(
            ["ordinal": number, "tier": number, "circumstance": word, "standard": word],
            optional: [
                "unit": choice(["yuan", "times", "percent"]), "least": number, "most": number,
                "range": reference("FineRangeMessage"),
            ]),
        "BenchmarkChoice": message(["name": word, "basisPoints": number]),
        "BenchmarkFactor": message(["name": word, "choices": list(of: reference("BenchmarkChoice"))]),
        "BenchmarkMessage": message(
            [
                "set": word, "item": word, "model": choice(["tiers", "weights"]), "boundsArticle": word,
                "includesMost": yesOrNo, "tiers": list(of: reference("BenchmarkTierDetail")),
                "factors": list(of: reference("BenchmarkFactor")), "needsBase": yesOrNo,
            ],
            optional: ["startBasisPoints": number, "statutoryLeastFen": number, "statutoryMostFen": number]),
        "NamedCode": message(["code": word], optional: ["name": word]),
        "DelegationMessage": message(
            ["record": word, "item": named, "to": named, "isInForce": yesOrNo],
            optional: [
                "by": word, "sort": word, "from": date, "until": date, "basis": word, "publishedOn": date,
            ]),
        "ItemDetail": message(
            [
                "item": reference("ItemListing"), "on": date, "articles": list(of: reference("ItemArticle")),
                "penalties": list(of: word), "hearing": yesOrNo, "legalReview": yesOrNo, "publicity": yesOrNo,
                "procedure": word, "documents": list(of: reference("ChosenDocumentMessage")),
                "deadlines": list(of: reference("ChosenDeadlineMessage")), "bodies": list(of: named),
                "bodyCount": number, "delegations": list(of: reference("DelegationMessage")),
                "delegationCount": number, "body": word, "mayUse": yesOrNo, "findings": list(of: finding),
            ],
            optional: [
                "limitationYears": number, "benchmark": reference("BenchmarkMessage"), "procedureName": bilingual,
            ]),
        "FineRequest": message(
            ["item": word],
            optional: [
                "fineFen": number, "circumstances": list(of: number),
                "factors": ["type": "object", "additionalProperties": word], "baseFen": number, "repeats": number,
                "weighing": choice(["none", "mitigated", "lighter", "usual", "heavier"]),
            ]),
        "FineMessage": message(
            [
                "item": word, "benchmark": word, "says": bilingual, "missing": list(of: word),
                "articles": list(of: word),
            ],
            optional: [
                "range": reference("FineRangeMessage"), "fineFen": number, "isWithin": yesOrNo,
                "standing": choice(["below", "within", "above", "cannot-tell"]),
            ]),
    ]

    private static let rosters: [String: JSON] = [
        "BodySummary": message(
            [
                "code": word, "record": word, "name": word, "division": named, "type": word, "fields": list(of: word),
                "isValid": yesOrNo,
            ], optional: ["validFrom": date, "validTo": date]),
        "BodyList": message(["bodies": list(of: reference("BodySummary"))], optional: ["next": word]),
        "BodyMessage": message(
            [
                "body": reference("BodySummary"), "on": date, "officers": number,
                "entrusts": list(of: reference("BodySummary")),
                "delegations": list(of: reference("DelegationMessage")), "delegationCount": number,
            ],
            optional: [
                "parent": named, "entrustedBy": named, "creditCode": word, "address": word, "phone": word,
                "basis": word, "sign": word, "next": word,
            ]),
        "OfficerSummary": message(
            [
                "certificate": word, "body": named, "division": named, "posts": list(of: bilingual),
                "status": bilingual, "isValid": yesOrNo,
            ], optional: ["name": word, "validFrom": date, "validTo": date]),
        "OfficerList": message(["officers": list(of: reference("OfficerSummary"))], optional: ["next": word]),
        "DutyMessage": message([
            "divisions": list(of: named), "from": date, "to": date, "grantedBy": named, "isInForce": yesOrNo,
        ]),
        "StatusChange": message(["at": word, "by": named], optional: ["status": word, "since": word, "reason": word]),
        "OfficerMessage": message(
            [
                "officer": reference("OfficerSummary"), "record": word, "on": date, "areas": list(of: named),
                "fields": list(of: word), "isLegallyQualified": yesOrNo, "place": named, "post": bilingual,
                "mayAct": yesOrNo, "findings": list(of: finding), "duties": list(of: reference("DutyMessage")),
                "statusHistory": list(of: reference("StatusChange")),
            ], optional: ["powerSource": word]),
    ]
}
