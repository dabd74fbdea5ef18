import Casework
import Libraries

extension Schemas {
    private static let text: JSON = ["type": "string"]
    private static let integer: JSON = ["type": "integer"]
    private static let device: JSON = ["type": "string", "pattern": "^[0-9a-f]{32}$"]

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

    /// Devices in the field and what they deliver.
    static let field: [String: JSON] = [
        "NewDevice": object([
            "device": device,
            "name": ["type": "string", "minLength": 1, "maxLength": .integer(Int64(DeviceMessage.nameCharactersMax))],
        ]),
        "LeaseRequest": object([
            "word": text, "count": ["type": "integer", "minimum": 1, "maximum": .integer(Int64(DeviceLease.countMax))],
        ]),
        "DeviceLeaseMessage": object(
            [
                "record": text, "word": text, "year": integer, "head": text, "first": integer, "last": integer,
                "used": array(of: integer), "left": array(of: integer), "returned": array(of: integer),
                "leasedAt": text,
            ], optional: ["returnedAt": text]),
        "DeviceMessage": object([
            "device": text, "name": text, "officer": text, "registeredAt": text, "next": integer,
            "leases": array(of: reference("DeviceLeaseMessage")),
        ]),
        "DeviceList": object(["devices": array(of: reference("DeviceMessage"))]),
        "FieldItemMessage": object(
            ["code": text, "name": text, "bases": array(of: text)],
            optional: ["benchmark": reference("BenchmarkMessage")]),
        "FieldCatalogue": object(
            ["on": ["type": "string", "format": "date"], "items": array(of: reference("FieldItemMessage"))],
            optional: ["next": text]),
        "FieldDelivery": object(
            [
                "device": device, "ordinal": ["type": "integer", "minimum": 1, "maximum": 1_000_000],
                "capturedAt": text,
            ],
            optional: [
                "procedure": text, "with": array(of: text),
                "facts": ["type": "object", "additionalProperties": true],
                "evidence": [
                    "type": "array", "maxItems": .integer(Int64(FieldDelivery.evidenceMax)),
                    "items": reference("EvidenceRequest"),
                ],
                "steps": [
                    "type": "array", "maxItems": .integer(Int64(FieldDelivery.stepsMax)),
                    "items": reference("TakeStepRequest"),
                ],
                "withdrawn": oneOf(FieldDelivery.Withdrawal.allCases.map(\.rawValue)), "number": integer,
            ]),
        "FieldPartMessage": object(
            ["step": text, "state": oneOf(["done", "refused", "not-reached"])],
            optional: ["number": text, "problem": reference("Problem")]),
        "FieldDeliveryMessage": object(
            [
                "device": text, "ordinal": integer,
                "state": oneOf(FieldDeliveryMessage.State.allCases.map(\.rawValue)), "capturedAt": text,
                "deliveredAt": text, "evidence": array(of: text), "steps": array(of: reference("FieldPartMessage")),
            ], optional: ["record": text, "number": text]),
    ]
}
