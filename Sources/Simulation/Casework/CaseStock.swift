import Casework
import Divisions
import Lattice
import Ledger
import Libraries

/// The libraries that every office of a story begins with: its body and its people, two items, one law.
enum CaseStock {
    /// Records of one home and flow, written in one change.
    struct Shelf {
        let place: StreamPlace
        let acting: DivisionCode
        let edits: [EditDraft]
    }

    /// What is written for a division at the machine that serves it: its body and its people, and what it has handed
    /// down to the townships below it; at the root also the items and the law.
    static func shelves(of division: DivisionCode, in tree: DivisionTree) -> [Shelf] {
        var down = body(of: division)
        for place in CaseworkSetting.staff {
            for number in 1...place.count {
                down += officer(CaseworkSetting.certificate(division, place.post, number), division, place.post)
            }
        }
        if division == tree.root { down += items(division) + law(division, from: nil, reading: 1) }
        var shelves = [
            Shelf(place: StreamPlace(home: division, flow: .down), acting: division, edits: down)
        ]
        if tree.level(of: division) == .county {
            for town in tree.children(of: division) {
                shelves.append(
                    Shelf(
                        place: StreamPlace(home: town, flow: .downUrgent), acting: division,
                        edits: delegation(to: town)))
            }
        }
        return shelves
    }

    // MARK: Records

    private static func body(of division: DivisionCode) -> [EditDraft] {
        let code = CaseworkSetting.body(of: division)
        return draft(
            LibraryKinds.body, division, key: code,
            [("code", .text(code)), ("division", .text(division.text)), ("sign", .text("演"))])
    }

    private static func officer(_ certificate: String, _ division: DivisionCode, _ post: Post) -> [EditDraft] {
        draft(
            LibraryKinds.officer, division, key: certificate,
            [
                ("certificate-no", .text(certificate)), ("body", .text(CaseworkSetting.body(of: division))),
                ("division", .text(division.text)), ("posts", .text(post.rawValue)), ("qualified", .boolean(true)),
            ])
    }

    private static func items(_ root: DivisionCode) -> [EditDraft] {
        let basis = Value.text("《\(CaseworkSetting.statute)》第一条")
        return draft(
            LibraryKinds.item, root, key: CaseworkSetting.item,
            [("code", .text(CaseworkSetting.item)), ("item-kind", .text("行政处罚")), ("bases", basis)])
            + draft(
                LibraryKinds.item, root, key: CaseworkSetting.itemHandedDown,
                [
                    ("code", .text(CaseworkSetting.itemHandedDown)), ("item-kind", .text("行政处罚")),
                    ("levels", .text(Level.county.chineseName)),
                ])
    }

    /// One version of the law, which has one article.
    ///
    /// - Parameter day: nil for the version that was there before every story.
    static func law(_ home: DivisionCode, from day: String?, reading: Int) -> [EditDraft] {
        let since = day ?? "2020-01-01"
        let key = ParsedStatute.naturalKey(
            title: CaseworkSetting.statute, versionDate: LegalDate(since), part: nil)
        let article = ParsedStatute.article(CaseworkSetting.article, of: key, home: home)
        let statute = RecordID(home: home, flow: .down, kind: LibraryKinds.statute.name, naturalKey: key)
        return draft(
            LibraryKinds.statute, home, key: key,
            [
                ("title", .text(CaseworkSetting.statute)), ("version-date", .text(since)),
                ("effective-date", .text(since)), ("effective-source", .text(EffectiveSource.events.rawValue)),
            ])
            + draft(
                LibraryKinds.article, article,
                [
                    ("statute", .record(statute)), ("number", .integer(1)),
                    ("text", .text("示例条文，第\(reading)稿")),
                ])
    }

    private static func delegation(to town: DivisionCode) -> [EditDraft] {
        draft(
            LibraryKinds.delegation, delegation(of: town),
            [
                ("item", .text(CaseworkSetting.itemHandedDown)), ("to", .text(town.text)),
                ("sort", .text(DelegationRow.Sort.handedDown.rawValue)), ("valid-from", .text("2020-01-01")),
            ])
    }

    /// The record that hands the item down to a township, in the township's home.
    static func delegation(of town: DivisionCode) -> RecordID {
        RecordID(
            home: town, flow: .downUrgent, kind: LibraryKinds.delegation.name,
            naturalKey: "\(CaseworkSetting.itemHandedDown) \(town)")
    }

    /// The record that says whether a certificate may be used, in its holder's home.
    static func status(of certificate: String, _ division: DivisionCode) -> RecordID {
        RecordID(
            home: division, flow: .downUrgent, kind: LibraryKinds.certificateStatus.name, naturalKey: certificate)
    }

    // MARK: Drafts

    private static func draft(
        _ kind: Kind, _ home: DivisionCode, key: String, _ values: [(String, Value)]
    ) -> [EditDraft] {
        draft(kind, RecordID(home: home, flow: kind.flow, kind: kind.name, naturalKey: key), values)
    }

    /// - Parameter seen: the record as its author's screen shows it, which what he writes replaces.
    static func draft(
        _ kind: Kind, _ id: RecordID, _ values: [(String, Value)], seen: RecordState? = nil
    ) -> [EditDraft] {
        var edits: [EditDraft] = []
        if seen?.isVisible != true {
            edits.append(EditDraft(kind: id.kind, record: id.key, field: "exists", type: .exists, value: nil))
        }
        for (name, value) in values {
            guard let field = kind.field(name) else { preconditionFailure("\(kind.name) has no field \(name)") }
            let replaced = field.type == .register ? seen?.view[name]?.seen ?? [] : []
            edits.append(
                EditDraft(
                    kind: id.kind, record: id.key, field: name, type: field.type, value: value,
                    isPersonal: field.isPersonal, replaces: replaced))
        }
        return edits
    }
}
