import Ledger
package import Libraries

/// How far each form has left: what an export goes on from. Opaque text for whoever keeps it.
///
/// It names the store whose commits it counts, so that it is not used on another; and for each form the acts that could
/// not leave yet, so that mending them is enough to have them leave, and none is forgotten behind the position.
package struct ExchangeCursor: Hashable, Sendable, CustomStringConvertible {
    /// How many acts of one form may wait to be mended before an export stops at the next commit.
    package static let heldMax = 1_000

    struct Place: Hashable, Sendable {
        /// The commit up to which everything was looked at.
        var position: UInt64 = 0
        /// Records that were refused, and whether an earlier version of them had left.
        var held: [String: Bool] = [:]
    }

    /// The identity of the store; empty for a cursor that is good for any.
    package let store: String
    var places: [String: Place] = [:]

    /// A cursor from which everything leaves.
    package init(store: String) { self.store = store }

    /// The commit after which the form goes on; 0 at first.
    package func position(of form: String) -> UInt64 { places[form]?.position ?? 0 }

    /// Records that wait to be mended: give their acts to the next export whether they changed or not. Ascending.
    package func held(of form: String) -> [String] { (places[form]?.held ?? [:]).keys.sorted() }

    /// Everything up to a commit was looked at, whether there was an act in it or not.
    package mutating func lookedAt(_ position: UInt64, for form: String) {
        places[form, default: Place()].position = max(self.position(of: form), position)
    }

    private static let mark = "x1-"

    /// Lower-case letters, digits and one hyphen, fit for a file, an address or an argument.
    package var description: String {
        let json = JSON.object([
            "store": .text(store),
            "forms": .object(
                places.mapValues { place in
                    .object([
                        "position": .text(String(place.position)), "held": .object(place.held.mapValues(JSON.boolean)),
                    ])
                }),
        ])
        let bytes = Array(json.compactText.utf8)
        return Self.mark + hexadecimal(Self.check(bytes) + bytes)
    }

    /// - Throws: if the text is not what ``description`` wrote, or counts the commits of another store.
    package init(_ text: String, store: String) throws(Reason) {
        guard text.hasPrefix(Self.mark), let all = bytes(hexadecimal: text.dropFirst(Self.mark.count)), all.count > 4,
            Array(all.prefix(4)) == Self.check(Array(all.dropFirst(4))),
            let json = try? JSONParser.parse(Array(all.dropFirst(4))), let named = json["store"]?.text,
            case .object(let forms)? = json["forms"]
        else {
            throw Reason(
                "游标已损坏，请使用上次导出给出的游标，或不带游标重新导出",
                "the cursor is damaged; use the one the last export gave, or export again without one")
        }
        guard named == store else {
            throw Reason(
                "游标属于另一个数据库，请不带游标重新导出，接收方会按报文编号去重",
                "the cursor counts the commits of another store; export again without one, receivers drop what they have by its id"
            )
        }
        self.store = store
        for (form, value) in forms {
            guard let position = value["position"]?.text.flatMap(UInt64.init), case .object(let held)? = value["held"]
            else {
                throw Reason("游标已损坏，请不带游标重新导出", "the cursor is damaged; export again without one")
            }
            places[form] = Place(position: position, held: held.mapValues { $0 == .boolean(true) })
        }
    }

    private static func check(_ bytes: [UInt8]) -> [UInt8] { Array(Digest.of(1, bytes).bytes[1...4]) }
}
