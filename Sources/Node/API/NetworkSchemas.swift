import Libraries
import Replication

/// What the calls that show the network answer.
extension Schemas {
    private static let word: JSON = ["type": "string"]
    private static let number: JSON = ["type": "integer"]
    private static let truth: JSON = ["type": "boolean"]
    private static let linkState: JSON = [
        "type": "string", "enum": .array(NetworkView.State.allCases.map { .text($0.rawValue) }),
    ]

    private static func list(of items: JSON) -> JSON { ["type": "array", "items": items] }

    private static func message(_ required: [String: JSON], optional: [String: JSON] = [:]) -> JSON {
        [
            "type": "object", "required": .array(required.keys.sorted().map { .text($0) }),
            "properties": .object(required.merging(optional) { first, _ in first }), "additionalProperties": false,
        ]
    }

    static let network: [String: JSON] = [
        "NetworkNodeMessage": message(
            [
                "division": word, "name": word, "level": word, "servedBy": word, "hasNode": truth,
                "linkState": linkState, "lagSeconds": number, "backlogEntries": number, "downBacklogEntries": number,
                "phase": [
                    "type": "string", "enum": ["writing", "read-only", "starting", "stopped", "unknown"],
                ], "twoMachines": truth,
            ],
            optional: [
                "since": number, "lastSeen": number, "linked": word, "linkedName": word, "release": word,
                "digestAgrees": truth, "digestAgreedAt": number, "says": reference("NetworkStateMessage"),
            ]),
        "NetworkStateMessage": message(
            [
                "saidAt": number, "startedAt": number, "clockAheadMilliseconds": number, "nonce": word,
                "entries": number, "conflicts": number, "dirty": number, "missingFiles": number, "forks": number,
                "alarms": number, "refused": number, "faults": number, "storeFailures": number,
            ], optional: ["restoredAt": number]),
        "NetworkRollupMessage": message(
            [
                "nodes": number, "heard": number, "silent": number, "behind": number, "disagreeing": number,
                "restored": number, "twoMachines": number, "forks": number, "worst": linkState,
            ], optional: ["silentSince": number]),
        "NetworkChildMessage": message([
            "node": reference("NetworkNodeMessage"), "below": reference("NetworkRollupMessage"), "children": number,
        ]),
        "HeldBackMessage": message([
            "entries": number, "isAll": truth,
            "parts": list(of: message(["flow": word, "kind": word, "entries": number])),
        ]),
        "NetworkMessage": message(
            [
                "clock": number, "division": word, "path": list(of: message(["division": word, "name": word])),
                "node": reference("NetworkNodeMessage"), "below": reference("NetworkRollupMessage"),
                "uplinks": list(of: reference("NetworkNodeMessage")),
                "children": list(of: reference("NetworkChildMessage")),
            ], optional: ["heldBack": reference("HeldBackMessage"), "next": word]),
        "UplinkMessage": message(
            [
                "state": [
                    "type": "string",
                    "enum": .array(NetworkView.State.allCases.map { .text($0.rawValue) } + [.text(UplinkMessage.root)]),
                ]
            ], optional: ["since": number, "division": word, "name": word]),
        "NetworkIncidentMessage": message(
            [
                "kind": [
                    "type": "string", "enum": .array(NetworkIncident.Kind.allCases.map { .text($0.rawValue) }),
                ], "words": reference("WordsMessage"), "detail": word, "count": number,
            ],
            optional: ["division": word, "divisionName": word, "stream": word, "first": number, "last": number]),
        "NetworkIncidentList": message(["incidents": list(of: reference("NetworkIncidentMessage"))]),
        "NetworkChangeMessage": message(["clock": number]),
    ]
}
