import Libraries

extension Schemas {
    private static let text: JSON = ["type": "string"]
    private static let integer: JSON = ["type": "integer"]
    private static let truth: JSON = ["type": "boolean"]
    private static let role = oneOf(Role.allCases.map(\.rawValue))
    private static let purpose = oneOf(Purpose.allCases.map(\.rawValue))
    private static let words = reference("WordsMessage")
    private static let password: JSON = [
        "type": "string", "minLength": 1, "maxLength": .integer(Int64(AccessLimits.passwordBytesMax)),
    ]

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

    /// The log of views.
    static let views: [String: JSON] = [
        "ViewMessage": object(
            [
                "id": text, "at": integer, "what": oneOf(ViewSort.allCases.map(\.rawValue)), "whatWords": words,
                "purpose": purpose, "purposeWords": words, "viewer": text, "division": text, "divisionName": text,
            ], optional: ["viewerName": text, "subject": text]),
        "ViewList": object(["views": array(of: reference("ViewMessage"))], optional: ["next": text]),
    ]

    /// Sessions and accounts.
    static let access: [String: JSON] = [
        "SignInRequest": object([:], optional: ["certificate": text, "password": password, "purpose": purpose]),
        "PasswordRequest": object(["old": password, "new": password]),
        "PurposeRequest": object(["purpose": purpose]),
        "SignedInMessage": object(
            [
                "certificate": text, "name": text, "role": role, "roleWords": words, "division": text,
                "divisionName": text, "body": text, "mustChange": truth,
            ], optional: ["author": text]),
        "SessionMessage": object(
            [
                "csrf": text, "expires": integer, "ends": integer, "purpose": purpose,
                "account": reference("SignedInMessage"),
            ], optional: ["token": text]),
        "SignedOutMessage": object(["ended": integer]),
        "AccountMessage": object(
            [
                "certificate": text, "name": text, "role": role, "roleWords": words, "division": text,
                "divisionName": text, "body": text, "fingerprints": array(of: text), "created": integer,
                "passwordChanged": integer, "mustChange": truth, "isDisabled": truth,
            ], optional: ["author": text]),
        "AccountList": object(["accounts": array(of: reference("AccountMessage"))], optional: ["next": text]),
        "WrittenAccount": object(["account": reference("AccountMessage")], optional: ["password": text]),
        "NewAccount": object(
            ["certificate": text, "name": text, "role": role, "division": text],
            optional: ["body": text, "author": text, "password": password, "fingerprints": array(of: text)]),
        "AccountEdits": object(
            [:],
            optional: [
                "name": text, "role": role, "division": text, "body": text, "author": text, "isDisabled": truth,
                "password": password, "resetPassword": truth, "fingerprints": array(of: text),
            ]),
    ]
}
